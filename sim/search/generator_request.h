// Requests of raw peers, valid and not: in the form that our client writes and in a short one, with
// each line that docs/protocol.md names changed, and at each limit of size.
//
//   DrawMalformed(choose, "alice")    -> "POST h HTTP/1.0\nUser_Agent: alice\n..."
//   DrawSized(choose, "alice", 4096)  -> "GET uuu...u HTTP/1.1\nUser_Agent: alice\n\n"
//   DrawPipeline(choose, "alice")     -> several requests in one piece
//
// The results depend only on the draws of the chooser.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_REQUEST_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_REQUEST_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "chathttp/sim/search/chooser.h"

namespace chathttp::sim {

// The head that our client and the original client write; the server reads it on a path of its own.
[[nodiscard]] std::string CanonicalRequest(std::string_view method, std::string_view user,
                                           std::string_view entity = "");

// A valid request in one of several forms.
[[nodiscard]] std::string DrawRequest(Chooser& choose, std::string_view method,
                                      const std::string& user, std::string_view entity = "");

// Requests with one change each. The last one is often fatal, or is no request.
[[nodiscard]] std::string DrawMalformed(Chooser& choose, const std::string& user);

// A request that the server refuses with 400 or 401, while the connection of a member stays.
[[nodiscard]] std::string DrawRefused(Chooser& choose, const std::string& user);

// A request with a head or an entity at a limit of size or one unit beside it, then a GET.
// `text_limit`: the limit on entities of a POST.
[[nodiscard]] std::string DrawSized(Chooser& choose, const std::string& user,
                                    std::int64_t text_limit);

// Complete requests of all kinds in sequence, sometimes followed by an incomplete or a fatal one.
[[nodiscard]] std::string DrawPipeline(Chooser& choose, const std::string& user);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_REQUEST_H_
