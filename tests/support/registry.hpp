#pragma once

#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/authorization.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/domain/session.hpp>
#include <eduplat/domain/user.hpp>
#include <eduplat/services/accounts.hpp>
#include <eduplat/services/courses.hpp>
#include <eduplat/services/enrollments.hpp>
#include <eduplat/services/insights.hpp>
#include <eduplat/services/jobs.hpp>
#include <eduplat/services/journal.hpp>
#include <eduplat/services/learning.hpp>
#include <eduplat/services/payments.hpp>
#include <eduplat/services/recommendations.hpp>
#include <eduplat/storage/storage.hpp>
#include <eduplat/testing/fake_clock.hpp>
#include <eduplat/testing/fake_gateway.hpp>
#include <eduplat/testing/memory_log.hpp>
#include <eduplat/testing/memory_mailer.hpp>
#include <eduplat/testing/seeded_random.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The registry of all service calls: how each is prepared and made, so that one test can go
/// through every one of them. A new call that is not registered fails a test.
namespace eduplat::test {

/// The cheapest hashes there are, and throttles that no test runs into.
[[nodiscard]] AccountOptions quick_options();

struct Person {
    UserId id;
    Uid uid;
    std::string email;
    std::string password;
    Actor actor;        ///< with a session
    std::string token;  ///< of that session
};

/// The services over a storage, with a clock that stands still and random bytes from a seed.
/// Thread safety: all members may be called from any thread.
class TestSchool {
  public:
    explicit TestSchool(storage::Storage& storage, std::uint64_t seed = 1);

    [[nodiscard]] storage::Storage& storage() noexcept { return dependencies_.storage; }
    /// A text that no other call gave: "word17".
    [[nodiscard]] std::string fresh(std::string_view word);
    /// A new active user who has signed in.
    [[nodiscard]] Person person(Roles roles = Role::learner);
    /// An invited user: from an import, without password.
    [[nodiscard]] Person invited(Roles roles = Role::learner);

    testing::FakeClock clock;
    testing::SeededRandom random;
    testing::MemoryMailer mailer;
    testing::MemoryLog log;
    testing::FakeGateway gateway;

  private:
    Dependencies dependencies_;
    std::atomic<int> serial_{0};

  public:
    Accounts accounts;
    Courses courses;
    Enrollments enrollments;
    Journal journal;
    Jobs jobs;
    Learning learning;
    Payments payments;
    Recommendations recommendations;
    Insights insights;
};

/// Whom a call is about.
enum class Subject : std::uint8_t {
    nobody,  ///< no user in particular
    user,    ///< a user that an argument names
    self,    ///< the one who asks
};

/// One call about to be made.
struct Scene {
    TestSchool& school;
    Actor actor;
    Person target;
    Roles roles = Role::learner;  ///< of the target
    bool own = false;             ///< the target is the one who asks
    bool alone = true;            ///< nobody else uses the school, so its clock may be moved
    std::string note = {};
    std::optional<Session> session = std::nullopt;  ///< of the target
    std::optional<UserId> other = std::nullopt;     ///< somebody else whom the call needs
    std::optional<CourseId> course = std::nullopt;
    std::optional<SectionId> section = std::nullopt;
    std::optional<LectureId> lecture = std::nullopt;
    std::optional<PublicationId> publication = std::nullopt;
    std::optional<EnrollmentId> enrollment = std::nullopt;
    std::optional<GrantId> grant = std::nullopt;
    std::optional<PaymentId> payment = std::nullopt;
    std::optional<RefundId> refund = std::nullopt;
    std::optional<CertificateId> certificate = std::nullopt;
};

struct ServiceCall {
    Call call;
    std::string_view member;  ///< as declared: "Accounts::find_user"; once for each overload
    bool asks = true;         ///< whether its first parameter says who asks
    Subject about = Subject::nobody;
    bool writes = false;
    void (*prepare)(Scene&) = nullptr;  ///< makes what the call needs, as the system
    std::string (*invoke)(Scene&);      ///< makes the call, and tells its result
    /// Tables that a failed call may leave changed, because it takes several transactions.
    std::array<std::string_view, 4> leaves = {};
    bool empty_school = false;  ///< for a school without users
    bool hides = false;         ///< what one may not see is not told from what there is not
    bool tidies =
        false;  ///< after its result stands it removes what is old: a fault is only logged
};

/// Every service call of the library.
[[nodiscard]] std::span<ServiceCall const> service_calls();

/// A scene in which an admin, or for calls without an actor the one it is about, makes the call.
[[nodiscard]] Scene allowed_scene(TestSchool& school, ServiceCall const& call, bool alone = true);

/// All rows of a school's file but those of the tables `without`, as text, read by SQLite itself.
/// Password hashes, whose salts no seed decides, are told only as there or not.
[[nodiscard]] std::string dump(std::string const& path,
                               std::span<std::string_view const> without = {});

/// The rows of one question to the file, fields separated by "|".
[[nodiscard]] std::vector<std::string> ask(std::string const& path, std::string const& sql);

}  // namespace eduplat::test
