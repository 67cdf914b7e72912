// A scripted peer with a session: what its replies told it, and what it has heard.
#ifndef CHATHTTP_TESTS_TRANSPORT_SERVER_SESSION_PEER_H_
#define CHATHTTP_TESTS_TRANSPORT_SERVER_SESSION_PEER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/transport/codec/position.h"
#include "tests/transport/server/raw_peer.h"

namespace chathttp {

// "ADD h HTTP/1.1\nUser_Agent: Alice\nSession: new\nContent_Length: 0\n\n"
inline std::string AddRequest(std::string_view user, std::string_view header_lines) {
  std::string request = RawRequest("ADD", user);
  request.insert(request.find("Content_Length"), header_lines);
  return request;
}

// The value of a header line of a response; nullopt if it is not there.
inline std::optional<std::string> HeaderOf(const RawResponse& response, std::string_view name) {
  const std::string line = "\n" + std::string(name) + ": ";
  const std::size_t at = response.head.find(line);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t begin = at + line.size();
  return response.head.substr(begin, response.head.find('\n', begin) - begin);
}

// The reply to an ADD among the responses: the first with "OK...^.^".
inline std::optional<RawResponse> WelcomeOf(const RawPeer& peer) {
  for (const RawResponse& response : peer.responses()) {
    if (response.entity == "OK...^.^") return response;
  }
  return std::nullopt;
}

inline bool IsBroadcast(const RawResponse& response) {
  return response.entity.starts_with("[ ") || response.entity.ends_with("the chat room...\n");
}

// The broadcasts that came behind the reply to ADD, in order.
inline std::vector<std::string> HeardBy(const RawPeer& peer) {
  std::vector<std::string> heard;
  bool welcome = false;
  for (const RawResponse& response : peer.responses()) {
    if (welcome && IsBroadcast(response)) heard.push_back(response.entity);
    if (response.entity == "OK...^.^") welcome = true;
  }
  return heard;
}

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_SERVER_SESSION_PEER_H_
