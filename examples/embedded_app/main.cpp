// An app that teaches its users something: it has threads, a clock, a log and a sign-in of its own,
// and embeds a school. eduplat starts no thread and asks for no password here.
#include <eduplat/eduplat.hpp>

#include <atomic>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace edu = eduplat;
using namespace std::chrono_literals;

namespace {

/// The app's own time: it replays a day in which each request comes a minute after the last.
class AppClock final : public edu::Clock {
  public:
    [[nodiscard]] edu::Timestamp now() const override {
        return edu::parse_timestamp("2026-03-02T08:00:00Z") + minutes_.load() * 1min;
    }
    void next_minute() { ++minutes_; }

  private:
    std::atomic<int> minutes_ = 0;
};

/// The app's own log.
class AppLog final : public edu::LogSink {
  public:
    void write(edu::LogLevel, std::string_view message) noexcept override {
        std::fprintf(stderr, "[app] school: %.*s\n", static_cast<int>(message.size()),
                     message.data());
    }
};

/// What the app's own sign-in says of whoever sends a request.
struct Claims {
    std::string subject;
    std::string name;
};

constexpr auto issuer = "https://sign-in.example.org";

/// The school's user for somebody the app's sign-in knows; made when seen for the first time.
edu::Actor recognize(edu::Accounts& accounts, Claims const& claims) {
    if (auto known = accounts.identities(issuer, claims.subject)) return *known;
    try {
        auto user = accounts.register_identity(
            edu::Actor::system(),
            {.issuer = issuer, .subject = claims.subject, .display_name = claims.name});
        return edu::Actor{user.id};
    } catch (edu::Error const& e) {
        // Another thread served the same newcomer a moment earlier.
        if (e.code() != edu::ErrorCode::already_exists) throw;
        return accounts.identities(issuer, claims.subject).value();
    }
}

/// The app's request queue and the threads that serve it.
class App {
  public:
    App(edu::Platform& school, AppClock& clock) : school_(school), clock_(clock) {}

    void receive(Claims claims) { queue_.push_back(std::move(claims)); }

    void serve(int thread_count) {
        std::vector<std::thread> threads;
        for (int i = 0; i < thread_count; ++i)
            threads.emplace_back([this] { work(); });
        for (auto& thread : threads)
            thread.join();
    }

    [[nodiscard]] int served() const { return served_; }

  private:
    std::optional<Claims> next() {
        std::lock_guard const guard{mutex_};
        if (queue_.empty()) return std::nullopt;
        auto claims = std::move(queue_.front());
        queue_.pop_front();
        return claims;
    }

    void work() {
        while (auto const claims = next()) {
            clock_.next_minute();
            auto const actor = recognize(school_.accounts(), *claims);
            note_interest(actor);
            ++served_;
        }
    }

    /// The app knows what its users like; the school's persona keeps it for its own ends.
    void note_interest(edu::Actor actor) {
        // Reading and writing in one transaction: no other request comes between.
        school_.atomically([&](edu::Platform& school) {
            auto persona = school.accounts().get_persona(actor, actor.user());
            if (!persona.interests.empty()) return;
            persona.interests = {"running", "sleep"};
            persona.device = "phone";
            school.accounts().set_persona(actor, actor.user(), persona);
        });
    }

    edu::Platform& school_;
    AppClock& clock_;
    std::mutex mutex_;
    std::deque<Claims> queue_;
    std::atomic<int> served_ = 0;
};

}  // namespace

int main() try {
    std::filesystem::remove("app.db");
    auto clock = std::make_shared<AppClock>();
    auto school =
        edu::Platform::open({.path = "app.db", .clock = clock, .log = std::make_shared<AppLog>()});

    App app{school, *clock};
    std::vector<Claims> const people{
        {"u-1", "Ada"}, {"u-2", "小明"}, {"u-3", "Grace"}, {"u-4", "Emmy"}};
    for (int i = 0; i < 40; ++i)
        app.receive(people[static_cast<std::size_t>(i * 7) % 4]);
    app.serve(4);
    std::printf("served %d requests on 4 threads of the app\n", app.served());

    auto const page = school.accounts().members(edu::Actor::system());
    for (auto const& user : page.items) {
        auto const persona = school.accounts().get_persona(edu::Actor::system(), user.id);
        std::printf("  %-6s since %s, likes %s\n", user.display_name.c_str(),
                    edu::to_string(user.created_at).substr(11, 5).c_str(),
                    persona.interests.empty() ? "-" : persona.interests.front().c_str());
    }

    auto const report = school.run_due(100ms);  // the app's own timer would call this every minute
    std::printf("periodic work: %d jobs ran, %d failed\n", report.ran, report.failed);
    std::printf("check: %s\n", school.check().ok() ? "sound" : "damaged");
    return page.items.size() == people.size() ? 0 : 1;
} catch (edu::Error const& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
}
