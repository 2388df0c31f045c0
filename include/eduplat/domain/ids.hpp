#pragma once

#include <eduplat/core/id.hpp>

/// The identities of a school's objects. Users and sessions have theirs in actor.hpp.
namespace eduplat {

using CourseId = Id<struct CourseTag>;
using SectionId = Id<struct SectionTag>;
using LectureId = Id<struct LectureTag>;
using LectureVersionId = Id<struct LectureVersionTag>;
using PublicationId = Id<struct PublicationTag>;

using EnrollmentId = Id<struct EnrollmentTag>;
using GrantId = Id<struct GrantTag>;
using CertificateId = Id<struct CertificateTag>;

using OrderId = Id<struct OrderTag>;
using OrderLineId = Id<struct OrderLineTag>;
using PaymentId = Id<struct PaymentTag>;
using RefundId = Id<struct RefundTag>;

}  // namespace eduplat
