"""SQL stands in the repositories and the storage engines, and nowhere else."""

import re

import source

ALLOWED = ("src/repositories/", "src/storage/")
STATEMENT = re.compile(
    r"^\s*(?:SELECT\s+(?!.*[.!?]$).+|INSERT\s+(?:OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s+\w+|"
    r"WITH\s+(?:RECURSIVE\s+)?\w+.*\bAS\b|REPLACE\s+INTO\s|PRAGMA\s+\w+|VACUUM\b|SAVEPOINT\s+\w|"
    r"ROLLBACK\s+TO\s|BEGIN\s+(?:IMMEDIATE|DEFERRED|EXCLUSIVE)\b|ATTACH\s+DATABASE\b|"
    r"(?:CREATE|DROP|ALTER)\s+(?:UNIQUE\s+|VIRTUAL\s+|TEMP\s+)?(?:TABLE|INDEX|VIEW|TRIGGER)\s)",
    re.IGNORECASE | re.DOTALL,
)
# Words of a statement that may be put together from parts.
CLAUSE = re.compile(r"\b(?:FROM \w+ (?:WHERE|ORDER|JOIN)\b|ORDER BY\b|GROUP BY\b|ON CONFLICT\b|WHERE \w+ ?=)")


def check(root):
    complaints = []
    for file in source.files(root, source.CPP | {".sql"}, {"include", "src", "examples", "bindings"}):
        path = file.relative_to(root).as_posix()
        if path.startswith(ALLOWED):
            continue
        if file.suffix == ".sql":
            complaints.append(f"{path}: SQL outside the repositories and storage")
            continue
        for line, text in source.string_literals(file.read_text()):
            if STATEMENT.search(text) or CLAUSE.search(text):
                complaints.append(f"{path}:{line}: SQL outside the repositories and storage: {text[:60]}")
    return complaints


ACCEPTED = [
    {"src/repositories/users.cpp": 'auto q = "SELECT id FROM users";\n'},
    {"src/storage/sqlite/open.cpp": 'exec("PRAGMA journal_mode = WAL");\n'},
    {"src/services/a.cpp": '// "SELECT id FROM users"\nauto s = "select a course from the catalog.";\n'},
    {"src/services/a.cpp": 'auto s = "updated by the host"; auto t = "created"; auto u = "with";\n'},
    {"tests/unit/a.cpp": 'auto q = "SELECT id FROM users";\n'},
]
REFUSED = [
    {"src/services/a.cpp": 'auto q = "SELECT id FROM users";\n'},
    {"src/services/a.cpp": 'auto q = R"(\n  insert into users (id) values (?))";\n'},
    {"src/services/a.cpp": 'auto q = "DELETE "\n  "FROM users";\n'},
    {"src/services/a.cpp": 'auto q = base + " WHERE id = ?";\n'},
    {"include/eduplat/core/a.hpp": 'inline auto q = "PRAGMA foreign_keys = ON";\n'},
    {"examples/quickstart/main.cpp": 'auto q = "CREATE TABLE t (id)";\n'},
    {"src/services/a.sql": ""},
]

if __name__ == "__main__":
    source.run(check, ACCEPTED, REFUSED)
