#pragma once

#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/user.hpp>

#include <cstdint>
#include <span>
#include <string_view>

/// Who may make which call: one table, and nothing is allowed that it does not allow.
namespace eduplat {

/// Every service call of the library, as "service_call".
enum class Call : std::uint8_t {
    accounts_bootstrap_admin,
    accounts_register_user,
    accounts_register_identity,
    accounts_sign_in,
    accounts_resume,
    accounts_sign_out,
    accounts_actor_for,
    accounts_identities,
    accounts_sessions,
    accounts_revoke_session,
    accounts_revoke_sessions,
    accounts_change_password,
    accounts_request_password_reset,
    accounts_reset_password,
    accounts_link_identity,
    accounts_unlink_identity,
    accounts_linked_identities,
    accounts_grant_role,
    accounts_revoke_role,
    accounts_suspend,
    accounts_reinstate,
    accounts_get_user,
    accounts_find_user,
    accounts_find_user_by_email,
    accounts_update_profile,
    accounts_get_persona,
    accounts_set_persona,
    accounts_members,
    accounts_invite,
    accounts_import_users,
    accounts_export_user,
    accounts_erase_user,
    courses_create,
    courses_update,
    courses_add_teacher,
    courses_remove_teacher,
    courses_hand_over,
    courses_submit_for_review,
    courses_return_to_draft,
    courses_archive,
    courses_restore,
    courses_remove_draft,
    courses_add_section,
    courses_update_section,
    courses_move_section,
    courses_remove_section,
    courses_add_lecture,
    courses_update_lecture,
    courses_move_lecture,
    courses_remove_lecture,
    courses_restore_lecture,
    courses_discard_draft,
    courses_get_draft,
    courses_draft_outline,
    courses_lecture_versions,
    courses_publish,
    courses_roll_back,
    courses_publications,
    courses_get_course,
    courses_find_course,
    courses_catalog,
    courses_outline,
    courses_get_lecture,
    courses_search,
    courses_review,
    courses_remove_review,
    courses_reviews,
    courses_import_courses,
    enrollments_enroll,
    enrollments_give,
    enrollments_take_back,
    enrollments_suspend,
    enrollments_reinstate,
    enrollments_get_enrollment,
    enrollments_find_enrollment,
    enrollments_of_user,
    enrollments_roster,
    enrollments_history,
    enrollments_grants,
    enrollments_can_access,
    enrollments_learner_access,
    enrollments_import_enrollments,
    payments_checkout,
    payments_next_step,
    payments_cancel,
    payments_answer,
    payments_webhook,
    payments_due,
    payments_refund,
    payments_revoke,
    payments_get_payment,
    payments_find_payment,
    payments_payments,
    payments_refunds,
    payments_transfers,
    payments_balances,
    payments_reconcile,
    learning_record,
    learning_mark,
    learning_progress,
    learning_gradebook,
    learning_events,
    learning_certificates,
    learning_verify_certificate,
    learning_revoke_certificate,
    learning_rebuild,
    learning_import_events,
    recommendations_for_user,
    recommendations_for_learner,
    recommendations_similar_courses,
    recommendations_train,
    recommendations_quality,
    insights_activity,
    insights_stickiness,
    insights_sessions,
    insights_habits,
    insights_activity_percentiles,
    insights_idle_learners,
    insights_lecture_activity,
    insights_cohorts,
    insights_survival,
    insights_hazard,
    insights_funnel,
    insights_progress,
    insights_lateness,
    insights_video,
    insights_lecture_difficulty,
    insights_items,
    insights_distractors,
    insights_revenue,
    insights_cohort_revenue,
    insights_monthly_recurring,
    insights_lifetime_value,
    insights_my_activity,
    insights_status,
    insights_export_events,
    insights_export_my_events,
    insights_labels,
    insights_anonymous_learners,
    journal_changes_since,
    jobs_run_due,
};

/// What the object of a call is to the one who asks.
enum class Relation : std::uint8_t {
    none,        ///< the call is about no user in particular
    own,         ///< the asking user, something of the asking user's, or a course he teaches
    other,       ///< another user
    privileged,  ///< another user with a privileged role, or a privileged role to give away
};

/// One row of the table. Admins and the system may make every call and are not listed.
struct Rule {
    Call call;
    Roles others = {};      ///< who may make it about nobody and about others,
    Roles privileged = {};  ///< and about others with privileged roles
    bool own = false;       ///< whether every active user may make it about himself
    bool guest = false;     ///< whether everybody may make it, signed in or not
};

/// The whole table, one row a call, in the order of the enumeration.
[[nodiscard]] std::span<Rule const> rules() noexcept;
[[nodiscard]] Rule const& rule_of(Call call) noexcept;
[[nodiscard]] std::string_view name(Call call) noexcept;
[[nodiscard]] std::string_view name(Relation relation) noexcept;

/// Whether one with `roles` may make the call. `roles` counts for users only, who must be active:
/// the state of an account is checked before.
[[nodiscard]] bool allowed(Call call, Roles roles, Relation relation, ActorKind kind) noexcept;

/// Whether one may also make a call that guests may make about what is hidden from guests: the same
/// question, as if the rule named no guests.
[[nodiscard]] bool sees_hidden(Call call, Roles roles, Relation relation, ActorKind kind) noexcept;

}  // namespace eduplat
