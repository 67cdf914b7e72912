#include "chathttp/transport/server/session_request.h"

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/transport/codec/session_token.h"

namespace chathttp {
namespace {

constexpr std::size_t kShownHeaderBytes = 40;

absl::Status Malformed(std::string_view rule, std::string_view value) {
  return absl::InvalidArgumentError(
      absl::StrCat(AbslView(rule), ", got \"", Visible(value, kShownHeaderBytes), "\""));
}

// A value that may hold a token, or most of one, is not repeated: a reason can be logged.
absl::Status MalformedToken(std::string_view value) {
  return absl::InvalidArgumentError(absl::StrCat("Session must be ", AbslView(kNewSession), " or ",
                                                 kTokenDigits, " hex digits in lower case, got ",
                                                 value.size(), " bytes of another form"));
}

}  // namespace

absl::StatusOr<SessionRequest> ReadSessionRequest(const RequestView& request) {
  SessionRequest read;
  if (request.session) {
    read.wanted = true;
    if (*request.session != kNewSession) {
      if (!IsToken(*request.session)) return MalformedToken(*request.session);
      read.token = *request.session;
    }
  }
  if (request.since) {
    if (read.token.empty()) {
      return absl::InvalidArgumentError("Since needs a Session with a token");
    }
    read.since = ParsePosition(*request.since);
    if (!read.since) {
      return Malformed("Since must be two numbers with a dot between them, as in Position",
                       *request.since);
    }
  }
  if (request.history) {
    if (!read.token.empty()) {
      return absl::InvalidArgumentError("History and a Session with a token exclude each other");
    }
    const std::optional<std::uint64_t> count = ParseCount(*request.history);
    if (!count || *count > kMaxHistory) {
      return Malformed(absl::StrCat("History must be 0 to ", kMaxHistory), *request.history);
    }
    read.history = static_cast<std::uint32_t>(*count);
  }
  return read;
}

}  // namespace chathttp
