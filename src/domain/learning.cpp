#include <eduplat/domain/learning.hpp>

#include <algorithm>
#include <array>
#include <type_traits>

namespace eduplat {
namespace {

using enum LearningKind;

struct Named {
    LearningKind kind;
    std::string_view name;
};

constexpr std::array table{
    Named{viewed, "viewed"},
    Named{opened, "opened"},
    Named{watched, "watched"},
    Named{answered, "answered"},
    Named{marked, "marked"},
    Named{searched, "searched"},
    Named{clicked, "clicked"},
    Named{downloaded, "downloaded"},
    Named{session_opened, "session_opened"},
    Named{published, "published"},
    Named{enrolled, "enrolled"},
    Named{settled, "settled"},
    Named{completed, "completed"},
};

constexpr auto kinds = [] {
    std::array<LearningKind, table.size()> result{};
    for (std::size_t i = 0; i < result.size(); ++i)
        result[i] = table[i].kind;
    return result;
}();

// The alternatives of LearningEvent, in order.
constexpr std::array reported_kinds{viewed, opened,   watched, answered,
                                    marked, searched, clicked, downloaded};
static_assert(reported_kinds.size() == std::variant_size_v<LearningEvent>);

}  // namespace

std::string_view name(LearningKind kind) noexcept {
    auto const* const found = std::ranges::find(table, kind, &Named::kind);
    return found == table.end() ? std::string_view{} : found->name;
}

std::optional<LearningKind> parse_learning_kind(std::int64_t value) noexcept {
    auto const* const found = std::ranges::find_if(
        kinds, [value](LearningKind kind) { return static_cast<std::int64_t>(kind) == value; });
    if (found == kinds.end()) return std::nullopt;
    return *found;
}

std::span<LearningKind const> all_learning_kinds() noexcept {
    return kinds;
}

LearningKind kind_of(LearningEvent const& event) noexcept {
    return reported_kinds[event.index()];
}

}  // namespace eduplat
