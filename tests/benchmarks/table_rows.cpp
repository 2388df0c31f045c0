#include "benchmarks/table_rows.hpp"

#include "benchmarks/bench_school.hpp"

#include <span>

namespace eduplat::benchmarks {

TableRows::TableRows(RawConnection& from, std::string_view table, std::string const& select) {
    auto* const statement = from.prepare(select);
    int const columns = sqlite3_column_count(statement) - 1;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        Row row{sqlite3_column_int64(statement, 0), {}};
        for (int i = 1; i <= columns; ++i)
            row.cells.push_back(read(statement, i));
        rows_.push_back(std::move(row));
    }
    sqlite3_reset(statement);
    require(!rows_.empty(), "a table is empty");
    insert_sql_ = "INSERT INTO " + std::string{table} + " VALUES (?1";
    for (int i = 2; i <= columns; ++i)
        insert_sql_ += ", ?" + std::to_string(i);
    insert_sql_ += ')';
}

TableRows::Cell TableRows::read(sqlite3_stmt* row, int column) {
    switch (sqlite3_column_type(row, column)) {
        case SQLITE_INTEGER:
            return std::int64_t{sqlite3_column_int64(row, column)};
        case SQLITE_TEXT:
            return text_of(row, column);
        case SQLITE_BLOB: {
            auto const text = text_of(row, column);
            auto const bytes = std::as_bytes(std::span{text});
            return std::vector<std::byte>(bytes.begin(), bytes.end());
        }
        default:
            return std::monostate{};
    }
}

void TableRows::begin(RawConnection& into) {
    insert_ = into.prepare(insert_sql_);
    next_ = 0;
}

void TableRows::insert_of(std::int64_t owner) {
    while (next_ < rows_.size() && rows_[next_].owner == owner)
        insert_next();
}

bool TableRows::insert_next() {
    if (next_ == rows_.size()) return false;
    int parameter = 0;
    for (auto const& cell : rows_[next_].cells) {
        ++parameter;
        if (auto const* const number = std::get_if<std::int64_t>(&cell)) {
            RawConnection::bind(insert_, parameter, *number);
        } else if (auto const* const text = std::get_if<std::string>(&cell)) {
            RawConnection::bind(insert_, parameter, std::string_view{*text});
        } else if (auto const* const blob = std::get_if<std::vector<std::byte>>(&cell)) {
            RawConnection::bind(insert_, parameter, std::span<std::byte const>{*blob});
        } else {
            RawConnection::bind_null(insert_, parameter);
        }
    }
    RawConnection::step_to_end(insert_);
    ++next_;
    return true;
}

std::vector<std::int64_t> TableRows::owners() const {
    std::vector<std::int64_t> owners;
    owners.reserve(rows_.size());
    for (auto const& row : rows_)
        owners.push_back(row.owner);
    return owners;
}

}  // namespace eduplat::benchmarks
