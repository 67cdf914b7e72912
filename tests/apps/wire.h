// The few rules of ChatHTTP that a test needs. Shares no code with the product, so that it does not
// share its bugs.
//
//   socket.Send(MakeRequest("ADD", "Alice"));
//   while (std::optional<WireMessage> message = TakeMessage(input)) ...
#ifndef CHATHTTP_TESTS_APPS_WIRE_H_
#define CHATHTTP_TESTS_APPS_WIRE_H_

#include <optional>
#include <string>
#include <string_view>

namespace chathttp {

// A request or a response, as views into the input.
struct WireMessage {
  int code = 0;  // 0 for a request
  std::string_view start_line;
  std::string_view entity;
  std::string_view bytes;  // all of it
};

// A message as our own client and server write it.
std::string MakeRequest(std::string_view method, std::string_view user,
                        std::string_view entity = "");
// `status` is like "200 OK".
std::string MakeResponse(std::string_view status, std::string_view entity);

// Removes the first message from `input` and returns it; nothing if it is incomplete. O(its size).
std::optional<WireMessage> TakeMessage(std::string_view& input);

inline std::string Entered(const std::string& name) {
  return name + " has just entered the chat room...\n";
}
inline std::string Left(const std::string& name) {
  return name + " has just left the chat room...\n";
}
inline std::string MessageFrom(const std::string& name, const std::string& text) {
  return "[ " + name + " ] : " + text + "\n";
}

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_WIRE_H_
