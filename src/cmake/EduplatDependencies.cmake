# Third-party libraries, each private to a module and found on the system: for the build, and for the
# installed package of static modules. SQLite3_ROOT points at a newer SQLite than the system's.
set(EDUPLAT_DEPENDENCIES
  "Threads"
  "SQLite3 3.37" # STRICT tables
  "SQLiteCpp"
  "fmt"
  "spdlog"
  "utf8proc"
  "sodium"
  "libzip")
