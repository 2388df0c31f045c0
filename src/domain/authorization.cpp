#include <eduplat/domain/authorization.hpp>

#include <array>
#include <cstddef>

namespace eduplat {
namespace {

using enum Call;
using enum Role;

// Calls that only the host makes, or that a secret in their argument opens, name nobody but, where
// anybody may try, guests.
constexpr std::array table{
    Rule{.call = accounts_bootstrap_admin},
    Rule{.call = accounts_register_user, .others = staff, .guest = true},
    Rule{.call = accounts_register_identity},
    Rule{.call = accounts_sign_in, .guest = true},
    Rule{.call = accounts_resume, .guest = true},
    Rule{.call = accounts_sign_out, .own = true},
    Rule{.call = accounts_actor_for},
    Rule{.call = accounts_identities},
    Rule{.call = accounts_sessions, .others = staff, .own = true},
    Rule{.call = accounts_revoke_session, .others = staff, .own = true},
    Rule{.call = accounts_revoke_sessions, .others = staff, .own = true},
    Rule{.call = accounts_change_password, .own = true},
    Rule{.call = accounts_request_password_reset, .guest = true},
    Rule{.call = accounts_reset_password, .guest = true},
    Rule{.call = accounts_link_identity},
    Rule{.call = accounts_unlink_identity, .others = staff, .own = true},
    Rule{.call = accounts_linked_identities, .others = staff, .own = true},
    Rule{.call = accounts_grant_role, .others = staff},
    Rule{.call = accounts_revoke_role, .others = staff},
    Rule{.call = accounts_suspend, .others = staff},
    Rule{.call = accounts_reinstate, .others = staff},
    Rule{.call = accounts_get_user, .others = staff, .privileged = staff, .own = true},
    Rule{.call = accounts_find_user, .others = staff, .privileged = staff, .own = true},
    Rule{.call = accounts_find_user_by_email, .others = staff, .privileged = staff, .own = true},
    Rule{.call = accounts_update_profile, .others = staff, .own = true},
    Rule{.call = accounts_get_persona, .others = staff, .own = true},
    Rule{.call = accounts_set_persona, .own = true},
    Rule{.call = accounts_members, .others = staff},
    Rule{.call = accounts_invite, .others = staff},
    Rule{.call = accounts_import_users, .others = staff},
    Rule{.call = accounts_export_user, .own = true},
    Rule{.call = accounts_erase_user, .own = true},
    // Of calls about a course, one's own are those one teaches; of those that guests may make, the
    // table says who sees also what is hidden from others.
    Rule{.call = courses_create, .others = {teacher, staff}},
    Rule{.call = courses_update, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_add_teacher, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_remove_teacher, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_hand_over, .others = staff},
    Rule{.call = courses_submit_for_review, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_return_to_draft, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_archive, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_restore, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_remove_draft, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_add_section, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_update_section, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_move_section, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_remove_section, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_add_lecture, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_update_lecture, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_move_lecture, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_remove_lecture, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_restore_lecture, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_discard_draft, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_get_draft, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_draft_outline, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_lecture_versions, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_publish, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_roll_back, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_publications, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_get_course, .others = staff, .own = true, .guest = true},
    Rule{.call = courses_find_course, .others = staff, .own = true, .guest = true},
    Rule{.call = courses_catalog, .others = staff, .own = true, .guest = true},
    Rule{.call = courses_outline, .others = staff, .own = true, .guest = true},
    Rule{.call = courses_get_lecture, .others = staff, .own = true, .guest = true},
    Rule{.call = courses_search, .others = staff, .own = true, .guest = true},
    Rule{.call = courses_review, .own = true},
    Rule{.call = courses_remove_review, .others = staff, .privileged = staff, .own = true},
    Rule{.call = courses_reviews, .others = staff, .own = true, .guest = true},
    Rule{.call = courses_import_courses, .others = staff},
    Rule{.call = enrollments_enroll, .own = true},
    Rule{.call = enrollments_give, .others = staff, .privileged = staff, .own = true},
    Rule{.call = enrollments_take_back, .others = staff, .privileged = staff, .own = true},
    Rule{.call = enrollments_suspend, .others = staff, .privileged = staff, .own = true},
    Rule{.call = enrollments_reinstate, .others = staff, .privileged = staff, .own = true},
    Rule{.call = enrollments_get_enrollment, .others = staff, .privileged = staff, .own = true},
    Rule{.call = enrollments_find_enrollment, .others = staff, .privileged = staff, .own = true},
    Rule{.call = enrollments_of_user, .others = staff, .privileged = staff, .own = true},
    Rule{.call = enrollments_roster, .others = staff, .privileged = staff, .own = true},
    Rule{.call = enrollments_history, .others = staff, .privileged = staff, .own = true},
    Rule{.call = enrollments_grants, .others = staff, .privileged = staff, .own = true},
    Rule{.call = enrollments_can_access, .guest = true},
    Rule{.call = enrollments_learner_access, .others = staff, .privileged = staff, .own = true},
    Rule{.call = enrollments_import_enrollments, .others = staff},
    Rule{.call = payments_checkout, .own = true},
    Rule{.call = payments_next_step, .others = staff, .privileged = staff, .own = true},
    Rule{.call = payments_cancel, .others = staff, .privileged = staff, .own = true},
    Rule{.call = payments_answer},
    Rule{.call = payments_webhook},
    Rule{.call = payments_due},
    Rule{.call = payments_refund, .others = staff, .privileged = staff},
    Rule{.call = payments_revoke, .others = staff, .privileged = staff},
    Rule{.call = payments_get_payment, .others = staff, .privileged = staff, .own = true},
    Rule{.call = payments_find_payment, .others = staff, .privileged = staff, .own = true},
    Rule{.call = payments_payments, .others = staff, .privileged = staff, .own = true},
    Rule{.call = payments_refunds, .others = staff, .privileged = staff, .own = true},
    Rule{.call = payments_transfers, .others = staff},
    Rule{.call = payments_balances, .others = staff},
    Rule{.call = payments_reconcile, .others = staff},
    Rule{.call = learning_record, .own = true},
    Rule{.call = learning_mark, .others = staff, .privileged = staff, .own = true},
    Rule{.call = learning_progress, .others = staff, .privileged = staff, .own = true},
    Rule{.call = learning_gradebook, .others = staff, .privileged = staff, .own = true},
    Rule{.call = learning_events, .others = staff, .privileged = staff, .own = true},
    Rule{.call = learning_certificates, .others = staff, .privileged = staff, .own = true},
    Rule{.call = learning_verify_certificate, .guest = true},
    Rule{.call = learning_revoke_certificate, .others = staff, .privileged = staff, .own = true},
    Rule{.call = learning_rebuild},
    Rule{.call = learning_import_events, .others = staff},
    Rule{.call = recommendations_for_user, .guest = true},
    Rule{.call = recommendations_for_learner, .others = staff, .privileged = staff, .own = true},
    Rule{.call = recommendations_similar_courses, .others = staff, .own = true, .guest = true},
    Rule{.call = recommendations_train},
    Rule{.call = recommendations_quality, .others = staff},
    Rule{.call = insights_activity, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_stickiness, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_sessions, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_habits, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_activity_percentiles, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_idle_learners, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_lecture_activity, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_cohorts, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_survival, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_hazard, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_funnel, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_progress, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_lateness, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_video, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_lecture_difficulty, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_items, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_distractors, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_revenue, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_cohort_revenue, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_monthly_recurring, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_lifetime_value, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_my_activity, .own = true},
    Rule{.call = insights_status, .others = staff},
    Rule{.call = insights_export_events, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_export_my_events, .own = true},
    Rule{.call = insights_labels, .others = staff, .privileged = staff, .own = true},
    Rule{.call = insights_anonymous_learners, .others = staff},
    Rule{.call = journal_changes_since},
    Rule{.call = jobs_run_due},
};

constexpr std::array<std::string_view, table.size()> names{
    "accounts_bootstrap_admin",
    "accounts_register_user",
    "accounts_register_identity",
    "accounts_sign_in",
    "accounts_resume",
    "accounts_sign_out",
    "accounts_actor_for",
    "accounts_identities",
    "accounts_sessions",
    "accounts_revoke_session",
    "accounts_revoke_sessions",
    "accounts_change_password",
    "accounts_request_password_reset",
    "accounts_reset_password",
    "accounts_link_identity",
    "accounts_unlink_identity",
    "accounts_linked_identities",
    "accounts_grant_role",
    "accounts_revoke_role",
    "accounts_suspend",
    "accounts_reinstate",
    "accounts_get_user",
    "accounts_find_user",
    "accounts_find_user_by_email",
    "accounts_update_profile",
    "accounts_get_persona",
    "accounts_set_persona",
    "accounts_members",
    "accounts_invite",
    "accounts_import_users",
    "accounts_export_user",
    "accounts_erase_user",
    "courses_create",
    "courses_update",
    "courses_add_teacher",
    "courses_remove_teacher",
    "courses_hand_over",
    "courses_submit_for_review",
    "courses_return_to_draft",
    "courses_archive",
    "courses_restore",
    "courses_remove_draft",
    "courses_add_section",
    "courses_update_section",
    "courses_move_section",
    "courses_remove_section",
    "courses_add_lecture",
    "courses_update_lecture",
    "courses_move_lecture",
    "courses_remove_lecture",
    "courses_restore_lecture",
    "courses_discard_draft",
    "courses_get_draft",
    "courses_draft_outline",
    "courses_lecture_versions",
    "courses_publish",
    "courses_roll_back",
    "courses_publications",
    "courses_get_course",
    "courses_find_course",
    "courses_catalog",
    "courses_outline",
    "courses_get_lecture",
    "courses_search",
    "courses_review",
    "courses_remove_review",
    "courses_reviews",
    "courses_import_courses",
    "enrollments_enroll",
    "enrollments_give",
    "enrollments_take_back",
    "enrollments_suspend",
    "enrollments_reinstate",
    "enrollments_get_enrollment",
    "enrollments_find_enrollment",
    "enrollments_of_user",
    "enrollments_roster",
    "enrollments_history",
    "enrollments_grants",
    "enrollments_can_access",
    "enrollments_learner_access",
    "enrollments_import_enrollments",
    "payments_checkout",
    "payments_next_step",
    "payments_cancel",
    "payments_answer",
    "payments_webhook",
    "payments_due",
    "payments_refund",
    "payments_revoke",
    "payments_get_payment",
    "payments_find_payment",
    "payments_payments",
    "payments_refunds",
    "payments_transfers",
    "payments_balances",
    "payments_reconcile",
    "learning_record",
    "learning_mark",
    "learning_progress",
    "learning_gradebook",
    "learning_events",
    "learning_certificates",
    "learning_verify_certificate",
    "learning_revoke_certificate",
    "learning_rebuild",
    "learning_import_events",
    "recommendations_for_user",
    "recommendations_for_learner",
    "recommendations_similar_courses",
    "recommendations_train",
    "recommendations_quality",
    "insights_activity",
    "insights_stickiness",
    "insights_sessions",
    "insights_habits",
    "insights_activity_percentiles",
    "insights_idle_learners",
    "insights_lecture_activity",
    "insights_cohorts",
    "insights_survival",
    "insights_hazard",
    "insights_funnel",
    "insights_progress",
    "insights_lateness",
    "insights_video",
    "insights_lecture_difficulty",
    "insights_items",
    "insights_distractors",
    "insights_revenue",
    "insights_cohort_revenue",
    "insights_monthly_recurring",
    "insights_lifetime_value",
    "insights_my_activity",
    "insights_status",
    "insights_export_events",
    "insights_export_my_events",
    "insights_labels",
    "insights_anonymous_learners",
    "journal_changes_since",
    "jobs_run_due",
};

constexpr bool table_is_in_order() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (static_cast<std::size_t>(table[i].call) != i || names[i].empty()) return false;
    }
    return true;
}
static_assert(table_is_in_order());

constexpr std::array<std::string_view, 4> relation_names{"none", "own", "other", "privileged"};

}  // namespace

std::span<Rule const> rules() noexcept {
    return table;
}

Rule const& rule_of(Call call) noexcept {
    return table[static_cast<std::size_t>(call)];
}

std::string_view name(Call call) noexcept {
    return names[static_cast<std::size_t>(call)];
}

std::string_view name(Relation relation) noexcept {
    return relation_names[static_cast<std::size_t>(relation)];
}

bool allowed(Call call, Roles roles, Relation relation, ActorKind kind) noexcept {
    return rule_of(call).guest || sees_hidden(call, roles, relation, kind);
}

bool sees_hidden(Call call, Roles roles, Relation relation, ActorKind kind) noexcept {
    auto const& rule = rule_of(call);
    if (kind == ActorKind::system) return true;
    if (kind == ActorKind::guest) return false;
    if (roles.has(Role::admin)) return true;
    switch (relation) {
        case Relation::none:
        case Relation::other:
            return rule.others.intersects(roles);
        case Relation::own:
            return rule.own;
        case Relation::privileged:
            return rule.privileged.intersects(roles);
    }
    return false;
}

}  // namespace eduplat
