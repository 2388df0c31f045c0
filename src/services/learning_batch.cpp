#include "services/learning_batch.hpp"

#include "core/number_groups.hpp"
#include "repositories/certificates.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <utility>

namespace eduplat {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t last_item = limits::items_max - 1;
constexpr TextRule key_rule{.min_bytes = 1, .max_bytes = limits::learning_batch_key_bytes_max};

/// Checks events, and puts their texts into normal form.
class EventCheck {
  public:
    explicit EventCheck(Validation& validation) : validation_(validation) {}

    void check(std::size_t place, Reported& reported, Timestamp now) {
        place_ = place;
        std::visit([this](auto& event) { check(event); }, reported.event);
        if (!reported.at) return;
        if (*reported.at > now + limits::client_ahead_max) refuse("at", "in_future");
        if (*reported.at < Timestamp{}) refuse("at", "out_of_range");
    }

  private:
    void check(Viewed const&) {}
    void check(Marked const&) {}
    void check(Opened const& event) { between("count", event.count, 1, limits::opened_count_max); }
    void check(Downloaded const& event) { between("item", event.item, 0, last_item); }
    void check(Searched& event) { text("text", event.text, 0, true); }
    void check(Clicked& event) { text("what", event.what, 1, false); }

    void check(Watched const& event) {
        if (event.item) between("item", *event.item, 0, last_item);
        if (event.from < milliseconds{}) refuse("from", "negative");
        if (event.to < milliseconds{}) {
            refuse("to", "negative");
        } else if (event.to < event.from) {
            refuse("to", "reversed");
        }
    }

    void check(Answered& event) {
        between("item", event.item, 0, last_item);
        if (event.question) between("question", *event.question, 0, limits::question_max);
        between("max_score", event.max_score, 0, limits::answer_score_max);
        between("score", event.score, 0, event.max_score);
        text("text", event.text, 0, true);
    }

    void between(std::string_view field, std::int64_t value, std::int64_t least,
                 std::int64_t most) {
        if (value < least) {
            validation_.add(event_field(place_, field), "too_small", least);
        } else if (value > most) {
            validation_.add(event_field(place_, field), "too_large", most);
        }
    }

    void text(std::string_view field, std::string& value, std::size_t min_bytes, bool multiline) {
        value = validation_.text(event_field(place_, field), value,
                                 {.min_bytes = min_bytes,
                                  .max_bytes = limits::learning_text_bytes_max,
                                  .multiline = multiline});
    }

    void refuse(std::string_view field, std::string_view rule) {
        validation_.add(event_field(place_, field), rule);
    }

    Validation& validation_;
    std::size_t place_ = 0;
};

/// The bytes of events that two batches share if and only if they are equal.
class Canonical {
  public:
    void add(Reported const& reported) {
        add(static_cast<std::int64_t>(reported.event.index()));
        std::visit([this](auto const& event) { add(event); }, reported.event);
        std::optional<std::int64_t> at;
        if (reported.at) at = reported.at->time_since_epoch().count();
        add(at);
    }
    [[nodiscard]] std::string const& text() const noexcept { return text_; }

  private:
    void add(Viewed const& event) { all(event.course); }
    void add(Opened const& event) { all(event.lecture, event.count); }
    void add(Watched const& event) {
        all(event.lecture, event.from.count(), event.to.count(), event.item, event.media);
    }
    void add(Answered const& event) {
        all(event.lecture, event.item, event.question, event.score, event.max_score, event.text);
    }
    void add(Marked const& event) { all(event.lecture, event.done); }
    void add(Searched const& event) { all(event.text); }
    void add(Clicked const& event) { all(event.what, event.course, event.lecture); }
    void add(Downloaded const& event) { all(event.lecture, event.item); }

