#include "repositories/journal.hpp"

#include "services/access.hpp"

#include <eduplat/core/page.hpp>
#include <eduplat/services/journal.hpp>

#include <utility>

namespace eduplat {

class Journal::Impl {
  public:
    explicit Impl(Dependencies given) : dependencies(std::move(given)) {}

    Dependencies dependencies;
};

Journal::Journal(Dependencies const& dependencies) : impl_(std::make_unique<Impl>(dependencies)) {}
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(Journal&&) noexcept = default;
Journal::~Journal() = default;

std::vector<JournalEntry> Journal::changes_since(Actor const& actor, std::int64_t seq,
                                                 int limit) const {
    auto const& dependencies = impl_->dependencies;
    return dependencies.storage.read([&](storage::Connection& connection) {
        static_cast<void>(
            authorize(connection, actor, Call::journal_changes_since, dependencies.clock.now()));
        check_page_limit(limit);
        return repositories::journal::changes_since(connection, seq, limit);
    });
}

}  // namespace eduplat
