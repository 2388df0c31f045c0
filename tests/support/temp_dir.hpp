#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace eduplat::test {

/// A new folder that is removed with all it holds when this object ends. It lies under
/// EDUPLAT_TEST_DIR, or where the system keeps temporary files.
class TempDir {
  public:
    TempDir();
    TempDir(TempDir const&) = delete;
    TempDir& operator=(TempDir const&) = delete;
    ~TempDir();

    [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }
    /// The full name of a file in it.
    [[nodiscard]] std::string file(std::string_view name) const;

  private:
    std::filesystem::path path_;
};

}  // namespace eduplat::test
