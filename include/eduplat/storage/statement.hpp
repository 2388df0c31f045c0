#pragma once

#include <eduplat/core/id.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace eduplat::storage {

/// The text of a statement. It can only be made from a literal, so it holds no user's input, and
/// its address is its key in a connection's cache.
class Sql {
  public:
    template <std::size_t Size>
    consteval Sql(char const (&text)[Size]) : text_(text, Size - 1) {  // NOLINT(*-explicit-*)
        // Read here, an array that is not constant does not compile.
        if (text_.find('\0') != std::string_view::npos || text[Size - 1] != '\0') {
            throw "not the text of a statement";
        }
    }

    [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

  private:
    std::string_view text_;
};

/// What an engine implements to run one prepared statement. Parameters count from 1 and columns
/// from 0. Use it through `Statement`.
class PreparedStatement {
  public:
    virtual ~PreparedStatement() = default;

    virtual void bind_null(int parameter) = 0;
    virtual void bind_int64(int parameter, std::int64_t value) = 0;
    virtual void bind_double(int parameter, double value) = 0;
    virtual void bind_text(int parameter, std::string_view value) = 0;
    virtual void bind_blob(int parameter, std::span<std::byte const> value) = 0;

    virtual bool step() = 0;
    virtual void reset() noexcept = 0;

    [[nodiscard]] virtual bool is_null(int column) const = 0;
    [[nodiscard]] virtual std::int64_t int64(int column) const = 0;
    [[nodiscard]] virtual double real(int column) const = 0;
    [[nodiscard]] virtual std::string_view text(int column) const = 0;
    [[nodiscard]] virtual std::span<std::byte const> blob(int column) const = 0;

    /// Takes the statement back: resets it and forgets what was bound.
    virtual void release() noexcept = 0;
};

/// A prepared statement on loan from its connection. It goes back, reset, when this object ends, so
/// that no read stays open longer than it is used.
///
/// Bound texts and blobs are not copied: they must live until the last step(). The views that
/// text() and blob() give live until the next step(). Thread safety: one thread at a time. Errors:
/// as the engine reports them, always as eduplat::Error.
class Statement {
  public:
    explicit Statement(PreparedStatement& prepared) noexcept : prepared_(&prepared) {}
    Statement(Statement&& other) noexcept : prepared_(std::exchange(other.prepared_, nullptr)) {}
    Statement& operator=(Statement&&) = delete;
    ~Statement() {
        if (prepared_ != nullptr) prepared_->release();
    }

    void bind(int parameter, std::nullptr_t) { prepared_->bind_null(parameter); }
    void bind(int parameter, std::nullopt_t) { prepared_->bind_null(parameter); }
    void bind(int parameter, std::string_view value) { prepared_->bind_text(parameter, value); }
    void bind(int parameter, std::span<std::byte const> value) {
        prepared_->bind_blob(parameter, value);
    }
    void bind(int parameter, Uid const& value) { prepared_->bind_blob(parameter, value.bytes()); }
    void bind(int parameter, Timestamp value) {
        prepared_->bind_int64(parameter, value.time_since_epoch().count());
    }
    template <class Tag>
    void bind(int parameter, Id<Tag> value) {
        prepared_->bind_int64(parameter, value.value());
    }
    template <class Value>
    requires std::is_arithmetic_v<Value>
    void bind(int parameter, Value value) {
        if constexpr (std::floating_point<Value>) {
            prepared_->bind_double(parameter, static_cast<double>(value));
        } else {
            prepared_->bind_int64(parameter, static_cast<std::int64_t>(value));
        }
    }
    template <class Value>
    void bind(int parameter, std::optional<Value> const& value) {
        value ? bind(parameter, *value) : bind(parameter, nullptr);
    }

    /// Binds parameters 1, 2, ... in order.
    template <class... Values>
    void bind_all(Values const&... values) {
        int parameter = 0;
        (bind(++parameter, values), ...);
    }

    /// Moves to the next row; false when there is none.
    bool step() { return prepared_->step(); }
    /// Ready to be bound and run again.
    void reset() noexcept { prepared_->reset(); }

    [[nodiscard]] bool is_null(int column) const { return prepared_->is_null(column); }
    [[nodiscard]] std::int64_t int64(int column) const { return prepared_->int64(column); }
    [[nodiscard]] double real(int column) const { return prepared_->real(column); }
    [[nodiscard]] std::string_view text(int column) const { return prepared_->text(column); }
    [[nodiscard]] std::span<std::byte const> blob(int column) const {
        return prepared_->blob(column);
    }

    [[nodiscard]] bool boolean(int column) const { return int64(column) != 0; }
    [[nodiscard]] std::string string(int column) const { return std::string{text(column)}; }
    [[nodiscard]] Timestamp timestamp(int column) const {
        return Timestamp{std::chrono::microseconds{int64(column)}};
    }
    /// Errors: data_loss if the column does not hold 16 bytes.
    [[nodiscard]] Uid uid(int column) const;
    template <class Identity>
    [[nodiscard]] Identity id(int column) const {
        return Identity{int64(column)};
    }
    /// Nothing for null, else what `read` gives: `row.optional(3, &Statement::string)`.
    template <class Value>
    [[nodiscard]] std::optional<Value> optional(int column,
                                                Value (Statement::*read)(int) const) const {
        if (is_null(column)) return std::nullopt;
        return (this->*read)(column);
    }

  private:
    PreparedStatement* prepared_;
};

}  // namespace eduplat::storage
