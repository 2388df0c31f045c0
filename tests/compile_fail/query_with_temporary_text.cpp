// expect: keep this value in a variable
#include <eduplat/storage/storage.hpp>

void use(eduplat::storage::Connection& connection) {
#ifdef MUST_NOT_COMPILE
    static_cast<void>(connection.query("SELECT ?1", std::string{"gone when it is read"}));
#else
    std::string const text{"there when it is read"};
    static_cast<void>(connection.query("SELECT ?1", text));
#endif
}
