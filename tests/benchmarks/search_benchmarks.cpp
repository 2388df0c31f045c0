#include "benchmarks/bench_school.hpp"
#include "benchmarks/school_benchmarks.hpp"

#include <array>
#include <random>

namespace eduplat::benchmarks {
namespace {

constexpr int courses_count = 100;
constexpr int lectures_count = 199;  // with the course itself 200 texts each: 20,000
constexpr int words_in_a_text = 80;
constexpr int rare_one_in = 50;  // about 400 hits
constexpr int searches_a_round = 50;
constexpr int rounds = 31;
constexpr std::string_view rare_word = "photosynthesis";

/// Words as frequent as in a language: the n-th one in n.
class Words {
  public:
    std::string text() {
        std::string text;
        for (int i = 0; i < words_in_a_text; ++i)
            text += word() + ' ';
        if (random_() % rare_one_in == 0) text += rare_word;
        return text;
    }

  private:
    std::string word() {
        constexpr unsigned vocabulary = 20'000;
        auto const any = random_() % vocabulary + 1;
        return "word" + std::to_string(vocabulary / any);
    }

    std::mt19937 random_{7};
};

void fill(BenchSchool& school) {
    Words words;
    for (int i = 0; i < courses_count; ++i) {
        auto const number = std::to_string(i);
        ImportedCourse row{
            .source = "bench",
            .source_id = number,
            .course = {.title = {{"en", "Course " + number}}, .summary = {{"en", words.text()}}},
            .publish = true};
        for (int k = 0; k < lectures_count; ++k) {
            auto const name = number + '-' + std::to_string(k);
            row.lectures.push_back({.source_id = name,
                                    .title = {{"en", "Lecture " + name}},
                                    .items = {Text{.body = {{"en", words.text()}}}}});
        }
        auto const report = school.courses.import_courses(Actor::system(), {&row, 1});
        require(report.created == 1, "a course was refused");
    }
}

/// A learner of every other course.
UserId enrolled(BenchSchool& school) {
    auto const user = school.learners(1).front();
    PageRequest request{.limit = 50};
    do {
        auto const page = school.courses.catalog(Actor::guest(), {}, request);
        for (std::size_t i = 0; i < page.items.size(); i += 2) {
            school.enrollments.give(Actor::system(), {.user = user, .course = page.items[i].id});
        }
        request.after = page.next;
    } while (request.after);
    return user;
}

/// A bare question to the index, with the titles of what is found.
class Peer {
  public:
    explicit Peer(std::string const& path)
        : connection_(path, true),
          hits_(connection_.prepare("SELECT rowid, bm25(search) FROM search WHERE search MATCH ?1 "
                                    "ORDER BY bm25(search), rowid LIMIT 50")),
          title_(connection_.prepare("SELECT title FROM search_documents WHERE id = ?1")) {}

    std::vector<std::string> search(std::string_view query) {
        std::vector<std::string> titles;
        connection_.begin_read();
        RawConnection::bind(hits_, 1, query);
        while (sqlite3_step(hits_) == SQLITE_ROW) {
            RawConnection::bind(title_, 1, std::int64_t{sqlite3_column_int64(hits_, 0)});
            sqlite3_step(title_);
            titles.push_back(text_of(title_, 0));
            sqlite3_reset(title_);
        }
        sqlite3_reset(hits_);
        connection_.commit_read();
        return titles;
    }

    std::int64_t count(std::string_view query) {
        auto* const statement =
            connection_.prepare("SELECT count(*) FROM search WHERE search MATCH ?1");
        RawConnection::bind(statement, 1, query);
        sqlite3_step(statement);
        auto const count = sqlite3_column_int64(statement, 0);
        sqlite3_reset(statement);
        return count;
    }

  private:
    RawConnection connection_;
    sqlite3_stmt* hits_;
    sqlite3_stmt* title_;
};

}  // namespace

void measure_search(Report& report, std::string const& folder) {
    constexpr int hits_min = 300;
    constexpr std::size_t page_items = 50;
    auto const path = folder + "/search.db";
    BenchSchool school{path};
    fill(school);
    auto const learner = enrolled(school);
    static_cast<void>(school.storage->scrub());
    Peer peer{path};
    std::string const query{rare_word};
    auto const hits = peer.count(query);
    require(hits > hits_min, "the word is too rare");
    report.note("  texts with the word", static_cast<double>(hits), "");
    auto const compared = [&](Actor const& actor) {
        return compare(
            rounds,
            [&] {
                for (int i = 0; i < searches_a_round; ++i) {
                    auto const page = school.courses.search(actor, query, {}, {.limit = 50});
                    require(page.items.size() == page_items, "a hit is missing");
                    keep(page);
                }
            },
            [&] {
                for (int i = 0; i < searches_a_round; ++i) {
                    auto const page = peer.search(query);
                    require(page.size() == page_items, "a hit is missing");
                    keep(page);
                }
            });
    };
    report.add_rate("search 20k texts first page", compared(Actor::guest()), searches_a_round,
                    "searches/s");
    report.add_rate("search 20k texts, a learner", compared(Actor{learner}), searches_a_round,
                    "searches/s");
}

}  // namespace eduplat::benchmarks
