#include "recommender/arrays.hpp"
#include "recommender/checks.hpp"
#include "recommender/files.hpp"
#include "recommender/model_readers.hpp"
#include "recommender/npy.hpp"
#include "recommender/npz.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/recommender/model_file.hpp>

#include <cstdint>
#include <string>

namespace eduplat::recommender {
namespace {

constexpr std::string_view version_name = "format_version";
constexpr std::string_view model_name = "model";
constexpr std::int64_t version = 1;

/// Says that it is ours and not newer than we are, before anything else is looked at.
void check_version(std::map<std::string, std::vector<unsigned char>> const& files) {
    auto const found = files.find(std::string{version_name});
    if (found == files.end() || !files.contains(std::string{model_name}))
        fail(ErrorCode::data_loss, "path", "foreign");
    ArrayReader const reader{{{found->first, parse_npy(found->second, found->first)}}};
    auto const written = reader.integer(version_name);
    if (written < 1) fail(ErrorCode::data_loss, version_name, "out_of_range");
    if (written > version) fail(ErrorCode::failed_precondition, version_name, "too_new", version);
}

/// Empties the files one by one, so that each is there once.
Arrays parse(std::map<std::string, std::vector<unsigned char>>&& files) {
    Arrays arrays;
    for (auto& [name, bytes] : files) {
        arrays.emplace(name, parse_npy(bytes, name));
        bytes = {};
    }
    return arrays;
}

/// Options that a model's own constructor refuses are damage here.
std::unique_ptr<Model> read(ArrayReader const& reader) {
    try {
        return read_model(reader);
    } catch (Error const& error) {
        if (error.code() != ErrorCode::invalid_argument) throw;
        auto const violations = error.violations();
        throw Error(ErrorCode::data_loss, error.message(), {violations.begin(), violations.end()});
    }
}

}  // namespace

std::vector<std::byte> to_npz(Model const& model) {
    check_fitted(model);
    ArrayWriter writer;
    writer.put(version_name, version);
    write_model(model, writer);
    return write_npz(writer.arrays());
}

std::unique_ptr<Model> from_npz(std::span<std::byte const> bytes) {
    auto files = read_npz(bytes);
    check_version(files);
    auto model = read(ArrayReader{parse(std::move(files))});
    if (model->shape().items == 0) fail(ErrorCode::data_loss, "path", "malformed");
    return model;
}

void save(Model const& model, std::string_view path) {
    replace_file(path, to_npz(model));
}

std::unique_ptr<Model> load(std::string_view path) {
    return from_npz(read_file(path));
}

}  // namespace eduplat::recommender
