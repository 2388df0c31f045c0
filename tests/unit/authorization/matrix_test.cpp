#include <eduplat/core/error.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <support/catch.hpp>
#include <support/registry.hpp>

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;

namespace {

enum class Asking : std::uint8_t {
    guest,
    learner,
    teacher,
    staff,
    admin,
    suspended,  // an admin once
    erased,     // an admin once
    ended,      // an admin whose session was revoked
    system,
};
using enum Asking;
constexpr std::array everybody{guest,     learner, teacher, staff, admin,
                               suspended, erased,  ended,   system};

std::string_view name_of(Asking asking) {
    constexpr std::array<std::string_view, 9> names{
        "guest", "learner", "teacher", "staff", "admin", "suspended", "erased", "ended", "system"};
    return names[static_cast<std::size_t>(asking)];
}

Roles roles_of(Asking asking) {
    switch (asking) {
        case learner:
            return Role::learner;
        case teacher:
            return {Role::learner, Role::teacher};
        case staff:
            return {Role::learner, Role::staff};
        default:
            return {Role::learner, Role::admin};
    }
}

/// Who asks; for the guest and the system a user who is nobody in the scene.
Person make_person(TestSchool& school, Asking asking) {
    if (asking == guest || asking == Asking::system) {
        auto person = school.person();
        person.actor = asking == guest ? Actor::guest() : Actor::system();
        return person;
    }
    auto person = school.person(roles_of(asking));
    auto& accounts = school.accounts;
    if (asking == suspended) static_cast<void>(accounts.suspend(Actor::system(), person.id, "x"));
    if (asking == erased) static_cast<void>(accounts.erase_user(Actor::system(), person.id));
    if (asking == ended) accounts.sign_out(person.actor);
    return person;
}

/// What became of a call, in one letter: whether the right to make it was missing, and how that was
/// said.
char outcome(ServiceCall const& call, Scene& scene) {
    try {
        static_cast<void>(call.invoke(scene));
        return '.';
    } catch (Error const& error) {
        switch (error.code()) {
            case ErrorCode::unauthenticated:
                return 'U';
            case ErrorCode::permission_denied:
                return 'P';
            case ErrorCode::not_found:
                return 'N';
            case ErrorCode::failed_precondition:  // allowed, but not in this state
                return '.';
            default:
                FAIL(call.member << ": " << error.what());
        }
    }
    return '?';
}

/// What the rule table says should become of it.
char expected(ServiceCall const& of, Asking asking, Relation relation) {
    auto const call = of.call;
    if (asking == Asking::system) return '.';
    if (asking == suspended) return 'P';
    if (asking == erased || asking == ended) return 'U';
    auto const kind = asking == guest ? ActorKind::guest : ActorKind::user;
    if (allowed(call, roles_of(asking), relation, kind)) return '.';
    if (asking == guest) return 'U';
    // A session of somebody else's is not told from one that does not exist.
    bool const hidden = call == Call::accounts_revoke_session &&
                        !allowed(call, roles_of(asking), Relation::other, kind);
    return hidden || of.hides ? 'N' : 'P';
}

std::vector<Relation> relations_of(ServiceCall const& call) {
    if (call.about == Subject::self) return {Relation::own};
    if (call.about == Subject::nobody) return {Relation::none};
    return {Relation::own, Relation::other, Relation::privileged};
}

/// Makes the call in a scene of its own; '-' where there is no such scene.
char cell(TestSchool& school, ServiceCall const& call, Asking asking, Relation relation) {
    bool const nobody = asking == guest || asking == Asking::system;
    if (call.about == Subject::user && relation == Relation::own && nobody) return '-';
    auto const target_roles =
        relation == Relation::privileged ? Roles{Role::learner, Role::staff} : Role::learner;
    // What the call needs is made while the one who asks can still be the one it is about.
    auto const own = relation == Relation::own;
    auto const target = school.person(own ? roles_of(asking) : target_roles);
    Scene scene{.school = school,
                .actor = target.actor,
                .target = target,
                .roles = target_roles,
                .own = own,
                .alone = false};
    if (call.prepare != nullptr) call.prepare(scene);
    if (!own) {
        scene.actor = make_person(school, asking).actor;
    } else if (asking == suspended) {
        static_cast<void>(school.accounts.suspend(Actor::system(), target.id, "x"));
    } else if (asking == erased) {
        static_cast<void>(school.accounts.erase_user(Actor::system(), target.id));
    } else if (asking == ended) {
        school.accounts.sign_out(target.actor);
    } else if (nobody) {
        scene.actor = asking == guest ? Actor::guest() : Actor::system();
    }
    return outcome(call, scene);
}

std::string line(std::string_view call, Relation relation, std::string const& cells) {
    std::string text{call};
    text.resize(32, ' ');
    text += name(relation);
    text.resize(43, ' ');
    for (char const c : cells) {
        text += ' ';
        text += c;
    }
    return text + '\n';
}

// A change of the rule table must be seen here. Columns: guest, learner, teacher, staff, admin,
// suspended, erased, ended session, system. "." allowed, "P" permission_denied, "U"
// unauthenticated, "N" not_found, "-" no such case.
constexpr std::string_view matrix = R"(
accounts_register_user          none        . . . . . P U U .
accounts_register_identity      none        U P P P . P U U .
accounts_sign_out               own         U . . . . P U U .
accounts_sessions               own         - . . . . P U U -
accounts_sessions               other       U P P . . P U U .
accounts_sessions               privileged  U P P P . P U U .
accounts_revoke_session         own         - . . . . P U U -
accounts_revoke_session         other       U N N . . P U U .
accounts_revoke_session         privileged  U N N P . P U U .
accounts_revoke_sessions        own         - . . . . P U U -
accounts_revoke_sessions        other       U P P . . P U U .
accounts_revoke_sessions        privileged  U P P P . P U U .
accounts_change_password        own         U . . . . P U U .
accounts_link_identity          own         - P P P . P U U -
accounts_link_identity          other       U P P P . P U U .
accounts_link_identity          privileged  U P P P . P U U .
accounts_unlink_identity        own         - . . . . P U U -
accounts_unlink_identity        other       U P P . . P U U .
accounts_unlink_identity        privileged  U P P P . P U U .
accounts_linked_identities      own         - . . . . P U U -
accounts_linked_identities      other       U P P . . P U U .
accounts_linked_identities      privileged  U P P P . P U U .
accounts_grant_role             own         - P P P . P U U -
accounts_grant_role             other       U P P . . P U U .
accounts_grant_role             privileged  U P P P . P U U .
accounts_revoke_role            own         - P P P . P U U -
accounts_revoke_role            other       U P P . . P U U .
accounts_revoke_role            privileged  U P P P . P U U .
accounts_suspend                own         - P P P . P U U -
accounts_suspend                other       U P P . . P U U .
accounts_suspend                privileged  U P P P . P U U .
accounts_reinstate              own         - P P P . P U U -
accounts_reinstate              other       U P P . . P U U .
accounts_reinstate              privileged  U P P P . P U U .
accounts_get_user               own         - . . . . P U U -
accounts_get_user               other       U P P . . P U U .
accounts_get_user               privileged  U P P . . P U U .
accounts_find_user              own         - . . . . P U U -
accounts_find_user              other       U P P . . P U U .
accounts_find_user              privileged  U P P . . P U U .
accounts_find_user_by_email     own         - . . . . P U U -
accounts_find_user_by_email     other       U P P . . P U U .
accounts_find_user_by_email     privileged  U P P . . P U U .
accounts_update_profile         own         - . . . . P U U -
accounts_update_profile         other       U P P . . P U U .
accounts_update_profile         privileged  U P P P . P U U .
accounts_get_persona            own         - . . . . P U U -
accounts_get_persona            other       U P P . . P U U .
accounts_get_persona            privileged  U P P P . P U U .
accounts_set_persona            own         - . . . . P U U -
accounts_set_persona            other       U P P P . P U U .
accounts_set_persona            privileged  U P P P . P U U .
accounts_members                none        U P P . . P U U .
accounts_invite                 own         - P P P . P U U -
accounts_invite                 other       U P P . . P U U .
accounts_invite                 privileged  U P P P . P U U .
accounts_import_users           none        U P P . . P U U .
accounts_export_user            own         - . . . . P U U -
accounts_export_user            other       U P P P . P U U .
accounts_export_user            privileged  U P P P . P U U .
accounts_erase_user             own         - . . . . P U U -
accounts_erase_user             other       U P P P . P U U .
accounts_erase_user             privileged  U P P P . P U U .
journal_changes_since           none        U P P P . P U U .
jobs_run_due                    none        U P P P . P U U .
courses_create                  none        U P . . . P U U .
courses_update                  own         - . . . . P U U -
courses_update                  other       U P P . . P U U .
courses_update                  privileged  U P P . . P U U .
courses_add_teacher             own         - . . . . P U U -
courses_add_teacher             other       U P P . . P U U .
courses_add_teacher             privileged  U P P . . P U U .
courses_remove_teacher          own         - . . . . P U U -
courses_remove_teacher          other       U P P . . P U U .
courses_remove_teacher          privileged  U P P . . P U U .
courses_hand_over               none        U P P . . P U U .
courses_submit_for_review       own         - . . . . P U U -
courses_submit_for_review       other       U P P . . P U U .
courses_submit_for_review       privileged  U P P . . P U U .
courses_return_to_draft         own         - . . . . P U U -
courses_return_to_draft         other       U P P . . P U U .
courses_return_to_draft         privileged  U P P . . P U U .
courses_archive                 own         - . . . . P U U -
courses_archive                 other       U P P . . P U U .
courses_archive                 privileged  U P P . . P U U .
courses_restore                 own         - . . . . P U U -
courses_restore                 other       U P P . . P U U .
courses_restore                 privileged  U P P . . P U U .
courses_remove_draft            own         - . . . . P U U -
courses_remove_draft            other       U P P . . P U U .
courses_remove_draft            privileged  U P P . . P U U .
courses_add_section             own         - . . . . P U U -
courses_add_section             other       U P P . . P U U .
courses_add_section             privileged  U P P . . P U U .
courses_update_section          own         - . . . . P U U -
courses_update_section          other       U P P . . P U U .
courses_update_section          privileged  U P P . . P U U .
courses_move_section            own         - . . . . P U U -
courses_move_section            other       U P P . . P U U .
courses_move_section            privileged  U P P . . P U U .
courses_remove_section          own         - . . . . P U U -
courses_remove_section          other       U P P . . P U U .
courses_remove_section          privileged  U P P . . P U U .
courses_add_lecture             own         - . . . . P U U -
courses_add_lecture             other       U P P . . P U U .
courses_add_lecture             privileged  U P P . . P U U .
courses_update_lecture          own         - . . . . P U U -
courses_update_lecture          other       U P P . . P U U .
courses_update_lecture          privileged  U P P . . P U U .
courses_move_lecture            own         - . . . . P U U -
courses_move_lecture            other       U P P . . P U U .
courses_move_lecture            privileged  U P P . . P U U .
courses_remove_lecture          own         - . . . . P U U -
courses_remove_lecture          other       U P P . . P U U .
courses_remove_lecture          privileged  U P P . . P U U .
courses_restore_lecture         own         - . . . . P U U -
courses_restore_lecture         other       U P P . . P U U .
courses_restore_lecture         privileged  U P P . . P U U .
courses_discard_draft           own         - . . . . P U U -
courses_discard_draft           other       U P P . . P U U .
courses_discard_draft           privileged  U P P . . P U U .
courses_get_draft               own         - . . . . P U U -
courses_get_draft               other       U P P . . P U U .
courses_get_draft               privileged  U P P . . P U U .
courses_draft_outline           own         - . . . . P U U -
courses_draft_outline           other       U P P . . P U U .
courses_draft_outline           privileged  U P P . . P U U .
courses_lecture_versions        own         - . . . . P U U -
courses_lecture_versions        other       U P P . . P U U .
courses_lecture_versions        privileged  U P P . . P U U .
courses_publish                 own         - . . . . P U U -
courses_publish                 other       U P P . . P U U .
courses_publish                 privileged  U P P . . P U U .
courses_roll_back               own         - . . . . P U U -
courses_roll_back               other       U P P . . P U U .
courses_roll_back               privileged  U P P . . P U U .
courses_publications            own         - . . . . P U U -
courses_publications            other       U P P . . P U U .
courses_publications            privileged  U P P . . P U U .
courses_get_course              none        . . . . . P U U .
courses_find_course             none        . . . . . P U U .
courses_catalog                 none        . . . . . P U U .
courses_outline                 none        . . . . . P U U .
courses_get_lecture             none        . . . . . P U U .
courses_search                  none        . . . . . P U U .
courses_review                  own         U . . . . P U U .
courses_remove_review           own         - . . . . P U U -
courses_remove_review           other       U P P . . P U U .
courses_remove_review           privileged  U P P . . P U U .
courses_reviews                 none        . . . . . P U U .
courses_import_courses          none        U P P . . P U U .
enrollments_enroll              own         U . . . . P U U .
enrollments_give                own         - . . . . P U U -
enrollments_give                other       U P P . . P U U .
enrollments_give                privileged  U P P . . P U U .
enrollments_take_back           own         - . . . . P U U -
enrollments_take_back           other       U P P . . P U U .
enrollments_take_back           privileged  U P P . . P U U .
enrollments_suspend             own         - . . . . P U U -
enrollments_suspend             other       U P P . . P U U .
enrollments_suspend             privileged  U P P . . P U U .
enrollments_reinstate           own         - . . . . P U U -
enrollments_reinstate           other       U P P . . P U U .
enrollments_reinstate           privileged  U P P . . P U U .
enrollments_get_enrollment      own         - . . . . P U U -
enrollments_get_enrollment      other       U P P . . P U U .
enrollments_get_enrollment      privileged  U P P . . P U U .
enrollments_find_enrollment     own         - . . . . P U U -
enrollments_find_enrollment     other       U P P . . P U U .
enrollments_find_enrollment     privileged  U P P . . P U U .
enrollments_of_user             own         - . . . . P U U -
enrollments_of_user             other       U P P . . P U U .
enrollments_of_user             privileged  U P P . . P U U .
enrollments_roster              own         - . . . . P U U -
enrollments_roster              other       U P P . . P U U .
enrollments_roster              privileged  U P P . . P U U .
enrollments_history             own         - . . . . P U U -
enrollments_history             other       U P P . . P U U .
enrollments_history             privileged  U P P . . P U U .
enrollments_grants              own         - . . . . P U U -
enrollments_grants              other       U P P . . P U U .
enrollments_grants              privileged  U P P . . P U U .
enrollments_can_access          none        . . . . . P U U .
enrollments_learner_access      own         - . . . . P U U -
enrollments_learner_access      other       U P P . . P U U .
enrollments_learner_access      privileged  U P P . . P U U .
enrollments_import_enrollments  none        U P P . . P U U .
learning_record                 own         U . . . . P U U .
learning_mark                   own         - . . . . P U U -
learning_mark                   other       U P P . . P U U .
learning_mark                   privileged  U P P . . P U U .
learning_progress               own         - . . . . P U U -
learning_progress               other       U P P . . P U U .
learning_progress               privileged  U P P . . P U U .
learning_gradebook              own         - . . . . P U U -
learning_gradebook              other       U P P . . P U U .
learning_gradebook              privileged  U P P . . P U U .
learning_events                 own         - . . . . P U U -
learning_events                 other       U P P . . P U U .
learning_events                 privileged  U P P . . P U U .
learning_certificates           own         - . . . . P U U -
learning_certificates           other       U P P . . P U U .
learning_certificates           privileged  U P P . . P U U .
learning_verify_certificate     none        . . . . . P U U .
learning_revoke_certificate     own         - . . . . P U U -
learning_revoke_certificate     other       U P P . . P U U .
learning_revoke_certificate     privileged  U P P . . P U U .
learning_rebuild                none        U P P P . P U U .
learning_import_events          none        U P P . . P U U .
payments_checkout               own         U . . . . P U U .
payments_next_step              own         - . . . . P U U -
payments_next_step              other       U N N . . P U U .
payments_next_step              privileged  U N N . . P U U .
payments_cancel                 own         - . . . . P U U -
payments_cancel                 other       U N N . . P U U .
payments_cancel                 privileged  U N N . . P U U .
payments_refund                 own         - P P P . P U U -
payments_refund                 other       U P P . . P U U .
payments_refund                 privileged  U P P . . P U U .
payments_revoke                 own         - P P P . P U U -
payments_revoke                 other       U P P . . P U U .
payments_revoke                 privileged  U P P . . P U U .
payments_get_payment            own         - . . . . P U U -
payments_get_payment            other       U N N . . P U U .
payments_get_payment            privileged  U N N . . P U U .
payments_find_payment           own         - . . . . P U U -
payments_find_payment           other       U N N . . P U U .
payments_find_payment           privileged  U N N . . P U U .
payments_payments               own         - . . . . P U U -
payments_payments               other       U P P . . P U U .
payments_payments               privileged  U P P . . P U U .
payments_refunds                own         - . . . . P U U -
payments_refunds                other       U N N . . P U U .
payments_refunds                privileged  U N N . . P U U .
payments_transfers              none        U P P . . P U U .
payments_balances               none        U P P . . P U U .
payments_reconcile              none        U P P . . P U U .
recommendations_for_user        none        . . . . . P U U .
recommendations_for_learner     own         - . . . . P U U -
recommendations_for_learner     other       U P P . . P U U .
recommendations_for_learner     privileged  U P P . . P U U .
recommendations_similar_courses none        . . . . . P U U .
recommendations_train           none        U P P P . P U U .
recommendations_quality         none        U P P . . P U U .
insights_activity               own         - . . . . P U U -
insights_activity               other       U P P . . P U U .
insights_activity               privileged  U P P . . P U U .
insights_stickiness             own         - . . . . P U U -
insights_stickiness             other       U P P . . P U U .
insights_stickiness             privileged  U P P . . P U U .
insights_sessions               own         - . . . . P U U -
insights_sessions               other       U P P . . P U U .
insights_sessions               privileged  U P P . . P U U .
insights_habits                 own         - . . . . P U U -
insights_habits                 other       U P P . . P U U .
insights_habits                 privileged  U P P . . P U U .
insights_activity_percentiles   own         - . . . . P U U -
insights_activity_percentiles   other       U P P . . P U U .
insights_activity_percentiles   privileged  U P P . . P U U .
insights_idle_learners          own         - . . . . P U U -
insights_idle_learners          other       U P P . . P U U .
insights_idle_learners          privileged  U P P . . P U U .
insights_lecture_activity       own         - . . . . P U U -
insights_lecture_activity       other       U P P . . P U U .
insights_lecture_activity       privileged  U P P . . P U U .
insights_cohorts                own         - . . . . P U U -
insights_cohorts                other       U P P . . P U U .
insights_cohorts                privileged  U P P . . P U U .
insights_survival               own         - . . . . P U U -
insights_survival               other       U P P . . P U U .
insights_survival               privileged  U P P . . P U U .
insights_hazard                 own         - . . . . P U U -
insights_hazard                 other       U P P . . P U U .
insights_hazard                 privileged  U P P . . P U U .
insights_funnel                 own         - . . . . P U U -
insights_funnel                 other       U P P . . P U U .
insights_funnel                 privileged  U P P . . P U U .
insights_progress               own         - . . . . P U U -
insights_progress               other       U P P . . P U U .
insights_progress               privileged  U P P . . P U U .
insights_lateness               own         - . . . . P U U -
insights_lateness               other       U P P . . P U U .
insights_lateness               privileged  U P P . . P U U .
insights_video                  own         - . . . . P U U -
insights_video                  other       U P P . . P U U .
insights_video                  privileged  U P P . . P U U .
insights_lecture_difficulty     own         - . . . . P U U -
insights_lecture_difficulty     other       U P P . . P U U .
insights_lecture_difficulty     privileged  U P P . . P U U .
insights_items                  own         - . . . . P U U -
insights_items                  other       U P P . . P U U .
insights_items                  privileged  U P P . . P U U .
insights_distractors            own         - . . . . P U U -
insights_distractors            other       U P P . . P U U .
insights_distractors            privileged  U P P . . P U U .
insights_revenue                own         - . . . . P U U -
insights_revenue                other       U P P . . P U U .
insights_revenue                privileged  U P P . . P U U .
insights_cohort_revenue         own         - . . . . P U U -
insights_cohort_revenue         other       U P P . . P U U .
insights_cohort_revenue         privileged  U P P . . P U U .
insights_monthly_recurring      own         - . . . . P U U -
insights_monthly_recurring      other       U P P . . P U U .
insights_monthly_recurring      privileged  U P P . . P U U .
insights_lifetime_value         own         - . . . . P U U -
insights_lifetime_value         other       U P P . . P U U .
insights_lifetime_value         privileged  U P P . . P U U .
insights_my_activity            own         U . . . . P U U .
insights_status                 none        U P P . . P U U .
insights_export_events          own         - . . . . P U U -
insights_export_events          other       U P P . . P U U .
insights_export_events          privileged  U P P . . P U U .
insights_export_my_events       own         U . . . . P U U .
insights_labels                 own         - . . . . P U U -
insights_labels                 other       U P P . . P U U .
insights_labels                 privileged  U P P . . P U U .
insights_anonymous_learners     none        U P P . . P U U .
)";

