// What a client is told, as JSON (RFC 8259) for programs: one object, without line end.
//
//   JsonOf(event, now)   -> {"time":"2015-11-29T10:07:40.000Z","event":"message","name":"Alice",
//                            "text":"Hello","own":false}
//
// | event   | members beside time and event                       |
// |---------|-----------------------------------------------------|
// | login   | name: we are in                                     |
// | message | name, text, own: the answer to what was said here   |
// | entered | name                                                |
// | left    | name                                                |
// | list    | names, in order of login                            |
// | notice  | message: an answer to /help                         |
// | error   | message: what was refused, or why it ends           |
// | end     | code: the exit code; nothing comes after it         |
//
// All is UTF-8; bytes that are not come as U+FFFD, and what could drive a terminal is escaped.
// Cost O(bytes). Pure functions, safe from any thread.
#ifndef CHATHTTP_APPS_CLIENT_JSON_EVENT_H_
#define CHATHTTP_APPS_CLIENT_JSON_EVENT_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "transport/client/chat_client.h"

namespace chathttp {

// `bytes` as a JSON string, with its quotes.
[[nodiscard]] std::string JsonString(std::string_view bytes);

// Of kLoggedIn, kMessage, kEntered, kLeft and kList; empty for other events, which are errors in
// the words of whoever knows what was asked for, or nothing.
[[nodiscard]] std::string JsonOf(const ClientEvent& event, absl::Time time);

[[nodiscard]] std::string JsonNotice(std::string_view message, absl::Time time);
[[nodiscard]] std::string JsonError(std::string_view message, absl::Time time);
[[nodiscard]] std::string JsonEnd(int code, absl::Time time);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CLIENT_JSON_EVENT_H_
