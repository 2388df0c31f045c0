#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat::recommender {

/// A named array of a model, as an .npz file keeps it: rows by rows.
struct Array {
    std::string type;  ///< numpy's name of it: "<f4", "<i4", "<i8", "<f8", "|u1", "<U12"
    std::vector<std::int64_t> shape;
    std::vector<unsigned char> bytes;  ///< as many as type and shape say
};

using Arrays = std::map<std::string, Array>;

class ArrayWriter {
  public:
    /// rows * columns values; columns of 0 stand for an array of one dimension.
    void put(std::string_view name, std::span<float const> values, std::int64_t columns = 0);
    void put(std::string_view name, std::span<std::int32_t const> values);
    void put(std::string_view name, std::span<std::int64_t const> values);
    void put(std::string_view name, std::span<double const> values);
    void put(std::string_view name, double value);           ///< of no dimension
    void put(std::string_view name, std::int64_t value);     ///< of no dimension
    void put(std::string_view name, std::string_view text);  ///< a short one of ASCII, no dimension
    /// Bytes one after another ("|u1"), and in `name` + "_offsets" where each begins and all end:
    /// numpy's own arrays of text are as wide as the longest.
    void put(std::string_view name, std::span<std::string const> texts);

    /// What follows has this before its name; for models within models: "part0.".
    void set_prefix(std::string prefix) { prefix_ = std::move(prefix); }
    [[nodiscard]] std::string const& prefix() const noexcept { return prefix_; }

    [[nodiscard]] Arrays const& arrays() const noexcept { return arrays_; }

  private:
    void add(std::string_view name, Array array);

    Arrays arrays_;
    std::string prefix_;
};

/// Every getter checks name, type, shape and values: data_loss (field the array's name; rules
/// "missing", "type", "shape", "not_finite", "out_of_range"). Copies share the arrays.
class ArrayReader {
  public:
    explicit ArrayReader(Arrays arrays);

    [[nodiscard]] bool has(std::string_view name) const;
    /// rows * columns finite values; a negative number stands for any, columns of 0 for an array of
    /// one dimension.
    [[nodiscard]] std::vector<float> floats(std::string_view name, std::int64_t rows,
                                            std::int64_t columns = 0) const;
    [[nodiscard]] std::vector<std::int32_t> int32s(std::string_view name) const;
    [[nodiscard]] std::vector<std::int64_t> int64s(std::string_view name) const;
    [[nodiscard]] std::vector<double> doubles(std::string_view name) const;  ///< finite
    [[nodiscard]] double number(std::string_view name) const;                ///< finite
    [[nodiscard]] std::int64_t integer(std::string_view name) const;
    /// An integer of 0 to limits::recommender_rows_max.
    [[nodiscard]] std::int32_t index(std::string_view name) const;
    [[nodiscard]] std::string text(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
    /// What was written under a further prefix.
    [[nodiscard]] ArrayReader within(std::string_view prefix) const;

  private:
    [[nodiscard]] Array const& get(std::string_view name, std::string_view type,
                                   std::size_t dimensions) const;
    [[noreturn]] void refuse(std::string_view name, std::string_view rule) const;
    template <typename T>
    [[nodiscard]] std::vector<T> values(std::string_view name, std::string_view type,
                                        std::size_t dimensions) const;

    std::shared_ptr<Arrays const> arrays_;
    std::string prefix_;
};

}  // namespace eduplat::recommender
