"""Writes docs/schema.md from the migrations: applies them to a database in memory and describes the result."""

import re
import sqlite3
import sys

import generated_pages
import source

MIGRATIONS = "src/storage/sqlite/migrations"
ENGINE = "src/storage/sqlite/migrations.cpp"
FILES = "src/storage/sqlite/files.hpp"
PERSONAL = "src/repositories/personal_data.cpp"  # and what lies beside it
PAGE = "docs/schema.md"

HEAD = """# Schema

<!-- Written by tests/architecture/schema_page.py from the migrations. Do not edit it. -->

The tables of a school at schema version {version}. Times are microseconds since 1970 in UTC. A uid is the 16 bytes of
a UUID. The file's `application_id` is {application_id}, its `user_version` is the schema version.

This is a description, not an interface: other programs may read a school, only eduplat may write one, and a
later version may store things differently. The last column says what
[export and erasure](guide/accounts.md#export-and-erase) make of a column:

- **personal**: exported; gone after an erasure
- **secret**: never exported; gone after an erasure
- **kept**: exported; stays after an erasure, because it says nothing once the rest is gone
- empty: nothing of a person

| migration | name |
| --- | --- |
{migrations}"""


def create_history(root):
    """The statement by which the engine makes its own table."""
    text = (root / ENGINE).read_text()
    found = re.search(r'create_history\[\] =\s*((?:"[^"]*"\s*)+);', text)
    sql = "".join(re.findall(r'"([^"]*)"', found[1]))
    return sql.replace("IF NOT EXISTS ", "")


def application_id(root):
    found = re.search(r'school_application_id = (\w+);\s*// "(\w+)"', (root / FILES).read_text())
    return f'{found[1]}, which reads "{found[2]}"'


def migrations(root):
    """[(version, name, text)]"""
    files = sorted((root / MIGRATIONS).glob("*.sql"))
    return [(int(f.stem.split("_", 1)[0]), f.stem.split("_", 1)[1], f.read_text()) for f in files]


def comments(texts):
    """Table -> the comment that stands before its CREATE TABLE."""
    found = {}
    for text in texts:
        for m in re.finditer(r"((?:^--[^\n]*\n)+)CREATE (?:VIRTUAL )?TABLE (\w+)", text, re.MULTILINE):
            found[m[2]] = " ".join(line.lstrip("- ") for line in m[1].splitlines())
    return found


def personal(root):
    """(table, column) -> what personal_data*.[ch]pp say it holds"""
    found = {}
    files = sorted((root / PERSONAL).parent.glob("personal_data*pp"))
    text = "\n".join(source.without_comments(file.read_text()) for file in files)
    for rule in text.split("TableRule{")[1:]:
        name = re.search(r'\.table = "(\w+)"', rule)
        columns = re.search(r"\.columns = \{\{(.*?)\}\}\}", rule, re.DOTALL)
        if not name or not columns:
            continue
        for column, holds in re.findall(r'\{"(\w+)"(?:,\s*(\w+))?', columns[1] + "}"):
            found[name[1], column] = holds if holds in ("personal", "secret", "kept") else ""
    return found


def parts(sql):
    """What stands between the outer parentheses of CREATE TABLE, split at its commas, and what follows."""
    body, rest = sql[sql.index("(") + 1 : sql.rindex(")")], sql[sql.rindex(")") + 1 :]
    depth, begin, found = 0, 0, []
    for at, char in enumerate(body):
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            found.append(body[begin:at])
            begin = at + 1
    return [" ".join(part.split()) for part in [*found, body[begin:]]], " ".join(rest.split())


def describe(database, name, sql, comment, holds):
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({name})")]
    rows, constraints = [], []
    pieces, form = parts(sql)
    for piece in pieces:
        word, _, rest = piece.partition(" ")
        if word not in columns:
            constraints.append(piece)
            continue
        kind, _, more = rest.partition(" ")
        rows.append((f"`{word}`", kind, f"`{more}`" if more else "", holds.get((name, word), "not declared")))
    text = f"\n## {name}\n\n{comment}\n\n" if comment else f"\n## {name}\n\n"
    text += generated_pages.table(("column", "type", "constraints", "of a person"), rows)
    own = "SELECT type, sql FROM sqlite_schema WHERE tbl_name = ? AND type <> 'table' AND sql IS NOT NULL " \
          "ORDER BY type, rowid"
    notes = [f"`{c}`" for c in constraints]
    notes += [f"`{' '.join(s.split())}`" for _, s in database.execute(own, (name,))]
    notes += [f"`{form}`"] if form else []
    return text + "".join(["\n"] + [f"- {note}\n" for note in notes] if notes else [])


def pages(root):
    steps = migrations(root)
    database = sqlite3.connect(":memory:")
    database.execute(create_history(root))
    for _, _, text in steps:
        database.executescript(text)
    said, holds = comments(text for _, _, text in steps), personal(root)
    said["schema_migrations"] = "The steps of this page that were applied. The engine makes it before the first."
    listed = "".join(f"| {version} | {name} |\n" for version, name, _ in steps)
    page = HEAD.format(version=steps[-1][0], application_id=application_id(root), migrations=listed)
    tables = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN " \
             "(SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY rowid"
    for name, sql in database.execute(tables).fetchall():
        page += describe(database, name, sql, said.get(name, ""), holds)
    return {PAGE: page}


SQL = """-- What
-- it keeps.
CREATE TABLE a (
    id INTEGER PRIMARY KEY,
    b  TEXT NOT NULL CHECK (b IN ('x', 'y')),
    CHECK (length(b) > 0)
) STRICT;
CREATE INDEX a_by_b ON a (b);
"""
DECLARED = 'TableRule{.table = "a", .columns = {{{"id", nothing, integer}, {"b", personal}}}},\n' \
           'TableRule{.table = "schema_migrations", .columns = {{{"version"}, {"name"}}}},\n'
TREE = {
    MIGRATIONS + "/0001_ground.sql": SQL,
    ENGINE: 'constexpr char create_history[] =\n    "CREATE TABLE IF NOT EXISTS schema_migrations ("\n'
            '    "version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT";\n',
    FILES: 'inline constexpr std::uint32_t school_application_id = 0x61;  // "a"\n',
    PERSONAL: DECLARED,
}
CHANGES = [
    {MIGRATIONS + "/0002_more.sql": "ALTER TABLE a RENAME TO c;\n", PERSONAL: DECLARED.replace('"a"', '"c"')},
    {MIGRATIONS + "/0001_ground.sql": SQL.replace("'y'", "'z'")},
    {MIGRATIONS + "/0001_ground.sql": SQL.replace("it keeps", "it forgets")},
    {MIGRATIONS + "/0001_ground.sql": SQL.replace("a (b)", "a (b, id)")},
    {PERSONAL: DECLARED.replace("personal}", "secret}")},
    {PAGE: "# Schema\n"},
]

if __name__ == "__main__":
    if sqlite3.sqlite_version_info < (3, 37):
        print("Python's SQLite does not know STRICT tables")
        sys.exit(77)
    generated_pages.run(pages, TREE, CHANGES)
