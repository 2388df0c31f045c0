#include "storage/sqlite/frame.hpp"

#include <utility>

namespace eduplat::storage {
namespace {

// The thread's own, and only frames on its stack are in it.
thread_local Frame* innermost = nullptr;  // NOLINT(*-avoid-non-const-global-variables)

}  // namespace

Frame::Frame(void const* storage, SqliteConnection& connection, bool writes) noexcept
    : storage_(storage), connection_(connection), writes_(writes), outer_(innermost) {
    innermost = this;
}

Frame::~Frame() {
    innermost = outer_;
}

OtherThreadsWork::OtherThreadsWork() noexcept : hidden_(std::exchange(innermost, nullptr)) {}

OtherThreadsWork::~OtherThreadsWork() {
    innermost = hidden_;
}

Frame* Frame::of(void const* storage) noexcept {
    auto* frame = innermost;
    while (frame != nullptr && frame->storage_ != storage)
        frame = frame->outer_;
    return frame;
}

}  // namespace eduplat::storage