/// The rows of a call, each as many as there are relations; overloads answer alike.
void check_call(ServiceCall const& call, std::string& seen) {
    // In a school of its own: a school of all calls' people makes each call slower.
    auto const storage = storage::open_sqlite({.path = ":memory:"});
    TestSchool school{*storage};
    static_cast<void>(school.person(Role::admin));  // so that no case is about the last admin
    for (auto const relation : relations_of(call)) {
        std::string cells;
        for (auto const asking : everybody) {
            auto const is = cell(school, call, asking, relation);
            INFO(call.member << ' ' << name(relation) << ' ' << name_of(asking));
            if (is != '-') CHECK(is == expected(call, asking, relation));
            cells += is;
        }
        auto const text = line(name(call.call), relation, cells);
        if (seen.find(text) == std::string::npos) seen += text;
    }
}

/// What the calls of one service answer, beside their part of the matrix.
void check_service(std::string_view service) {
    std::string seen;
    for (auto const& call : service_calls()) {
        if (call.asks && name(call.call).starts_with(service)) check_call(call, seen);
    }
    std::string want;
    std::istringstream lines{std::string{matrix}};
    for (std::string text; std::getline(lines, text);) {
        if (text.starts_with(service)) want += text + '\n';
    }
    CHECK(seen == want);
    CHECK(!want.empty());
}

}  // namespace

