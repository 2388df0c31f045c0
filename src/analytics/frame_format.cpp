#include "analytics/frame_format.hpp"

#include "analytics/frame_check.hpp"
#include "analytics/frame_contents.hpp"
#include "analytics/frame_layout.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>

#define XXH_INLINE_ALL  // nothing of it is linked
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

namespace eduplat::analytics {
namespace {

static_assert(std::endian::native == std::endian::little, "frames are stored as they lie");

struct StoredShape {
    ChunkShape shape;
    std::uint32_t zero = 0;
};
static_assert(sizeof(StoredShape) == 24);

struct StoredSubject {
    std::int64_t course = 0;
    std::int64_t lecture = 0;
    std::uint32_t has_course = 0;
    std::uint32_t has_lecture = 0;
};

constexpr std::size_t aligned(std::size_t bytes) noexcept {
    return (bytes + column_align_bytes - 1) / column_align_bytes * column_align_bytes;
}

template <class Value>
void put(std::byte* to, Value const& value) noexcept {
    std::memcpy(to, &value, sizeof(Value));
}

template <class Value>
Value get(std::byte const* from) noexcept {
    Value value;
    std::memcpy(&value, from, sizeof(Value));
    return value;
}

StoredSubject stored(Subject const& subject) noexcept {
    return {.course = subject.course ? subject.course->value() : 0,
            .lecture = subject.lecture ? subject.lecture->value() : 0,
            .has_course = subject.course ? 1U : 0U,
            .has_lecture = subject.lecture ? 1U : 0U};
}

[[noreturn]] void refuse(std::string_view rule) {
    fail(ErrorCode::data_loss, "path", rule);
}

void require(bool holds) {
    if (!holds) refuse("corrupt");
}

/// That it is a frame, of this version, whole and unharmed.
FrameHeader read_header(std::span<std::byte const> bytes) {
    auto const& magic = FrameHeader::its_magic;
    auto const named = static_cast<std::ptrdiff_t>(std::min(bytes.size(), magic.size()));
    if (!std::equal(magic.begin(), magic.begin() + named,
                    reinterpret_cast<char const*>(bytes.data())))
        refuse("foreign");
    if (bytes.size() < sizeof(FrameHeader)) refuse("truncated");
    auto const header = get<FrameHeader>(bytes.data());
    if (header.byte_order != FrameHeader::its_byte_order) refuse("foreign");
    if (header.version > FrameHeader::its_version) refuse("too_new");
    require(header.version == FrameHeader::its_version);
    if (header.bytes > bytes.size()) refuse("truncated");
    require(header.bytes == bytes.size() && header.checksum == checksum_of(bytes));
    return header;
}

/// Takes pieces from the front. Whoever computed the checksum, no number leads past the end.
class Reader {
  public:
    explicit Reader(std::span<std::byte const> bytes) noexcept : rest_(bytes) {}

    std::byte const* take(std::uint64_t count, std::size_t each_bytes) {
        require(count <= rest_.size() / each_bytes);
        auto const bytes = aligned(static_cast<std::size_t>(count) * each_bytes);
        require(bytes <= rest_.size());
        auto const* const at = rest_.data();
        rest_ = rest_.subspan(bytes);
        return at;
    }

    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  private:
    std::span<std::byte const> rest_;
};

Subjects read_subjects(std::byte const* from, std::uint64_t count) {
    require(count <= limits::frame_subjects_max);
    std::vector<Subject> list;
    for (std::uint64_t i = 0; i < count; ++i) {
        auto const subject = get<StoredSubject>(from + i * sizeof(StoredSubject));
        require(subject.has_course <= 1 && subject.has_lecture <= 1);
        auto& last = list.emplace_back();
        if (subject.has_course != 0) last.course = CourseId{subject.course};
        if (subject.has_lecture != 0) last.lecture = LectureId{subject.lecture};
    }
    Subjects subjects{list};
    for (std::size_t i = 0; i < list.size(); ++i)
        require(subjects.find(list[i]) == i);  // once
    return subjects;
}

Chunks read_chunks(Reader& reader, std::byte const* shapes, FrameHeader const& header,
                   std::shared_ptr<void const> const& owner) {
    Chunks chunks;
    for (std::uint64_t i = 0; i < header.chunks; ++i) {
        auto const shape = get<StoredShape>(shapes + i * sizeof(StoredShape)).shape;
        auto const* const at = reader.take(1, bytes_of(shape));
        auto const chunk = read_laid_out(shape, at);
        require(is_sound(chunk, header.subjects));
        require(i == 0 || chunks.list.back().users.back() < chunk.users.front());
        chunks.push_back({chunk, std::shared_ptr<std::byte const>{owner, at}});
    }
    return chunks;
}

}  // namespace

std::uint64_t checksum_of(std::span<std::byte const> bytes) noexcept {
    auto const checked = bytes.subspan(FrameHeader::checked_from);
    return XXH3_64bits(checked.data(), checked.size());
}

FrameFile::FrameFile(EventFrame const& frame, FrameSource const& source) {
    auto const chunks = frame.chunks();
    auto const subjects = frame.subjects();
    auto const subjects_at = sizeof(FrameHeader) + aligned(chunks.size() * sizeof(StoredShape));
    head_.resize(subjects_at + aligned(subjects.size() * sizeof(StoredSubject)));
    FrameHeader header{.bytes = head_.size(),
                       .school = source.school.bytes(),
                       .seq = frame.seq(),
                       .journal_seq = source.journal_seq,
                       .chunks = chunks.size(),
                       .subjects = subjects.size()};
    parts_.emplace_back(head_);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        auto const shape = shape_of(chunks[i]);
        put(head_.data() + sizeof(FrameHeader) + i * sizeof(StoredShape), StoredShape{shape});
        auto const* const at = reinterpret_cast<std::byte const*>(chunks[i].users.data());
        parts_.emplace_back(at, bytes_of(shape));
        header.bytes += parts_.back().size();
    }
    for (std::size_t i = 0; i < subjects.size(); ++i)
        put(head_.data() + subjects_at + i * sizeof(StoredSubject), stored(subjects[i]));
    put(head_.data(), header);

    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    auto from = FrameHeader::checked_from;
    for (auto const& part : parts_) {
        XXH3_64bits_update(&state, part.data() + from, part.size() - from);
        from = 0;
    }
    header.checksum = XXH3_64bits_digest(&state);
    put(head_.data(), header);
}

StoredFrame FrameFile::read(std::span<std::byte const> bytes,
                            std::shared_ptr<void const> const& owner) {
    auto const header = read_header(bytes);
    Reader reader{bytes.subspan(sizeof(FrameHeader))};
    auto const* const shapes = reader.take(header.chunks, sizeof(StoredShape));
    auto const* const subjects = reader.take(header.subjects, sizeof(StoredSubject));
    auto chunks = read_chunks(reader, shapes, header, owner);
    require(reader.at_end());
    auto contents = std::make_shared<EventFrame::Contents const>(
        std::move(chunks), read_subjects(subjects, header.subjects), header.seq);
    return {EventFrame{std::move(contents)}, {Uid{header.school}, header.seq, header.journal_seq}};
}

}  // namespace eduplat::analytics
