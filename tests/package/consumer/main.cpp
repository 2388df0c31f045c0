#include <eduplat/eduplat.hpp>

#include <cstdio>

// Exits with 0 when a school opens here and an Error thrown inside the library arrives as one.
int main() {
    auto school = eduplat::Platform::open({.path = ":memory:"});
    try {
        (void)school.accounts().bootstrap_admin({.email = "nobody", .password = "a pass phrase"});
    } catch (eduplat::Error const& error) {
        std::puts(error.what());
        return error.code() == eduplat::ErrorCode::invalid_argument ? 0 : 1;
    }
    return 1;
}
