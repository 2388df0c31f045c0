#include "accounts_fixture.hpp"

#include <eduplat/core/limits.hpp>

#include <map>

namespace eduplat::test {
namespace {

std::vector<std::string> names(Page<User> const& page) {
    std::vector<std::string> result;
    for (auto const& user : page.items)
        result.push_back(user.display_name);
    return result;
}

User named(School& school, std::string const& name, std::string const& email) {
    return school->register_user(Actor::guest(), {.email = email, .display_name = name});
}

void import_many(School& school, int count) {
    std::vector<ImportedUser> rows;
    for (int i = 0; i < count; ++i) {
        auto const id = std::to_string(i);
        rows.push_back({.source = "test",
                        .source_id = id,
                        .display_name = "Member " + id,
                        .email = "m" + id + "@example.org"});
    }
    REQUIRE(school->import_users(*school.admin, rows).rejected.empty());
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("members are listed by name without regard to case", "[accounts][members]") {
    School school;
    int count = 0;
    for (auto const* name : {"bob", "Ada", "ÉMILE", "émile", "Cy"}) {
        named(school, name, "m" + std::to_string(count++) + "@example.org");
    }
    CHECK(names(school->members(*school.admin)) ==
          Names{"Ada", "bob", "Cy", "Root", "ÉMILE", "émile"});
}

TEST_CASE("paging visits each member once while others arrive", "[accounts][members]") {
    School school;
    import_many(school, 60);
    std::map<UserId, int> seen;
    PageRequest request{.limit = 7};
    int arrivals = 0;
    do {
        auto const page = school->members(*school.admin, {}, request);
        for (auto const& user : page.items)
            ++seen[user.id];
        auto const tag = std::to_string(arrivals++);
        named(school, "Aa " + tag, "a" + tag + "@example.net");
        named(school, "Member 33", "b" + tag + "@example.net");
        request.after = page.next;
    } while (request.after);
    CHECK(seen.size() >= 61);
    for (auto const& [user, times] : seen)
        CHECK(times == 1);
    for (auto const& user : school->members(*school.admin, {}, {.limit = 200}).items) {
        if (user.source) CHECK(seen.contains(user.id));
    }
}

TEST_CASE("members are filtered by role and state", "[accounts][members]") {
    School school;
    auto const ada = school.learner("ada");
    school.with_role("tom", Role::teacher);
    school.with_role("sam", Role::staff);
    school.invited("ivy");
    school->suspend(*school.admin, ada.id, "");
    static_cast<void>(school->erase_user(*school.admin, school.learner("gone").id));
    auto const list = [&](MemberFilter const& filter) {
        return names(school->members(*school.admin, filter));
    };
    CHECK(list({}) == Names{"ada", "ivy", "Root", "sam", "tom"});
    CHECK(list({.role = Role::teacher}) == Names{"tom"});
    CHECK(list({.role = Role::admin}) == Names{"Root"});
    CHECK(list({.role = Role::learner}) == Names{"ada", "ivy", "sam", "tom"});
    CHECK(list({.state = UserState::invited}) == Names{"ivy"});
    CHECK(list({.state = UserState::erased}) == Names{""});
    CHECK(list({.role = Role::teacher, .state = UserState::active}) == Names{"tom"});
    CHECK(list({.role = Role::teacher, .state = UserState::suspended}).empty());
    CHECK(list({.role = Role::learner, .state = UserState::suspended}) == Names{"ada"});
    CHECK(list({.role = Role::staff, .state = UserState::erased}).empty());
    CHECK(list({.search = "a", .state = UserState::suspended}) == Names{"ada"});
    CHECK(list({.search = "t", .role = Role::teacher}) == Names{"tom"});
    CHECK(list({.search = "gone"}).empty());
}

TEST_CASE("members are searched by the beginnings of words", "[accounts][members]") {
    School school;
    named(school, "Ada Lovelace", "countess@example.org");
    named(school, "Grace Hopper", "grace@navy.example");
    named(school, "Ada Yonath", "yonath@example.org");
    auto const found = [&](std::string const& search) {
        return names(school->members(*school.admin, {.search = search}));
    };
    CHECK(found("ada") == Names{"Ada Lovelace", "Ada Yonath"});
    CHECK(found("love AD") == Names{"Ada Lovelace"});
    CHECK(found("ovelace").empty());
    CHECK(found("NAVY") == Names{"Grace Hopper"});
    CHECK(found("countess@example.org") == Names{"Ada Lovelace"});
    CHECK(found("  ").size() == 4);
    CHECK(found("++").empty());
    CHECK(found("ada ada ada ada ada") == Names{"Ada Lovelace", "Ada Yonath"});
    // Of more than four words the four longest count.
    CHECK(found("countess lovelace example ada x") == Names{"Ada Lovelace"});
    CHECK(found("countess lovelace example org grace").empty());
}

TEST_CASE("a search finds the same whether its words are rare or frequent", "[accounts][members]") {
    School school;
    auto const pages_of = [&](std::string const& search) {
        std::map<UserId, int> seen;
        PageRequest request{.limit = 200};
        do {
            auto const page = school->members(*school.admin, {.search = search}, request);
            for (auto const& user : page.items)
                ++seen[user.id];
            request.after = page.next;
        } while (request.after);
        for (auto const& [user, times] : seen)
            CHECK(times == 1);
        return seen.size();
    };
    import_many(school, 900);
    CHECK(pages_of("memb") == 900);
    CHECK(pages_of("memb m89") == 11);
    import_many(school, 1100);
    CHECK(pages_of("memb") == 1100);
    CHECK(pages_of("memb exam") == 1100);
    CHECK(pages_of("memb m89") == 11);
    CHECK(pages_of("memb exam nobody") == 0);
}

TEST_CASE("members are searched in Chinese by any part", "[accounts][members]") {
    School school;
    named(school, "王小明", "wang@example.org");
    named(school, "李小明", "li@example.org");
    named(school, "王明", "wm@example.org");
    auto const found = [&](std::string const& search) {
        return names(school->members(*school.admin, {.search = search})).size();
    };
    CHECK(found("小明") == 2);
    CHECK(found("王小明") == 1);
    CHECK(found("王") == 2);
    CHECK(found("明") == 3);
    CHECK(found("明小") == 0);
    CHECK(found("小明 li") == 1);
}

TEST_CASE("a search is limited in length and checked", "[accounts][members]") {
    School school;
    constexpr auto most = limits::search_query_bytes_max;
    auto const outcome = [&](std::string const& search) {
        return refusal([&] { return school->members(*school.admin, {.search = search}); });
    };
    CHECK(outcome(std::string(most - 1, 'x')).violation.rule == "not refused");
    CHECK(outcome(std::string(most, 'x')).violation.rule == "not refused");
    CHECK(outcome(std::string(most + 1, 'x')) == invalid("search", "too_long", most));
    CHECK(outcome("\xFF") == invalid("search", "utf8"));
}

TEST_CASE("pages are limited and cursors belong to their list", "[accounts][members]") {
    School school;
    import_many(school, 3);
    auto const outcome = [&](PageRequest const& request, MemberFilter const& filter = {}) {
        return refusal([&] { return school->members(*school.admin, filter, request); });
    };
    CHECK(outcome({.limit = 0}).violation.field == "limit");
    CHECK(outcome({.limit = 1}).violation.rule == "not refused");
    CHECK(outcome({.limit = limits::page_size_max}).violation.rule == "not refused");
    CHECK(outcome({.limit = limits::page_size_max + 1}) ==
          invalid("limit", "too_large", limits::page_size_max));
    auto const next = school->members(*school.admin, {}, {.limit = 1}).next;
    REQUIRE(next);
    CHECK(outcome({.after = next}).violation.rule == "not refused");
    for (auto const& filter : {MemberFilter{.search = "x"}, MemberFilter{.role = Role::learner},
                               MemberFilter{.state = UserState::active}}) {
        CHECK(outcome({.after = next}, filter) == invalid("after", "other_list"));
    }
    CHECK(outcome({.after = Cursor{"nonsense"}}) == invalid("after", "malformed"));
    CHECK(refusal([&] {
              return school->sessions(*school.admin, school.admin->user(), {.after = next});
          }) == invalid("after", "other_list"));
}

TEST_CASE("the number of statements for a page of members is constant", "[accounts][members]") {
    School school;
    import_many(school, 120);
    auto const statements = [&](MemberFilter const& filter, PageRequest const& request) {
        auto const before = school.storage.statistics().statements;
        static_cast<void>(school->members(*school.admin, filter, request));
        return school.storage.statistics().statements - before;
    };
    // Who asks, and the page.
    for (auto const& filter : {MemberFilter{}, MemberFilter{.role = Role::staff},
                               MemberFilter{.state = UserState::invited}}) {
        for (int limit : {1, 50, 100})
            CHECK(statements(filter, {.limit = limit}) == 2);
    }
    // And how frequent the words are.
    for (auto const* search : {"member", "member m7", "nobody"}) {
        for (int limit : {1, 50, 100})
            CHECK(statements({.search = search}, {.limit = limit}) == 3);
    }
}

}  // namespace eduplat::test
