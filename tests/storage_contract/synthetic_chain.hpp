#pragma once

#include <storage/sqlite/migrations.hpp>

#include <array>
#include <span>

namespace eduplat::test {

/// A history of three steps that does what real ones do: makes tables, adds a column, and rebuilds
/// a table that others refer to, with data moved.
[[nodiscard]] inline std::span<storage::Migration const> synthetic_chain() {
    static constexpr std::array<storage::Migration, 3> chain{{
        {1, "ground",
         "CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;\n"
         "CREATE TABLE books (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES "
         "authors (id),"
         " title TEXT NOT NULL) STRICT;\n"
         "INSERT INTO authors VALUES (1, 'Ada'), (2, 'Ben');\n"
         "INSERT INTO books VALUES (1, 1, 'Notes'), (2, 2, 'Letters');\n"},
        {2, "pages",
         "ALTER TABLE books ADD COLUMN pages INTEGER NOT NULL DEFAULT 0;\n"
         "UPDATE books SET pages = 100 * id;\n"
         "CREATE INDEX books_by_author ON books (author_id, id);\n"},
        {3, "split-names",
         "CREATE TABLE authors_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
         " initial TEXT NOT NULL) STRICT;\n"
         "INSERT INTO authors_new SELECT id, name, substr(name, 1, 1) FROM authors;\n"
         "DROP TABLE authors;\n"
         "ALTER TABLE authors_new RENAME TO authors;\n"},
    }};
    return chain;
}

}  // namespace eduplat::test
