#include "support/temp_dir.hpp"

#include <cstdlib>
#include <system_error>

namespace eduplat::test {
namespace {

std::filesystem::path make_unique_folder() {
    char const* const chosen = std::getenv("EDUPLAT_TEST_DIR");
    auto const parent =
        chosen != nullptr ? std::filesystem::path{chosen} : std::filesystem::temp_directory_path();
    std::filesystem::create_directories(parent);
    auto pattern = (parent / "eduplat-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::system_error{errno, std::generic_category(), pattern};
    }
    return pattern;
}

}  // namespace

TempDir::TempDir() : path_(make_unique_folder()) {}

TempDir::~TempDir() {
    std::error_code ignored;
    // A test may have left folders without the right to write.
    for (auto const& entry : std::filesystem::recursive_directory_iterator{path_, ignored}) {
        if (entry.is_directory(ignored)) {
            std::filesystem::permissions(entry.path(), std::filesystem::perms::owner_all, ignored);
        }
    }
    std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::file(std::string_view name) const {
    return (path_ / name).string();
}

}  // namespace eduplat::test
