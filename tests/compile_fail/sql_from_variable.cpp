// expect: constant expression
#include <eduplat/storage/storage.hpp>

void use(eduplat::storage::Connection& connection) {
#ifdef MUST_NOT_COMPILE
    static char text[] = "SELECT 1";
#else
    static constexpr char text[] = "SELECT 1";
#endif
    connection.execute(text);
}
