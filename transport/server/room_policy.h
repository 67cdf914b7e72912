// A policy of the program that embeds a server: refuses logins and texts for reasons of its own.
//
//   class NoShouting final : public RoomPolicy {
//     absl::Status CheckText(const User& user, std::string_view text) override {
//       return IsAllCapitals(text) ? absl::PermissionDeniedError("Do not shout") : absl::OkStatus();
//     }
//   };
//   server.SetPolicy(policy);
//
// The server asks the policy only about what the room would accept. The message of a status that is
// not OK goes to the peer, as the entity of a 400, and to the operator's log: its first 512 bytes,
// escaped. So it should not quote the text. A refusal changes nothing else: the connection stays.
#ifndef CHATHTTP_TRANSPORT_SERVER_ROOM_POLICY_H_
#define CHATHTTP_TRANSPORT_SERVER_ROOM_POLICY_H_

#include <string_view>

#include "absl/status/status.h"
#include "chathttp/transport/server/server_event.h"

namespace chathttp {

class RoomPolicy {
 public:
  // Who asks. The views are valid during the call.
  struct User {
    ConnectionId connection;
    std::string_view peer;  // the address, as the network or ChatServer::Accept gave it
    std::string_view name;
  };

  // These run while the server serves a request, on the loop's thread. They must not block or throw, and of
  // the server's methods they may call Disconnect and the const ones only.

  // Whether `user` may log in.
  virtual absl::Status CheckLogin(const User& user);

  // Whether `user`, who is logged in, may say `text`, which has no line end.
  virtual absl::Status CheckText(const User& user, std::string_view text);

 protected:
  ~RoomPolicy() = default;
};

inline absl::Status RoomPolicy::CheckLogin(const User&) { return absl::OkStatus(); }

inline absl::Status RoomPolicy::CheckText(const User&, std::string_view) {
  return absl::OkStatus();
}

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_ROOM_POLICY_H_
