#include "repositories/jobs.hpp"
#include "repositories/personal_data.hpp"
#include "repositories/throttles.hpp"
#include "services/accounts_impl.hpp"
#include "services/job_runner.hpp"
#include "services/payment_holds.hpp"

#include <eduplat/core/error.hpp>

#include <string>

namespace eduplat {

namespace personal_data = repositories::personal_data;

namespace {

/// Without a salt nothing was counted yet.
personal_data::Person person_of(storage::Connection& connection, User const& user) {
    personal_data::Person person{.id = user.id};
    auto const salt = repositories::throttles::find_salt(connection);
    if (!salt || !user.email) return person;
    Validation validation;
    if (auto const email = normalize_email(validation, "email", *user.email)) {
        person.account_key = salted_hash(*salt, email->key);
    }
    return person;
}

/// Whether nothing is left in the engine's files. The erasure is durable by now, so no failure here
/// may look like one of its own.
bool try_scrub(Dependencies const& dependencies) noexcept {
    try {
        // Inside a host's write there is nothing to remove yet: the job comes after its end.
        return !dependencies.storage.in_write() && dependencies.storage.scrub();
    } catch (std::exception const& error) {
        dependencies.log.write(LogLevel::warning, error.what());
        return false;
    } catch (...) {
        dependencies.log.write(LogLevel::warning, "scrubbing failed by an unknown exception");
        return false;
    }
}

}  // namespace

PersonalData Accounts::export_user(Actor const& actor, UserId user) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](storage::Connection& connection) {
        auto const access = authorize(connection, actor, Call::accounts_export_user, user, now);
        return personal_data::export_all(connection, person_of(connection, access.target));
    });
}

Erasure Accounts::erase_user(Actor const& actor, UserId user) {
    auto const now = impl_->now();
    Uids const uids{impl_->dependencies.random, now};
    impl_->storage().write([&](storage::Connection& connection) {
        auto const access = authorize(connection, actor, Call::accounts_erase_user, user, now);
        check_transition(access.target.state, UserState::erased);
        Impl::keep_an_admin(connection, access.target);
        // What gateways were told can only be told again while it is there.
        Change change{connection, access.asker, impl_->dependencies.payments.refunds, uids, now};
        cancel_open_orders(change, access.target.id);
        personal_data::erase(connection, person_of(connection, access.target), now);
        record(connection, access.asker, now, "user.erased", "user", access.target.uid);
        // Due from now on, so that a crash before the scrubbing below leaves it to the job.
        repositories::jobs::make_due(connection, wal_scrub_job, now);
    });
    return {.wal_pending = !try_scrub(impl_->dependencies)};
}

}  // namespace eduplat
