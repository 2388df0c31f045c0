#include "repositories/personal_data.hpp"

#include "repositories/personal_data_rules.hpp"

#include <algorithm>
#include <utility>

namespace eduplat::repositories::personal_data {
namespace {

using enum ColumnHolds;
using enum ColumnType;
using enum ErasureOfRows;
using storage::Connection;
using storage::Sql;
using storage::Statement;

// The tables that have no rows of persons.
constexpr std::array other_rules{
    // Courses hold nothing of a person, and the table search only the terms of search_documents.
    TableRule{.table = "courses",
              .columns = {{{"id", nothing, integer},
                           {"uid", nothing, blob},
                           {"source"},
                           {"source_id"},
                           {"slug"},
                           {"state"},
                           {"language"},
                           {"level"},
                           {"certificate", nothing, integer},
                           {"lectures_needed", nothing, integer},
                           {"edition", nothing, integer},
                           {"publication_id", nothing, integer},
                           {"version", nothing, integer},
                           {"created_at", nothing, integer},
                           {"updated_at", nothing, integer},
                           {"published_at", nothing, integer}}}},
    TableRule{.table = "course_texts",
              .columns = {{{"course_id", nothing, integer}, {"language"}, {"title"}, {"summary"}}}},
    TableRule{.table = "course_labels",
              .columns = {{{"course_id", nothing, integer}, {"kind"}, {"label"}}}},
    TableRule{.table = "course_prices",
              .columns = {{{"course_id", nothing, integer},
                           {"currency"},
                           {"period_days", nothing, integer},
                           {"amount_minor", nothing, integer}}}},
    TableRule{.table = "course_prerequisites",
              .columns = {{{"course_id", nothing, integer},
                           {"required_course_id", nothing, integer},
                           {"created_at", nothing, integer}}}},
    TableRule{.table = "course_seats",
              .columns = {{{"course_id", nothing, integer},
                           {"capacity", nothing, integer},
                           {"taken", nothing, integer}}}},
    TableRule{.table = "course_ratings",
              .columns = {{{"course_id", nothing, integer},
                           {"reviews", nothing, integer},
                           {"stars", nothing, integer}}}},
    TableRule{.table = "sections",
              .columns = {{{"id", nothing, integer},
                           {"uid", nothing, blob},
                           {"source"},
                           {"source_id"},
                           {"course_id", nothing, integer},
                           {"position", nothing, integer},
                           {"version", nothing, integer}}}},
    TableRule{.table = "section_texts",
              .columns = {{{"section_id", nothing, integer}, {"language"}, {"title"}}}},
    TableRule{.table = "lectures",
              .columns = {{{"id", nothing, integer},
                           {"uid", nothing, blob},
                           {"source"},
                           {"source_id"},
                           {"course_id", nothing, integer},
                           {"section_id", nothing, integer},
                           {"position", nothing, integer},
                           {"draft_version_id", nothing, integer},
                           {"published_version_id", nothing, integer},
                           {"preview", nothing, integer},
                           {"required", nothing, integer},
                           {"completion"},
                           {"completion_percent", nothing, integer},
                           {"release"},
                           {"release_at", nothing, integer},
                           {"release_days", nothing, integer},
                           {"version", nothing, integer},
                           {"created_at", nothing, integer},
                           {"updated_at", nothing, integer}}}},
    TableRule{
        .table = "lecture_prerequisites",
        .columns = {{{"lecture_id", nothing, integer}, {"required_lecture_id", nothing, integer}}}},
    TableRule{.table = "lecture_texts",
              .columns = {{{"version_id", nothing, integer}, {"language"}, {"title"}}}},
    TableRule{.table = "lecture_concepts",
              .columns = {{{"version_id", nothing, integer}, {"concept"}}}},
    TableRule{.table = "lecture_items",
              .columns = {{{"version_id", nothing, integer},
                           {"position", nothing, integer},
                           {"kind"},
                           {"address"},
                           {"name"},
                           {"media_type"},
                           {"size_bytes", nothing, integer},
                           {"duration_ms", nothing, integer},
                           {"media", nothing, blob}}}},
    TableRule{.table = "lecture_item_texts",
              .columns = {{{"version_id", nothing, integer},
                           {"position", nothing, integer},
                           {"language"},
                           {"body"}}}},
    TableRule{.table = "publication_lectures",
              .columns = {{{"publication_id", nothing, integer},
                           {"position", nothing, integer},
                           {"lecture_id", nothing, integer},
                           {"version_id", nothing, integer},
                           {"section_id", nothing, integer},
                           {"preview", nothing, integer},
                           {"required", nothing, integer},
                           {"completion"},
                           {"completion_percent", nothing, integer},
                           {"release"},
                           {"release_at", nothing, integer},
                           {"release_days", nothing, integer},
                           {"prerequisites", nothing, integer}}}},
    TableRule{.table = "publication_prerequisites",
              .columns = {{{"publication_id", nothing, integer},
                           {"lecture_id", nothing, integer},
                           {"required_lecture_id", nothing, integer}}}},
    TableRule{.table = "editions",
              .columns = {{{"course_id", nothing, integer},
                           {"edition", nothing, integer},
                           {"publication_id", nothing, integer}}}},
    TableRule{.table = "search_documents",
              .columns = {{{"id", nothing, integer},
                           {"course_id", nothing, integer},
                           {"lecture_id", nothing, integer},
                           {"segmenter", nothing, integer},
                           {"title"},
                           {"summary"},
                           {"body"}}}},
    // What a trained recommender knows is about courses.
    TableRule{.table = "recommender_chunks",
              .columns = {{{"model_id", nothing, integer},
                           {"position", nothing, integer},
                           {"bytes", nothing, blob}}}},
    TableRule{.table = "recommender_courses",
              .columns = {{{"model_id", nothing, integer},
                           {"item", nothing, integer},
                           {"course_id", nothing, integer},
                           {"learners", nothing, integer},
                           {"weight", nothing, real}}}},
    TableRule{.table = "recommender_models",
              .columns = {{{"id", nothing, integer},
                           {"uid", nothing, blob},
                           {"complete", nothing, integer},
                           {"format", nothing, integer},
                           {"tokenizer", nothing, integer},
                           {"options", nothing, blob},
                           {"created_at", nothing, integer},
                           {"seq", nothing, integer},
                           {"journal_seq", nothing, integer},
                           {"learners", nothing, integer},
                           {"courses", nothing, integer},
                           {"pairs", nothing, integer},
                           {"evaluated", nothing, integer},
                           {"hr", nothing, real},
                           {"recall", nothing, real},
                           {"ndcg", nothing, real},
                           {"coverage", nothing, real},
                           {"popularity_hr", nothing, real},
                           {"popularity_recall", nothing, real},
                           {"popularity_ndcg", nothing, real}}}},
    TableRule{.table = "jobs",
              .columns = {{{"name"},
                           {"due_at", nothing, integer},
                           {"leased_until", nothing, integer},
                           {"last_finished_at", nothing, integer},
                           {"last_error"}}}},
    // What the engine keeps of its migrations.
    TableRule{.table = "schema_migrations",
              .columns = {{{"version", nothing, integer},
                           {"name"},
                           {"checksum"},
                           {"applied_at", nothing, integer}}}},
    TableRule{.table = "school", .columns = {{{"key"}, {"value", nothing, blob}}}},
};

constexpr auto rules = [] {
    std::array<TableRule, rules_of_persons.size() + other_rules.size()> all;
    auto const end = std::copy(rules_of_persons.begin(), rules_of_persons.end(), all.begin());
    std::copy(other_rules.begin(), other_rules.end(), end);
    return all;
}();

/// Writes SQL while compiling; without a buffer it only counts.
class Writer {
  public:
    constexpr explicit Writer(char* buffer = nullptr) noexcept : buffer_(buffer) {}

