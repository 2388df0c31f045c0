#include "analytics/frame_contents.hpp"
#include "analytics/frame_layout.hpp"

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#include <algorithm>
#include <limits>

namespace eduplat::analytics {
namespace {

constexpr std::size_t chunk_events = 65536;

struct Row {
    std::int64_t user;
    std::uint32_t time_s;
    std::uint32_t subject;
    std::uint8_t kind;
    std::uint32_t count = 1;
    std::uint16_t item = item_none;
    std::uint32_t x = 0;
    std::uint32_t y = 0;
    std::uint32_t z = 0;
};

std::uint32_t number(std::int64_t value) {
    return static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(value, 0, std::numeric_limits<std::uint32_t>::max()));
}

Row row_of(Event const& event, std::uint32_t subject) {
    auto const seconds = std::chrono::floor<std::chrono::seconds>(event.at.time_since_epoch());
    Row row{event.user.value(), number(seconds.count()), subject,
            static_cast<std::uint8_t>(event.kind)};
    if (event.item && *event.item >= 0 && *event.item < item_none)
        row.item = static_cast<std::uint16_t>(*event.item);
    if (event.kind == LearningKind::opened) {
        row.count = std::max(1U, number(event.a.value_or(1)));
    } else if (event.kind == LearningKind::watched) {
        row.x = number(event.a.value_or(0));
        row.y = number(event.b.value_or(0));
        row.z = number(event.c.value_or(row.x));
    } else if (event.kind == LearningKind::answered) {
        row.x = event.c ? number(*event.c) : question_none;
        row.y = number(event.a.value_or(0));
        row.z = number(event.b.value_or(0));
    }
    return row;
}

bool is(Row const& row, LearningKind kind) {
    return row.kind == static_cast<std::uint8_t>(kind);
}

void read(Chunk const& chunk, std::vector<Row>& rows) {
    std::size_t watched = 0;
    std::size_t answered = 0;
    for (std::size_t learner = 0; learner < chunk.users.size(); ++learner) {
        for (auto i = chunk.first[learner]; i < chunk.first[learner + 1]; ++i) {
            Row row{chunk.users[learner], chunk.time_s[i], chunk.subject[i], chunk.kind[i],
                    chunk.count_of(i)};
            if (is(row, LearningKind::watched)) {
                auto const& from = chunk.watched;
                row.item = from.item[watched];
                row.x = from.from_ms[watched];
                row.y = from.to_ms[watched];
                row.z = from.credited_to_ms[watched++];
            } else if (is(row, LearningKind::answered)) {
                auto const& from = chunk.answered;
                row.item = from.item[answered];
                row.x = from.question[answered];
                row.y = from.score[answered];
                row.z = from.score_max[answered++];
            }
            rows.push_back(row);
        }
    }
}

void write(Row const& row, DetailColumns const& to, std::uint32_t at) {
    to.time_s[at] = row.time_s;
    to.subject[at] = row.subject;
    to.item[at] = row.item;
    to.x[at] = row.x;
    to.y[at] = row.y;
    to.z[at] = row.z;
}

ChunkShape shape_of_rows(std::span<Row const> rows) {
    ChunkShape shape{.events = static_cast<std::uint32_t>(rows.size())};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        shape.learners += i == 0 || rows[i].user != rows[i - 1].user ? 1U : 0U;
        shape.watched += is(rows[i], LearningKind::watched) ? 1U : 0U;
        shape.answered += is(rows[i], LearningKind::answered) ? 1U : 0U;
        shape.large += rows[i].count >= count_large ? 1U : 0U;
    }
    return shape;
}

void write(std::span<Row const> rows, ChunkColumns const& to) {
    ChunkShape at;
    for (auto const& row : rows) {
        if (at.learners == 0 || to.users[at.learners - 1] != row.user) {
            to.first[at.learners] = at.events;
            to.watched.first[at.learners] = at.watched;
            to.answered.first[at.learners] = at.answered;
            to.users[at.learners++] = row.user;
        }
        to.time_s[at.events] = row.time_s;
        to.subject[at.events] = row.subject;
        to.kind[at.events] = row.kind;
        to.count[at.events] =
            static_cast<std::uint16_t>(std::min<std::uint32_t>(row.count, count_large));
        if (row.count >= count_large) to.large[at.large++] = {at.events, row.count};
        if (is(row, LearningKind::watched)) write(row, to.watched, at.watched++);
        if (is(row, LearningKind::answered)) write(row, to.answered, at.answered++);
        ++at.events;
    }
    to.first[at.learners] = at.events;
    to.watched.first[at.learners] = at.watched;
    to.answered.first[at.learners] = at.answered;
}

}  // namespace

