// Replays what a server read on one connection through the model of the room, and compares what it
// wrote, byte for byte, with what the model writes. Part of the oracle.
//
// Reports "resume", "quiet", "strangers", "greeting", "one-reply", "list", "order", "complete", "invention", "sender-order",
// "enter-say-leave", "nothing-after-leave", "unique-names", "handover", "last-words", "datetime",
// "prompt" and "events". What it finds out is left to the checks of time and of counters.
#ifndef CHATHTTP_SIM_ORACLE_CONVERSATION_H_
#define CHATHTTP_SIM_ORACLE_CONVERSATION_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "chathttp/sim/oracle/evidence.h"
#include "chathttp/sim/oracle/operator_log.h"
#include "chathttp/sim/oracle/pace.h"
#include "chathttp/sim/oracle/room_log.h"
#include "chathttp/sim/world/raw_codec.h"
#include "chathttp/sim/world/server_record.h"

namespace chathttp::sim {

// A request that the server read in full, or that it may have refused while it read it.
struct Asked {
  RawRequestView request;
  Moment begun;  // its first byte was read
  Moment read;   // its last byte was; if it is fatal: the byte by which the server knows
  enum class Fate {
    kUnserved,
    kPerhaps,  // a GET whose reply was not written
    kServed,
  } fate = Fate::kUnserved;
  Moment served;                       // if kServed; at the latest
  Moment answered;                     // if its command waited in a log: when that came back
  bool exact = false;                  // `served` is known to the turn
  int code = 0;                        // of its reply
  bool member = false;                 // logged in after it
  std::uint32_t heartbeat = 0;         // then: the seconds that the member has promised; 0: none
  std::size_t reply_begin = kNowhere;  // in what the server wrote; kNowhere: nothing of it
  std::size_t reply_end = kNowhere;
  std::int64_t cost = 0;        // in requests, for flood control; if served
  std::size_t reply_bytes = 0;  // of the reply that waits to be written, without a list

  // When the server acted on it: if it waited in a log, when that came back.
  const Moment& done() const { return answered.order > 0 ? answered : served; }
};

// How the server's part of a connection ended.
enum class Ending {
  kNone,
  kTurnedAway,
  kFatalRequest,
  kUnfinishedRequest,  // the limits of time
  kNoFirstRequest,
  kNoLogin,
  kFlooded,
  kTooManyUnfinished,  // unfinished requests, of all connections together
  kSilent,
  kRefusedTooOften,
  kDisconnected,  // by the operator
  kTakenOver,     // its member came back on another connection
  kStalled,
  kSlow,
  kEndOfStream,
  kBroken,
  kShutDown,
  // Of a server of several:
  kAway,       // it was declared gone
  kRestarted,  // their log has lost commands
};

// Whether a member with a session may come back after this.
bool IsLoss(Ending ending);

struct Conversation {
  std::vector<Asked> asked;
  bool unfinished = false;        // bytes of one more request were read
  std::size_t unfinished_at = 0;  // where it begins in the input
  Ending ending = Ending::kNone;  // the first reason
  Moment concluded;               // when it was acted on
  std::vector<std::size_t> sessions = {};
  std::vector<std::size_t> visits = {};  // one for each of `sessions`
  std::size_t cursor = 0;                // the item of G that comes next
  bool good = false;                     // all of it is explained
  bool cut_off = false;                  // all that was written is: the server ended too early
  std::uint64_t sent_log_bytes = 0;      // of G, up to the last byte that was written in order
  std::uint64_t perhaps_sent_bytes = 0;  // of these, the front of an item, or else of a list
  std::uint64_t unsent_log_bytes = 0;    // of its windows, behind that
  std::uint64_t private_replies = 0;     // that the server made: at least
  std::uint64_t perhaps_replies = 0;     // and at most so many more
  std::uint64_t delivered = 0;           // items of G that were written

  // Whether the server may leave input unread: requests that it has read are not served yet.
  bool HoldsInput() const { return !asked.empty() && asked.back().fate == Asked::Fate::kUnserved; }
};

// Cuts what was read into requests.
void CutAsked(const ServerConnection& connection, const ServerOptions& options,
              Conversation& conversation);

// Of the connection with this index. The record outlives the result.
Conversation ReadConversation(Evidence& evidence, const ServerRecord& server, const RoomLog& log,
                              const Pace& pace, const OptionsLog& options,
                              const OperatorLog& commands, std::size_t connection);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_CONVERSATION_H_