    constexpr Writer& operator<<(std::string_view text) {
        for (char const c : text) {
            if (buffer_ != nullptr) buffer_[size_] = c;
            ++size_;
        }
        return *this;
    }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

  private:
    char* buffer_;
    std::size_t size_ = 0;
};

constexpr bool is_exported(Column const& column) noexcept {
    return column.holds == personal || column.holds == kept;
}

/// Of every rule, so that a statement exists for each; empty where there is nothing to do.
constexpr void write_export(Writer& out, TableRule const& rule) {
    std::string_view separator = "SELECT ";
    for (auto const& column : rule.columns) {
        if (rule.of_person.empty() || !is_exported(column)) continue;
        out << std::exchange(separator, ", ")
            << (column.exported_as.empty() ? column.name : column.exported_as);
    }
    if (separator != ", ") return;
    out << " FROM " << rule.table << " WHERE " << rule.of_person << " ORDER BY " << rule.order_by;
}

constexpr void write_erasure(Writer& out, TableRule const& rule) {
    if (rule.erasure == none) return;
    if (rule.erasure == remove) {
        out << "DELETE FROM " << rule.table;
    } else {
        out << "UPDATE " << rule.table;
        std::string_view separator = " SET ";
        for (auto const& column : rule.columns) {
            if (column.erased_as.empty()) continue;
            out << std::exchange(separator, ", ") << column.name << " = " << column.erased_as;
        }
    }
    out << " WHERE " << rule.of_person;
}

template <std::size_t Size>
struct Text {
    char chars[Size + 1] = {};  // NOLINT(*-avoid-c-arrays): what Sql is made of
};

template <auto Write, std::size_t Index>
consteval auto written() {
    constexpr std::size_t size = [] {
        Writer counter;
        Write(counter, rules[Index]);
        return counter.size();
    }();
    Text<size> text;
    Writer writer{text.chars};
    Write(writer, rules[Index]);
    return text;
}

template <auto Write, std::size_t Index>
constexpr auto text_of = written<Write, Index>();

struct Statements {
    Sql select;
    Sql erase;
};

template <std::size_t... Index>
constexpr std::array<Statements, sizeof...(Index)> all_statements(
    std::index_sequence<Index...> /*indices*/) {
    return {Statements{Sql{text_of<write_export, Index>.chars},
                       Sql{text_of<write_erasure, Index>.chars}}...};
}

constexpr auto statements = all_statements(std::make_index_sequence<rules.size()>{});

PersonalValue value_of(Statement const& row, int column, ColumnType type) {
    switch (type) {
        case integer:
            return row.int64(column);
        case real:
            return row.real(column);
        case blob: {
            auto const bytes = row.blob(column);
            return std::vector<std::byte>(bytes.begin(), bytes.end());
        }
        case text:
            break;
    }
    return row.string(column);
}

PersonalRow row_of(Statement const& row, TableRule const& rule) {
    PersonalRow fields;
    int position = 0;
    for (auto const& column : rule.columns) {
        if (!is_exported(column)) continue;
        if (!row.is_null(position)) {
            fields.push_back({std::string{column.name}, value_of(row, position, column.type)});
        }
        ++position;
    }
    return fields;
}

/// Binds whose rows are meant; false where the person has no rows in such a table.
bool bind_person(Statement& statement, TableRule const& rule, Person const& person) {
    if (!rule.by_account_key) {
        statement.bind(1, person.id);
        return true;
    }
    if (!person.account_key) return false;
    statement.bind(1, *person.account_key);
    return true;
}

}  // namespace

std::span<TableRule const> table_rules() noexcept {
    return rules;
}

PersonalData export_all(Connection& connection, Person const& person) {
    PersonalData data;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (statements[i].select.text().empty()) continue;
        auto statement = connection.query(statements[i].select);
        if (!bind_person(statement, rules[i], person)) continue;
        PersonalTable table{std::string{rules[i].table}, {}};
        while (statement.step())
            table.rows.push_back(row_of(statement, rules[i]));
        if (!table.rows.empty()) data.tables.push_back(std::move(table));
    }
    return data;
}

void erase(Connection& connection, Person const& person, Timestamp at) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        auto const& sql = statements[i].erase;
        if (sql.text().empty()) continue;
        auto statement = connection.query(sql);
        if (!bind_person(statement, rules[i], person)) continue;
        if (sql.text().find("?2") != std::string_view::npos) statement.bind(2, at);
        while (statement.step()) {
        }
    }
}

}  // namespace eduplat::repositories::personal_data
