"""Fails where SQLite would read a whole table for a statement of the repositories.

Every `constexpr Sql` of src/repositories is planned against the schema the migrations make. A scan is let
pass where it walks an index in the order of a LIMIT, as a list's first page does. Nor may a statement
about one user walk all that there is of a course, but for what a teacher earned by it, nor one without a
LIMIT all postings of an account, which are those of all courses and years.
"""

import argparse
import pathlib
import re
import sqlite3
import subprocess
import sys

STATEMENT = re.compile(r'constexpr (?:\w+::)*Sql (\w+)\s*(?:=|\{)\s*((?:"(?:[^"\\]|\\.)*"\s*)+)')
SMALL = ("jobs",)  # a row for each kind of periodic work, however large the school
EARNED = "order_line_shares.user_id = ?"  # of a line of the course, by its primary key
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')


def statements(root, file):
    """Names and texts, with macros and neighboring literals put together."""
    command = ["g++", "-std=c++20", "-E", "-P", f"-I{root}/src", f"-I{root}/include", str(file)]
    code = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for name, literals in STATEMENT.findall(code):
        yield name, "".join(LITERAL.findall(literals)).replace('\\"', '"')


def schema(root):
    connection = sqlite3.connect(":memory:")
    for file in sorted((root / "src/storage/sqlite/migrations").glob("*.sql")):
        connection.executescript(file.read_text(encoding="utf-8"))
    return connection


def scans(connection, sql):
    made = re.findall(r"(\w+)(?: \([\w, ]+\))? AS (?:MATERIALIZED )?\(", sql)  # by the statement itself
    plan = connection.execute("EXPLAIN QUERY PLAN " + sql, parameters(sql)).fetchall()
    for *_, detail in plan:
        scan = re.match(r"SCAN (\w+)", detail)
        in_order = "USING" in detail and "LIMIT" in sql
        matches = re.search(r"VIRTUAL TABLE INDEX \d+:.*M", detail)  # finds the documents that hold a word
        by_course = re.search(r"INDEX \w+_by_course\b", detail) and re.search(r"\buser_id = \?", sql)
        if by_course and EARNED not in sql:
            yield f"{detail}: of a course, for one user"
        if re.search(r"_by_account \(account_id=\?(?! AND)", detail) and "LIMIT" not in sql:
            yield f"{detail}: all postings of an account"
        if re.search(r"order_line_shares_by_user \(user_id=\?\)", detail) and "course_id = ?" in sql:
            yield f"{detail}: all sales of a teacher, for one course"
        if scan and scan[1] not in ("CONSTANT", *SMALL, *made) and not in_order and not matches:
            yield detail


def parameters(sql):
    return [None] * max(map(int, re.findall(r"\?(\d+)", sql)), default=0)


def complaints(root):
    connection, planned = schema(root), 0
    for file in sorted((root / "src/repositories").glob("*.cpp")):
        for name, sql in statements(root, file):
            planned += 1
            for detail in scans(connection, sql):
                yield f"{file.relative_to(root)}: {name}: {detail}"
    if planned < 40:
        yield f"only {planned} statements were found"


def self_test():
    connection = sqlite3.connect(":memory:")
    connection.executescript("CREATE TABLE t (a PRIMARY KEY, b)")
    connection.executescript("CREATE TABLE u (course_id, user_id); CREATE INDEX u_by_course ON u (course_id)")
    assert list(scans(connection, "SELECT a FROM t WHERE b = ?1")), "a scan passes"
    assert list(scans(connection, "SELECT 1 FROM u WHERE user_id = ?1 AND course_id = ?2")), "a course's rows pass"
    assert not list(scans(connection, "SELECT b FROM t WHERE a = ?1")), "a search fails"
    connection.executescript("CREATE TABLE p (account_id, x); CREATE INDEX p_by_account ON p (account_id, x)")
    assert list(scans(connection, "SELECT x FROM p WHERE account_id = ?1")), "an account's postings pass"
    assert not list(scans(connection, "SELECT x FROM p WHERE account_id = ?1 AND x = ?2")), "a posting fails"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    found = list(complaints(arguments.root))
    print("\n".join([*found, f"{len(found)} complaints"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
