// Events of a client as JSON (RFC 8259) for programs: one object each, without line end.
//
//   JsonOf(event, now)   -> {"time":"2015-11-29T10:07:40.000Z","event":"message","name":"Alice",
//                            "text":"Hello","own":false}
//
// | event   | members beside time and event                       |
// |---------|-----------------------------------------------------|
// | login   | name: the login succeeded; history: so many of the  |
// |         | next events are past, if there are any              |
// | message | name, text, own: whether this client sent it, past  |
// | entered | name, past                                          |
// | left    | name, past                                          |
// | list    | names, in order of login                            |
// | notice  | message: an answer to /help                         |
// | error   | message: a refusal, or why the connection ends      |
// | end     | code: the exit code; nothing comes after it         |
//
// past is true for broadcasts from before the login, and else left out; their time is that of the
// broadcast, as far as the server tells it.
//
// The output is UTF-8; invalid bytes become U+FFFD, and characters that could control a terminal
// are escaped. Cost O(bytes). Pure functions; thread-safe.
#ifndef CHATHTTP_APPS_CLIENT_JSON_EVENT_H_
#define CHATHTTP_APPS_CLIENT_JSON_EVENT_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "chathttp/transport/client/chat_client.h"

namespace chathttp {

// `bytes` as a JSON string, with its quotes.
[[nodiscard]] std::string JsonString(std::string_view bytes);

// The object of a kLoggedIn, kMessage, kEntered, kLeft or kList; empty for other events. Callers
// report those by JsonNotice, JsonError and JsonEnd.
[[nodiscard]] std::string JsonOf(const ClientEvent& event, absl::Time time);

[[nodiscard]] std::string JsonNotice(std::string_view message, absl::Time time);
[[nodiscard]] std::string JsonError(std::string_view message, absl::Time time);
[[nodiscard]] std::string JsonEnd(int code, absl::Time time);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CLIENT_JSON_EVENT_H_
