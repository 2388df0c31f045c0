#include "services/insights_frames.hpp"

#include "services/insights_options.hpp"
#include "services/tokens.hpp"
#include "services/uids.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <algorithm>
#include <iterator>

namespace eduplat {

namespace log = repositories::insights_log;
using analytics::EventFrame;
using storage::Connection;

namespace {

// An entry takes about 120 bytes until it is in the frame; each piece touches most of the frame.
constexpr std::size_t piece_min = std::size_t{1} << 20U;
constexpr std::size_t piece_max = std::size_t{1} << 21U;
constexpr std::size_t pieces_of_a_frame = 16;

/// Whether one holds all that a snapshot has.
bool covers(HeldFrame const& held, log::Ends const& ends) noexcept {
    return held.frame.seq() >= ends.seq && held.journal_seq >= ends.journal_seq;
}

/// Which log this is, and that up to these ends it says what it said when this was asked before.
Uid identity(Connection& connection, Uid const& school, log::Ends const& ends) {
    auto const numbers = log::sample(connection, ends);
    auto const hash = salted_hash(school.bytes(), {reinterpret_cast<char const*>(numbers.data()),
                                                   numbers.size() * sizeof(std::int64_t)});
    Uid::Bytes bytes{};
    std::copy_n(hash.begin(), bytes.size(), bytes.begin());
    return Uid{bytes};
}

analytics::Event event_of(log::Entry const& entry) {
    return {.user = entry.user,
            .at = entry.at,
            .kind = entry.kind,
            .subject = {.course = entry.course, .lecture = entry.lecture},
            .item = entry.item,
            .a = entry.a,
            .b = entry.b,
            .c = entry.c};
}

/// The frame up to `end`, with what the log has beyond it.
void add_entries(Connection& connection, std::int64_t end, HeldFrame& to) {
    std::vector<analytics::Event> events;
    while (to.frame.seq() < end) {
        auto const limit = std::clamp(to.frame.size() / pieces_of_a_frame, piece_min, piece_max);
        events.reserve(std::min(limit, static_cast<std::size_t>(end - to.frame.seq())));
        auto const piece = log::read(connection, to.frame.seq(), static_cast<int>(limit),
                                     [&](log::Entry const& entry) {
                                         if (!to.is_erased(entry.user))
                                             events.push_back(event_of(entry));
                                     });
        if (piece.entries == 0) break;
        to.frame = to.frame.with(events, piece.seq);
        events.clear();
    }
}

/// Those of `now` that were not among `before`; both ascend.
std::vector<UserId> newly_erased(std::vector<UserId> const& now,
                                 std::vector<UserId> const& before) {
    std::vector<UserId> users;
    std::set_difference(now.begin(), now.end(), before.begin(), before.end(),
                        std::back_inserter(users));
    return users;
}

/// What comes after `from`, as this transaction sees it.
HeldFrame advanced(Connection& connection, HeldFrame const& from, log::Ends const& ends) {
    auto next = from;
    if (log::erased_since(connection, from.journal_seq)) {
        auto erased = log::erased_users(connection);
        next.frame = next.frame.without(newly_erased(erased, *from.erased));
        next.erased = std::make_shared<std::vector<UserId> const>(std::move(erased));
    }
    next.journal_seq = std::max(from.journal_seq, ends.journal_seq);
    add_entries(connection, ends.seq, next);
    return next;
}

}  // namespace

void check_options(InsightOptions const& options) {
    Validation validation;
    if (options.num_threads < 1) validation.add("insights.num_threads", "too_small", 1);
    if (options.num_threads > limits::threads_max)
        validation.add("insights.num_threads", "too_large", limits::threads_max);
    validation.check("options of insights");
}

bool HeldFrame::is_erased(UserId user) const noexcept {
    return std::binary_search(erased->begin(), erased->end(), user);
}

void InsightFrames::start(storage::Storage& storage) {
    std::lock_guard const lock{starting_};
    if (held()) return;
    storage.read([&](Connection& connection) { static_cast<void>(current(connection, false)); });
}

InsightFrames::Held InsightFrames::current(Connection& connection, bool in_write) {
    auto const ends = log::ends(connection);
    auto before = held();
    if (before && covers(*before, ends)) return before;
    if (in_write) {
        if (!before) before = begin(connection, ends.journal_seq);
        return std::make_shared<HeldFrame const>(advanced(connection, *before, ends));
    }
    std::lock_guard const lock{refreshing_};
    before = held();
    if (before && covers(*before, ends)) return before;
    if (!before) before = begin(connection, ends.journal_seq);
    auto next = std::make_shared<HeldFrame const>(advanced(connection, *before, ends));
    hold(next);
    return next;
}

InsightFrames::Held InsightFrames::begin(Connection& connection, std::int64_t journal_seq) {
    auto const ends = log::ends(connection);
    auto erased = std::make_shared<std::vector<UserId> const>(log::erased_users(connection));
    auto frame = from_file(connection, ends);
    if (!frame) return std::make_shared<HeldFrame const>(HeldFrame{{}, journal_seq, erased});
    HeldFrame loaded{frame->without(*erased), journal_seq, erased};
    // Who was erased since it was kept is in the file until it is kept again.
    if (loaded.frame.size() == frame->size()) note_saved(loaded);
    return std::make_shared<HeldFrame const>(std::move(loaded));
}

std::optional<EventFrame> InsightFrames::from_file(Connection& connection, log::Ends const& ends) {
    auto stored = load();
    if (!stored) return std::nullopt;
    auto const& source = stored->source;
    auto const school = log::find_school_uid(connection);
    bool const within = source.seq <= ends.seq && source.journal_seq <= ends.journal_seq &&
                        source.seq == stored->frame.seq();
    if (!school || !within ||
        identity(connection, *school, {source.seq, source.journal_seq}) != source.school) {
        tell_once("the stored frame of events is of another log: it is made anew");
        return std::nullopt;
    }
    return std::move(stored->frame);
}

std::optional<analytics::StoredFrame> InsightFrames::load() {
    auto const path = options_.frame_path.value_or(std::string{});
    if (path.empty()) return std::nullopt;
    try {
        return analytics::load_frame(path);
    } catch (Error const& error) {
        tell_once(std::string{"the stored frame of events cannot be read and is made anew: "} +
                  error.what());
        return std::nullopt;
    }
}

InsightFrames::Saving InsightFrames::save(Dependencies const& dependencies) {
    auto& storage = dependencies.storage;
    if (!storage.read(log::find_school_uid)) {
        auto const uid = Uids{dependencies.random, dependencies.clock.now()}.next();
        storage.write([&](Connection& connection) { log::keep_school_uid(connection, uid); });
    }
    std::optional<Uid> school;
    auto const frame = storage.read([&](Connection& connection) {
        auto now = current(connection, false);
        // A younger snapshot's frame has entries that cannot be looked at here.
        if (now->ends() == log::ends(connection) && !is_saved(*now))
            school = identity(connection, log::find_school_uid(connection).value(), now->ends());
        return now;
    });
    if (is_saved(*frame)) return Saving::nothing_new;
    if (!school) return Saving::overtaken;
    return write(*frame, *school) ? Saving::saved : Saving::not_written;
}

bool InsightFrames::write(HeldFrame const& frame, Uid const& school) {
    try {
        analytics::save_frame(frame.frame, {school, frame.frame.seq(), frame.journal_seq},
                              options_.frame_path.value());
    } catch (Error const& error) {
        tell(std::string{"the stored frame of events was not written: "} + error.what());
        return false;
    }
    note_saved(frame);
    return true;
}

InsightFrames::Held InsightFrames::held() const {
    std::lock_guard const lock{mutex_};
    return held_;
}

void InsightFrames::hold(Held const& next) {
    std::lock_guard const lock{mutex_};
    held_ = next;
}

std::vector<std::string> InsightFrames::take_problems() {
    std::lock_guard const lock{mutex_};
    return std::exchange(problems_, {});
}

void InsightFrames::tell(std::string problem) {
    std::lock_guard const lock{mutex_};
    problems_.push_back(std::move(problem));
}

void InsightFrames::tell_once(std::string problem) {
    std::lock_guard const lock{mutex_};
    if (!std::exchange(told_, true)) problems_.push_back(std::move(problem));
}

void InsightFrames::note_saved(HeldFrame const& frame) {
    std::lock_guard const lock{mutex_};
    saved_ = Saved{frame.frame.seq(), frame.erased->size()};
}

bool InsightFrames::is_saved(HeldFrame const& frame) const {
    std::lock_guard const lock{mutex_};
    return saved_ && saved_->seq == frame.frame.seq() && saved_->erased == frame.erased->size();
}

}  // namespace eduplat
