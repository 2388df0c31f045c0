#pragma once

#include "storage/sqlite/open.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>
#include <eduplat/storage/storage.hpp>

#include <support/temp_dir.hpp>
#include <support/twice_storage.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat::test {

enum class Engine { sqlite_file, sqlite_memory, sqlite_file_twice, sqlite_memory_twice };

/// Every engine the contract is checked on, each alone and with every write run twice.
[[nodiscard]] std::vector<Engine> every_engine();
[[nodiscard]] std::string_view engine_name(Engine engine) noexcept;

/// A new school under one engine, in a folder of its own, with the tables the contract works on:
/// items (id, name unique, amount >= 0), parts (item_id: a foreign key checked at once),
/// loose_parts (item_id: a foreign key checked at the commit).
class School {
  public:
    explicit School(Engine engine, storage::SqliteOptions options = {},
                    std::chrono::milliseconds group_time_max = storage::group_time_max_default);

    [[nodiscard]] storage::Storage& storage() noexcept;
    [[nodiscard]] TempDir const& dir() const noexcept { return dir_; }
    [[nodiscard]] Engine engine() const noexcept { return engine_; }
    /// Whether reads go on while a write runs. In memory there is one connection.
    [[nodiscard]] bool reads_beside_writes() const noexcept;

  private:
    TempDir dir_;
    Engine engine_;
    std::unique_ptr<storage::Storage> inner_;
    std::optional<TwiceStorage> twice_;
};

void make_tables(storage::Storage& storage);
void add_item(storage::Connection& connection, std::int64_t id, std::string_view name,
              std::int64_t amount = 0);
[[nodiscard]] std::int64_t count_items(storage::Connection& connection);
[[nodiscard]] std::int64_t count_items(storage::Storage& storage);
/// Names of all items in the order of their ids, joined by spaces.
[[nodiscard]] std::string item_names(storage::Storage& storage);

/// What a call came to: "ok", or the name of its error's code with all its "field:rule".
template <class Function>
std::string outcome(Function&& function) {
    try {
        function();
        return "ok";
    } catch (Error const& error) {
        std::string text{name(error.code())};
        for (auto const& violation : error.violations()) {
            text += ' ' + violation.field + ':' + violation.rule;
        }
        return text;
    }
}

/// The same without its fields.
template <class Function>
std::string code_of(Function&& function) {
    auto text = outcome(function);
    return text.substr(0, text.find(' '));
}

/// Opens a school, closes it, and tells how that went.
[[nodiscard]] inline std::string open_outcome(storage::SqliteOptions const& options) {
    return outcome([&] { storage::open_sqlite(options).reset(); });
}

}  // namespace eduplat::test
