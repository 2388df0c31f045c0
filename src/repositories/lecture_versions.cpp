#include "repositories/lecture_versions.hpp"

#include "repositories/course_facets.hpp"
#include "repositories/rows.hpp"

#include <string_view>
#include <utility>

namespace eduplat::repositories {

using storage::Connection;
using storage::Sql;
using storage::Statement;

Completion read_completion(Statement const& row, int column) {
    return {.rule = known(parse_completion_rule(row.text(column)), "lectures.completion"),
            .percent = read_int(row, column + 1)};
}

Release read_release(Statement const& row, int column) {
    return {.rule = known(parse_release_rule(row.text(column)), "lectures.release"),
            .at = row.optional(column + 1, &Statement::timestamp),
            .days = read_int(row, column + 2)};
}

ItemTotals read_totals(Statement const& row, int column) {
    return {.videos = read_int(row, column),
            .audios = read_int(row, column + 1),
            .texts = read_int(row, column + 2),
            .files = read_int(row, column + 3),
            .embeds = read_int(row, column + 4),
            .duration = std::chrono::milliseconds{row.int64(column + 5)}};
}

namespace lecture_versions {
namespace {

constexpr Sql insert_sql =
    "INSERT INTO lecture_versions (uid, lecture_id, number, author_id, videos, audios, texts, "
    "files, embeds, duration_ms, created_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) RETURNING id";
constexpr Sql add_text_sql =
    "INSERT INTO lecture_texts (version_id, language, title) VALUES (?1, ?2, ?3)";
constexpr Sql add_concept_sql =
    "INSERT INTO lecture_concepts (version_id, concept) VALUES (?1, ?2)";
constexpr Sql add_item_sql =
    "INSERT INTO lecture_items (version_id, position, kind, address, name, media_type, "
    "size_bytes, duration_ms, media) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
constexpr Sql add_item_text_sql =
    "INSERT INTO lecture_item_texts (version_id, position, language, body) "
    "VALUES (?1, ?2, ?3, ?4)";

constexpr Sql find_sql =
    "SELECT id, uid, lecture_id, number, author_id, created_at, texts FROM lecture_versions "
    "WHERE id = ?1";
constexpr Sql find_id_sql = "SELECT id FROM lecture_versions WHERE lecture_id = ?1 AND number = ?2";
constexpr Sql last_number_sql =
    "SELECT number FROM lecture_versions WHERE lecture_id = ?1 ORDER BY number DESC LIMIT 1";
constexpr Sql texts_sql =
    "SELECT version_id, language, title FROM lecture_texts WHERE version_id = ?1 "
    "ORDER BY language";
constexpr Sql concepts_sql =
    "SELECT concept FROM lecture_concepts WHERE version_id = ?1 ORDER BY concept";
constexpr Sql items_sql =
    "SELECT kind, address, name, media_type, size_bytes, duration_ms, media FROM lecture_items "
    "WHERE version_id = ?1 ORDER BY position";
constexpr Sql item_texts_sql =
    "SELECT position, language, body FROM lecture_item_texts WHERE version_id = ?1 "
    "ORDER BY position, language";

/// The columns of an item's row beside its place.
struct ItemRow {
    std::string_view address = {};
    std::string_view name = {};
    std::string_view media_type = {};
    std::int64_t size_bytes = 0;
    std::chrono::milliseconds duration = {};
    std::optional<Uid> media = std::nullopt;
};

struct ToRow {
    ItemRow operator()(Video const& video) const {
        return {.address = video.address,
                .name = video.name,
                .duration = video.duration,
                .media = video.media};
    }
    ItemRow operator()(Audio const& audio) const {
        return {.address = audio.address,
                .name = audio.name,
                .duration = audio.duration,
                .media = audio.media};
    }
    ItemRow operator()(Text const& /*text*/) const { return {}; }
    ItemRow operator()(File const& file) const {
        return {.address = file.address,
                .name = file.name,
                .media_type = file.media_type,
                .size_bytes = file.size_bytes};
    }
    ItemRow operator()(Embed const& embed) const {
        return {.address = embed.address, .name = embed.name};
    }
};

void add_item(Connection& connection, LectureVersionId version, int position, Item const& item) {
    auto const row = std::visit(ToRow{}, item);
    connection.execute(add_item_sql, version, position, kind_name(item), row.address, row.name,
                       row.media_type, row.size_bytes, row.duration.count(), row.media);
    auto const* const text = std::get_if<Text>(&item);
    if (text == nullptr) return;
    for (auto const& [language, body] : text->body.texts())
        connection.execute(add_item_text_sql, version, position, language, body);
}

Item read_item(Statement const& row) {
    auto const kind = row.text(0);
    auto const duration = std::chrono::milliseconds{row.int64(5)};
    auto const media = row.optional(6, &Statement::uid);
    if (kind == "video") return Video{row.string(1), duration, row.string(2), media};
    if (kind == "audio") return Audio{row.string(1), duration, row.string(2), media};
    if (kind == "text") return Text{};
    if (kind == "file") return File{row.string(1), row.string(2), row.string(3), row.int64(4)};
    if (kind == "embed") return Embed{row.string(1), row.string(2)};
    fail(ErrorCode::data_loss, "lecture_items.kind", "unknown_value");
}

void read_items(Connection& connection, LectureVersion& version, bool has_texts) {
    auto rows = connection.query(items_sql, version.id);
    while (rows.step())
        version.items.push_back(read_item(rows));
    if (!has_texts) return;
    auto texts = connection.query(item_texts_sql, version.id);
    while (texts.step()) {
        auto const place = static_cast<std::size_t>(texts.int64(0));
        auto* const text =
            place < version.items.size() ? std::get_if<Text>(&version.items[place]) : nullptr;
        if (text != nullptr) read_text(texts, 2, text->body);
    }
}

}  // namespace

LectureVersionId insert(Connection& connection, NewRow const& row, LocalizedText const& title,
                        std::vector<std::string> const& concepts, std::vector<Item> const& items,
                        Timestamp at) {
    auto const all = totals(items);
    auto const id = [&] {
        auto statement = connection.query(insert_sql, row.uid, row.lecture, row.number, row.author,
                                          all.videos, all.audios, all.texts, all.files, all.embeds,
                                          all.duration.count(), at);
        statement.step();
        auto const made = statement.id<LectureVersionId>(0);
        statement.step();
        return made;
    }();
    for (auto const& [language, text] : title.texts())
        connection.execute(add_text_sql, id, language, text);
    for (auto const& concept_name : concepts)
        connection.execute(add_concept_sql, id, concept_name);
    int position = 0;
    for (auto const& item : items)
        add_item(connection, id, position++, item);
    return id;
}

std::optional<LectureVersion> find(Connection& connection, LectureVersionId version) {
    std::optional<LectureVersion> found;
    bool has_texts = false;
    {
        auto row = connection.query(find_sql, version);
        if (!row.step()) return found;
        found = LectureVersion{.id = row.id<LectureVersionId>(0),
                               .uid = row.uid(1),
                               .lecture = row.id<LectureId>(2),
                               .number = read_int(row, 3),
                               .author = row.optional(4, &Statement::id<UserId>),
                               .created_at = row.timestamp(5)};
        has_texts = row.int64(6) > 0;
    }
    auto texts = connection.query(texts_sql, version);
    while (texts.step())
        read_text(texts, 2, found->title);
    auto concepts = connection.query(concepts_sql, version);
    while (concepts.step())
        found->concepts.push_back(concepts.string(0));
    read_items(connection, *found, has_texts);
    return found;
}

std::optional<LectureVersionId> find_id(Connection& connection, LectureId lecture, int number) {
    auto row = connection.query(find_id_sql, lecture, number);
    if (!row.step()) return std::nullopt;
    return row.id<LectureVersionId>(0);
}

int last_number(Connection& connection, LectureId lecture) {
    auto row = connection.query(last_number_sql, lecture);
    return row.step() ? read_int(row, 0) : 0;
}

}  // namespace lecture_versions
}  // namespace eduplat::repositories
