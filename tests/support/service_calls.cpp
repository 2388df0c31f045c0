#include "support/registry.hpp"
#include "support/service_results.hpp"
#include "support/service_tables.hpp"

#include <array>
#include <string>
#include <vector>

namespace eduplat::test {
namespace {

constexpr std::string_view new_password = "another long pass phrase";

std::string text_of(bool value) {
    return value ? "yes" : "no";
}

// -- What calls need

void suspend_target(Scene& scene) {
    if (scene.own) return;
    static_cast<void>(scene.school.accounts.suspend(Actor::system(), scene.target.id, "a reason"));
}

void invite_target(Scene& scene) {
    if (!scene.own) scene.target = scene.school.invited(scene.roles);
}

void link_target(Scene& scene) {
    scene.note = scene.school.fresh("subject");
    scene.school.accounts.link_identity(Actor::system(), scene.target.id, "issuer", scene.note);
}

void invite_and_link_target(Scene& scene) {
    invite_target(scene);
    link_target(scene);
}

void give_target_persona(Scene& scene) {
    auto const actor = scene.own ? scene.actor : scene.target.actor;
    static_cast<void>(scene.school.accounts.set_persona(
        actor, scene.target.id, {.region = "Hessen", .goals = {"a new job", "fun"}}));
}

void request_reset(Scene& scene) {
    scene.school.accounts.request_password_reset({.email = scene.target.email});
    for (auto const& mail : scene.school.mailer.sent()) {
        if (mail.to == scene.target.email) scene.note = mail.token;
    }
}

void mark_for_rotation(Scene& scene) {
    static_cast<void>(
        scene.school.accounts.grant_role(Actor::system(), scene.target.id, Role::teacher));
}

void sign_target_in(Scene& scene) {
    scene.session = scene.school.accounts
                        .sign_in({.email = scene.target.email, .password = scene.target.password})
                        ->session;
}

void make_target_teacher(Scene& scene) {
    static_cast<void>(
        scene.school.accounts.grant_role(Actor::system(), scene.target.id, Role::teacher));
}

void let_tokens_expire(Scene& scene) {
    request_reset(scene);
    if (scene.alone) scene.school.clock.advance(std::chrono::hours{2});
    // So that the job of training, which takes several transactions, has nothing to do.
    static_cast<void>(scene.school.recommendations.train(Actor::system()));
}

// -- The calls

std::string bootstrap(Scene& s) {
    auto const actor = s.school.accounts.bootstrap_admin(
        {.email = "root@example.org", .password = std::string{new_password}});
    return std::to_string(actor.user().value());
}

std::string register_user(Scene& s) {
    auto const name = s.school.fresh("registered");
    return show(s.school.accounts.register_user(s.actor, {.email = name + "@example.org",
                                                          .display_name = name,
                                                          .password = std::string{new_password}}));
}

std::string register_identity(Scene& s) {
    auto const name = s.school.fresh("registered");
    return show(s.school.accounts.register_identity(
        s.actor, {.issuer = "issuer", .subject = name, .display_name = name}));
}

std::string sign_in(Scene& s) {
    return show(s.school.accounts.sign_in(
        {.email = s.target.email, .password = s.target.password, .source = "192.0.2.7"}));
}

std::string resume(Scene& s) {
    auto const resumed = s.school.accounts.resume(s.target.token);
    return text_of(resumed.has_value()) + (resumed ? resumed->new_token.value_or("-") : "");
}

std::string sign_out(Scene& s) {
    s.school.accounts.sign_out(s.actor);
    return {};
}

std::string actor_for(Scene& s) {
    return text_of(s.school.accounts.actor_for(s.target.id).is_user());
}

std::string identities(Scene& s) {
    return text_of(s.school.accounts.identities("issuer", s.note).has_value());
}

std::string sessions(Scene& s) {
    return show(s.school.accounts.sessions(s.actor, s.target.id));
}

std::string revoke_session(Scene& s) {
    s.school.accounts.revoke_session(s.actor, s.session->id);
    return {};
}

std::string revoke_session_by_uid(Scene& s) {
    s.school.accounts.revoke_session(s.actor, s.session->uid);
    return {};
}

std::string revoke_sessions(Scene& s) {
    return std::to_string(s.school.accounts.revoke_sessions(s.actor, s.target.id));
}

std::string change_password(Scene& s) {
    auto const token = s.school.accounts.change_password(
        s.actor, {.old_password = s.target.password, .new_password = std::string{new_password}});
    return token.value_or("no session");
}

std::string request_password_reset(Scene& s) {
    s.school.accounts.request_password_reset({.email = s.target.email, .source = "192.0.2.8"});
    return {};
}

std::string reset_password(Scene& s) {
    s.school.accounts.reset_password({.token = s.note, .new_password = std::string{new_password}});
    return {};
}

std::string link_identity(Scene& s) {
    s.school.accounts.link_identity(s.actor, s.target.id, "issuer", s.school.fresh("linked"));
    return {};
}

std::string unlink_identity(Scene& s) {
    s.school.accounts.unlink_identity(s.actor, s.target.id, "issuer", s.note);
    return {};
}

std::string linked_identities(Scene& s) {
    return show(s.school.accounts.linked_identities(s.actor, s.target.id));
}

std::string grant_role(Scene& s) {
    return show(s.school.accounts.grant_role(s.actor, s.target.id, Role::teacher));
}

std::string revoke_role(Scene& s) {
    return show(s.school.accounts.revoke_role(s.actor, s.target.id, Role::teacher));
}

std::string suspend(Scene& s) {
    return show(s.school.accounts.suspend(s.actor, s.target.id, "a reason"));
}

std::string reinstate(Scene& s) {
    return show(s.school.accounts.reinstate(s.actor, s.target.id));
}

std::string get_user(Scene& s) {
    return show(s.school.accounts.get_user(s.actor, s.target.id));
}

std::string find_user(Scene& s) {
    return show(s.school.accounts.find_user(s.actor, s.target.id));
}

std::string find_user_by_uid(Scene& s) {
    return show(s.school.accounts.find_user(s.actor, s.target.uid));
}

std::string find_user_by_email(Scene& s) {
    return show(s.school.accounts.find_user_by_email(s.actor, s.target.email));
}

std::string update_profile(Scene& s) {
    auto const version = s.school.accounts.get_user(Actor::system(), s.target.id).version;
    return show(s.school.accounts.update_profile(
        s.actor, s.target.id, {.version = version, .display_name = std::string{"Another Name"}}));
}

std::string get_persona(Scene& s) {
    return show(s.school.accounts.get_persona(s.actor, s.target.id));
}

std::string set_persona(Scene& s) {
    auto persona = s.school.accounts.get_persona(Actor::system(), s.target.id);
    persona.occupation = "nurse";
    persona.interests = {"music"};
    return show(s.school.accounts.set_persona(s.actor, s.target.id, persona));
}

std::string members(Scene& s) {
    return show(s.school.accounts.members(s.actor, {.search = "person"}, {.limit = 5}));
}

std::string invite(Scene& s) {
    s.school.accounts.invite(s.actor, s.target.id);
    return {};
}

std::string import_users(Scene& s) {
    auto const name = s.school.fresh("row");
    std::array const rows{
        ImportedUser{.source = "lms", .source_id = name, .display_name = name},
        ImportedUser{.display_name = name, .email = name + "@example.org"},
        ImportedUser{.display_name = name, .email = std::string{"no address"}},
    };
    return show(s.school.accounts.import_users(s.actor, rows));
}

std::string export_user(Scene& s) {
    return show(s.school.accounts.export_user(s.actor, s.target.id));
}

std::string erase_user(Scene& s) {
    static_cast<void>(s.school.accounts.erase_user(s.actor, s.target.id));
    return {};
}

std::string changes_since(Scene& s) {
    return show(s.school.journal.changes_since(s.actor, 0, 10));
}

std::string run_due(Scene& s) {
    return show(s.school.jobs.run_due(s.actor, std::chrono::seconds{1}));
}

using enum Subject;

constexpr std::array table{
    ServiceCall{.call = Call::accounts_bootstrap_admin,
                .member = "Accounts::bootstrap_admin",
                .asks = false,
                .writes = true,
                .invoke = bootstrap,
                .empty_school = true},
    ServiceCall{.call = Call::accounts_register_user,
                .member = "Accounts::register_user",
                .writes = true,
                .invoke = register_user},
    ServiceCall{.call = Call::accounts_register_identity,
                .member = "Accounts::register_identity",
                .writes = true,
                .invoke = register_identity},
    // An attempt is counted before it is judged.
    ServiceCall{.call = Call::accounts_sign_in,
                .member = "Accounts::sign_in",
                .asks = false,
                .writes = true,
                .invoke = sign_in,
                .leaves = {"throttles"}},
    ServiceCall{.call = Call::accounts_resume,
                .member = "Accounts::resume",
                .asks = false,
                .writes = true,
                .prepare = mark_for_rotation,
                .invoke = resume},
    ServiceCall{.call = Call::accounts_sign_out,
                .member = "Accounts::sign_out",
                .about = self,
                .writes = true,
                .invoke = sign_out},
    ServiceCall{.call = Call::accounts_actor_for,
                .member = "Accounts::actor_for",
                .asks = false,
                .writes = true,
                .prepare = invite_target,
                .invoke = actor_for},
    ServiceCall{.call = Call::accounts_identities,
                .member = "Accounts::identities",
                .asks = false,
                .writes = true,
                .prepare = invite_and_link_target,
                .invoke = identities},
    ServiceCall{.call = Call::accounts_sessions,
                .member = "Accounts::sessions",
                .about = user,
                .invoke = sessions},
    ServiceCall{.call = Call::accounts_revoke_session,
                .member = "Accounts::revoke_session",
                .about = user,
                .writes = true,
                .prepare = sign_target_in,
                .invoke = revoke_session},
    ServiceCall{.call = Call::accounts_revoke_session,
                .member = "Accounts::revoke_session",
                .about = user,
                .writes = true,
                .prepare = sign_target_in,
                .invoke = revoke_session_by_uid},
    ServiceCall{.call = Call::accounts_revoke_sessions,
                .member = "Accounts::revoke_sessions",
                .about = user,
                .writes = true,
                .invoke = revoke_sessions},
    ServiceCall{.call = Call::accounts_change_password,
                .member = "Accounts::change_password",
                .about = self,
                .writes = true,
                .invoke = change_password,
                .leaves = {"throttles"}},
    ServiceCall{.call = Call::accounts_request_password_reset,
                .member = "Accounts::request_password_reset",
                .asks = false,
                .writes = true,
                .invoke = request_password_reset},
    ServiceCall{.call = Call::accounts_reset_password,
                .member = "Accounts::reset_password",
                .asks = false,
                .writes = true,
                .prepare = request_reset,
                .invoke = reset_password},
    ServiceCall{.call = Call::accounts_link_identity,
                .member = "Accounts::link_identity",
                .about = user,
                .writes = true,
                .invoke = link_identity},
    ServiceCall{.call = Call::accounts_unlink_identity,
                .member = "Accounts::unlink_identity",
                .about = user,
                .writes = true,
                .prepare = link_target,
                .invoke = unlink_identity},
    ServiceCall{.call = Call::accounts_linked_identities,
                .member = "Accounts::linked_identities",
                .about = user,
                .prepare = link_target,
                .invoke = linked_identities},
    ServiceCall{.call = Call::accounts_grant_role,
                .member = "Accounts::grant_role",
                .about = user,
                .writes = true,
                .invoke = grant_role},
    ServiceCall{.call = Call::accounts_revoke_role,
                .member = "Accounts::revoke_role",
                .about = user,
                .writes = true,
                .prepare = make_target_teacher,
                .invoke = revoke_role},
    ServiceCall{.call = Call::accounts_suspend,
                .member = "Accounts::suspend",
                .about = user,
                .writes = true,
                .invoke = suspend},
    ServiceCall{.call = Call::accounts_reinstate,
                .member = "Accounts::reinstate",
                .about = user,
                .writes = true,
                .prepare = suspend_target,
                .invoke = reinstate},
    ServiceCall{.call = Call::accounts_get_user,
                .member = "Accounts::get_user",
                .about = user,
                .invoke = get_user},
    ServiceCall{.call = Call::accounts_find_user,
                .member = "Accounts::find_user",
                .about = user,
                .invoke = find_user},
    ServiceCall{.call = Call::accounts_find_user,
                .member = "Accounts::find_user",
                .about = user,
                .invoke = find_user_by_uid},
    ServiceCall{.call = Call::accounts_find_user_by_email,
                .member = "Accounts::find_user_by_email",
                .about = user,
                .invoke = find_user_by_email},
    ServiceCall{.call = Call::accounts_update_profile,
                .member = "Accounts::update_profile",
                .about = user,
                .writes = true,
                .invoke = update_profile},
    ServiceCall{.call = Call::accounts_get_persona,
                .member = "Accounts::get_persona",
                .about = user,
                .prepare = give_target_persona,
                .invoke = get_persona},
    ServiceCall{.call = Call::accounts_set_persona,
                .member = "Accounts::set_persona",
                .about = user,
                .writes = true,
                .prepare = give_target_persona,
                .invoke = set_persona},
    ServiceCall{.call = Call::accounts_members, .member = "Accounts::members", .invoke = members},
    ServiceCall{.call = Call::accounts_invite,
                .member = "Accounts::invite",
                .about = user,
                .writes = true,
                .prepare = invite_target,
                .invoke = invite},
    ServiceCall{.call = Call::accounts_import_users,
                .member = "Accounts::import_users",
                .writes = true,
                .invoke = import_users},
    ServiceCall{.call = Call::accounts_export_user,
                .member = "Accounts::export_user",
                .about = user,
                .prepare = give_target_persona,
                .invoke = export_user},
    ServiceCall{.call = Call::accounts_erase_user,
                .member = "Accounts::erase_user",
                .about = user,
                .writes = true,
                .prepare = give_target_persona,
                .invoke = erase_user},
    ServiceCall{.call = Call::journal_changes_since,
                .member = "Journal::changes_since",
                .invoke = changes_since},
    // Each job is a transaction of its own, between the taking and the return of its lease.
    ServiceCall{.call = Call::jobs_run_due,
                .member = "Jobs::run_due",
                .writes = true,
                .prepare = let_tokens_expire,
                .invoke = run_due,
                .leaves = {"jobs", "password_tokens", "throttles"}},
};

}  // namespace

std::span<ServiceCall const> service_calls() {
    static auto const all = [] {
        std::vector<ServiceCall> calls{table.begin(), table.end()};
        for (auto const& of_service : {courses_calls(), enrollments_calls(), learning_calls(),
                                       payments_calls(), recommendations_calls(), insights_calls()})
            calls.insert(calls.end(), of_service.begin(), of_service.end());
        return calls;
    }();
    return all;
}

}  // namespace eduplat::test
