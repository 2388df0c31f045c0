// expect: keep this value in a variable
#include <eduplat/storage/storage.hpp>

void use(eduplat::storage::Connection& connection) {
#ifdef MUST_NOT_COMPILE
    static_cast<void>(connection.query("SELECT ?1", std::vector<std::byte>(3)));
#else
    std::vector<std::byte> const bytes(3);
    static_cast<void>(connection.query("SELECT ?1", bytes));
#endif
}
