#include <eduplat/core/limits.hpp>
#include <eduplat/platform.hpp>

#include <support/catch.hpp>
#include <support/temp_dir.hpp>
#include <unit/core/refusal.hpp>

#include <filesystem>

namespace eduplat::test {

TEST_CASE("a school with options that make no sense is neither opened nor made", "[platform]") {
    TempDir const folder;
    auto const path = folder.file("school.db");
    CHECK(refusal([&] {
              return Platform::open({.path = path, .accounts = {.hashes_max_concurrent = 0}});
          }) == invalid("accounts.hashes_max_concurrent", "too_small", 1));
    CHECK(std::filesystem::is_empty(folder.path()));
}

}  // namespace eduplat::test
