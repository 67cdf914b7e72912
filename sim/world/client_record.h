// The record of a real client core or session: the calls of its user, the events that it reported,
// and its use of the ports, in the order in which they happened. Evidence of the oracle.
#ifndef CHATHTTP_SIM_WORLD_CLIENT_RECORD_H_
#define CHATHTTP_SIM_WORLD_CLIENT_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/transport/client/chat_client.h"
#include "chathttp/transport/client/chat_session.h"
#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/ports/byte_stream.h"

namespace chathttp::sim {

// A call of a method of ChatClient. Events reported from inside the call come after it.
struct ClientCall {
  enum class Kind { kConnect, kLogin, kSay, kList, kPing, kLeave, kDrop, kSetReading };
  Kind kind = Kind::kConnect;
  std::string text = {};  // the name of a Login, the text of a Say
  bool reading = true;    // of a SetReading
  // Of a Login: as LoginOptions.
  std::string session = {};
  std::optional<Position> since = std::nullopt;
  std::uint32_t history = 0;
  absl::Status status = absl::OkStatus();
};

// A ClientEvent as a value.
struct ReportedClientEvent {
  ClientEvent::Kind kind = ClientEvent::Kind::kConnected;
  int code = 0;
  ClientEvent::Ending ending = ClientEvent::Ending::kLost;
  bool own = false;
  bool past = false;
  std::string name = {};
  std::string text = {};
  std::string reason = {};
  std::vector<std::string> names = {};
  std::optional<absl::Time> time = std::nullopt;
  std::string session = {};
  std::uint32_t session_seconds = 0;
  std::uint64_t replay = 0;
  std::optional<Position> position = std::nullopt;
  std::optional<std::uint64_t> gap = std::nullopt;
  friend bool operator==(const ReportedClientEvent&, const ReportedClientEvent&) = default;
};

// A call of a method of ChatSession, or its destructor.
struct SessionCall {
  enum class Kind {
    kConnect,
    kLogin,
    kSay,
    kList,
    kReconnect,
    kDisconnect,
    kDropWaiting,
    kLeave,
    kDestroy
  };
  Kind kind = Kind::kConnect;
  std::string text = {};
  absl::Status status = absl::OkStatus();
};

// A SessionEvent as a value.
struct ReportedSessionEvent {
  SessionEvent::Kind kind = SessionEvent::Kind::kConnected;
  int code = 0;
  bool own = false;
  bool past = false;
  bool again = false;
  bool resumed = false;
  bool asked = false;
  ClientEvent::Ending ending = ClientEvent::Ending::kLost;
  absl::Duration duration = absl::ZeroDuration();
  std::string name = {};
  std::string text = {};
  std::string reason = {};
  std::vector<std::string> names = {};
  std::optional<absl::Time> time = std::nullopt;
  std::uint64_t replay = 0;
  std::optional<Position> position = std::nullopt;
  std::optional<std::uint64_t> gap = std::nullopt;
  friend bool operator==(const ReportedSessionEvent&, const ReportedSessionEvent&) = default;
};

// Something that happened at the client's ports. ConnectionRecord has the bytes.
struct PortEvent {
  enum class Kind {
    kAttempt,    // the client started to connect
    kConnected,  // the attempt succeeded
    kRefused,    // it failed; reason
    kReadable,   // notices
    kWritable,
    kRead,      // status, bytes; reason if it is kBroken
    kWrite,     // status, bytes, offered_bytes, wall
    kReleased,  // the client destroyed its stream or its attempt
    kTimer,     // of a session: a timer that was set for `due` runs
  };
  Kind kind = Kind::kAttempt;
  IoStatus status = IoStatus::kProgress;
  std::size_t bytes = 0;  // moved
  std::size_t offered_bytes = 0;
  absl::Time wall = {};  // the wall-clock time
  absl::Duration due = absl::ZeroDuration();
  std::string reason = {};
};

struct ClientEntry {
  absl::Duration at;
  std::variant<ClientCall, ReportedClientEvent, SessionCall, ReportedSessionEvent, PortEvent> what;
};

using ClientEntries = std::deque<ClientEntry>;

template <class What>
void Append(ClientEntries& journal, absl::Duration at, What what) {
  ClientEntry& entry = journal.emplace_back();
  entry.at = at;
  entry.what.emplace<What>(std::move(what));
}

struct ClientRecord {
  std::string who;
  bool session = false;
  ClientEntries entries;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_CLIENT_RECORD_H_
