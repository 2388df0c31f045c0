#pragma once

#include <eduplat/core/limits.hpp>
#include <eduplat/storage/storage.hpp>

#include <vector>

/// Reading what belongs to all rows of a page in one statement: a list of as many parameters as a
/// page has rows at most, of which those that are not needed are null.
#define EDUPLAT_TEN(tens)                                                            \
    "?" tens "0, ?" tens "1, ?" tens "2, ?" tens "3, ?" tens "4, ?" tens "5, ?" tens \
    "6, "                                                                            \
    "?" tens "7, ?" tens "8, ?" tens "9"
#define EDUPLAT_IN_PAGE \
    "IN (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, " EDUPLAT_TEN("1") ", " EDUPLAT_TEN("2") ", " EDUPLAT_TEN("3") ", " EDUPLAT_TEN("4") ", " EDUPLAT_TEN("5") ", " EDUPLAT_TEN("6") ", " EDUPLAT_TEN("7") ", " EDUPLAT_TEN("8") ", " EDUPLAT_TEN("9") ", " EDUPLAT_TEN("10") ", " EDUPLAT_TEN("11") ", " EDUPLAT_TEN("12") ", " EDUPLAT_TEN("13") ", " EDUPLAT_TEN("14") ", " EDUPLAT_TEN("15") ", " EDUPLAT_TEN("16") ", " EDUPLAT_TEN("17") ", " EDUPLAT_TEN("18") ", " EDUPLAT_TEN("19") ", ?200, ?201)"

namespace eduplat::repositories {

/// A list reads one row more than it shows.
inline constexpr int page_rows_max = limits::page_size_max + 1;
static_assert(page_rows_max == 201);

/// A statement with EDUPLAT_IN_PAGE, for these ids.
template <class Identity>
[[nodiscard]] storage::Statement query_page(storage::Connection& connection, storage::Sql sql,
                                            std::vector<Identity> const& ids) {
    auto statement = connection.query(sql);
    int parameter = 0;
    for (auto const id : ids)
        statement.bind(++parameter, id);
    while (parameter < page_rows_max)
        statement.bind(++parameter, nullptr);
    return statement;
}

}  // namespace eduplat::repositories