// A case a service, so that they run side by side.
TEST_CASE("accounts answer every kind of actor as the rule table says", "[authorization]") {
    check_service("accounts_");
}

TEST_CASE("courses answer every kind of actor as the rule table says", "[authorization]") {
    check_service("courses_");
}

TEST_CASE("enrollments answer every kind of actor as the rule table says", "[authorization]") {
    check_service("enrollments_");
}

TEST_CASE("payments answer every kind of actor as the rule table says", "[authorization]") {
    check_service("payments_");
}

TEST_CASE("learning answers every kind of actor as the rule table says", "[authorization]") {
    check_service("learning_");
}

TEST_CASE("recommendations answer every kind of actor as the rule table says", "[authorization]") {
    check_service("recommendations_");
}

TEST_CASE("insights answer every kind of actor as the rule table says", "[authorization]") {
    check_service("insights_");
}

TEST_CASE("journal and jobs answer every kind of actor as the rule table says", "[authorization]") {
    check_service("journal_");
    check_service("jobs_");
}

TEST_CASE("the matrix has rows of these services only", "[authorization]") {
    constexpr std::array<std::string_view, 9> services{
        "accounts_", "courses_", "enrollments_", "payments_",       "learning_",
        "journal_",  "jobs_",    "insights_",    "recommendations_"};
    std::istringstream lines{std::string{matrix}};
    for (std::string text; std::getline(lines, text);) {
        INFO(text);
        CHECK((text.empty() || std::any_of(services.begin(), services.end(), [&](auto service) {
                   return text.starts_with(service);
               })));
    }
}

