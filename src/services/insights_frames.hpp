#pragma once

#include "repositories/insights_log.hpp"

#include <eduplat/analytics/event_frame.hpp>
#include <eduplat/analytics/frame_file.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/services/dependencies.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The frame of events that a process answers from.
namespace eduplat {

/// What the logs said at one moment, in memory. It never changes.
struct HeldFrame {
    analytics::EventFrame frame;
    std::int64_t journal_seq;                           ///< up to which erasures were followed
    std::shared_ptr<std::vector<UserId> const> erased;  ///< ascending: these count nowhere

    [[nodiscard]] repositories::insights_log::Ends ends() const noexcept {
        return {frame.seq(), journal_seq};
    }
    [[nodiscard]] bool is_erased(UserId user) const noexcept;
};

/// The frame of a school, brought up to date by whoever asks for it.
///
/// An answer holds everything that was committed before the asking transaction began, and inside a
/// write also what that has done itself, which no other answer holds. Who comes while another
/// thread brings the frame up to date waits only if what there is misses something of his own
/// transaction's snapshot.
///
/// Thread safety: any thread.
class InsightFrames {
  public:
    explicit InsightFrames(InsightOptions options) : options_(std::move(options)) {}

    using Held = std::shared_ptr<HeldFrame const>;

    /// Makes the frame if there is none yet, in a transaction of its own. Only one thread holds a
    /// connection for that; the others wait without.
    void start(storage::Storage& storage);
    /// Inside a transaction of the caller's. `in_write`: whether that is a write, which may yet be
    /// undone.
    [[nodiscard]] Held current(storage::Connection& connection, bool in_write);
    /// Null before the first answer.
    [[nodiscard]] Held held() const;

    enum class Saving : std::uint8_t { nothing_new, saved, overtaken, not_written };
    /// Keeps the frame in its file, unless what lies there says the same. Several transactions.
    /// overtaken: another thread knows more than this one; try again. not_written: why is to be
    /// told in the log.
    [[nodiscard]] Saving save(Dependencies const& dependencies);

    /// What has to be told in the log since it was asked for last.
    [[nodiscard]] std::vector<std::string> take_problems();
    [[nodiscard]] InsightOptions const& options() const noexcept { return options_; }

  private:
    [[nodiscard]] Held begin(storage::Connection& connection, std::int64_t journal_seq);
    [[nodiscard]] std::optional<analytics::EventFrame> from_file(
        storage::Connection& connection, repositories::insights_log::Ends const& ends);
    /// What the file says, whatever log that is of; told if it cannot be read.
    [[nodiscard]] std::optional<analytics::StoredFrame> load();
    /// False, and told, if it cannot be.
    [[nodiscard]] bool write(HeldFrame const& frame, Uid const& school);
    void hold(Held const& next);
    void tell(std::string problem);
    void tell_once(std::string problem);
    void note_saved(HeldFrame const& frame);
    [[nodiscard]] bool is_saved(HeldFrame const& frame) const;

    /// What lies in the file, as far as this process knows.
    struct Saved {
        std::int64_t seq;
        std::size_t erased;
    };

    InsightOptions const options_;
    std::mutex starting_;    ///< taken without a connection, before any other
    std::mutex refreshing_;  ///< taken by who has a connection, and held while it is read from
    mutable std::mutex mutex_;
    Held held_;
    std::optional<Saved> saved_;
    bool told_ = false;
    std::vector<std::string> problems_;
};

inline constexpr std::string_view save_frame_job = "insights_frame";

}  // namespace eduplat
