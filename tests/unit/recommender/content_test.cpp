#include "recommender/arrays.hpp"
#include "recommender/npz.hpp"
#include "support/catch.hpp"
#include "unit/core/refusal.hpp"
#include "unit/recommender/linear_systems.hpp"

#include <eduplat/recommender/content.hpp>
#include <eduplat/recommender/ease.hpp>
#include <eduplat/recommender/model_file.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <string>

using namespace eduplat;
using namespace eduplat::recommender;
using eduplat::test::invalid;
using eduplat::test::Refusal;
using eduplat::test::refusal;

namespace {

/// Courses of mathematics and of cooking; the last one of each kind is new.
std::vector<ItemProfile> school() {
    return {
        {.text = "Linear algebra: vectors and matrices", .tags = {"math"}},
        {.text = "Calculus with matrices", .tags = {"math"}},
        {.text = "Italian cooking: pasta and sauces", .tags = {"food"}},
        {.text = "Baking bread and pasta", .tags = {"food"}},
        {.text = "Matrices in statistics", .tags = {"math"}},
        {.text = "Sauces for pasta", .tags = {"food"}},
    };
}

Interactions tastes() {
    InteractionsBuilder builder(Shape{20, 4});
    for (Index user = 0; user < 20; ++user) {
        auto const first = user % 2 == 0 ? 0 : 2;
        builder.add(user, first);
        if (user % 4 < 2) builder.add(user, first + 1);
    }
    return std::move(builder).build();
}

std::vector<float> all_scores(Model const& model, SparseRow row) {
    std::vector<Index> items(static_cast<std::size_t>(model.shape().items));
    std::iota(items.begin(), items.end(), 0);
    return model.score(0, row, items);
}

/// Products of features by cosine between the terms' sets of small texts, computed from scratch:
/// each text is a list of distinct words.
double cosine(std::vector<std::vector<std::string>> const& texts, std::size_t a, std::size_t b) {
    auto const rarity = [&](std::string const& word) {
        auto const count = std::count_if(texts.begin(), texts.end(), [&](auto const& text) {
            return std::count(text.begin(), text.end(), word) > 0;
        });
        return 1 + std::log((1.0 + static_cast<double>(texts.size())) /
                            (1.0 + static_cast<double>(count)));
    };
    auto const square = [&](std::size_t text) {
        double sum = 0;
        for (auto const& word : texts[text])
            sum += rarity(word) * rarity(word);
        return sum;
    };
    double product = 0;
    for (auto const& word : texts[a]) {
        if (std::count(texts[b].begin(), texts[b].end(), word) > 0)
            product += rarity(word) * rarity(word);
    }
    return product / std::sqrt(square(a) * square(b));
}

}  // namespace

TEST_CASE("Items are as similar as the cosine of their rare terms, in English and Chinese") {
    ContentModel model({{.text = "Linear algebra"},
                        {.text = "algebra I"},
                        {.text = "线性代数"},
                        {.text = "代数"}});
    InteractionsBuilder builder(Shape{1, 4});
    builder.add(0, 0);
    model.fit(std::move(builder).build());
    std::vector<std::vector<std::string>> const terms{
        {"linear", "algebra"},
        {"algebra", "i"},
        {"线", "性", "代", "数", "线性", "性代", "代数"},
        {"代", "数", "代数"}};
    auto const english = model.similar_items(0);
    REQUIRE(english.size() == 3);
    CHECK(english[0].id == 1);
    CHECK(static_cast<double>(english[0].score) == Approx(cosine(terms, 0, 1)));
    CHECK(english[1].score == 0);
    auto const chinese = model.similar_items(2);
    CHECK(chinese[0].id == 3);
    CHECK(static_cast<double>(chinese[0].score) == Approx(cosine(terms, 2, 3)));
}

