#pragma once

#include "benchmarks/raw_sqlite.hpp"

#include <eduplat/services/accounts.hpp>
#include <eduplat/services/courses.hpp>
#include <eduplat/services/enrollments.hpp>
#include <eduplat/services/learning.hpp>
#include <eduplat/services/payments.hpp>
#include <eduplat/storage/sqlite.hpp>
#include <eduplat/testing/fake_clock.hpp>
#include <eduplat/testing/fake_gateway.hpp>
#include <eduplat/testing/memory_log.hpp>
#include <eduplat/testing/seeded_random.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace eduplat::benchmarks {

/// A school in a file, and its services. Without a file there is none yet: it is made.
struct BenchSchool {
    explicit BenchSchool(std::string const& path, std::uint64_t seed = 1);

    /// Learners "bench" "0", "1" ... Returns their ids, which follow one another.
    std::vector<UserId> learners(int count);
    /// A published course of so many lectures, in sections of 20.
    CourseId course(std::string const& title, int lectures, Prices const& prices = {});
    [[nodiscard]] std::vector<LectureId> lectures_of(CourseId course) const;

    testing::FakeClock clock{Timestamp{std::chrono::hours{500'000}}};
    testing::SeededRandom random;  ///< never the same uids twice in one school
    testing::MemoryLog log;
    testing::FakeGateway gateway;
    std::unique_ptr<storage::Storage> storage;

  private:
    Dependencies dependencies_;

  public:
    Accounts accounts;
    Courses courses;
    Enrollments enrollments;
    Learning learning;
    Payments payments;
};

/// Throws if a benchmark does not do what it measures.
void require(bool ok, char const* what);

[[nodiscard]] std::string text_of(sqlite3_stmt* statement, int column);

}  // namespace eduplat::benchmarks
