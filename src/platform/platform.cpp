#include "services/accounts_options.hpp"
#include "services/insights_frames.hpp"
#include "services/insights_options.hpp"
#include "services/learning_options.hpp"
#include "services/payments_options.hpp"
#include "services/recommendation_weights.hpp"
#include "services/spdlog_sink.hpp"
#include "services/system_random.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/platform.hpp>
#include <eduplat/storage/sqlite.hpp>

#include <utility>
#include <vector>

namespace eduplat {
namespace {

std::vector<PaymentGateway const*> gateways_of(OpenOptions const& options) {
    std::vector<PaymentGateway const*> gateways;
    for (auto const& gateway : options.gateways)
        gateways.push_back(gateway.get());
    return gateways;
}

std::string frame_path_of(OpenOptions const& options) {
    bool const kept = options.path != ":memory:" && !options.read_only;
    return kept ? options.path + ".frame" : std::string{};
}

OpenOptions with_defaults(OpenOptions options) {
    check_options(options.accounts);  // before there is a file
    check_options(options.learning);
    check_options(options.payments, gateways_of(options));
    check_options(options.recommendations);
    check_options(options.insights);
    if (!options.insights.frame_path) options.insights.frame_path = frame_path_of(options);
    if (!options.clock) options.clock = std::make_shared<SystemClock>();
    if (!options.random) options.random = make_system_random();
    if (!options.log) options.log = make_spdlog_sink();
    return options;
}

storage::SqliteOptions storage_options(OpenOptions const& options) {
    return {.path = options.path,
            .read_only = options.read_only,
            .busy_timeout = options.busy_timeout,
            .readers_max = options.readers_max,
            .clock = options.clock.get(),
            .log = options.log.get()};
}

}  // namespace

class Platform::Impl {
  public:
    explicit Impl(OpenOptions opened)
        : options(with_defaults(std::move(opened))),
          storage(storage::open_sqlite(storage_options(options))),
          frames(std::make_shared<InsightFrames>(options.insights)),
          accounts(dependencies()),
          courses(dependencies()),
          enrollments(dependencies()),
          insights(dependencies()),
          journal(dependencies()),
          jobs(dependencies()),
          learning(dependencies()),
          payments(dependencies()),
          recommendations(dependencies()) {}

    OpenOptions options;  // owns the ports, so it ends last
    std::unique_ptr<storage::Storage> storage;
    std::shared_ptr<InsightFrames> frames;
    Accounts accounts;
    Courses courses;
    Enrollments enrollments;
    Insights insights;
    Journal journal;
    Jobs jobs;
    Learning learning;
    Payments payments;
    Recommendations recommendations;

  private:
    [[nodiscard]] Dependencies dependencies() const {
        return {.storage = *storage,
                .clock = *options.clock,
                .random = *options.random,
                .mailer = options.mailer.get(),
                .log = *options.log,
                .accounts = options.accounts,
                .learning = options.learning,
                .courses = options.courses,
                .payments = options.payments,
                .recommendations = options.recommendations,
                .insights = options.insights,
                .frames = frames,
                .gateways = gateways_of(options),
                .tax = options.tax.get()};
    }
};

Platform::Platform(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Platform::Platform(Platform&&) noexcept = default;
Platform& Platform::operator=(Platform&&) noexcept = default;
Platform::~Platform() = default;

Platform Platform::open(OpenOptions options) {
    return Platform{std::make_unique<Impl>(std::move(options))};
}

Accounts& Platform::accounts() const noexcept {
    return impl_->accounts;
}
Enrollments& Platform::enrollments() const noexcept {
    return impl_->enrollments;
}
Courses& Platform::courses() const noexcept {
    return impl_->courses;
}
Insights& Platform::insights() const noexcept {
    return impl_->insights;
}
Journal& Platform::journal() const noexcept {
    return impl_->journal;
}
Jobs& Platform::jobs() const noexcept {
    return impl_->jobs;
}
Learning& Platform::learning() const noexcept {
    return impl_->learning;
}
Payments& Platform::payments() const noexcept {
    return impl_->payments;
}

Recommendations& Platform::recommendations() const noexcept {
    return impl_->recommendations;
}

void Platform::atomically(FunctionRef<void(Platform&)> fn) {
    impl_->storage->write([&](storage::Connection&) { fn(*this); }, storage::RunOn::this_thread);
}

JobReport Platform::run_due(std::chrono::milliseconds budget) {
    return impl_->jobs.run_due(Actor::system(), budget);
}

void Platform::backup_to(std::string_view destination) const {
    impl_->storage->backup_to(destination);
}

storage::CheckReport Platform::check() const {
    return impl_->storage->check();
}
int Platform::schema_version() const {
    return impl_->storage->schema_version();
}
storage::Statistics Platform::statistics() const {
    return impl_->storage->statistics();
}

}  // namespace eduplat
