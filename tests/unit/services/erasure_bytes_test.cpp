#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/registry.hpp>
#include <support/temp_dir.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;

namespace {

constexpr int members = 2000;
constexpr int in_one_write = 100;

/// Words that occur nowhere else, so that to find one is to find where it was used.
class Words {
  public:
    explicit Words(unsigned seed) : engine_(seed) {}

    std::string operator()(std::size_t min, std::size_t max) {
        std::string word;
        auto const size = min + engine_() % (max - min + 1);
        while (word.size() < size)
            word += static_cast<char>('a' + engine_() % 26);
        return word;
    }
    std::size_t below(std::size_t bound) { return engine_() % bound; }

  private:
    std::mt19937 engine_;
};

struct Member {
    UserId id;
    std::vector<std::string> traces = {};  ///< all that was ever stored of him
    bool erased = false;
};

/// A school in the course of a working day.
struct Day {
    explicit Day(unsigned seed) : words(seed) { enroll(); }

    void enroll() {
        std::vector<ImportedUser> rows;
        for (int i = 0; i < members; ++i) {
            rows.push_back({.source = "lms",
                            .source_id = words(12, 40),
                            .display_name = words(12, 16) + ' ' + words(12, 40),
                            .email = words(12, 20) + '@' + words(12, 20) + ".example"});
        }
        REQUIRE(school.accounts.import_users(Actor::system(), rows).created == members);
        for (auto const& row : rows) {
            auto const user = school.accounts.find_user_by_email(Actor::system(), *row.email);
            people.push_back({user->id, {row.source_id, *row.email}});
            add_name(people.back(), row.display_name);
        }
    }

    static void add_name(Member& member, std::string const& name) {
        member.traces.push_back(name.substr(0, name.find(' ')));
        member.traces.push_back(name.substr(name.find(' ') + 1));
    }

    /// A word that is kept of this person.
    std::string trace(Member& member, std::size_t max) {
        member.traces.push_back(words(12, max));
        return member.traces.back();
    }

    Member& anybody() {
        while (true) {
            auto& member = people[words.below(people.size())];
            if (!member.erased) return member;
        }
    }

    void rename(Member& member) {
        auto const name = words(12, 16) + ' ' + words(12, 80);
        auto const version = school.accounts.get_user(Actor::system(), member.id).version;
        static_cast<void>(school.accounts.update_profile(
            Actor::system(), member.id, {.version = version, .display_name = name}));
        add_name(member, name);
    }

    void declare_persona(Member& member) {
        auto persona = school.accounts.get_persona(Actor::system(), member.id);
        persona.region = trace(member, 90);
        persona.occupation = trace(member, 90);
        persona.goals = {trace(member, 90), trace(member, 90)};
        static_cast<void>(
            school.accounts.set_persona(Actor::system(), member.id, std::move(persona)));
    }

    void suspend(Member& member) {
        auto& accounts = school.accounts;
        static_cast<void>(accounts.actor_for(member.id));
        static_cast<void>(accounts.suspend(Actor::system(), member.id, trace(member, 400)));
        static_cast<void>(accounts.reinstate(Actor::system(), member.id));
    }

    void change(Member& member) {
        switch (words.below(5)) {
            case 0:
            case 1:
                return rename(member);
            case 2:
                return declare_persona(member);
            case 3:
                return school.accounts.link_identity(Actor::system(), member.id, "issuer",
                                                     trace(member, 200));
            default:
                return suspend(member);
        }
    }

    void work(int changes) {
        for (int done = 0; done < changes; done += in_one_write) {
            storage->write([&](storage::Connection& /*connection*/) {
                for (int i = 0; i < in_one_write; ++i)
                    change(anybody());
            });
        }
    }

