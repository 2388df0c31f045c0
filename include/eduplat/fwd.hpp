#pragma once

/// Forward declarations, for headers of a host that only name eduplat's types.
namespace eduplat {

class Accounts;
class Actor;
class Clock;
class Courses;
class Enrollments;
class Error;
class Insights;
class Jobs;
class Journal;
class Learning;
class LogSink;
class Mailer;
class PaymentGateway;
class Payments;
class Platform;
class Random;
class Recommendations;
class TaxRule;
class Uid;
struct OpenOptions;
struct Session;
struct User;

template <class Tag>
class Id;

template <class T>
struct Page;

}  // namespace eduplat
