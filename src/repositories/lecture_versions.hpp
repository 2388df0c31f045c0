#pragma once

#include <eduplat/domain/lecture.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Versions of lectures with what they hold. They are written once.
namespace eduplat::repositories {

/// Two columns and three, from `column` on.
[[nodiscard]] Completion read_completion(storage::Statement const& row, int column);
[[nodiscard]] Release read_release(storage::Statement const& row, int column);
/// Six columns: videos, audios, texts, files, embeds, duration_ms.
[[nodiscard]] ItemTotals read_totals(storage::Statement const& row, int column);

namespace lecture_versions {

struct NewRow {
    Uid uid;
    LectureId lecture;
    int number = 1;
    std::optional<UserId> author = std::nullopt;
};

/// Every video and audio has its media.
[[nodiscard]] LectureVersionId insert(storage::Connection& connection, NewRow const& row,
                                      LocalizedText const& title,
                                      std::vector<std::string> const& concepts,
                                      std::vector<Item> const& items, Timestamp at);

/// Five statements at most.
[[nodiscard]] std::optional<LectureVersion> find(storage::Connection& connection,
                                                 LectureVersionId version);
[[nodiscard]] std::optional<LectureVersionId> find_id(storage::Connection& connection,
                                                      LectureId lecture, int number);
/// The number of the newest version.
[[nodiscard]] int last_number(storage::Connection& connection, LectureId lecture);

}  // namespace lecture_versions
}  // namespace eduplat::repositories
