#include "chathttp/sim/oracle/last_words.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::sim {

std::vector<LastWord> LastWords(const ServerOptions& options, std::uint32_t heartbeat) {
  const auto within = [](std::string_view what, absl::Duration limit) {
    return absl::StrCat(AbslView(what), " within ", absl::FormatDuration(limit));
  };
  return {{Ending::kUnfinishedRequest, 400,
           within("A request must be complete", options.request_limit), "unfinished request"},
          {Ending::kNoFirstRequest, 400,
           within("A first request must be complete", options.login_limit), "no request"},
          {Ending::kNoLogin, 400, within("An accepted ADD must come", options.relogin_limit),
           "no login"},
          {Ending::kFlooded, 400,
           absl::StrCat("Too fast: at most ", options.flood.per_second, " requests a second after ",
                        options.flood.burst, " at once, more waited for ",
                        absl::FormatDuration(options.flood_limit)),
           "flood"},
          {Ending::kSilent, 400,
           absl::StrCat(within("A request must come", 2.5 * absl::Seconds(heartbeat)),
                        ", since Heartbeat promised one every ", heartbeat, "s"),
           "silent"},
          {Ending::kShutDown, 500, "Server is shutting down", "shutting down"}};
}

}  // namespace chathttp::sim
