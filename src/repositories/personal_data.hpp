#pragma once

#include "repositories/rows.hpp"

#include <eduplat/core/time.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/personal_data.hpp>
#include <eduplat/storage/storage.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

/// What each column of the schema holds of persons. One declaration (personal_data_rules.hpp) is
/// the source of the statements that export and erase a person, and a test holds it against the
/// schema.
namespace eduplat::repositories::personal_data {

enum class ColumnHolds : std::uint8_t {
    nothing,   ///< nothing of a person
    personal,  ///< personal data: exported, and gone after an erasure
    secret,    ///< gone after an erasure, never exported
    kept,      ///< exported; stays, because it says nothing once the rest is gone
};

enum class ColumnType : std::uint8_t { text, integer, real, blob };

struct Column {
    std::string_view name = {};
    ColumnHolds holds = ColumnHolds::nothing;
    ColumnType type = ColumnType::text;
    std::string_view erased_as = {};    ///< SQL for what an erasure writes; `?2` is its time
    std::string_view exported_as = {};  ///< SQL for what an export shows, if not the column
};

enum class ErasureOfRows : std::uint8_t {
    none,    ///< rows stay as they are: they hold nothing personal
    blank,   ///< columns take their `erased_as`
    remove,  ///< rows are deleted
};

/// The most columns a table has.
inline constexpr std::size_t columns_max = 23;

struct TableRule {
    std::string_view table;
    /// SQL condition for the rows of one person: `?1` is the user's id, or, with `by_account_key`,
    /// the key of the account's throttles. Empty: no row belongs to a person.
    std::string_view of_person = {};
    bool by_account_key = false;
    ErasureOfRows erasure = ErasureOfRows::none;
    std::string_view order_by = {};  ///< of the exported rows
    std::array<Column, columns_max> columns = {};
};

/// Every table, those that refer to others before these.
[[nodiscard]] std::span<TableRule const> table_rules() noexcept;

/// Whom an export or an erasure is about.
struct Person {
    UserId id;
    /// Under which failed attempts at the account are counted; none without an e-mail address.
    std::optional<Digest> account_key = std::nullopt;
};

[[nodiscard]] PersonalData export_all(storage::Connection& connection, Person const& person);

/// Leaves of a user the row that others refer to, in state "erased" and without personal data.
void erase(storage::Connection& connection, Person const& person, Timestamp at);

}  // namespace eduplat::repositories::personal_data