TEST_CASE("Tags, teachers and concepts count by their weights, apart from words of the text") {
    std::vector<ItemProfile> const profiles{
        {.text = "one", .tags = {"x"}, .teachers = {"Ada"}, .concepts = {"limit"}},
        {.text = "two", .tags = {"x"}},
        {.text = "three", .teachers = {"Ada"}},
        {.text = "four", .concepts = {"limit"}},
        {.text = "x Ada limit"}};
    ContentModel model(profiles, {.tag_weight = 0.5, .teacher_weight = 2, .concept_weight = 0.25});
    InteractionsBuilder builder(Shape{1, 5});
    builder.add(0, 0);
    model.fit(std::move(builder).build());
    auto const similar = model.similar_items(0);
    REQUIRE(similar.size() == 4);
    CHECK(similar[0].id == 2);
    CHECK(similar[0].score == Approx(2));
    CHECK(similar[1].id == 1);
    CHECK(similar[1].score == Approx(0.5));
    CHECK(similar[2].id == 3);
    CHECK(similar[2].score == Approx(0.25));
    CHECK(similar[3].score == 0);
}

TEST_CASE("New courses are recommended to those who have what they are like") {
    ContentModel model(school());
    model.fit(tastes());
    CHECK(model.shape() == Shape{20, 6});
    std::vector<float> const one{1};
    std::vector<Index> const algebra{0};
    std::vector<Index> const cooking{2};
    auto const of_mathematician = all_scores(model, {algebra, one});
    CHECK(of_mathematician[4] > 0);
    CHECK(of_mathematician[4] > of_mathematician[5]);
    auto const of_cook = all_scores(model, {cooking, one});
    CHECK(of_cook[5] > 0);
    CHECK(of_cook[5] > of_cook[4]);
}

TEST_CASE("Who has new courses only is recommended what goes with courses like them") {
    ContentModel model(school());
    model.fit(tastes());
    std::vector<float> const one{1};
    std::vector<Index> const statistics{4};
    auto const scores = all_scores(model, {statistics, one});
    CHECK(std::min(scores[0], scores[1]) > std::max(scores[2], scores[3]));
    auto const why = model.explain(0, {statistics, one}, 0);
    REQUIRE(why.contributions.size() == 1);
    CHECK(why.contributions[0].item == 4);
}

TEST_CASE("A known course is scored as if it were new") {
    // 0 and 1 say the same; with no other text in common, one speaks for the other by 1 / (1 + r).
    ContentModel model({{.text = "a"}, {.text = "a"}, {.text = "b"}}, {.regularization = 0.5});
    auto const pairs = test::random_pairs({30, 3}, 0.5, 12);
    model.fit(pairs);
    EaseModel ease;
    ease.fit(pairs);
    std::vector<Index> const row{2};
    std::vector<float> const one{1};
    auto const scores = all_scores(model, {row, one});
    CHECK(scores[0] == Approx(ease.item_weights()[2 * 3 + 1] / 1.5F));
    CHECK(scores[1] == Approx(ease.item_weights()[2 * 3 + 0] / 1.5F));
    CHECK(scores[2] == 0);
}

TEST_CASE("A text alone finds courses, before any fit, with the filters of all rankings") {
    ContentModel const model(school());
    auto const found = model.recommend_for({.text = "Pasta!"}, {.n = 3});
    REQUIRE(found.size() == 3);
    for (auto const& scored : found)
        CHECK((scored.id == 2 || scored.id == 3 || scored.id == 5));
    std::vector<Index> const without{5};
    auto const others = model.recommend_for({.text = "sauces"}, {.n = 1, .filter_items = without});
    REQUIRE(others.size() == 1);
    CHECK(others[0].id == 2);
    auto const by_tag = model.recommend_for({.text = "", .tags = {"math"}}, {.n = 3});
    for (auto const& scored : by_tag)
        CHECK((scored.id == 0 || scored.id == 1 || scored.id == 4));
    CHECK(model.recommend_for({.text = ""}, {.n = 2})[0].score == 0);
}

TEST_CASE("Items that say nothing are like nothing") {
    ContentModel model({{.text = ""}, {.text = "a"}, {.text = "a"}});
    InteractionsBuilder builder(Shape{2, 3});
    builder.add(0, 0);
    builder.add(0, 1);
    builder.add(1, 1);
    model.fit(std::move(builder).build());
    for (auto const& scored : model.similar_items(0))
        CHECK(scored.score == 0);
    std::vector<Index> const row{1};
    std::vector<float> const one{1};
    for (auto const score : all_scores(model, {row, one}))
        CHECK(std::isfinite(score));
}

