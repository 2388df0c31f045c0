#include "repositories/members.hpp"
#include "services/accounts_impl.hpp"
#include "services/accounts_options.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/core/text.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace eduplat {

namespace users = repositories::users;

Accounts::Accounts(Dependencies const& dependencies)
    : impl_(std::make_unique<Impl>(dependencies)) {}
Accounts::Accounts(Accounts&&) noexcept = default;
Accounts& Accounts::operator=(Accounts&&) noexcept = default;
Accounts::~Accounts() = default;

namespace {

Dependencies const& checked(Dependencies const& given) {
    check_options(given.accounts);
    return given;
}

// Uids begin in 1970; whatever ends a duration after this can still be written down.
constexpr Timestamp first_now{};
constexpr Timestamp past_last_now = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1} -
                                    std::chrono::days{limits::account_duration_days_max};

constexpr Roles known_roles{Role::learner, Role::teacher, Role::staff, Role::admin};

}  // namespace

Accounts::Impl::Impl(Dependencies const& given)
    : dependencies(checked(given)),
      hasher(given.accounts.hash_cost, given.accounts.hashes_max_concurrent),
      throttle(given.storage, given.random, given.accounts) {}

Timestamp Accounts::Impl::now() const {
    auto const now = dependencies.clock.now();
    if (now >= first_now && now < past_last_now) return now;
    fail(ErrorCode::failed_precondition, "clock", "out_of_range");
}

Uid Accounts::Impl::new_uid() const {
    std::array<std::byte, 8> entropy{};
    dependencies.random.fill(entropy);
    return Uid::v7(now(), entropy);
}

std::array<std::byte, 16> Accounts::Impl::new_salt() const {
    std::array<std::byte, 16> salt{};
    dependencies.random.fill(salt);
    return salt;
}

Timestamp Accounts::Impl::session_end(Timestamp seen_at, Timestamp absolute_end) const {
    return std::min<Timestamp>(seen_at + options().session_idle_max, absolute_end);
}

void Accounts::Impl::refuse_inside_write() const {
    if (!storage().in_write()) return;
    fail(ErrorCode::failed_precondition, "transaction", "not_allowed_inside");
}

Mailer& Accounts::Impl::mailer() const {
    if (dependencies.mailer == nullptr) fail(ErrorCode::failed_precondition, "mailer", "missing");
    return *dependencies.mailer;
}

void Accounts::Impl::keep_an_admin(storage::Connection& connection, User const& user) {
    bool const counts = user.roles.has(Role::admin) && user.state == UserState::active;
    if (!counts || users::has_other_active_admin(connection, user.id)) return;
    fail(ErrorCode::failed_precondition, "roles", "last_admin");
}

void check_role(Validation& validation, std::string_view field, Role role) {
    if (name(role).empty()) validation.add(field, "unknown");
}

void check_roles(Validation& validation, std::string_view field, Roles roles) {
    if (!roles.without(known_roles).empty()) validation.add(field, "unknown");
}

Profile normalize_profile(Validation& validation, std::string_view path,
                          std::string_view display_name, std::optional<std::string> const& email) {
    auto const field = [&](std::string_view name) { return std::string{path} + std::string{name}; };
    Profile profile;
    profile.display_name =
        validation.text(field("display_name"), display_name,
                        {.min_bytes = 1, .max_bytes = limits::display_name_bytes_max});
    profile.name_key = text::fold(profile.display_name);
    if (email) profile.email = normalize_email(validation, field("email"), *email);
    return profile;
}

users::NewRow new_row(Uid const& uid, Profile const& profile, UserState state, Roles roles) {
    users::NewRow row{.uid = uid,
                      .state = state,
                      .roles = roles,
                      .display_name = profile.display_name,
                      .name_key = profile.name_key};
    if (profile.email) {
        row.email = profile.email->text;
        row.email_key = profile.email->key;
    }
    return row;
}

std::vector<std::string> search_terms(User const& user) {
    return search_terms(user.display_name, user.email);
}

std::vector<std::string> search_terms(std::string_view display_name,
                                      std::optional<std::string> const& email) {
    std::vector<std::string> terms;
    auto const add = [&](std::string_view text) {
        for (auto& token : text::tokens(text))
            terms.push_back(std::move(token.term));
    };
    add(display_name);
    if (email) add(*email);
    std::sort(terms.begin(), terms.end());
    terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
    return terms;
}

std::optional<User> try_insert_user(storage::Connection& connection, users::NewRow const& row,
                                    Timestamp at) {
    auto user = users::insert(connection, row, at);
    if (user) repositories::members::add_terms(connection, user->id, search_terms(*user));
    return user;
}

User insert_user(storage::Connection& connection, users::NewRow const& row, Timestamp at) {
    auto user = try_insert_user(connection, row, at);
    if (!user) fail(ErrorCode::already_exists, "email", "taken");
    return *std::move(user);
}

void require_not_erased(User const& user) {
    if (user.state != UserState::erased) return;
    fail(ErrorCode::failed_precondition, "state", name(user.state));
}

Asker self(User const& user) {
    return {.kind = ActorKind::user, .user = user.id, .uid = user.uid, .roles = user.roles};
}

}  // namespace eduplat
