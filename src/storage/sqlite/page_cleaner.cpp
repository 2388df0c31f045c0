#include "storage/sqlite/page_cleaner.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace eduplat::storage {
namespace {

constexpr std::size_t file_header_bytes = 100;
constexpr std::size_t page_bytes_min = 512;

/// Other pages than those of b-trees begin with the number of a page, or with nothing. Below this
/// many pages no such number begins like a b-tree page.
constexpr std::uint32_t pages_max = 1U << 24U;

std::size_t byte_at(std::span<std::byte const> bytes, std::size_t at) {
    return std::to_integer<std::size_t>(bytes[at]);
}

std::size_t uint16_at(std::span<std::byte const> bytes, std::size_t at) {
    return byte_at(bytes, at) << 8U | byte_at(bytes, at + 1);
}

std::size_t uint32_at(std::span<std::byte const> bytes, std::size_t at) {
    return uint16_at(bytes, at) << 16U | uint16_at(bytes, at + 2);
}

}  // namespace

void clear_unallocated(std::span<std::byte> page, bool first) {
    std::size_t const header = first ? file_header_bytes : 0;
    auto const kind = byte_at(page, header);
    bool const interior = kind == 2 || kind == 5;
    bool const leaf = kind == 10 || kind == 13;
    if (!interior && !leaf) return;
    auto const cells = uint16_at(page, header + 3);
    auto content = uint16_at(page, header + 5);
    if (content == 0) content = 65536;
    auto const begin = header + (interior ? 12 : 8) + 2 * cells;
    if (begin > content || content > page.size()) return;
    std::fill(page.begin() + static_cast<std::ptrdiff_t>(begin),
              page.begin() + static_cast<std::ptrdiff_t>(content), std::byte{0});
}

void PageCleaner::attach(sqlite3* database) {
    sqlite3_file* file = nullptr;
    if (sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER,
                             static_cast<void*>(&file)) != SQLITE_OK) {
        return;
    }
    if (file == nullptr || file->pMethods == nullptr) return;  // in memory
    original_ = file->pMethods;
    static_cast<sqlite3_io_methods&>(methods_) = *original_;
    methods_.xWrite = write;
    methods_.cleaner = this;
    file->pMethods = &methods_;

    std::array<std::byte, file_header_bytes> header{};
    auto const size = static_cast<int>(header.size());
    if (original_->xRead(file, header.data(), size, 0) == SQLITE_OK) learn(header);
}

int PageCleaner::write(sqlite3_file* file, void const* bytes, int size, sqlite3_int64 offset) {
    auto& cleaner = *static_cast<Methods const*>(file->pMethods)->cleaner;
    std::span const given{static_cast<std::byte const*>(bytes), static_cast<std::size_t>(size)};
    auto const page = cleaner.cleaned(given, offset);
    return cleaner.original_->xWrite(file, page.data(), size, offset);
}

std::span<std::byte const> PageCleaner::cleaned(std::span<std::byte const> bytes,
                                                std::int64_t offset) {
    bool const whole_page = bytes.size() >= page_bytes_min && std::has_single_bit(bytes.size()) &&
                            offset % static_cast<std::int64_t>(bytes.size()) == 0;
    if (!whole_page) return bytes;
    if (offset == 0) learn(bytes);
    if (!enabled_) return bytes;
    try {
        page_.assign(bytes.begin(), bytes.end());
    } catch (...) {  // without memory for a copy the page goes as it is; SQLite knows no exceptions
        return bytes;
    }
    clear_unallocated(page_, offset == 0);
    return page_;
}

// Pages that map pointers, which only files with auto_vacuum have, look like those of b-trees.
void PageCleaner::learn(std::span<std::byte const> first_page) {
    auto const pages = uint32_at(first_page, 28);
    bool const auto_vacuum = uint32_at(first_page, 52) != 0;
    enabled_ = !auto_vacuum && pages < pages_max;
}

}  // namespace eduplat::storage