    template <class... Values>
    void all(Values const&... values) {
        (add(values), ...);
    }
    template <std::integral Number>
    void add(Number number) {
        auto rest = static_cast<std::uint64_t>(static_cast<std::int64_t>(number));
        for (int i = 0; i < 8; ++i, rest >>= 8U)
            text_ += static_cast<char>(rest & 0xFFU);
    }
    template <class Tag>
    void add(Id<Tag> id) {
        add(id.value());
    }
    void add(Uid const& uid) {
        for (auto const byte : uid.bytes())
            text_ += static_cast<char>(byte);
    }
    void add(std::string const& text) {
        add(text.size());
        text_ += text;
    }
    template <class Value>
    void add(std::optional<Value> const& value) {
        add(value.has_value());
        if (value) add(*value);
    }

    std::string text_;
};

template <class Ids>
void write_ids(std::vector<std::byte>& bytes, Ids const& ids) {
    write_number(bytes, static_cast<std::int64_t>(ids.size()));
    for (auto const id : ids)
        write_number(bytes, id.value());
}

template <class Identity>
std::vector<Identity> read_ids(NumberReader& numbers) {
    std::vector<Identity> ids;
    for (auto left = numbers.next(); left > 0; --left)
        ids.emplace_back(numbers.next());
    return ids;
}

}  // namespace

std::string event_field(std::size_t event, std::string_view field) {
    return "events[" + std::to_string(event) + "]." + std::string{field};
}

std::string check_batch_key(std::string_view key) {
    Validation validation;
    auto normal = validation.text("batch", key, key_rule);
    validation.check("import_events");
    return normal;
}

CheckedBatch check_batch(EventBatch const& batch, Timestamp now) {
    Validation validation;
    CheckedBatch checked{
        .key = validation.text("batch", batch.batch, key_rule), .events = {}, .digest = {}};
    if (batch.events.empty()) validation.add("events", "required");
    if (batch.events.size() > limits::learning_events_per_batch_max) {
        validation.add("events", "too_many", limits::learning_events_per_batch_max);
        validation.check("record");
    }
    checked.events = batch.events;
    EventCheck check{validation};
    Canonical canonical;
    for (std::size_t i = 0; i < checked.events.size(); ++i) {
        check.check(i, checked.events[i], now);
        canonical.add(checked.events[i]);
    }
    validation.check("record");
    checked.digest = salted_hash({}, canonical.text());
    return checked;
}

std::vector<std::byte> encode_answer(Recorded const& recorded) {
    std::vector<std::byte> bytes;
    write_number(bytes, static_cast<std::int64_t>(recorded.accepted));
    write_number(bytes, static_cast<std::int64_t>(recorded.credits.size()));
    for (auto const& credit : recorded.credits) {
        write_number(bytes, static_cast<std::int64_t>(credit.event));
        write_number(bytes, credit.credited_to.count());
        write_number(bytes, credit.credited.count());
    }
    write_ids(bytes, recorded.completed_lectures);
    write_ids(bytes, recorded.completed_courses);
    std::vector<CertificateId> certificates;
    for (auto const& certificate : recorded.certificates)
        certificates.push_back(certificate.id);
    write_ids(bytes, certificates);
    return bytes;
}

Recorded decode_answer(storage::Connection& connection, std::span<std::byte const> bytes) {
    NumberReader numbers{bytes, "learning_batches.answer"};
    Recorded recorded{.accepted = static_cast<std::size_t>(numbers.next())};
    for (auto left = numbers.next(); left > 0; --left) {
        auto const event = static_cast<std::size_t>(numbers.next());
        auto const credited_to = milliseconds{numbers.next()};
        recorded.credits.push_back({event, credited_to, milliseconds{numbers.next()}});
    }
    recorded.completed_lectures = read_ids<LectureId>(numbers);
    recorded.completed_courses = read_ids<CourseId>(numbers);
    for (auto const id : read_ids<CertificateId>(numbers)) {
        if (auto found = repositories::certificates::find(connection, id)) {
            recorded.certificates.push_back(*std::move(found));
        }
    }
    return recorded;
}

}  // namespace eduplat
