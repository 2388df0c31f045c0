#include "benchmarks/raw_sqlite.hpp"
#include "benchmarks/storage_benchmarks.hpp"

#include <eduplat/services/accounts.hpp>
#include <eduplat/storage/sqlite.hpp>
#include <eduplat/testing/fake_clock.hpp>
#include <eduplat/testing/memory_log.hpp>
#include <eduplat/testing/seeded_random.hpp>

#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace eduplat::benchmarks {
namespace {

constexpr int users_for_lookup = 100'000;
constexpr int users_for_pages = 510'000;
constexpr int lookups_a_round = 4'000;
constexpr int rounds = 31;

std::string email_of(int user) {
    return "learner" + std::to_string(user) + "@school.example.org";
}

ImportedUser imported(int user) {
    // Names in another order than the ids.
    auto const mixed = static_cast<std::uint32_t>(user) * 2'654'435'761U;
    ImportedUser row;
    row.source = "benchmark";
    row.source_id = std::to_string(user);
    row.display_name = "Learner " + std::to_string(mixed);
    row.email = email_of(user);
    return row;
}

/// A school in a file, and accounts over it.
struct School {
    School(std::string path_in, std::uint64_t seed)
        : path(std::move(path_in)),
          random(seed),
          storage(storage::open_sqlite({.path = path})),
          accounts(Dependencies{*storage, clock, random, nullptr, log, {}}) {}

    void import(int from, int to) {
        std::vector<ImportedUser> rows;
        for (int user = from; user < to; ++user)
            rows.push_back(imported(user));
        auto const report = accounts.import_users(Actor::system(), rows);
        if (report.created != rows.size()) throw std::runtime_error{"the import was refused"};
    }

    std::string path;
    testing::FakeClock clock{Timestamp{std::chrono::hours{500'000}}};
    testing::SeededRandom random;  // never the same uids twice in one school
    testing::MemoryLog log;
    std::unique_ptr<storage::Storage> storage;
    Accounts accounts;
};

/// What Accounts gives, as a C program would keep it.
struct RawUser {
    std::int64_t id, roles, version, created_at, updated_at;
    std::string uid, source, source_id, state, display_name, email;
};

std::string text_of(sqlite3_stmt* statement, int column) {
    auto const* const bytes = static_cast<char const*>(sqlite3_column_blob(statement, column));
    auto const size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    return bytes == nullptr ? std::string{} : std::string{bytes, size};
}

std::optional<RawUser> read_row(RawConnection& connection, sqlite3_stmt* statement) {
    std::optional<RawUser> user;
    connection.begin_read();
    if (sqlite3_step(statement) == SQLITE_ROW) {
        user = RawUser{sqlite3_column_int64(statement, 0),
                       sqlite3_column_int64(statement, 5),
                       sqlite3_column_int64(statement, 8),
                       sqlite3_column_int64(statement, 9),
                       sqlite3_column_int64(statement, 10),
                       text_of(statement, 1),
                       text_of(statement, 2),
                       text_of(statement, 3),
                       text_of(statement, 4),
                       text_of(statement, 6),
                       text_of(statement, 7)};
    }
    sqlite3_reset(statement);
    connection.commit_read();
    return user;
}

constexpr char user_columns[] =
    "SELECT id, uid, source, source_id, state, roles, display_name, email, version, created_at,"
    " updated_at FROM users WHERE ";

std::vector<int> random_users() {
    std::mt19937 random{7};
    std::vector<int> users(lookups_a_round);
    for (auto& user : users) {
        user = static_cast<int>(random() % static_cast<unsigned>(users_for_lookup));
    }
    return users;
}

void require_found(bool found) {
    if (!found) throw std::runtime_error{"a user is missing"};
}

void measure_by_id(Report& report, School& school, RawConnection& peer) {
    auto const users = random_users();
    auto* const statement = peer.prepare(std::string{user_columns} + "id = ?1");
    auto const ours_round = [&] {
        for (int const user : users) {
            auto const found = school.accounts.find_user(Actor::system(), UserId{user + 1});
            require_found(found.has_value());
            keep(found);
        }
    };
    auto const peer_round = [&] {
        for (int const user : users) {
            RawConnection::bind(statement, 1, std::int64_t{user} + 1);
            auto const found = read_row(peer, statement);
            require_found(found.has_value());
            keep(found);
        }
    };
    report.add_rate("user by id", compare(rounds, ours_round, peer_round), lookups_a_round,
                    "lookups/s");
}

void measure_by_email(Report& report, School& school, RawConnection& peer) {
    std::vector<std::string> emails;
    for (int const user : random_users())
        emails.push_back(email_of(user));
    auto* const statement = peer.prepare(std::string{user_columns} + "email_key = ?1");
    auto const ours_round = [&] {
        for (auto const& email : emails) {
            auto const found = school.accounts.find_user_by_email(Actor::system(), email);
            require_found(found.has_value());
            keep(found);
        }
    };
    auto const peer_round = [&] {
        for (auto const& email : emails) {
            RawConnection::bind(statement, 1, email);
            auto const found = read_row(peer, statement);
            require_found(found.has_value());
            keep(found);
        }
    };
    report.add_rate("user by email", compare(rounds, ours_round, peer_round), lookups_a_round,
                    "lookups/s");
}

/// The cursor behind which page `page` begins, counted from 1.
Cursor cursor_before(Accounts& accounts, int page, int page_items) {
    PageRequest request;
    for (int left = (page - 1) * page_items; left > 0;) {
        request.limit = std::min(left, limits::page_size_max);
        left -= request.limit;
        auto const members = accounts.members(Actor::system(), {}, request);
        if (!members.next) throw std::runtime_error{"too few members"};
        request.after = members.next;
    }
    return *request.after;
}

void measure_deep_page(Report& report, School& school) {
    constexpr int page_items = 50;
    constexpr int deep = 10'000;
    PageRequest const first{.after = std::nullopt, .limit = page_items};
    PageRequest const far{.after = cursor_before(school.accounts, deep, page_items),
                          .limit = page_items};
    auto const read = [&](PageRequest const& request) {
        for (int i = 0; i < 100; ++i) {
            auto const members = school.accounts.members(Actor::system(), {}, request);
            require_found(members.items.size() == page_items);
            keep(members);
        }
    };
    auto times = compare(
        rounds, [&] { read(far); }, [&] { read(first); });
    report.add_time("deep page", {times.ours / 100, times.peer / 100});
}

void note_opening(Report& report, std::string const& path) {
    std::vector<double> times;
    for (int i = 0; i < 11; ++i) {
        std::unique_ptr<storage::Storage> storage;
        times.push_back(seconds_of([&] { storage = storage::open_sqlite({.path = path}); }));
    }
    report.note("opening an existing school", median(std::move(times)) * 1e6, "us");
}

}  // namespace

void measure_reads(Report& report, std::string const& folder) {
    auto const path = folder + "/reads.db";
    {
        School school{path, 1};
        auto const import = [&] { school.import(0, users_for_lookup); };
        report.note("import of users", users_for_lookup / seconds_of(import), "rows/s");
        static_cast<void>(school.storage->scrub());
        RawConnection peer{path, true};
        measure_by_id(report, school, peer);
        measure_by_email(report, school, peer);
    }
    note_opening(report, path);
    School school{path, 2};
    school.import(users_for_lookup, users_for_pages);
    static_cast<void>(school.storage->scrub());
    measure_deep_page(report, school);
}

}  // namespace eduplat::benchmarks
