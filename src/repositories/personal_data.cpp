#include "repositories/personal_data.hpp"

#include <utility>

namespace eduplat::repositories::personal_data {
namespace {

using enum ColumnHolds;
using enum ColumnType;
using enum ErasureOfRows;
using storage::Connection;
using storage::Sql;
using storage::Statement;

#define EDUPLAT_UID_OF_PERSON "(SELECT uid FROM users WHERE id = ?1)"
#define EDUPLAT_ENROLLMENTS_OF_PERSON "(SELECT id FROM enrollments WHERE user_id = ?1)"

constexpr std::array rules{
    TableRule{
        .table = "user_terms",
        .of_person = "user_id = ?1",
        .erasure = remove,
        .columns = {{{"term", secret},  // says what users.display_name and users.email say
                     {"user_id", nothing, integer}}},
    },
    TableRule{
        .table = "identities",
        .of_person = "user_id = ?1",
        .erasure = remove,
        .order_by = "issuer, subject",
        .columns = {{{"issuer", personal},
                     {"subject", personal},
                     {"user_id", nothing, integer},
                     {"linked_at", personal, integer}}},
    },
    TableRule{
        .table = "sessions",
        .of_person = "user_id = ?1",
        .erasure = remove,
        .order_by = "id",
        .columns = {{{"id", nothing, integer},
                     {"uid", personal, blob},
                     {"user_id", nothing, integer},
                     {"token_hash", secret, blob},
                     {"label", personal},
                     {"rotate", nothing, integer},
                     {"created_at", personal, integer},
                     {"last_seen_at", personal, integer},
                     {"expires_at", personal, integer},
                     {"absolute_expires_at", personal, integer}}},
    },
    TableRule{
        .table = "password_tokens",
        .of_person = "user_id = ?1",
        .erasure = remove,
        .order_by = "token_hash",
        .columns = {{{"token_hash", secret, blob},
                     {"user_id", nothing, integer},
                     {"kind", personal},
                     {"expires_at", personal, integer}}},
    },
    TableRule{
        .table = "throttles",
        .of_person = "kind IN ('account', 'reset') AND key = ?1",
        .by_account_key = true,
        .erasure = remove,
        .order_by = "kind, key",
        .columns = {{{"kind", nothing},
                     {"key", secret, blob},
                     {"failures", personal, integer},
                     {"window_ends_at", personal, integer}}},
    },
    TableRule{
        .table = "persona_items",
        .of_person = "user_id = ?1",
        .erasure = remove,
        .order_by = "kind, position",
        .columns = {{{"user_id", nothing, integer},
                     {"kind", personal},
                     {"position", personal, integer},
                     {"value", personal}}},
    },
    TableRule{
        .table = "personas",
        .of_person = "user_id = ?1",
        .erasure = remove,
        .order_by = "user_id",
        .columns = {{{"user_id", nothing, integer},
                     {"age_band", personal},
                     {"gender", personal},
                     {"region", personal},
                     {"occupation", personal},
                     {"motivation", personal},
                     {"budget_band", personal},
                     {"study_time", personal},
                     {"pace", personal},
                     {"media", personal},
                     {"device", personal},
                     {"version", nothing, integer},
                     {"updated_at", personal, integer}}},
    },
    TableRule{
        .table = "journal_details",
        .of_person = "user_id = ?1",
        .erasure = remove,
        .order_by = "seq",
        .columns = {{{"seq", kept, integer},
                     {"user_id", nothing, integer},
                     {"salt", secret, blob},
                     {"detail", personal}}},
    },
    // Of learning, what was written in words goes, and what says when somebody sat before a screen.
    TableRule{
        .table = "learning_details",
        .of_person = "user_id = ?1",
        .erasure = remove,
        .order_by = "seq",
        .columns = {{{"seq", kept, integer}, {"user_id", nothing, integer}, {"detail", personal}}},
    },
    TableRule{
        .table = "learning_batches",
        .of_person = "user_id = ?1",
        .erasure = remove,
        .order_by = "id",
        .columns = {{{"id", nothing, integer},
                     {"user_id", nothing, integer},
                     {"key", personal},
                     {"digest", secret, blob},  // of what was written, too
                     {"at", personal, integer},
                     {"answer", nothing, blob}}},
    },
    TableRule{
        .table = "viewing_sessions",
        .of_person = "user_id = ?1",
        .erasure = remove,
        .order_by = "user_id",
        .columns = {{{"user_id", nothing, integer},
                     {"opened_at", personal, integer},
                     {"last_at", personal, integer},
                     {"credited_ms", personal, integer}}},
    },
    // Which teacher marked a lecture stays untold.
    TableRule{
        .table = "learning_events",
        .of_person = "user_id = ?1",
        .order_by = "seq",
        .columns = {{{"seq", kept, integer},
                     {"at", kept, integer},
                     {"client_at", kept, integer},
                     {"user_id", nothing, integer},
                     {"course_id", kept, integer},
                     {"lecture_id", kept, integer},
                     {"enrollment_id", kept, integer},
                     {"kind", kept, integer},
                     {"item", kept, integer},
                     {"a", kept, integer},
                     {"b", kept, integer, {}, "CASE WHEN kind <> 5 THEN b END"},
                     {"c", kept, integer}}},
    },
    TableRule{
        .table = "media_progress",
        .of_person = "enrollment_id IN " EDUPLAT_ENROLLMENTS_OF_PERSON,
        .order_by = "enrollment_id, media",
        .columns = {{{"enrollment_id", kept, integer},
                     {"media", kept, blob},
                     {"coverage", kept, blob},
                     {"covered_ms", kept, integer}}},
    },
    TableRule{
        .table = "lecture_progress",
        .of_person = "enrollment_id IN " EDUPLAT_ENROLLMENTS_OF_PERSON,
        .order_by = "enrollment_id, lecture_id",
        .columns = {{{"enrollment_id", kept, integer},
                     {"lecture_id", kept, integer},
                     {"opens", kept, integer},
                     {"first_at", kept, integer},
                     {"last_at", kept, integer},
                     {"item", kept, integer},
                     {"position_ms", kept, integer},
                     {"marked", kept, integer},
                     {"completed_at", kept, integer}}},
    },
    // A certificate stays one, of nobody.
    TableRule{
        .table = "certificates",
        .of_person = "user_id = ?1",
        .order_by = "id",
        .columns = {{{"id", nothing, integer},
                     {"uid", kept, blob},
                     {"code", kept},
                     {"enrollment_id", kept, integer},
                     {"user_id", nothing, integer},
                     {"course_id", kept, integer},
                     {"cycle", kept, integer},
                     {"issued_at", kept, integer},
                     {"expires_at", kept, integer},
                     {"revoked_at", kept, integer}}},
    },
    TableRule{.table = "learning_imports",
              .columns = {{{"key"},
                           {"chunk", nothing, integer},
                           {"digest", nothing, blob},
                           {"at", nothing, integer}}}},
    TableRule{
        .table = "completion_sweeps",
        .columns = {{{"course_id", nothing, integer}, {"after_enrollment", nothing, integer}}}},
    // What was learned, why and when stays for aggregates: once the user's row is blank it names
    // nobody. A name in another system does.
    TableRule{
        .table = "enrollment_history",
        .of_person = "enrollment_id IN " EDUPLAT_ENROLLMENTS_OF_PERSON,
        .order_by = "enrollment_id, number",
        .columns = {{{"enrollment_id", kept, integer},
                     {"number", kept, integer},
                     {"at", kept, integer},
                     {"from_state", kept},
                     {"to_state", kept},
                     {"cause", kept},
                     {"actor_kind", kept},
                     {"actor_uid",
                      kept,
                      blob,
                      {},
                      "CASE WHEN actor_uid = " EDUPLAT_UID_OF_PERSON " THEN actor_uid END"}}},
    },
    TableRule{
        .table = "grants",
        .of_person = "enrollment_id IN " EDUPLAT_ENROLLMENTS_OF_PERSON,
        .order_by = "id",
        .columns = {{{"id", nothing, integer},
                     {"uid", kept, blob},
                     {"enrollment_id", kept, integer},
                     {"kind", kept},
                     {"line_id", nothing, integer},
                     {"starts_at", kept, integer},
                     {"ends_at", kept, integer},
                     {"revoked_at", kept, integer},
                     {"created_at", kept, integer}}},
    },
    TableRule{
        .table = "enrollments",
        .of_person = "user_id = ?1",
        .erasure = blank,
        .order_by = "id",
        .columns = {{{"id", kept, integer},
                     {"uid", kept, blob},
                     {"source", personal, text, "NULL"},
                     {"source_id", personal, text, "NULL"},
                     {"user_id", nothing, integer},
                     {"course_id", kept, integer},
                     {"state", kept},
                     {"edition", kept, integer},
                     {"activated_at", kept, integer},
                     {"completed_at", kept, integer},
                     {"version", nothing, integer, "version + 1"},
                     {"created_at", kept, integer},
                     {"updated_at", kept, integer, "?2"}}},
    },
    // Sales stay, for the books. What buyers and the school wrote of them goes.
    TableRule{
        .table = "gateway_facts",
        .of_person = "payment_id IN (SELECT id FROM payments WHERE user_id = ?1)",
        .erasure = blank,
        .order_by = "id",
        .columns = {{{"id", nothing, integer},
                     {"payment_id", nothing, integer},
                     {"kind", kept},
                     {"reference", kept},
                     {"transaction_id", kept},
                     {"amount_minor", kept, integer},
                     {"currency", kept},
                     {"conflict", kept},
                     {"reason", personal, text, "''"},
                     {"received_at", kept, integer}}},
    },
    TableRule{
        .table = "refunds",
        .of_person = "payment_id IN (SELECT id FROM payments WHERE user_id = ?1)",
        .erasure = blank,
        .order_by = "id",
        .columns = {{{"id", nothing, integer},
                     {"uid", kept, blob},
                     {"payment_id", nothing, integer},
                     {"attempt_id", nothing, integer},
                     {"state", kept},
                     {"cause", kept},
                     {"amount_minor", kept, integer},
                     {"reason", personal, text, "''"},
                     {"idempotency_key", personal, text, "'erased ' || id"},
                     {"request_digest", nothing, blob},  // of the amount
                     {"reference", kept},
                     {"created_at", kept, integer},
                     {"updated_at", kept, integer},
                     {"check_at", nothing, integer}}},
    },
    TableRule{
        .table = "revocations",
        .of_person = "line_id IN (SELECT l.id FROM orders o JOIN order_lines l "
                     "ON l.order_id = o.id WHERE o.user_id = ?1)",
        .order_by = "id",
        .columns = {{{"id", nothing, integer},
                     {"uid", kept, blob},
                     {"line_id", nothing, integer},
                     {"cause", kept},
                     {"state", kept},
                     {"created_at", kept, integer},
                     {"updated_at", kept, integer}}},
    },
    TableRule{
        .table = "payment_attempts",
        .of_person = "payment_id IN (SELECT id FROM payments WHERE user_id = ?1)",
        .order_by = "id",
        .columns = {{{"id", nothing, integer},
                     {"payment_id", nothing, integer},
                     {"number", kept, integer},
                     {"reference", kept},
                     {"state", kept},
                     {"created_at", kept, integer},
                     {"updated_at", kept, integer},
                     {"check_at", nothing, integer}}},
    },
    // What was posted for a teacher stays under his uid.
    TableRule{.table = "ledger_balances",
              .of_person = "account_id IN (SELECT id FROM ledger_accounts WHERE user_id = ?1)",
              .order_by = "account_id, currency",
              .columns = {{{"account_id", nothing, integer},
                           {"currency", kept},
                           {"balance_minor", kept, integer}}}},
    TableRule{.table = "ledger_postings",
              .of_person = "account_id IN (SELECT id FROM ledger_accounts WHERE user_id = ?1)",
              .order_by = "transfer_id, position",
              .columns = {{{"transfer_id", kept, integer},
                           {"position", nothing, integer},
                           {"account_id", nothing, integer},
                           {"currency", kept},
                           {"amount_minor", kept, integer}}}},
    TableRule{.table = "ledger_transfers",
              .columns = {{{"id", nothing, integer},
                           {"uid", nothing, blob},
                           {"key"},
                           {"kind"},
                           {"payment_id", nothing, integer},
                           {"at", nothing, integer}}}},
    TableRule{.table = "ledger_accounts",
              .of_person = "user_id = ?1",
              .order_by = "id",
              .columns = {{{"id", nothing, integer},
                           {"kind", kept},
                           {"owner", kept},
                           {"user_id", nothing, integer}}}},
    TableRule{
        .table = "payments",
        .of_person = "user_id = ?1",
        .erasure = blank,
        .order_by = "id",
        .columns = {{{"id", nothing, integer},
                     {"uid", kept, blob},
                     {"order_id", nothing, integer},
                     {"user_id", nothing, integer},
                     {"gateway", kept},
                     {"description", personal, text, "''"},
                     {"payer", personal, text, "''"},
                     {"return_url", personal, text, "''"},
                     {"state", kept},
                     {"currency", kept},
                     {"amount_minor", kept, integer},
                     {"authorized_minor", kept, integer},
                     {"captured_minor", kept, integer},
                     {"refund_pending_minor", kept, integer},
                     {"refunded_minor", kept, integer},
                     {"dispute", kept},
                     {"conflict", kept},
                     {"failure", personal, text, "''"},
                     {"version", nothing, integer},
                     {"created_at", kept, integer},
                     {"updated_at", kept, integer},
                     {"captured_at", kept, integer}}},
    },
    TableRule{.table = "order_line_shares",
              .of_person = "user_id = ?1",
              .order_by = "line_id",
              .columns = {{{"line_id", kept, integer},
                           {"user_id", nothing, integer},
                           {"share", kept, integer}}}},
    TableRule{
        .table = "order_lines",
        .of_person = "order_id IN (SELECT id FROM orders WHERE user_id = ?1)",
        .order_by = "id",
        .columns = {{{"id", nothing, integer},
                     {"order_id", nothing, integer},
                     {"position", nothing, integer},
                     {"course_id", kept, integer},
                     {"period_days", kept, integer},
                     {"net_minor", kept, integer},
                     {"tax_minor", kept, integer},
                     {"fee_minor", nothing, integer}}},
    },
    TableRule{
        .table = "orders",
        .of_person = "user_id = ?1",
        .erasure = blank,
        .order_by = "id",
        .columns = {{{"id", nothing, integer},
                     {"uid", kept, blob},
                     {"user_id", nothing, integer},
                     {"state", kept},
                     {"currency", kept},
                     {"total_minor", kept, integer},
                     {"seat_held", nothing, integer},
                     {"hold_until", kept, integer},
                     {"idempotency_key", personal, text, "'erased ' || id"},
                     {"request_digest", nothing, blob},  // of what is kept
                     {"created_at", kept, integer},
                     {"updated_at", kept, integer}}},
    },
    // What a person taught and published is the school's.
    TableRule{.table = "course_teachers",
              .of_person = "user_id = ?1",
              .erasure = remove,
              .order_by = "course_id",
              .columns = {{{"course_id", kept, integer},
                           {"user_id", nothing, integer},
                           {"position", nothing, integer},
                           {"share", kept, integer}}}},
    TableRule{.table = "reviews",
              .of_person = "user_id = ?1",
              .erasure = blank,
              .order_by = "course_id",
              .columns = {{{"course_id", kept, integer},
                           {"user_id", nothing, integer},
                           {"rating", kept, integer},
                           {"body", personal, text, "''"},
                           {"created_at", kept, integer},
                           {"updated_at", kept, integer}}}},
    TableRule{.table = "lecture_versions",
              .of_person = "author_id = ?1",
              .order_by = "id",
              .columns = {{{"id", nothing, integer},
                           {"uid", kept, blob},
                           {"lecture_id", kept, integer},
                           {"number", kept, integer},
                           {"author_id", nothing, integer},
                           {"videos", nothing, integer},
                           {"audios", nothing, integer},
                           {"texts", nothing, integer},
                           {"files", nothing, integer},
                           {"embeds", nothing, integer},
                           {"duration_ms", nothing, integer},
                           {"created_at", kept, integer}}}},
    TableRule{.table = "publications",
              .of_person = "publisher_id = ?1",
              .order_by = "id",
              .columns = {{{"id", nothing, integer},
                           {"uid", kept, blob},
                           {"course_id", kept, integer},
                           {"edition", kept, integer},
                           {"kind", kept},
                           {"restored_id", nothing, integer},
                           {"lectures_needed", nothing, integer},
                           {"publisher_id", nothing, integer},
                           {"note", kept},
                           {"at", kept, integer}}}},
    // The journal stays whole. Its uids name nobody once their rows are blank, and its digests say
    // nothing without the salts in journal_details.
    TableRule{
        .table = "journal",
        .of_person = "object_uid = " EDUPLAT_UID_OF_PERSON " OR actor_uid = " EDUPLAT_UID_OF_PERSON,
        .order_by = "seq",
        .columns = {{{"seq", kept, integer},
                     {"at", kept, integer},
                     {"actor_kind", kept},
                     // Who else acted on the person stays untold.
                     {"actor_uid",
                      kept,
                      blob,
                      {},
                      "CASE WHEN actor_uid = " EDUPLAT_UID_OF_PERSON " THEN actor_uid END"},
                     {"action", kept},
                     {"object_kind", kept},
                     {"object_uid", kept, blob},
                     {"digest", nothing, blob}}},
    },
    TableRule{
        .table = "users",
        .of_person = "id = ?1",
        .erasure = blank,
        .order_by = "id",
        .columns = {{{"id", nothing, integer},
                     {"uid", kept, blob},
                     {"source", personal, text, "NULL"},
                     {"source_id", personal, text, "NULL"},
                     {"state", kept, text, "'erased'"},
                     {"roles", personal, integer, "0"},
                     {"display_name", personal, text, "''"},
                     {"name_key", secret, text, "''"},  // the name and address again, folded
                     {"email", personal, text, "NULL"},
                     {"email_key", secret, text, "NULL"},
                     {"password_hash", secret, text, "NULL"},
                     {"version", nothing, integer, "version + 1"},
                     {"created_at", kept, integer},
                     {"updated_at", kept, integer, "?2"}}},
    },
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
    TableRule{
        .table = "course_prerequisites",
        .columns = {{{"course_id", nothing, integer}, {"required_course_id", nothing, integer}}}},
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
