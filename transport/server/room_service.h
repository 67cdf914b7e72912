// Applies requests to the room, and turns their outcomes into answers.
//
//   Answer answer = ServeRequest(room, MemberId{7}, decoder.request());
//
// This is the only place that calls the room for requests, so a future layer in front of the room
// (an ordered log that several servers share) belongs here. No I/O and no clock. Not thread-safe.
// The rules come from docs/protocol.md.
#ifndef CHATHTTP_TRANSPORT_SERVER_ROOM_SERVICE_H_
#define CHATHTTP_TRANSPORT_SERVER_ROOM_SERVICE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "chathttp/domain/chat_room.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/server/room_policy.h"
#include "chathttp/transport/server/server_event.h"
#include "chathttp/transport/server/server_labels.h"

namespace chathttp {

struct [[nodiscard]] Answer {
  enum class Body {
    kEntity,     // `entity`
    kList,       // the members of the room, in order of login
    kBroadcast,  // none: the sender receives the broadcast instead of a reply
  };
  enum class Login { kUnchanged, kLoggedIn, kLoggedOut };

  StatusCode code = StatusCode::kOk;
  Body body = Body::kEntity;
  Login login = Login::kUnchanged;
  bool fatal = false;                       // the connection ends after this answer
  std::optional<Rule> rule = std::nullopt;  // that the request breaks
  std::string entity = {};
  std::optional<Broadcast> broadcast = std::nullopt;  // views as in domain/chat_room.h
};

// Most bytes of a reason that the embedding program gives, in a policy or to Disconnect.
inline constexpr std::size_t kGivenReasonBytes = 512;

// The policy that judges a request, if any, and what it is told of the peer.
struct Judge {
  RoomPolicy* policy = nullptr;
  ConnectionId connection{0};
  std::string_view peer = {};
};

// Applies a request of `member` to `room`, unless the judge refuses it. After a fatal answer the caller must end the connection.
// O(size of the request).
Answer ServeRequest(ChatRoom& room, MemberId member, const RequestView& request,
                    const Judge& judge = {});

// The entity for Answer::Body::kList: a heading, then each member's name on its own line. O(size).
std::string ListEntity(const ChatRoom& room);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_ROOM_SERVICE_H_
