#include "domain/names.hpp"

#include <eduplat/domain/lecture.hpp>

#include <array>

namespace eduplat {
namespace {

constexpr std::array<std::string_view, 5> kind_names{"video", "audio", "text", "file", "embed"};
constexpr std::array<std::string_view, 3> completion_names{"opened", "covered", "marked"};
constexpr std::array<std::string_view, 4> release_names{"at_once", "at", "after_enrollment",
                                                        "after_previous"};
constexpr std::array<std::string_view, 2> publication_names{"correction", "edition"};

constexpr int default_percent = 80;

struct Counting {
    ItemTotals& totals;

    void operator()(Video const& video) const {
        ++totals.videos;
        totals.duration += video.duration;
    }
    void operator()(Audio const& audio) const {
        ++totals.audios;
        totals.duration += audio.duration;
    }
    void operator()(Text const& /*text*/) const { ++totals.texts; }
    void operator()(File const& /*file*/) const { ++totals.files; }
    void operator()(Embed const& /*embed*/) const { ++totals.embeds; }
};

}  // namespace

std::string_view kind_name(Item const& item) noexcept {
    return name_in(kind_names, item.index());
}

ItemTotals totals(std::vector<Item> const& items) {
    ItemTotals result;
    for (auto const& item : items)
        std::visit(Counting{result}, item);
    return result;
}

std::string_view name(CompletionRule rule) noexcept {
    return name_in(completion_names, rule);
}

std::optional<CompletionRule> parse_completion_rule(std::string_view name) noexcept {
    return parse_in<CompletionRule>(completion_names, name);
}

Completion default_completion(std::vector<Item> const& items) {
    auto const all = totals(items);
    if (all.videos + all.audios == 0) return {};
    return {.rule = CompletionRule::covered, .percent = default_percent};
}

std::string_view name(ReleaseRule rule) noexcept {
    return name_in(release_names, rule);
}

std::optional<ReleaseRule> parse_release_rule(std::string_view name) noexcept {
    return parse_in<ReleaseRule>(release_names, name);
}

std::string_view name(PublicationKind kind) noexcept {
    return name_in(publication_names, kind);
}

std::optional<PublicationKind> parse_publication_kind(std::string_view name) noexcept {
    return parse_in<PublicationKind>(publication_names, name);
}

}  // namespace eduplat
