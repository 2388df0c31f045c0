#include "storage/sqlite/page_cleaner.hpp"

#include <support/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

using namespace eduplat::storage;

namespace {

constexpr std::size_t page_bytes = 512;
constexpr std::byte old{0xaa};

using Page = std::vector<std::byte>;

/// A b-tree page of `kind` whose unallocated space, like all else but its header, is full of old
/// bytes.
Page make_page(unsigned kind, unsigned cells, unsigned content, std::size_t header = 0) {
    Page page(page_bytes, old);
    page[header] = static_cast<std::byte>(kind);
    page[header + 3] = static_cast<std::byte>(cells >> 8U);
    page[header + 4] = static_cast<std::byte>(cells & 255U);
    page[header + 5] = static_cast<std::byte>(content >> 8U);
    page[header + 6] = static_cast<std::byte>(content & 255U);
    return page;
}

/// What of it is to be cleared.
Page with_cleared(Page page, std::size_t begin, std::size_t end) {
    std::fill(page.begin() + static_cast<std::ptrdiff_t>(begin),
              page.begin() + static_cast<std::ptrdiff_t>(end), std::byte{0});
    return page;
}

Page cleaned(Page page, bool first = false) {
    clear_unallocated(page, first);
    return page;
}

}  // namespace

TEST_CASE("between the cell pointers and the cells of a b-tree page all is cleared", "[storage]") {
    for (unsigned const leaf : {10U, 13U}) {
        auto const page = make_page(leaf, 3, 400);
        CHECK(cleaned(page) == with_cleared(page, 8 + 6, 400));
    }
    for (unsigned const interior : {2U, 5U}) {
        auto const page = make_page(interior, 3, 400);
        CHECK(cleaned(page) == with_cleared(page, 12 + 6, 400));
    }
}

TEST_CASE("page 1 has its header behind that of the file", "[storage]") {
    auto const page = make_page(13, 2, 300, 100);
    CHECK(cleaned(page, true) == with_cleared(page, 108 + 4, 300));
}

TEST_CASE("a page without cells, and one without room, are told apart", "[storage]") {
    auto const empty = make_page(13, 0, page_bytes);
    CHECK(cleaned(empty) == with_cleared(empty, 8, page_bytes));
    auto const full = make_page(13, 50, 108);
    CHECK(cleaned(full) == full);
}

TEST_CASE("what is no b-tree page stays as it is", "[storage]") {
    for (unsigned const kind : {0U, 1U, 3U, 4U, 9U, 12U, 14U, 255U}) {
        auto const page = make_page(kind, 3, 400);
        CHECK(cleaned(page) == page);
    }
}

TEST_CASE("a page whose header makes no sense stays as it is", "[storage]") {
    for (auto const& page : {make_page(13, 3, page_bytes + 1), make_page(13, 300, 400),
                             make_page(13, 3, 0), make_page(13, 65535, 65535)}) {
        CHECK(cleaned(page) == page);
    }
}
