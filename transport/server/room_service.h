// Checks requests, applies commands to the room, and turns outcomes into answers.
//
//   const RequestCheck check = CheckRequest(room, MemberId{7}, decoder.request());
//   if (!check.command) return Reply(check.answer);
//   Answer answer = ApplyCommand(room, {.kind = *check.command, .member = MemberId{7}, ...});
//
// A check needs no order: it judges form and login. A command is applied in the order of the log
// (see ports/ordered_log.h), which may be much later. No I/O and no clock. Not thread-safe. The rules
// come from docs/protocol.md.
#ifndef CHATHTTP_TRANSPORT_SERVER_ROOM_SERVICE_H_
#define CHATHTTP_TRANSPORT_SERVER_ROOM_SERVICE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "chathttp/domain/chat_room.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/ports/ordered_log.h"
#include "chathttp/transport/server/room_policy.h"
#include "chathttp/transport/server/server_event.h"
#include "chathttp/transport/server/server_labels.h"
#include "chathttp/transport/server/session_request.h"

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
  std::optional<MemberId> returned = std::nullopt;    // kLoggedIn: a member that was there before
};

// Most bytes of a reason that the embedding program gives, in a policy or to Disconnect.
inline constexpr std::size_t kGivenReasonBytes = 512;

// The policy that judges a request, if any, and what it is told of the peer.
struct Judge {
  RoomPolicy* policy = nullptr;
  ConnectionId connection{0};
  std::string_view peer = {};
  bool order_is_known = true;  // no command of another server can come before this one's
  bool has_sessions = false;   // else tokens are ignored
};

struct [[nodiscard]] RequestCheck {
  std::optional<Command::Kind> command = std::nullopt;  // to append: kLogin, kSay or kLogout
  std::string_view text = {};                           // of the command; a view of the request
  Answer answer = {};                                   // without a command
  SessionRequest session = {};                          // of a kLogin
};

// Checks a request of `member`. A login that `room` would refuse, because its name is taken or the
// room is full, becomes a command all the same unless `judge.order_is_known`, or if it has the token of
// a session. After a fatal answer
// the caller must end the connection. O(size of the request).
RequestCheck CheckRequest(const ChatRoom& room, MemberId member, const RequestView& request,
                          const Judge& judge = {});

// Applies a kLogin, kSay or kLogout to the room. The broadcast views the room and the command.
// O(size of the text).
Answer ApplyCommand(ChatRoom& room, const Command& command);

// Judges a login with the token of a member that has a session: kLoggedIn with `returned`, or a refusal.
// `now` is the position of the room.
Answer AnswerReturn(const ChatRoom& room, MemberId member, const Command& login,
                    const Position& now);
// The entity for Answer::Body::kList: a heading, then each member's name on its own line. O(size).
std::string ListEntity(const ChatRoom& room);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_ROOM_SERVICE_H_
