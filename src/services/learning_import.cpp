#include "repositories/learning_log.hpp"
#include "repositories/users.hpp"
#include "services/learning_batch.hpp"
#include "services/learning_impl.hpp"

#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace eduplat {

namespace learning_log = repositories::learning_log;
namespace progress = repositories::progress;
using storage::Connection;

namespace {

/// Rows of an import by user and time, so that each learner's come together; equal ones stay in
/// the order given.
std::vector<std::size_t> in_order(std::span<ImportedEvent const> events) {
    std::vector<std::size_t> rows(events.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::stable_sort(rows.begin(), rows.end(), [&](std::size_t one, std::size_t other) {
        auto const& a = events[one];
        auto const& b = events[other];
        return std::pair{a.user, a.at} < std::pair{b.user, b.at};
    });
    return rows;
}

/// Appends numbers that no other event begins with. Those of an opening are frozen: chunks of
/// schools of before know them.
void append_numbers(std::vector<std::int64_t>& out, ImportedEvent const& event) {
    constexpr std::int64_t answered_mark = 2;
    auto const& answer = event.answer;
    auto const client_mark = std::int64_t{event.client_at.has_value()};
    out.insert(out.end(),
               {event.user.value(), event.lecture.value(), event.at.time_since_epoch().count(),
                event.count, client_mark + (answer ? answered_mark : 0),
                event.client_at.value_or(Timestamp{}).time_since_epoch().count()});
    if (!answer) return;
    out.insert(out.end(), {answer->item, std::int64_t{answer->question.has_value()},
                           answer->question.value_or(0), answer->score, answer->max_score});
}

TokenHash digest_of(std::span<ImportedEvent const> events, std::span<std::size_t const> rows) {
    std::vector<std::int64_t> numbers;
    numbers.reserve(rows.size() * 6);
    for (auto const row : rows)
        append_numbers(numbers, events[row]);
    return salted_hash(
        {}, {reinterpret_cast<char const*>(numbers.data()), numbers.size() * sizeof(std::int64_t)});
}

std::optional<Violation> outside(std::size_t row, std::string_view field, std::int64_t value,
                                 std::int64_t least, std::int64_t most) {
    if (value < least) return Violation{event_field(row, field), "too_small", least};
    if (value > most) return Violation{event_field(row, field), "too_large", most};
    return std::nullopt;
}

std::optional<Violation> broken_rule(std::size_t row, ImportedAnswer const& answer) {
    auto broken = outside(row, "item", answer.item, 0, limits::items_max - 1);
    if (!broken && answer.question) {
        broken = outside(row, "question", *answer.question, 0, limits::question_max);
    }
    if (!broken) {
        broken = outside(row, "max_score", answer.max_score, 0, limits::answer_score_max);
    }
    return broken ? broken : outside(row, "score", answer.score, 0, answer.max_score);
}

std::optional<Violation> broken_rule(std::size_t row, ImportedEvent const& event, Timestamp now) {
    auto const count_max = event.answer ? 1 : limits::opened_count_max;
    if (auto broken = outside(row, "count", event.count, 1, count_max)) return broken;
    if (event.at > now) return Violation{event_field(row, "at"), "in_future", std::nullopt};
    if (event.at < Timestamp{}) {
        return Violation{event_field(row, "at"), "out_of_range", std::nullopt};
    }
    return event.answer ? broken_rule(row, *event.answer) : std::nullopt;
}

/// What one learner did in one lecture within a chunk, added up.
struct Sum {
    std::int64_t opens = 0;
    Timestamp first_at{};  ///< of all, by the clock
    Timestamp last_at{};
    std::optional<Timestamp> entered_at = {};  ///< of the event that the log has first,
    std::optional<Timestamp> opened_at = {};   ///< and of the first opening

    void add(ImportedEvent const& event) {
        first_at = entered_at ? std::min(first_at, event.at) : event.at;
        last_at = entered_at ? std::max(last_at, event.at) : event.at;
        if (!entered_at) entered_at = event.at;
        if (event.answer) return;
        opens += event.count;
        if (!opened_at) opened_at = event.at;
    }
};

/// Folds the sum as its events would be, one after the other; says when they completed the lecture.
std::optional<Timestamp> fold_sum(LearnerFold& fold, LectureRule const& rule, Sum const& sum) {
    std::optional<Timestamp> completed_at;
    bool const answered_first = sum.entered_at != sum.opened_at;
    if (answered_first && fold.touched(rule, *sum.entered_at)) completed_at = sum.entered_at;
    if (sum.opened_at && fold.opened(rule, sum.opens, *sum.opened_at)) completed_at = sum.opened_at;
    fold.widen(rule.lecture, sum.first_at, sum.last_at);
    return completed_at;
}

/// One learner in one course within a chunk.
struct LearnerSums {
    progress::Learner learner;
    std::vector<std::pair<LectureRule const*, Sum>> sums = {};  ///< in the order of the log
};

/// Takes in one chunk, in one transaction.
class ChunkImport {
  public:
    ChunkImport(Connection& connection, Asker const& asker, CertificateCodes::Seed const& seed,
                Timestamp now)
        : connection_(connection), asker_(asker), codes_(seed), now_(now) {}

    EventImportReport import(std::span<ImportedEvent const> events,
                             std::span<std::size_t const> rows) {
        {
            learning_log::Appender appender{connection_};
            for (auto const row : rows)
                take(appender, row, events[row]);
        }
        end_user();
        return std::move(report_);
    }

  private:
    /// Where the events of the user at hand go that are about one lecture.
    struct Slot {
        CourseId course;
        bool enrolled;
        LearnerSums* learner;  ///< null: they count for nobody
        std::size_t sum;
    };

    void take(learning_log::Appender& appender, std::size_t row, ImportedEvent const& event) {
        if (user_ != event.user) begin_user(event.user);
        auto broken = broken_rule(row, event, now_);
        if (!broken && !user_known_) broken = Violation{event_field(row, "user"), "unknown", {}};
        auto* const slot = broken ? nullptr : slot_of(event.lecture);
        if (!broken && slot == nullptr) {
            broken = Violation{event_field(row, "lecture"), "unknown", {}};
        }
        if (!broken && !slot->enrolled) {
            broken = Violation{event_field(row, "user"), "not_enrolled", {}};
        }
        if (broken) {
            report_.rejected.push_back({row, *std::move(broken)});
            return;
        }
        std::optional<EnrollmentId> enrollment;
        if (slot->learner != nullptr) {
            enrollment = slot->learner->learner.enrollment;
            slot->learner->sums[slot->sum].second.add(event);
            ++report_.counted;
        }
        appender.append(entry_of(event, slot->course, enrollment));
        ++report_.imported;
    }

    static learning_log::NewEvent entry_of(ImportedEvent const& event, CourseId course,
                                           std::optional<EnrollmentId> enrollment) {
        learning_log::NewEvent entry{.at = event.at,
                                     .client_at = event.client_at,
                                     .user = event.user,
                                     .course = course,
                                     .lecture = event.lecture,
                                     .enrollment = enrollment,
                                     .kind = LearningKind::opened,
                                     .a = event.count,
                                     .b = 1};
        if (auto const& answer = event.answer) {
            entry.kind = LearningKind::answered;
            entry.item = answer->item;
            entry.a = answer->score;
            entry.b = answer->max_score;
            entry.c = answer->question;
        }
        return entry;
    }

    void begin_user(UserId user) {
        end_user();
        user_ = user;
        auto const found = repositories::users::find(connection_, user);
        user_known_ = found && found->state != UserState::erased;
        if (!user_known_) return;
        for (auto const& learner : progress::learners_of(connection_, user))
            learners_.push_back({.learner = learner});
    }

    /// Writes what the user at hand has done.
    void end_user() {
        for (auto& learner : learners_)
            finish(learner);
        learners_.clear();
        slots_.clear();
    }

    void finish(LearnerSums const& learner) {
        if (learner.sums.empty()) return;
        LearnerWork work{connection_, learner.learner};
        auto const& rules = rules_of(*learner.learner.publication);
        work.load_all(rules.list);
        auto completed = work.fold().completed(rules.list);
        std::vector<std::pair<Timestamp, bool>> newly;
        for (auto const& [rule, sum] : learner.sums) {
            auto const completed_at = fold_sum(work.fold(), *rule, sum);
            work.note(rule->lecture, completed_at.has_value());
            if (completed_at) newly.emplace_back(*completed_at, rule->required);
        }
        work.save();
        report_.completed_lectures += newly.size();
        // What was answered first and opened later was not completed in the order of the log.
        std::stable_sort(newly.begin(), newly.end(),
                         [](auto const& a, auto const& b) { return a.first < b.first; });
        std::optional<Timestamp> through_at;
        for (auto const& [at, required] : newly) {
            completed += required ? 1 : 0;
            if (!through_at && is_enough(completed, rules.needed)) through_at = at;
        }
        if (!is_enough(completed, rules.needed)) return;
        auto const done = complete_course(connection_, asker_, learner.learner, codes_,
                                          {through_at.value_or(now_), now_});
        report_.completed_courses += done.completed ? 1 : 0;
    }

    Slot* slot_of(LectureId lecture) {
        if (auto const found = slots_.find(lecture); found != slots_.end()) return &found->second;
        auto const course = course_of(lecture);
        if (!course) return nullptr;
        auto const learner =
            std::find_if(learners_.begin(), learners_.end(),
                         [&](auto const& each) { return each.learner.course == *course; });
        Slot slot{*course, learner != learners_.end(), nullptr, 0};
        if (slot.enrolled && learner->learner.publication) {
            auto const& rules = rules_of(*learner->learner.publication);
            if (auto const rule = rules.by_lecture.find(lecture); rule != rules.by_lecture.end()) {
                slot.learner = &*learner;
                slot.sum = learner->sums.size();
                learner->sums.emplace_back(rule->second, Sum{});
            }
        }
        return &slots_.emplace(lecture, slot).first->second;
    }

    std::optional<CourseId> course_of(LectureId lecture) {
        auto const [place, is_new] = courses_.try_emplace(lecture);
        if (is_new) place->second = progress::course_of(connection_, lecture);
        return place->second;
    }

    /// What a publication asks, read once.
    struct Rules {
        std::vector<LectureRule> list;
        int needed;
        std::unordered_map<LectureId, LectureRule const*> by_lecture;
    };
    Rules const& rules_of(PublicationId publication) {
        auto const found = rules_.find(publication);
        if (found != rules_.end()) return found->second;
        Rules rules{.list = progress::rules(connection_, publication),
                    .needed = progress::needed(connection_, publication).value_or(0),
                    .by_lecture = {}};
        for (auto const& rule : rules.list)
            rules.by_lecture.emplace(rule.lecture, &rule);
        return rules_.emplace(publication, std::move(rules)).first->second;
    }

    Connection& connection_;
    Asker const& asker_;
    CertificateCodes codes_;
    Timestamp now_;
    std::unordered_map<LectureId, std::optional<CourseId>> courses_;
    std::map<PublicationId, Rules> rules_;
    std::optional<UserId> user_;
    bool user_known_ = false;
    std::vector<LearnerSums> learners_;
    std::unordered_map<LectureId, Slot> slots_;
    EventImportReport report_;
};

void add(EventImportReport& total, EventImportReport part) {
    total.imported += part.imported;
    total.counted += part.counted;
    total.unchanged += part.unchanged;
    total.completed_lectures += part.completed_lectures;
    total.completed_courses += part.completed_courses;
    std::move(part.rejected.begin(), part.rejected.end(), std::back_inserter(total.rejected));
}

/// A chunk that is there under its key; an error if it holds other events.
bool is_known(Connection& connection, std::string const& key, std::int64_t chunk,
              TokenHash const& digest) {
    auto const known = learning_log::find_chunk(connection, key, chunk);
    if (known && *known != digest) fail(ErrorCode::already_exists, "batch", "other_body");
    return known.has_value();
}

}  // namespace

EventImportReport Learning::import_events(Actor const& actor, EventImport const& import) {
    impl_->refuse_inside_write();
    auto const key = check_batch_key(import.batch);
    auto const now = impl_->now();
    auto const may = [&](Connection& connection) {
        return authorize(connection, actor, Call::learning_import_events, now);
    };
    // Asked first, for an import without any row to write.
    impl_->storage().read([&](Connection& connection) { static_cast<void>(may(connection)); });

    EventImportReport report;
    auto const order = in_order(import.events);
    std::span<std::size_t const> rest{order};
    for (std::int64_t number = 0; !rest.empty(); ++number) {
        auto const chunk = rest.first(std::min(rest.size(), limits::learning_import_chunk_rows));
        rest = rest.subspan(chunk.size());
        auto const digest = digest_of(import.events, chunk);
        auto const seed = impl_->seed();
        auto const uid = impl_->new_uid();
        add(report, impl_->storage().write([&](Connection& connection) {
            auto const asker = may(connection);
            if (is_known(connection, key, number, digest)) {
                return EventImportReport{.unchanged = chunk.size()};
            }
            auto part = ChunkImport{connection, asker, seed, now}.import(import.events, chunk);
            learning_log::add_chunk(connection, key, number, digest, now);
            eduplat::record(connection, asker, now, "learning.imported", "import", uid);
            return part;
        }));
    }
    std::sort(report.rejected.begin(), report.rejected.end(),
              [](auto const& a, auto const& b) { return a.row < b.row; });
    return report;
}

}  // namespace eduplat
