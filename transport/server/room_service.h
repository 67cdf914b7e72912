// The one place where requests become commands to the room, and outcomes become answers.
//
//   Answer answer = ServeRequest(room, MemberId{7}, decoder.request());
//
// Whatever is to stand in front of the room one day (an ordered log that several servers share)
// stands here. No I/O and no clock. Source of the rules: docs/protocol.md.
#ifndef CHATHTTP_TRANSPORT_SERVER_ROOM_SERVICE_H_
#define CHATHTTP_TRANSPORT_SERVER_ROOM_SERVICE_H_

#include <optional>
#include <string>

#include "domain/chat_room.h"
#include "transport/codec/message.h"

namespace chathttp {

struct [[nodiscard]] Answer {
  enum class Body {
    kEntity,     // `entity`
    kList,       // the members of the room, in order of login
    kBroadcast,  // none: the broadcast, which the sender gets like everyone, is the answer
  };
  enum class Login { kUnchanged, kLoggedIn, kLoggedOut };

  StatusCode code = StatusCode::kOk;
  Body body = Body::kEntity;
  Login login = Login::kUnchanged;
  bool fatal = false;  // the connection ends behind this answer
  std::string entity = {};
  std::optional<Broadcast> broadcast = std::nullopt;  // views as in domain/chat_room.h
};

// Applies a complete request of `member` to `room`. A fatal answer has not logged it out yet.
Answer ServeRequest(ChatRoom& room, MemberId member, const RequestView& request);

// The heading and the names of the members, each on a line: the entity of an Answer::Body::kList.
std::string ListEntity(const ChatRoom& room);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_ROOM_SERVICE_H_
