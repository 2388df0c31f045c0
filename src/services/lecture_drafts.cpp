#include "services/lecture_drafts.hpp"

#include "repositories/lectures.hpp"
#include "repositories/publications.hpp"
#include "repositories/sections.hpp"
#include "services/lecture_graph.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace eduplat {
namespace {

/// The media of a video or audio; null for any other item.
template <class AnyItem>
auto* media_of(AnyItem& item) noexcept {
    decltype(&std::get_if<Video>(&item)->media) media = nullptr;
    if (auto* const video = std::get_if<Video>(&item)) media = &video->media;
    if (auto* const audio = std::get_if<Audio>(&item)) media = &audio->media;
    return media;
}

/// What makes two recordings the same one.
std::tuple<std::size_t, std::string_view, std::chrono::milliseconds> key_of(Item const& item) {
    auto const of = [&](auto const& recording) {
        return std::tuple{item.index(), std::string_view{recording.address}, recording.duration};
    };
    if (auto const* const video = std::get_if<Video>(&item)) return of(*video);
    return of(std::get<Audio>(item));
}

bool lacks_media(Item const& item) noexcept {
    auto const* const media = media_of(item);
    return media != nullptr && !*media;
}

}  // namespace

std::size_t recordings_without_media(std::vector<Item> const& items) noexcept {
    return static_cast<std::size_t>(std::count_if(items.begin(), items.end(), lacks_media));
}

std::vector<Item> with_media(std::vector<Item> items, std::vector<Item> const& before,
                             std::span<Uid const> fresh) {
    std::vector<Item const*> known;
    for (auto const& item : before) {
        auto const* const media = media_of(item);
        auto const has_it = [&](Item const& other) {
            auto const* const named = media_of(other);
            return named != nullptr && *named == *media;
        };
        // What another item names as its own is no more to be had.
        if (media != nullptr && std::none_of(items.begin(), items.end(), has_it))
            known.push_back(&item);
    }
    for (auto& item : items) {
        if (!lacks_media(item)) continue;
        auto const same = std::find_if(known.begin(), known.end(), [&](Item const* other) {
            return key_of(*other) == key_of(item);
        });
        if (same != known.end()) {
            *media_of(item) = *media_of(**same);
            known.erase(same);
        } else {
            *media_of(item) = fresh.front();
            fresh = fresh.subspan(1);
        }
    }
    return items;
}

void check_order(storage::Connection& connection, Lecture const& lecture) {
    auto entries = repositories::publications::draft(connection, lecture.course);
    auto const find = [&](LectureId id) {
        return std::find_if(entries.begin(), entries.end(),
                            [&](auto const& entry) { return entry.lecture == id; });
    };
    for (auto const required : lecture.prerequisites) {
        if (find(required) == entries.end()) {
            fail(ErrorCode::not_found, "prerequisites", "unknown");
        }
    }
    auto const own = find(lecture.id);
    if (own != entries.end()) {
        own->prerequisites = lecture.prerequisites;
        own->release = lecture.release;
    }
    if (auto const field = cycle_in(entries); !field.empty()) {
        fail(ErrorCode::invalid_argument, field, "cycle");
    }
}

void restore_drafts(storage::Connection& connection, std::vector<Lecture> const& removed,
                    Timestamp now) {
    namespace lectures = repositories::lectures;
    constexpr auto max = static_cast<int>(limits::lectures_max);
    for (auto const& lecture : removed) {
        if (lectures::count(connection, lecture.course) >= max) {
            fail(ErrorCode::resource_exhausted, "lectures", "too_many", max);
        }
        bool const has_section =
            lecture.section && repositories::sections::find(connection, *lecture.section);
        auto const section = has_section ? lecture.section : std::nullopt;
        lectures::restore(connection, lecture.id, {lecture.course, section}, now);
    }
    for (auto const& lecture : removed)
        lectures::drop_gone_prerequisites(connection, lecture);
}

}  // namespace eduplat