std::uint32_t Chunk::count_of(std::uint32_t row) const noexcept {
    if (count[row] != count_large) return count[row];
    auto const found = std::lower_bound(large.begin(), large.end(), row,
                                        [](Large one, std::uint32_t at) { return one.row < at; });
    return found->count;
}

EventFrame::EventFrame() : contents_(std::make_shared<Contents const>()) {}
EventFrame::EventFrame(std::shared_ptr<Contents const> contents) noexcept
    : contents_(std::move(contents)) {}

EventFrame EventFrame::with(std::span<Event const> events, std::int64_t seq) const {
    if (seq < contents_->seq) fail(ErrorCode::invalid_argument, "seq", "too_small", contents_->seq);
    auto next = std::make_shared<Contents>();
    next->seq = seq;
    next->subjects = contents_->subjects;
    auto const subjects = next->subjects.number(events, limits::frame_subjects_max);
    std::vector<Row> rows;
    for (auto const& chunk : contents_->chunks)
        read(chunk, rows);
    for (std::size_t i = 0; i < events.size(); ++i)
        rows.push_back(row_of(events[i], subjects[i]));
    std::stable_sort(rows.begin(), rows.end(), [](Row const& left, Row const& right) {
        return std::pair{left.user, left.time_s} < std::pair{right.user, right.time_s};
    });
    for (std::size_t begin = 0; begin < rows.size();) {
        auto end = std::min(rows.size(), begin + chunk_events);
        while (end < rows.size() && rows[end].user == rows[end - 1].user)
            ++end;
        auto const part = std::span{rows}.subspan(begin, end - begin);
        auto const shape = shape_of_rows(part);
        auto memory = allocate(shape);
        write(part, lay_out(shape, memory.get()));
        next->chunks.push_back(read_laid_out(shape, memory.get()));
        next->memory.push_back(std::move(memory));
        next->learners += shape.learners;
        next->events += shape.events;
        begin = end;
    }
    return EventFrame{std::move(next)};
}

EventFrame EventFrame::without(std::span<UserId const> users) const {
    std::vector<Event> none;
    auto next = std::make_shared<Contents>();
    next->seq = seq();
    next->subjects = contents_->subjects;
    std::vector<Row> rows;
    for (auto const& chunk : contents_->chunks)
        read(chunk, rows);
    std::erase_if(rows, [users](Row const& row) {
        return std::find(users.begin(), users.end(), UserId{row.user}) != users.end();
    });
    if (rows.empty()) return EventFrame{std::move(next)};
    auto const shape = shape_of_rows(rows);
    auto memory = allocate(shape);
    write(rows, lay_out(shape, memory.get()));
    next->chunks.push_back(read_laid_out(shape, memory.get()));
    next->memory.push_back(std::move(memory));
    next->learners = shape.learners;
    next->events = shape.events;
    return EventFrame{std::move(next)};
}

std::int64_t EventFrame::seq() const noexcept {
    return contents_->seq;
}

std::size_t EventFrame::size() const noexcept {
    return contents_->events;
}

std::size_t EventFrame::learners() const noexcept {
    return contents_->learners;
}

std::size_t EventFrame::memory_bytes() const noexcept {
    auto bytes = contents_->subjects.memory_bytes();
    for (auto const& chunk : contents_->chunks)
        bytes += bytes_of(shape_of(chunk));
    return bytes;
}

std::span<Chunk const> EventFrame::chunks() const noexcept {
    return contents_->chunks;
}

std::span<Subject const> EventFrame::subjects() const noexcept {
    return contents_->subjects.all();
}

bool operator==(EventFrame const& left, EventFrame const& right) {
    if (left.size() != right.size() || left.learners() != right.learners()) return false;
    std::vector<Row> rows[2];
    for (auto const& chunk : left.chunks())
        read(chunk, rows[0]);
    for (auto const& chunk : right.chunks())
        read(chunk, rows[1]);
    auto const key = [](EventFrame const& frame, Row const& row) {
        auto const& subject = frame.subjects()[row.subject];
        return std::tuple{row.user,  row.time_s, subject.course, subject.lecture, row.kind,
                          row.count, row.item,   row.x,          row.y,           row.z};
    };
    for (std::size_t i = 0; i < rows[0].size(); ++i)
        if (key(left, rows[0][i]) != key(right, rows[1][i])) return false;
    return true;
}

}  // namespace eduplat::analytics