TEST_CASE("the rule table names every call once, in the order of the enumeration",
          "[authorization]") {
    std::size_t place = 0;
    for (auto const& rule : rules())
        CHECK(static_cast<std::size_t>(rule.call) == place++);
    CHECK(static_cast<std::size_t>(Call::jobs_run_due) + 1 == rules().size());
}

TEST_CASE("every call of a service stands in the registry under its own row of the rule table",
          "[authorization]") {
    for (auto const& call : service_calls()) {
        std::string member{call.member};
        member.replace(member.find("::"), 2, "_");
        member.front() = static_cast<char>(std::tolower(member.front()));
        CHECK(member == name(call.call));
    }
}

TEST_CASE("what is not in the rule table is denied", "[authorization]") {
    for (auto const& rule : rules()) {
        CAPTURE(name(rule.call));
        for (auto const relation :
             {Relation::none, Relation::own, Relation::other, Relation::privileged}) {
            CHECK(allowed(rule.call, {}, relation, ActorKind::system));
            CHECK(allowed(rule.call, {}, relation, ActorKind::guest) == rule.guest);
            bool const without_roles = rule.guest || (relation == Relation::own && rule.own);
            CHECK(allowed(rule.call, {}, relation, ActorKind::user) == without_roles);
        }
    }
}
