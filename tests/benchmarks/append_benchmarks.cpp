#include "benchmarks/raw_sqlite.hpp"
#include "benchmarks/storage_benchmarks.hpp"

#include <eduplat/storage/sqlite.hpp>

#include <array>
#include <string>
#include <vector>

namespace eduplat::benchmarks {
namespace {

constexpr int rows_total = 1'000'000;
constexpr int rows_a_chunk = 10'000;
constexpr int repeats = 3;

#define EDUPLAT_MAKE_EVENTS                                                                    \
    "CREATE TABLE events (id INTEGER PRIMARY KEY, user INTEGER NOT NULL, at INTEGER NOT NULL," \
    " kind TEXT NOT NULL, uid BLOB NOT NULL) STRICT"
#define EDUPLAT_ADD_EVENT "INSERT INTO events (id, user, at, kind, uid) VALUES (?1, ?2, ?3, ?4, ?5)"

struct Event {
    std::int64_t id;
    std::int64_t user;
    std::int64_t at;
    std::string_view kind;
    std::array<std::byte, 16> uid;
};

Event event(int number) {
    static constexpr std::array<std::string_view, 3> kinds{"viewed", "watched", "answered"};
    Event made{number,
               number * 7919LL % 100'000,
               1'700'000'000'000'000LL + number,
               kinds[static_cast<std::size_t>(number) % kinds.size()],
               {}};
    for (std::size_t i = 0; i < 4; ++i) {
        made.uid[i] = static_cast<std::byte>((static_cast<unsigned>(number) >> (8 * i)) & 0xffU);
    }
    return made;
}

std::vector<Event> chunk_from(int first) {
    std::vector<Event> events;
    for (int i = 0; i < rows_a_chunk; ++i)
        events.push_back(event(first + i));
    return events;
}

void append(storage::Storage& storage, std::vector<Event> const& events) {
    storage.write([&](storage::Connection& connection) {
        auto insert = connection.query(EDUPLAT_ADD_EVENT);
        for (auto const& e : events) {
            insert.bind_all(e.id, e.user, e.at, e.kind, std::span<std::byte const>{e.uid});
            insert.step();
            insert.reset();
        }
    });
}

void append(RawConnection& connection, sqlite3_stmt* insert, std::vector<Event> const& events) {
    connection.begin_write();
    for (auto const& e : events) {
        RawConnection::bind(insert, 1, e.id);
        RawConnection::bind(insert, 2, e.user);
        RawConnection::bind(insert, 3, e.at);
        RawConnection::bind(insert, 4, e.kind);
        RawConnection::bind(insert, 5, std::span<std::byte const>{e.uid});
        RawConnection::step_to_end(insert);
    }
    connection.commit_write();
}

/// All rows once, chunk by chunk in turns, so that both meet the disk in the same states.
Comparison append_all(std::string const& folder, int repeat) {
    auto const name = folder + "/append" + std::to_string(repeat);
    auto const ours = storage::open_sqlite({.path = name + "-ours.db"});
    ours->write([](storage::Connection& connection) { connection.execute(EDUPLAT_MAKE_EVENTS); });
    RawConnection peer{name + "-peer.db"};
    peer.run(EDUPLAT_MAKE_EVENTS);
    auto* const insert = peer.prepare(EDUPLAT_ADD_EVENT);
    Comparison total;
    for (int first = 0; first < rows_total; first += rows_a_chunk) {
        auto const events = chunk_from(first);
        auto const run_ours = [&] { total.ours += seconds_of([&] { append(*ours, events); }); };
        auto const run_peer = [&] {
            total.peer += seconds_of([&] { append(peer, insert, events); });
        };
        bool const ours_first = first / rows_a_chunk % 2 == 0;
        if (ours_first) run_ours();
        run_peer();
        if (!ours_first) run_ours();
    }
    return total;
}

}  // namespace

void measure_bulk_append(Report& report, std::string const& folder) {
    std::vector<double> ours;
    std::vector<double> peer;
    for (int repeat = 0; repeat < repeats; ++repeat) {
        auto const total = append_all(folder, repeat);
        ours.push_back(total.ours);
        peer.push_back(total.peer);
    }
    report.add_rate("bulk append 1M rows", {median(ours), median(peer)}, rows_total, "rows/s");
}

}  // namespace eduplat::benchmarks
