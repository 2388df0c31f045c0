#include "recommender/npy.hpp"
#include "recommender/npz.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "unit/core/refusal.hpp"

#include <eduplat/recommender/model_file.hpp>
#include <eduplat/recommender/popularity.hpp>

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::recommender;
using test::invalid;
using test::Refusal;
using test::refusal;

namespace {

namespace fs = std::filesystem;

std::unique_ptr<Model> fitted_model() {
    std::vector<Index> const users{0, 1, 2, 2};
    std::vector<Index> const items{1, 1, 1, 2};
    std::vector<float> const weights{1, 2, 0.5F, 4};
    auto model = std::make_unique<PopularityModel>();
    model->fit(Interactions::from_pairs(users, items, weights, {3, 4}));
    return model;
}

std::vector<Scored> ranking(Model const& model) {
    return model.recommend(0, {});
}

Refusal lost(std::string_view field, std::string_view rule) {
    return {ErrorCode::data_loss, {std::string{field}, std::string{rule}, std::nullopt}};
}

Refusal refused(std::span<std::byte const> bytes) {
    return refusal([&] { return from_npz(bytes); });
}

/// What a file of a fitted model has, with something done to it.
template <typename Change>
Refusal refused_with(Change const& change) {
    ArrayWriter writer;
    writer.put("format_version", std::int64_t{1});
    writer.put("model", std::string_view{"popularity"});
    fitted_model()->write_to(writer);
    change(writer);
    return refused(write_npz(writer.arrays()));
}

/// Holds files of this process to a size, as a full disk would.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
        rlimit const limit{bytes, before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    }
    FileSizeLimit(FileSizeLimit const&) = delete;
    FileSizeLimit& operator=(FileSizeLimit const&) = delete;
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    void (*handler_)(int);
    rlimit before_{};
};

Array parsed(std::string const& header, std::size_t values) {
    std::string bytes = "\x93NUMPY";
    bytes += {'\1', '\0', static_cast<char>(header.size()), '\0'};
    bytes += header + std::string(values, '\0');
    return parse_npy({reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size()}, "x");
}

Refusal refused_header(std::string const& header, std::size_t values = 8) {
    return refusal([&] { return parsed(header, values); });
}

}  // namespace

TEST_CASE("a .npy header is numpy's, to the byte", "[recommender][file]") {
    auto const header = npy_header({"<f4", {3, 4}, {}});
    REQUIRE(header.size() == 128);
    CHECK(header.substr(0, 10) == std::string("\x93NUMPY\x01\x00\x76\x00", 10));
    std::string const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }";
    CHECK(header.substr(10, text.size()) == text);
    CHECK(header.substr(10 + text.size(), 128 - 11 - text.size()).find_first_not_of(' ') ==
          std::string::npos);
    CHECK(header.back() == '\n');
    CHECK(npy_header({"<i8", {}, {}}).find("'shape': (), }") != std::string::npos);
    CHECK(npy_header({"<i8", {7}, {}}).find("'shape': (7,), }") != std::string::npos);
}

TEST_CASE("arrays are laid out as numpy reads them", "[recommender][file]") {
    ArrayWriter writer;
    std::vector<float> const values{1, 2, 3, 4, 5, 6};
    writer.put("matrix", values, 3);
    writer.put("model", std::string_view{"als"});
    auto const& matrix = writer.arrays().at("matrix");
    CHECK(matrix.shape == std::vector<std::int64_t>{2, 3});
    CHECK(matrix.bytes.size() == 24);
    CHECK(std::memcmp(matrix.bytes.data(), values.data(), 24) == 0);
    auto const& text = writer.arrays().at("model");
    CHECK(text.type == "<U3");
    CHECK(text.bytes == std::vector<unsigned char>{'a', 0, 0, 0, 'l', 0, 0, 0, 's', 0, 0, 0});
}

TEST_CASE("arrays come back as they were put", "[recommender][file]") {
    ArrayWriter writer;
    writer.set_prefix("part0.");
    std::vector<double> const doubles{0.1, -2};
    std::vector<std::int32_t> const int32s{-1, 2};
    std::vector<std::string> const texts{"", std::string("a\0b", 3), "\xff", "\xe6\x95\xb0"};
    writer.put("doubles", doubles);
    writer.put("int32s", int32s);
    writer.put("texts", texts);
    writer.put("number", 0.25);
    Arrays arrays;
    for (auto const& [name, bytes] : read_npz(write_npz(writer.arrays())))
        arrays.emplace(name, parse_npy(bytes, name));
    auto const reader = ArrayReader{std::move(arrays)}.within("part0.");
    CHECK(reader.doubles("doubles") == doubles);
    CHECK(reader.int32s("int32s") == int32s);
    CHECK(reader.texts("texts") == texts);
    CHECK(reader.number("number") == 0.25);
    CHECK(reader.has("texts"));
    CHECK_FALSE(reader.has("text"));
    CHECK(refusal([&] { return reader.number("none"); }) == lost("part0.none", "missing"));
    CHECK(refusal([&] { return reader.number("doubles"); }) == lost("part0.doubles", "shape"));
    CHECK(refusal([&] { return reader.int32s("doubles"); }) == lost("part0.doubles", "type"));
}