    /// Registers, signs in, resets and changes a password, each with the secrets they leave behind.
    Member use_passwords() {
        auto& accounts = school.accounts;
        auto person = school.person();
        Member member{person.id, {person.email, person.password, person.token}};
        accounts.request_password_reset({.email = person.email, .source = trace(member, 20)});
        auto const reset_token = school.mailer.sent().back().token;
        auto const second = trace(member, 40);
        accounts.reset_password({.token = reset_token, .new_password = second});
        auto const in = accounts.sign_in(
            {.email = person.email, .password = second, .label = trace(member, 90)});
        auto const third = trace(member, 40);
        auto const token =
            accounts.change_password(in->actor, {.old_password = second, .new_password = third});
        accounts.request_password_reset({.email = person.email});
        for (auto const& secret :
             {in->token, *token, reset_token, school.mailer.sent().back().token}) {
            secrets.push_back(secret);
        }
        secrets.insert(secrets.end(), {person.password, person.token, second, third});
        return member;
    }

    void erase(Member& member) {
        static_cast<void>(school.accounts.erase_user(Actor::system(), member.id));
        member.erased = true;
        gone.insert(gone.end(), member.traces.begin(), member.traces.end());
    }

    TempDir dir;
    std::string path = dir.file("school.db");
    std::unique_ptr<storage::Storage> storage = storage::open_sqlite({.path = path});
    TestSchool school{*storage};
    Words words;
    std::vector<Member> people;
    std::vector<std::string> secrets;  ///< tokens and passwords, of everybody
    std::vector<std::string> gone;     ///< traces of the erased
};

/// The bytes of a school's files, through copies that another process makes: to open the file here
/// would drop this process's locks on it.
std::string bytes_of(Day const& day) {
    std::string bytes;
    for (auto const* end : {"", "-wal"}) {
        auto const copy = day.dir.file("copy");
        run_program({"cp", day.path + end, copy});
        std::ifstream in{copy, std::ios::binary};
        bytes.append(std::istreambuf_iterator<char>{in}, {});
    }
    return bytes;
}

constexpr std::size_t signatures = std::size_t{1} << 20U;

/// Of the first four bytes: few texts share one.
std::size_t signature(char const* text) {
    std::size_t result = 0;
    for (int i = 0; i < 4; ++i)
        result = (result << 5U) | (static_cast<unsigned char>(text[i]) & 31U);
    return result;
}

/// Which of these texts occur. Texts are looked up by their first eight bytes, all in one pass,
/// where one has the signature of what is there.
std::vector<std::string> found_in(std::string const& bytes, std::vector<std::string> texts) {
    constexpr std::size_t head = 8;
    std::sort(texts.begin(), texts.end());
    std::vector<std::uint8_t> known(signatures);
    for (auto const& text : texts)
        known[signature(text.c_str())] = 1;
    std::vector<std::string> found;
    for (std::size_t i = 0; i + head <= bytes.size(); ++i) {
        if (known[signature(&bytes[i])] == 0) continue;
        std::string_view const rest{bytes.data() + i, bytes.size() - i};
        auto const first = std::lower_bound(texts.begin(), texts.end(), rest.substr(0, head));
        for (auto text = first; text != texts.end() && rest.starts_with(text->substr(0, head));
             ++text) {
            if (rest.starts_with(*text)) found.push_back(*text);
        }
    }
    return found;
}

}  // namespace

TEST_CASE("after a working day and erasures no byte of the erased and no secret is in the files",
          "[privacy][storage]") {
    Day day{GENERATE(1U, 2U)};
    day.work(1500);
    std::vector<Member> users;
    for (int i = 0; i < 8; ++i)
        users.push_back(day.use_passwords());

    // The search finds what is there.
    auto const before = bytes_of(day);
    CHECK(found_in(before, {users.front().traces.front()}).size() >= 2);
    CHECK(found_in(before, day.secrets).empty());

    for (std::size_t i = 0; i < day.people.size(); i += 10)
        day.erase(day.people[i]);
    for (std::size_t i = 0; i < users.size(); i += 2)
        day.erase(users[i]);
    static_cast<void>(day.school.jobs.run_due(Actor::system(), std::chrono::seconds{60}));

    // Pages that lay in memory meanwhile are written again.
    day.work(300);
    auto const bytes = bytes_of(day);
    CHECK(found_in(bytes, day.gone) == std::vector<std::string>{});
    CHECK(found_in(bytes, day.secrets) == std::vector<std::string>{});
    CHECK(found_in(bytes, {users[1].traces.front()}).size() >= 2);
    CHECK(day.storage->check().ok());
}
