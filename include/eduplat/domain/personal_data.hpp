#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace eduplat {

/// Times are numbers: microseconds since 1970, UTC.
using PersonalValue = std::variant<std::int64_t, double, std::string, std::vector<std::byte>>;

struct PersonalField {
    std::string column;
    PersonalValue value;

    friend bool operator==(PersonalField const&, PersonalField const&) = default;
};

/// The fields of one row that hold something; empty ones are left out.
using PersonalRow = std::vector<PersonalField>;

struct PersonalTable {
    std::string name;
    std::vector<PersonalRow> rows;

    friend bool operator==(PersonalTable const&, PersonalTable const&) = default;
};

/// All that a school holds of one person, table by table, in the schema's own names
/// (docs/schema.md). Only tables with rows occur. The journal's rows are of what was done to the
/// person and of what the person did to others: there "actor_uid" is the person's own. Secrets
/// (password hashes, hashes of tokens, salts) are left out.
struct PersonalData {
    std::vector<PersonalTable> tables;

    friend bool operator==(PersonalData const&, PersonalData const&) = default;
};

/// What an erasure left to do.
struct Erasure {
    /// The person's data is deleted and cannot be read through eduplat, but readers at work kept
    /// bytes of it in the files. Jobs::run_due() removes them when those readers are done.
    bool wal_pending = false;
};

}  // namespace eduplat
