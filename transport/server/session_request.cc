#include "chathttp/transport/server/session_request.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/codec/session_token.h"

namespace chathttp {
namespace {

// The value is not repeated: it may be a token, also in a wrong field, and a reason can be logged.
absl::Status Malformed(std::string_view rule, std::string_view value) {
  return absl::InvalidArgumentError(
      absl::StrCat(AbslView(rule), ", got ", value.size(), " bytes of another form"));
}

}  // namespace

absl::StatusOr<SessionRequest> ReadSessionRequest(const RequestView& request) {
  SessionRequest read;
  if (request.session) {
    read.wanted = true;
    if (*request.session != kNewSession) {
      if (!IsToken(*request.session)) {
        return Malformed(absl::StrCat("Session must be ", AbslView(kNewSession), " or ",
                                      kTokenDigits, " hex digits in lower case"),
                         *request.session);
      }
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
    const std::string rule = absl::StrCat("History must be 0 to ", kMaxHistory);
    if (!count) return Malformed(rule, *request.history);
    if (*count > kMaxHistory) {
      return absl::InvalidArgumentError(absl::StrCat(rule, ", got ", *count));
    }
    read.history = static_cast<std::uint32_t>(*count);
  }
  return read;
}

}  // namespace chathttp
