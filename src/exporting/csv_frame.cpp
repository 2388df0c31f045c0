#include "exporting/blocks.hpp"
#include "exporting/csv_fields.hpp"
#include "exporting/frame_columns.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/text.hpp>
#include <eduplat/exporting/csv.hpp>
#include <eduplat/exporting/frame_tables.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace eduplat::exporting {
namespace {

using analytics::Chunk;
using analytics::EventFrame;
using analytics::Labels;

constexpr std::size_t rows_per_block = 16'384;

/// Rows of a chunk that are formatted together.
struct Block {
    Chunk const* chunk;
    std::size_t begin;
    std::size_t end;
};

std::vector<Block> blocks_of(EventFrame const& frame) {
    std::vector<Block> blocks;
    for (auto const& chunk : frame.chunks()) {
        auto const rows = chunk.time_s.size();
        for (std::size_t begin = 0; begin < rows; begin += rows_per_block)
            blocks.push_back({&chunk, begin, std::min(begin + rows_per_block, rows)});
    }
    return blocks;
}

/// The parts of lines that occur again and again, each with the delimiter after it.
class FrameText final {
  public:
    FrameText(EventFrame const& frame, CsvOptions const& options, Labels const& labels)
        : delimiter_(options.delimiter) {
        auto const fields = CsvFields{options};
        line_end_ = fields.line_end();
        for (auto const& subject : frame.subjects())
            subjects_.push_back(subject_text(fields, subject, labels));
        for (auto const kind : all_learning_kinds())
            kinds_[static_cast<std::uint8_t>(kind)] = std::string{name(kind)}.append(1, delimiter_);
    }

    void put(Block const& block, Buffer& out) const {
        auto const& first = block.chunk->first;
        auto const after = std::upper_bound(first.begin(), first.end(), block.begin);
        auto learner = static_cast<std::size_t>(after - first.begin()) - 1;
        TimeText times;
        for (auto row = block.begin; row < block.end; ++learner) {
            auto const end = std::min<std::size_t>(first[learner + 1], block.end);
            put_learner(*block.chunk, learner, row, end, times, out);
            row = end;
        }
    }

  private:
    template <class Value>
    static void put_label(CsvFields const& fields, Value id,
                          std::function<std::string(Value)> const& label, std::string_view column,
                          Buffer& out) {
        if (!label) return fields.put(out, id.value());
        auto const text = label(id);
        if (!text::is_valid_utf8(text)) fail(ErrorCode::invalid_argument, column, "not_utf8");
        fields.put(out, text);
    }

    static std::string subject_text(CsvFields const& fields, analytics::Subject const& subject,
                                    Labels const& labels) {
        Buffer out;
        if (subject.course) put_label(fields, *subject.course, labels.course, "course", out);
        fields.put_delimiter(out);
        if (subject.lecture) put_label(fields, *subject.lecture, labels.lecture, "lecture", out);
        fields.put_delimiter(out);
        return std::string{out.text()};
    }

    static char* put_text(char* out, std::string_view text) noexcept {
        std::memcpy(out, text.data(), text.size());
        return out + text.size();
    }

    void put_learner(Chunk const& chunk, std::size_t learner, std::size_t begin, std::size_t end,
                     TimeText& times, Buffer& out) const {
        std::array<char, number_bytes_max + 1> user_text{};
        auto* user_end = exporting::put(user_text.data(), chunk.users[learner]);
        *user_end++ = delimiter_;
        auto const user = std::string_view{user_text.data(),
                                           static_cast<std::size_t>(user_end - user_text.data())};
        for (auto row = begin; row < end; ++row) {
            auto const& subject = subjects_[chunk.subject[row]];
            auto* at = out.room(6 * number_bytes_max + subject.size());
            at = times.put_seconds(put_text(at, user), chunk.time_s[row]);
            *at++ = 'Z';
            *at++ = delimiter_;
            at = put_text(at, subject);
            at = put_text(at, kinds_[chunk.kind[row]]);
            at = put_count(at, chunk, row);
            out.end(put_text(at, line_end_));
        }
    }

    static char* put_count(char* out, Chunk const& chunk, std::size_t row) noexcept {
        auto const count = chunk.count[row];
        if (count < 10) {
            *out = static_cast<char>('0' + count);
            return out + 1;
        }
        return exporting::put(out, std::int64_t{chunk.count_of(static_cast<std::uint32_t>(row))});
    }

    char delimiter_;
    std::string_view line_end_;
    std::vector<std::string> subjects_;
    std::array<std::string, 256> kinds_;
};

}  // namespace

void write_csv(EventFrame const& frame, Sink const& sink, CsvOptions const& options,
               Labels const& labels) {
    auto whole = options;
    whole.whole_seconds = true;
    // Labels of learners are asked for in the thread of this call, as their tables are.
    if (labels.user) return write_csv(frame_tables(frame, labels), sink, whole);

    auto header = CsvWriter{sink, whole};  // refuses options before labels are asked
    auto const text =
        FrameText{frame, whole, labels};  // refuses labels before the sink gets a part
    header.write(no_events(labels));
    auto const blocks = blocks_of(frame);
    BlockWriter{sink, whole.num_threads}.write(
        blocks.size(), [&](std::size_t block, Buffer& out) { text.put(blocks[block], out); });
}

}  // namespace eduplat::exporting
