#include "recommender/npz.hpp"

#include "recommender/npy.hpp"

#include <eduplat/core/error.hpp>

#include <zip.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

namespace eduplat::recommender {
namespace {

constexpr std::string_view suffix = ".npy";
constexpr zip_uint16_t first_day = 1 << 5 | 1;  ///< of 1980, where the time of zip begins
/// How much a whole archive may grow when it is read. Ours are not compressed; those of
/// numpy.savez_compressed are, but hardly.
constexpr std::size_t growth_max = 100;
constexpr std::size_t read_step = std::size_t{1} << 20U;

using Source = std::unique_ptr<zip_source_t, decltype(&zip_source_free)>;
using Archive = std::unique_ptr<zip_t, decltype(&zip_discard)>;
using File = std::unique_ptr<zip_file_t, decltype(&zip_fclose)>;

[[noreturn]] void refuse() {
    fail(ErrorCode::data_loss, "path", "malformed");
}

/// What fails in memory and with arguments of our own is a lack of memory.
template <typename T>
T check(T result, bool good) {
    if (!good) throw Error(ErrorCode::resource_exhausted, "no memory for the archive");
    return result;
}

/// Opens an archive in a source, which both then hold.
Archive open(zip_source_t* source, int flags) {
    zip_source_keep(source);
    auto* const archive = zip_open_from_source(source, flags, nullptr);
    if (archive == nullptr) zip_source_free(source);
    return {archive, &zip_discard};
}

void add(zip_t* archive, std::string const& name, std::string& header, Array const& array) {
    std::array<zip_buffer_fragment_t, 2> fragments{{
        {reinterpret_cast<zip_uint8_t*>(header.data()), header.size()},
        {const_cast<zip_uint8_t*>(array.bytes.data()), array.bytes.size()},
    }};
    auto* const source = zip_source_buffer_fragment(archive, fragments.data(), fragments.size(), 0);
    check(source, source != nullptr);
    auto const index =
        zip_file_add(archive, (name + std::string{suffix}).c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) zip_source_free(source);
    check(index, index >= 0);
    auto const at = static_cast<zip_uint64_t>(index);
    check(0, zip_set_file_compression(archive, at, ZIP_CM_STORE, 0) == 0);
    check(0, zip_file_set_dostime(archive, at, 0, first_day, 0) == 0);
}

std::vector<std::byte> contents(zip_source_t* source) {
    zip_stat_t stat;
    check(0, zip_source_stat(source, &stat) == 0);
    std::vector<std::byte> result(stat.size);
    check(0, zip_source_open(source) == 0);
    auto const count = zip_source_read(source, result.data(), result.size());
    zip_source_close(source);
    return check(std::move(result), count == static_cast<zip_int64_t>(stat.size));
}

/// Reads a file to its end, where its checksum is compared. Memory is taken as bytes come.
std::vector<unsigned char> read(zip_t* archive, zip_uint64_t index, std::size_t bytes_max) {
    File const file{zip_fopen_index(archive, index, 0), &zip_fclose};
    if (file == nullptr) refuse();
    std::vector<unsigned char> result;
    for (;;) {
        auto const size = result.size();
        result.resize(size + std::clamp(size, std::size_t{4096}, read_step));
        auto const count = zip_fread(file.get(), result.data() + size, result.size() - size);
        if (count < 0) refuse();
        result.resize(size + static_cast<std::size_t>(count));
        if (result.size() > bytes_max) refuse();
        if (count == 0) return result;
    }
}

}  // namespace

std::vector<std::byte> write_npz(Arrays const& arrays) {
    std::map<std::string, std::string> headers;  // they are read when the archive is closed
    Source const source{zip_source_buffer_create(nullptr, 0, 0, nullptr), &zip_source_free};
    check(0, source != nullptr);
    auto archive = open(source.get(), ZIP_TRUNCATE);
    check(0, archive != nullptr);
    for (auto const& [name, array] : arrays)
        add(archive.get(), name, headers[name] = npy_header(array), array);
    check(0, zip_close(archive.get()) == 0);
    static_cast<void>(archive.release());
    return contents(source.get());
}

std::map<std::string, std::vector<unsigned char>> read_npz(std::span<std::byte const> bytes) {
    if (bytes.empty()) refuse();  // to libzip it is an archive of nothing
    Source const source{zip_source_buffer_create(bytes.data(), bytes.size(), 0, nullptr),
                        &zip_source_free};
    check(0, source != nullptr);
    auto const archive = open(source.get(), ZIP_RDONLY | ZIP_CHECKCONS);
    if (archive == nullptr) refuse();
    std::map<std::string, std::vector<unsigned char>> files;
    auto left = bytes.size() * growth_max;
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive.get(), 0); ++i) {
        auto const index = static_cast<zip_uint64_t>(i);
        auto const* const name = zip_get_name(archive.get(), index, ZIP_FL_ENC_RAW);
        std::string_view const file = name == nullptr ? "" : name;
        if (!file.ends_with(suffix)) refuse();
        auto read_bytes = read(archive.get(), index, left);
        left -= read_bytes.size();
        auto const stem = std::string{file.substr(0, file.size() - suffix.size())};
        if (!files.emplace(stem, std::move(read_bytes)).second) refuse();
    }
    return files;
}

}  // namespace eduplat::recommender
