#include <eduplat/core/error.hpp>

#include <cstdio>

// Exits with 0 when an Error thrown inside the library arrives here as one.
int main() {
    try {
        eduplat::fail(eduplat::ErrorCode::invalid_argument, "email", "malformed");
    } catch (eduplat::Error const& error) {
        std::puts(error.what());
        return error.code() == eduplat::ErrorCode::invalid_argument ? 0 : 1;
    }
    return 1;
}
