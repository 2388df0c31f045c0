#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace eduplat {

/// An open file or folder of the system, closed at the end. If it could not be opened, errno says
/// why.
class Descriptor final {
  public:
    /// `flags` as open() takes them, and so are `permissions` if it makes a file.
    Descriptor(std::string const& path, int flags, mode_t permissions = 0) noexcept;
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    ~Descriptor();

    [[nodiscard]] bool ok() const noexcept { return value_ >= 0; }
    [[nodiscard]] int get() const noexcept { return value_; }
    [[nodiscard]] bool close() noexcept;

  private:
    int value_;
};

/// A new file beside another, whose name it takes when it is whole; else it is removed. Where a
/// function returns false, errno says why.
class UnfinishedFile final {
  public:
    /// It is called as the other, then this, then digits.
    static constexpr std::string_view mark = ".unfinished-";

    UnfinishedFile(std::string const& path, mode_t permissions);
    UnfinishedFile(UnfinishedFile const&) = delete;
    UnfinishedFile& operator=(UnfinishedFile const&) = delete;
    ~UnfinishedFile();

    [[nodiscard]] bool ok() const noexcept { return file_.ok(); }
    [[nodiscard]] bool write(std::span<std::byte const> bytes) noexcept;
    /// Returns when what was written would outlive a failure of power.
    [[nodiscard]] bool sync() noexcept;
    [[nodiscard]] bool close() noexcept { return file_.close(); }
    [[nodiscard]] bool take_name() noexcept;

  private:
    std::string path_;
    std::string name_;
    Descriptor file_;
    bool to_remove_;
};

/// How many bytes one call of the system moves at most.
inline constexpr std::size_t file_step_bytes = std::size_t{1} << 30U;

}  // namespace eduplat