TEST_CASE("The content model is fitted at the bounds of its options") {
    for (auto const most : {1e6, 1e-300}) {
        ContentModel model(school(), {.tag_weight = most,
                                      .teacher_weight = most,
                                      .concept_weight = most,
                                      .regularization = 1e6});
        auto const pairs = tastes();
        model.fit(pairs);
        for (auto const score : all_scores(model, pairs.by_user().row(0)))
            CHECK(std::isfinite(score));
    }
}

TEST_CASE("A content model that does not learn still does not after a file") {
    ContentModel model(school(), {.learns = false});
    auto const pairs = tastes();
    model.fit(pairs);
    auto const row = pairs.by_user().row(0);
    auto const scores = all_scores(model, row);
    auto const read = from_npz(to_npz(model));
    read->fit(pairs);
    CHECK(all_scores(*read, row) == scores);
}

TEST_CASE("Of a file's options the content model believes nothing") {
    ContentModel model(school());
    model.fit(tastes());
    auto const read_with = [&](std::string_view name, auto value) {
        ArrayWriter writer;
        writer.put("format_version", std::int64_t{1});
        writer.put("model", std::string_view{"content"});
        model.write_to(writer);
        writer.put(name, value);
        auto const bytes = write_npz(writer.arrays());
        return refusal([&] { return from_npz(bytes)->shape(); });
    };
    auto const lost = [](std::string_view field, std::string_view rule,
                         std::optional<std::int64_t> limit = std::nullopt) {
        return Refusal{ErrorCode::data_loss, {std::string{field}, std::string{rule}, limit}};
    };
    CHECK(read_with("tag_weight", -5.0) == lost("tag_weight", "too_small", 0));
    CHECK(read_with("regularization", -1.0) == lost("regularization", "too_small", 0));
    CHECK(read_with("regularization", 1e46) == lost("regularization", "too_large", 1'000'000));
    CHECK(read_with("learns", std::int64_t{2}) == lost("learns", "out_of_range"));
}

TEST_CASE("The content model refuses what it cannot read") {
    auto const made = [](std::vector<ItemProfile> const& profiles, ContentOptions const& options) {
        return refusal([&] { return ContentModel(profiles, options).shape(); });
    };
    auto const nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(made({}, {}) == invalid("profiles", "empty"));
    CHECK(made({{.text = "a"}, {.text = "\xff"}}, {}) == invalid("profiles[1].text", "utf8"));
    CHECK(made({{.text = "a"}}, {.tag_weight = -1}) == invalid("tag_weight", "too_small", 0));
    CHECK(made({{.text = "a"}}, {.teacher_weight = nan}) ==
          invalid("teacher_weight", "not_finite"));
    CHECK(made({{.text = "a"}}, {.regularization = 0}) ==
          invalid("regularization", "too_small", 0));
    for (auto const most : {1e6 + 1, 1e39}) {
        CHECK(made({{.text = "a"}}, {.tag_weight = most}) ==
              invalid("tag_weight", "too_large", 1'000'000));
        CHECK(made({{.text = "a"}}, {.teacher_weight = most}) ==
              invalid("teacher_weight", "too_large", 1'000'000));
        CHECK(made({{.text = "a"}}, {.concept_weight = most}) ==
              invalid("concept_weight", "too_large", 1'000'000));
        CHECK(made({{.text = "a"}}, {.regularization = most}) ==
              invalid("regularization", "too_large", 1'000'000));
    }
    ContentModel model({{.text = "a"}});
    CHECK(refusal([&] {
              model.fit(tastes());
              return 0;
          }) == invalid("user_items", "too_many_items", 1));
    CHECK(refusal([&] { return model.recommend_for({.text = "\xff"}); }) ==
          invalid("interests.text", "utf8"));
}
