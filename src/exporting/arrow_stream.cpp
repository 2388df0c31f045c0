#include "exporting/arrow.hpp"
#include "exporting/checks.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/exporting/arrow.hpp>

#include <cerrno>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <utility>

namespace eduplat::exporting {
namespace {

using analytics::Table;

/// A stream's own data. Nothing may be thrown through Arrow's functions, which are C.
class Stream final {
  public:
    explicit Stream(TableSource source) : source_(std::move(source)) {}

    int get_schema(ArrowSchema& out) noexcept {
        return guarded([&] {
            if (!begun_) begin();
            fill_schema(first_columns_, out);
        });
    }

    int get_next(ArrowArray& out) noexcept {
        return guarded([&] {
            if (!begun_) begin();
            auto table = ahead_ ? std::exchange(ahead_, std::nullopt) : checked_next();
            if (table) {
                fill_array(std::move(*table), out);
            } else {
                out = {};  // the end: an array that is released
            }
        });
    }

    [[nodiscard]] char const* last_error() const noexcept {
        return code_ == 0 ? nullptr : words_.c_str();
    }

  private:
    /// The schema has to be known before any rows, so the first table is asked for ahead.
    void begin() {
        ahead_ = checked_next();
        if (!ahead_) fail(ErrorCode::invalid_argument, "source", "empty");
        for (auto const& column : ahead_->columns)
            first_columns_.columns.push_back({column.name, emptied(column.values)});
        begun_ = true;
    }

    static analytics::Column::Values emptied(analytics::Column::Values const& values) {
        return std::visit(
            [](auto const& of_type) {
                return analytics::Column::Values{std::remove_cvref_t<decltype(of_type)>{}};
            },
            values);
    }

    std::optional<Table> checked_next() {
        if (ended_) return std::nullopt;
        auto table = source_();
        ended_ = !table;
        if (!table) return std::nullopt;
        check_exportable(*table);
        columns_.check(*table);
        if (has_large_text(*table)) fail(ErrorCode::invalid_argument, "columns", "too_large");
        return table;
    }

    template <class Work>
    int guarded(Work work) noexcept {
        if (code_ != 0) return code_;
        try {
            work();
        } catch (...) {
            note(std::current_exception());
        }
        return code_;
    }

    void note(std::exception_ptr const& error) noexcept {
        try {
            std::rethrow_exception(error);
        } catch (Error const& e) {
            keep(e.code() == ErrorCode::invalid_argument ? EINVAL : EIO, e.what());
        } catch (std::bad_alloc const& e) {
            keep(ENOMEM, e.what());
        } catch (std::exception const& e) {
            keep(EIO, e.what());
        } catch (...) {
            keep(EIO, "the source of tables failed");
        }
    }

    void keep(int code, char const* words) noexcept {
        code_ = code;
        try {
            words_ = words;
        } catch (std::bad_alloc const&) {
            words_.clear();
        }
    }

    TableSource source_;
    bool begun_ = false;
    bool ended_ = false;
    std::optional<Table> ahead_;
    Table first_columns_;
    SameColumns columns_;
    int code_ = 0;
    std::string words_;
};

Stream& stream_of(ArrowArrayStream* stream) noexcept {
    return *static_cast<Stream*>(stream->private_data);
}

}  // namespace

void export_stream(TableSource source, ArrowArrayStream* stream) {
    auto data = std::make_unique<Stream>(std::move(source));
    *stream = {};
    stream->get_schema = [](ArrowArrayStream* of, ArrowSchema* out) {
        return stream_of(of).get_schema(*out);
    };
    stream->get_next = [](ArrowArrayStream* of, ArrowArray* out) {
        return stream_of(of).get_next(*out);
    };
    stream->get_last_error = [](ArrowArrayStream* of) { return stream_of(of).last_error(); };
    stream->release = [](ArrowArrayStream* of) {
        delete static_cast<Stream*>(of->private_data);
        of->private_data = nullptr;
        of->release = nullptr;
    };
    stream->private_data = data.release();
}

}  // namespace eduplat::exporting
