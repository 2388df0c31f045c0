#pragma once

#include "benchmarks/raw_sqlite.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace eduplat::benchmarks {

/// Rows of one table, read from a file and kept in memory, so that a peer can insert the same ones.
class TableRows {
  public:
    /// `select` gives, ordered by it, what the rows belong to, then all columns of the table.
    TableRows(RawConnection& from, std::string_view table, std::string const& select);

    /// Makes them ready to be inserted there, from the first.
    void begin(RawConnection& into);
    /// Inserts the rows that belong to `owner`. Owners must come in order.
    void insert_of(std::int64_t owner);
    /// Inserts the next row, whatever it belongs to; false if there is none.
    bool insert_next();

    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
    [[nodiscard]] std::vector<std::int64_t> owners() const;

  private:
    using Cell = std::variant<std::monostate, std::int64_t, std::string, std::vector<std::byte>>;

    struct Row {
        std::int64_t owner;
        std::vector<Cell> cells;
    };

    static Cell read(sqlite3_stmt* row, int column);

    std::string insert_sql_;
    std::vector<Row> rows_;
    std::size_t next_ = 0;
    sqlite3_stmt* insert_ = nullptr;
};

}  // namespace eduplat::benchmarks
