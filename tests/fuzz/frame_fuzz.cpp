#include "fuzz.hpp"

#include <eduplat/core/error.hpp>

#include <support/frame_rows.hpp>
#include <support/stored_frames.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::analytics;
using fuzz::require;

namespace {

std::vector<Event> events(int count) {
    constexpr std::array kinds{LearningKind::viewed, LearningKind::opened, LearningKind::watched,
                               LearningKind::answered};
    std::vector<Event> list;
    for (std::int64_t i = 0; i < count; ++i) {
        list.push_back({.user = UserId{1 + i % 3},
                        .at = Timestamp{std::chrono::seconds{1'772'323'200 + i / 2}},
                        .kind = kinds[static_cast<std::size_t>(i) % kinds.size()],
                        .subject = {CourseId{1}, LectureId{1 + i % 2}},
                        .a = i * 40'000,
                        .b = i});
    }
    return list;
}

std::optional<StoredFrame> read(std::string_view bytes) {
    try {
        return test::read_stored(bytes);
    } catch (Error const& error) {
        require(error.code() == ErrorCode::data_loss, "refused with another code");
        require(error.violations().size() == 1, "refused without its reason");
        require(error.violations()[0].field == "path", "refused with another field");
        return std::nullopt;
    }
}

/// What was taken can be used like any other.
void use(StoredFrame const& stored) {
    auto const& frame = stored.frame;
    require(test::rows_of(frame).size() == frame.size(), "rows are lost");
    for (auto const& chunk : frame.chunks())
        require(test::is_sound(chunk), "columns do not fit together");
    auto const more = frame.with(events(5), std::max<std::int64_t>(frame.seq(), 5));
    require(more.size() == frame.size() + 5, "events are lost");
    auto const none = std::vector{UserId{1}, UserId{2}, UserId{3}};
    require(more.without(none) == frame.without(none), "learners do not go");
    require(test::read_stored(test::stored_bytes(frame, stored.source)).frame == frame,
            "a frame changed on its way");
}

/// With the size and the checksum that it should have: anybody can compute them.
std::string sealed(std::string_view input) {
    std::string bytes{input};
    bytes.resize(std::max(bytes.size(), sizeof(FrameHeader)));
    FrameHeader header;
    std::memcpy(&header, bytes.data(), sizeof(header));
    header.magic = FrameHeader::its_magic;
    header.version = FrameHeader::its_version;
    header.byte_order = FrameHeader::its_byte_order;
    header.bytes = bytes.size();
    std::memcpy(bytes.data(), &header, sizeof(header));
    header.checksum = checksum_of({reinterpret_cast<std::byte const*>(bytes.data()), bytes.size()});
    std::memcpy(bytes.data(), &header, sizeof(header));
    return bytes;
}

}  // namespace

std::span<std::string_view const> fuzz::seeds() {
    static auto const texts = [] {
        std::array<std::string, 4> made;
        constexpr std::array sizes{0, 1, 5, 40};
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            made[i] = test::stored_bytes(EventFrame{}.with(events(sizes[i]), 9),
                                         {.school = Uid{{}}, .seq = 9, .journal_seq = 1});
        }
        return made;
    }();
    static auto const views =
        std::array<std::string_view, 4>{texts[0], texts[1], texts[2], texts[3]};
    return views;
}

int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::as_text(data, size);
    for (auto const& bytes : {std::string{input}, sealed(input)}) {
        if (auto const stored = read(bytes)) use(*stored);
    }
    return 0;
}
