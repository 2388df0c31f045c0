#include "unit/core/refusal.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/recommender/als.hpp>
#include <eduplat/recommender/ease.hpp>
#include <eduplat/recommender/hybrid.hpp>
#include <eduplat/recommender/settings.hpp>

#include <support/catch.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::recommender;
using test::invalid, test::refusal;

namespace {

std::vector<ItemProfile> const profiles(3, {.text = "Rivers and rain"});

test::Refusal refused(std::string_view model, Settings const& settings) {
    return refusal([&] { return make_model(model, settings, profiles); });
}

std::vector<std::string> parts_of(Settings const& settings, bool with_profiles = true) {
    auto const model =
        with_profiles ? make_model("hybrid", settings, profiles) : make_model("hybrid", settings);
    auto const& hybrid = dynamic_cast<HybridModel const&>(*model);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < hybrid.parts(); ++i)
        out.emplace_back(hybrid.part(i).name());
    return out;
}

AlsOptions als_options(Settings const& settings) {
    return dynamic_cast<AlsModel const&>(*make_model("als", settings)).options();
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("each model that is named can be made", "[recommender][settings]") {
    auto const names = model_names();
    CHECK(names.size() >= 5);
    for (auto const name : names)
        CHECK(make_model(name, {}, profiles)->name() == name);
    CHECK(refused("svd", {}) == invalid("model", "unknown"));
    CHECK(refused("", {}) == invalid("model", "unknown"));
    CHECK(refusal([] { return model_settings("svd"); }) == invalid("model", "unknown"));
}

TEST_CASE("settings are the members of a model's options", "[recommender][settings]") {
    auto const found = als_options({{"factors", 7},
                                    {"regularization", 0.25},
                                    {"unobserved_weight", 0.5},
                                    {"regularization_exponent", 0.75},
                                    {"alpha", 2},
                                    {"iterations", 3},
                                    {"random_state", 9'007'199'254'740'992.0}});
    CHECK(found.factors == 7);
    CHECK(found.regularization == 0.25);
    CHECK(found.unobserved_weight == 0.5);
    CHECK(found.regularization_exponent == 0.75);
    CHECK(found.alpha == 2);
    CHECK(found.iterations == 3);
    CHECK(found.random_state == 9'007'199'254'740'992U);
    auto const usual = als_options({});
    CHECK(usual.factors == AlsOptions{}.factors);
    CHECK(usual.iterations == AlsOptions{}.iterations);
    auto const ease = make_model("ease", {{"regularization", 12}});
    CHECK(dynamic_cast<EaseModel const&>(*ease).options().regularization == 12);
}

TEST_CASE("settings that are refused", "[recommender][settings]") {
    auto const nan = std::nan("");
    CHECK(refused("als", {{"factor", 8}}) == invalid("factor", "unknown"));
    CHECK(refused("popularity", {{"factors", 8}}) == invalid("factors", "unknown"));
    CHECK(refused("als", {{"factors", 8.5}}) == invalid("factors", "not_whole"));
    CHECK(refused("als", {{"factors", 3e9}}) == invalid("factors", "out_of_range"));
    CHECK(refused("als", {{"random_state", -1}}) == invalid("random_state", "out_of_range"));
    CHECK(refused("als", {{"random_state", 1e17}}) == invalid("random_state", "out_of_range"));
    CHECK(refused("als", {{"factors", nan}}) == invalid("factors", "not_finite"));
    CHECK(refused("content", {{"learns", 0.5}}) == invalid("learns", "out_of_range"));
    CHECK(refused("content", {{"learns", 2}}) == invalid("learns", "out_of_range"));
    CHECK(refused("als", {{"alpha", nan}}) == invalid("alpha", "not_finite"));
    CHECK(refused("als", {{"factors", 0}}).violation.field == "factors");
    CHECK(refusal([] { return make_model("content"); }) == invalid("profiles", "required"));
    try {
        static_cast<void>(make_model("als", {{"factor", 8}, {"iterations", 1.5}}));
        FAIL("not refused");
    } catch (Error const& error) {
        CHECK(error.violations().size() == 2);  // all at once
    }
}

TEST_CASE("what a listing says of settings holds", "[recommender][settings]") {
    for (auto const model : model_names()) {
        for (auto const& info : model_settings(model)) {
            CAPTURE(model, info.name);
            CHECK_FALSE(info.about.empty());
            CHECK_NOTHROW(make_model(model, {{std::string{info.name}, info.usual}}, profiles));
            if (!info.is_tuned()) continue;
            CHECK_NOTHROW(make_model(model, {{std::string{info.name}, info.low}}, profiles));
            CHECK_NOTHROW(make_model(model, {{std::string{info.name}, info.high}}, profiles));
            CHECK((!info.logarithmic || info.low > 0));
            if (info.whole) CHECK(info.low == std::floor(info.low));
        }
    }
    auto const als = model_settings("als");
    REQUIRE(als.front().name == "factors");
    CHECK(als.front().usual == AlsOptions{}.factors);
    CHECK(als.front().whole);
    CHECK(model_settings("popularity").empty());
}

TEST_CASE("the guide names each model and setting", "[recommender][settings]") {
    std::ifstream file{EDUPLAT_RECOMMENDER_GUIDE};
    std::stringstream text;
    text << file.rdbuf();
    for (auto const model : model_names()) {
        CHECK(text.str().find("| `" + std::string{model} + "` |") != std::string::npos);
        for (auto const& info : model_settings(model)) {
            CAPTURE(model, info.name);
            CHECK(text.str().find('`' + std::string{info.name} + '`') != std::string::npos);
        }
    }
}

TEST_CASE("a hybrid's parts are chosen by settings", "[recommender][settings]") {
    CHECK(parts_of({}) == Names{"als", "content", "ease", "graph_filter"});
    CHECK(parts_of({}, false) == Names{"als", "ease", "graph_filter"});
    CHECK(parts_of({{"als.factors", 16}}) == Names{"als", "content", "ease", "graph_filter"});
    CHECK(parts_of({{"part.ease", 0}, {"ease.regularization", 3}}) ==
          Names{"als", "content", "graph_filter"});
    CHECK(parts_of({{"part.popularity", 1}, {"part.als", 0}}) == Names{"popularity"});
    CHECK(parts_of({{"part.als", 1}, {"part.als2", 1}, {"als2.random_state", 7}}) ==
          Names{"als", "als"});
    CHECK(parts_of({{"weight.als", 0.7}, {"weight.content", 0.3}}) == Names{"als", "content"});
    auto const model = make_model("hybrid", {{"part.als12", 1}, {"als12.factors", 5}});
    auto const& part = dynamic_cast<HybridModel const&>(*model).part(0);
    CHECK(dynamic_cast<AlsModel const&>(part).options().factors == 5);
}

TEST_CASE("a hybrid's settings that are refused", "[recommender][settings]") {
    auto const hybrid = [](Settings const& settings) { return refused("hybrid", settings); };
    CHECK(hybrid({{"factors", 8}}) == invalid("factors", "unknown"));
    CHECK(hybrid({{"part.svd", 1}}) == invalid("part.svd", "unknown"));
    CHECK(hybrid({{"part.2", 1}}) == invalid("part.2", "unknown"));
    CHECK(hybrid({{"part.hybrid", 1}}) == invalid("part.hybrid", "unknown"));
    CHECK(hybrid({{".als", 1}}) == invalid(".als", "unknown"));
    CHECK(hybrid({{"part.als", 2}}) == invalid("part.als", "out_of_range"));
    CHECK(hybrid({{"als.factor", 8}}) == invalid("als.factor", "unknown"));
    CHECK(hybrid({{"als.factors", 0.5}}) == invalid("als.factors", "not_whole"));
    CHECK(hybrid({{"als.factors", 0}}).violation.field == "als.factors");
    CHECK(hybrid({{"part.ease", 1}, {"als.factors", 8}}) == invalid("als.factors", "no_part"));
    CHECK(hybrid({{"part.ease", 1}, {"weight.als", 0.5}}) == invalid("weight.ease", "required"));
    CHECK(hybrid(
              {{"part.als", 0}, {"part.ease", 0}, {"part.graph_filter", 0}, {"part.content", 0}}) ==
          invalid("parts", "required"));
    CHECK(refusal([] {
              return make_model("hybrid", {{"part.content", 1}});
          }) == invalid("profiles", "required"));
    Settings many;
    for (std::size_t i = 0; i < limits::hybrid_parts_max; ++i)
        many["part.popularity" + std::to_string(i)] = 1;
    CHECK(parts_of(many).size() == limits::hybrid_parts_max);
    many["part.popularity"] = 1;
    CHECK(hybrid(many) == invalid("parts", "too_many", limits::hybrid_parts_max));
}
