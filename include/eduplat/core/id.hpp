#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace eduplat {

/// A row's identity inside one school. Strongly typed by `Tag`, so that a `UserId` cannot stand
/// where a `CourseId` is wanted; ordered and hashable, without arithmetic, without a default value
/// ("none" is `std::optional<Id>`). Ids never leave the process: what leaves it is a `Uid`.
template <class Tag>
class Id {
  public:
    constexpr explicit Id(std::int64_t value) noexcept : value_(value) {}

    [[nodiscard]] constexpr std::int64_t value() const noexcept { return value_; }

    // Rewritten as "<=> 0", which clang-tidy 14 takes for a pointer: NOLINTNEXTLINE(*-use-nullptr)
    friend constexpr auto operator<=>(Id, Id) noexcept = default;

  private:
    std::int64_t value_;
};

}  // namespace eduplat

template <class Tag>
struct std::hash<eduplat::Id<Tag>> {
    [[nodiscard]] std::size_t operator()(eduplat::Id<Tag> id) const noexcept {
        return std::hash<std::int64_t>{}(id.value());
    }
};
