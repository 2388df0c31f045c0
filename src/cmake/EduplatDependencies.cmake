# Third-party libraries: all of them private to one module, all found on the system.
# SQLite3_ROOT points at a newer SQLite than the system's.
find_package(Threads REQUIRED)
find_package(SQLite3 3.37 REQUIRED) # STRICT tables need 3.37
find_package(SQLiteCpp REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(utf8proc REQUIRED)
find_package(sodium REQUIRED)
