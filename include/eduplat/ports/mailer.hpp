#pragma once

#include <eduplat/core/time.hpp>

#include <cstdint>
#include <string>

namespace eduplat {

enum class MailKind : std::uint8_t {
    invitation,      ///< an account was made for the addressee; the token sets the first password
    password_reset,  ///< the addressee asked to set a new password
};

/// What a message must say. The host words it, in the addressee's language, around a link of its
/// own that carries `token`.
struct Mail {
    MailKind kind;
    std::string to;  ///< e-mail address as its owner writes it
    std::string display_name;
    std::string token;  ///< single-use; only its hash is stored
    Timestamp token_expires_at;
};

/// How messages leave. Called outside any transaction, after what it announces is durable.
/// Thread safety: an implementation is called from any thread.
class Mailer {
  public:
    virtual ~Mailer() = default;

    /// Hands the message over, best to a queue of the host's own. An exception reaches the caller
    /// of an invitation, and only the log for a password reset, whose answer must not tell whether
    /// there is an account; the token stays valid.
    virtual void send(Mail const& mail) = 0;
};

}  // namespace eduplat
