#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace eduplat::analytics {

/// A file in memory, to be read.
class MappedFile final {
  public:
    /// `exists` says whether there is one. Errors: unavailable (field "path", rule "not_read").
    explicit MappedFile(std::string const& path);
    MappedFile(MappedFile const&) = delete;
    MappedFile& operator=(MappedFile const&) = delete;
    ~MappedFile();

    [[nodiscard]] bool exists() const noexcept { return exists_; }
    [[nodiscard]] std::span<std::byte const> bytes() const noexcept { return bytes_; }

  private:
    bool exists_ = false;
    std::span<std::byte const> bytes_;
};

/// Writes parts one after another into a file beside it, which then takes its name. Such files that
/// others left unfinished a day ago or earlier are removed.
/// Errors: unavailable (field "path", rule "not_written").
void replace_file(std::string const& path, std::span<std::span<std::byte const> const> parts);

}  // namespace eduplat::analytics