TEST_CASE("headers as numpy and Python write them are read", "[recommender][file]") {
    CHECK(parsed("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 8).shape ==
          std::vector<std::int64_t>{2});
    CHECK(parsed("{'shape':(1,2),'fortran_order':False,'descr':'<f4'}  \n", 8).shape ==
          std::vector<std::int64_t>{1, 2});
    CHECK(parsed("{'descr': '<f8', 'fortran_order': True, 'shape': (1,), }", 8).type == "<f8");
    CHECK(parsed("{'descr': '<U0', 'fortran_order': False, 'shape': (), }", 0).bytes.empty());
}

TEST_CASE("headers that lie are refused before anything is taken at their word",
          "[recommender][file]") {
    auto const shaped = [](std::string const& shape) {
        return refused_header("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }");
    };
    CHECK(shaped("(3,)") == lost("x", "malformed"));
    CHECK(shaped("(1,)") == lost("x", "malformed"));
    CHECK(shaped("(1000000000000,)") == lost("x", "malformed"));
    CHECK(shaped("(4611686018427387904, 4611686018427387904)") == lost("x", "malformed"));
    CHECK(shaped("(9223372036854775807, 2)") == lost("x", "malformed"));
    CHECK(shaped("(99999999999999999999,)") == lost("x", "malformed"));
    CHECK(shaped("(-2, -1)") == lost("x", "malformed"));
    CHECK(shaped("(2") == lost("x", "malformed"));
    CHECK(shaped("2") == lost("x", "malformed"));
    auto const typed = [](std::string const& type) {
        return refused_header("{'descr': '" + type + "', 'fortran_order': False, 'shape': (2,), }");
    };
    CHECK(typed(">f4") == lost("x", "type"));
    CHECK(typed("|O") == lost("x", "type"));
    CHECK(typed("<U99999999999999999999") == lost("x", "type"));
    CHECK(typed("<U1000001") == lost("x", "type"));
    CHECK(typed("<U-1") == lost("x", "type"));
    CHECK(refused_header("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }") ==
          lost("x", "shape"));
    CHECK(refused_header("{'descr': '<f4', 'shape': (2,), }") == lost("x", "malformed"));
    CHECK(refused_header("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, "
                         "'shape': (2,), }") == lost("x", "malformed"));
    CHECK(refused_header("") == lost("x", "malformed"));
    CHECK(refused_header("{") == lost("x", "malformed"));
}

TEST_CASE("of a shortened file nothing but an error comes", "[recommender][file]") {
    auto const bytes = to_npz(*fitted_model());
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK(refused(std::span{bytes}.first(size)).code == ErrorCode::data_loss);
    CHECK(refused({}) == lost("path", "malformed"));
}

TEST_CASE("a byte that flips is noticed, or does not matter", "[recommender][file]") {
    auto const made = fitted_model();
    auto const& model = *made;
    auto const bytes = to_npz(model);
    int noticed = 0;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (auto const flip : {std::byte{0x01}, std::byte{0x80}, std::byte{0xff}}) {
            auto damaged = bytes;
            damaged[at] ^= flip;
            try {
                auto const read = from_npz(damaged);
                CHECK(ranking(*read) == ranking(model));
                CHECK(read->shape() == model.shape());
            } catch (Error const& error) {
                CHECK(error.code() == ErrorCode::data_loss);
                ++noticed;
            }
        }
    }
    CHECK(noticed > 1000);  // every byte of the arrays, at least
}

TEST_CASE("other files are told from damaged ones", "[recommender][file]") {
    ArrayWriter foreign;
    foreign.put("user_factors", std::vector<float>{1, 2});
    CHECK(refused(write_npz(foreign.arrays())) == lost("path", "foreign"));
    foreign.put("model", std::string_view{"popularity"});
    CHECK(refused(write_npz(foreign.arrays())) == lost("path", "foreign"));
    std::string const text(1000, 'x');
    CHECK(refused(std::as_bytes(std::span{text})) == lost("path", "malformed"));
    CHECK(refused_with([](auto& writer) { writer.put("model", std::string_view{"other"}); }) ==
          lost("model", "unknown"));
}

TEST_CASE("a file of a later version says so", "[recommender][file]") {
    auto const version = [](std::int64_t number) {
        return refused_with([&](auto& writer) { writer.put("format_version", number); });
    };
    CHECK(version(2) == Refusal{ErrorCode::failed_precondition, {"format_version", "too_new", 1}});
    CHECK(version(0) == lost("format_version", "out_of_range"));
    CHECK(version(1).violation.rule == "not refused");
    // It may have arrays of which this version knows nothing.
    CHECK(refused_with([](auto& writer) {
              writer.put("format_version", std::int64_t{2});
              writer.put("model", 1.0);
          }).violation.rule == "too_new");
}

TEST_CASE("arrays that make no model are refused by name", "[recommender][file]") {
    CHECK(refused_with([](auto& w) { w.put("users", std::int64_t{-1}); }) ==
          lost("users", "out_of_range"));
    CHECK(refused_with([](auto& w) { w.put("users", 1.0); }) == lost("users", "type"));
    CHECK(refused_with([](auto& w) {
              w.put("item_scores", std::vector<float>{std::numeric_limits<float>::infinity()});
          }) == lost("item_scores", "not_finite"));
    CHECK(refused_with([](auto& w) { w.put("item_scores", std::vector<float>{}); }) ==
          lost("path", "malformed"));
    CHECK(refused_with([](auto& w) {
              w.put("item_scores", std::vector<float>{1, 2}, 2);
          }) == lost("item_scores", "shape"));
}

TEST_CASE("a model is saved and loaded", "[recommender][file]") {
    test::TempDir const folder;
    auto const path = folder.file("model.npz");
    auto const made = fitted_model();
    auto const& model = *made;
    save(model, path);
    CHECK(ranking(*load(path)) == ranking(model));
    std::ofstream{path, std::ios::binary} << "what was there before";
    save(model, path);
    CHECK(ranking(*load(path)) == ranking(model));
    CHECK(fs::file_size(path) == to_npz(model).size());
    auto const names = fs::directory_iterator{fs::path{path}.parent_path()};
    CHECK(std::distance(begin(names), end(names)) == 1);
}

TEST_CASE("a save that fails leaves what was there", "[recommender][file]") {
    test::TempDir const folder;
    auto const path = folder.file("model.npz");
    save(*fitted_model(), path);
    CHECK(refusal([&] {
              save(PopularityModel{}, path);
              return 0;
          }) == Refusal{ErrorCode::failed_precondition, {"model", "not_fitted", {}}});
    CHECK(ranking(*load(path)) == ranking(*fitted_model()));
    auto const refused_path = [](std::string_view where) {
        return refusal([&] {
            save(*fitted_model(), where);
            return 0;
        });
    };
    CHECK(refused_path("") == invalid("path", "required"));
    CHECK(refused_path({"a\0b", 3}) == invalid("path", "malformed"));
    CHECK(refused_path(folder.file("none/model.npz")) == invalid("path", "cannot_open"));
    fs::create_directory(folder.file("folder"));
    CHECK(refused_path(folder.file("folder")) == invalid("path", "cannot_open"));
    auto const names = fs::directory_iterator{fs::path{path}.parent_path()};
    CHECK(std::distance(begin(names), end(names)) == 2);
}

TEST_CASE("a file that may not become so large is refused as a full disk is",
          "[recommender][file]") {
    test::TempDir const folder;
    auto const path = folder.file("model.npz");
    save(*fitted_model(), path);
    auto const before = fs::file_size(path);
    auto const refused = [&] {
        FileSizeLimit const limit{100};
        return refusal([&] {
            save(*fitted_model(), path);
            return 0;
        });
    }();
    CHECK(refused == Refusal{ErrorCode::resource_exhausted, {"path", "disk_full", {}}});
    CHECK(fs::file_size(path) == before);
    CHECK(ranking(*load(path)) == ranking(*fitted_model()));
    auto const names = fs::directory_iterator{fs::path{path}.parent_path()};
    CHECK(std::distance(begin(names), end(names)) == 1);
}

TEST_CASE("what is no file is not waited for", "[recommender][file]") {
    test::TempDir const folder;
    auto const pipe = folder.file("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(refusal([&] { return load(pipe); }) == invalid("path", "not_a_file"));
    CHECK(refusal([] { return load("/dev/null"); }) == invalid("path", "not_a_file"));
}

TEST_CASE("what is not there is not found", "[recommender][file]") {
    test::TempDir const folder;
    CHECK(refusal([&] { return load(folder.file("none.npz")); }) ==
          Refusal{ErrorCode::not_found, {"path", "unknown", {}}});
    CHECK(refusal([&] { return load(fs::path{folder.file("x")}.parent_path().string()); }) ==
          invalid("path", "not_a_file"));
    CHECK(refusal([] { return load(""); }) == invalid("path", "required"));
}
