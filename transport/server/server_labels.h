// The labels of a server's counters: small closed sets, so that a monitoring system has few series,
// whatever peers do.
//
//   Tally<Rule> refusals;
//   ++refusals[Rule::kText];
//
// Values only. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_SERVER_SERVER_LABELS_H_
#define CHATHTTP_TRANSPORT_SERVER_SERVER_LABELS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>

#include "chathttp/domain/chat_room.h"
#include "chathttp/transport/codec/message.h"

namespace chathttp {

// A complete request: its method, and the code of its answer.
struct RequestKind {
  Method method;
  StatusCode code;

  friend bool operator==(const RequestKind&, const RequestKind&) = default;
};

// All that there are.
inline constexpr std::array<RequestKind, 11> kRequestKinds = {{
    {Method::kAdd, StatusCode::kOk},
    {Method::kAdd, StatusCode::kBadRequest},
    {Method::kAdd, StatusCode::kUserNameExist},
    {Method::kAdd, StatusCode::kInternalServerError},
    {Method::kPost, StatusCode::kOk},
    {Method::kPost, StatusCode::kBadRequest},
    {Method::kGet, StatusCode::kOk},
    {Method::kGet, StatusCode::kBadRequest},
    {Method::kDelete, StatusCode::kOk},
    {Method::kDelete, StatusCode::kBadRequest},
    {Method::kUnknown, StatusCode::kBadRequest},
}};

// The rule that a refused request breaks.
enum class Rule {
  kMalformed,  // it is no request: the connection ends
  kMethod,     // none of ADD, POST, GET, DELETE
  kLogin,      // before or after the login that it needs, or in another name
  kName,       // not a name
  kNameTaken,
  kRoomFull,
  kText,     // not a text, or too long
  kPolicy,   // refused by the embedding program
  kSession,  // wrong headers of a session
};

// Why a connection ended.
enum class EndReason {
  kEndOfStream,  // the peer ended it
  kBroken,       // reset by the peer, timed out, ...
  kRequest,      // a request that ends the connection
  kTimeLimit,    // no request, no login, no sign of life or an unfinished request in time
  kStalled,      // the peer accepted no byte within the limit
  kSlow,         // a slow consumer
  kFlood,        // more requests than flood control allows, for too long
  kServer,       // disconnected by the program, or the server stops
  kFull,         // turned away: as many connections as the limit; or too many partial requests
  kAddress,      // turned away: banned, or too many from its address
  kDescriptors,  // turned away: the process had no descriptor left
  kOther,
};

// All labels of a kind: names in order of the enumerators, or the labels themselves.
template <typename Label>
struct Labels;

template <>
struct Labels<RequestKind> {
  static constexpr const auto& kAll = kRequestKinds;
};
template <>
struct Labels<Broadcast::Kind> {
  static constexpr std::array<std::string_view, 3> kAll = {"entered", "said", "left"};
};
template <>
struct Labels<Rule> {
  static constexpr std::array<std::string_view, 9> kAll = {"malformed", "method",     "login",
                                                           "name",      "name_taken", "room_full",
                                                           "text",      "policy",     "session"};
};
template <>
struct Labels<EndReason> {
  static constexpr std::array<std::string_view, 12> kAll = {
      "end_of_stream", "broken", "request", "time_limit", "stalled",     "slow",
      "flood",         "server", "full",    "address",    "descriptors", "other"};
};

// The place of a label in Labels::kAll; that of the last one for a kind of request that is not
// there (asserted).
template <typename Label>
constexpr std::size_t IndexOf(Label label) {
  return static_cast<std::size_t>(label);
}
std::size_t IndexOf(RequestKind kind);

// One counter for each label.
template <typename Label>
class Tally {
 public:
  using Counts = std::array<std::uint64_t, Labels<Label>::kAll.size()>;

  std::uint64_t& operator[](Label label) { return counts_[IndexOf(label)]; }
  std::uint64_t operator[](Label label) const { return counts_[IndexOf(label)]; }

  Tally& operator+=(const Tally& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    return *this;
  }

  // In order of Labels::kAll.
  const Counts& counts() const { return counts_; }
  std::uint64_t total() const {
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
  }

 private:
  Counts counts_ = {};
};

// The label of a reason as ServerEvent::kClosed reports it, unless the connection was turned away.
// `broken_reason` is that of the stream.
EndReason EndReasonOf(std::string_view reason, std::string_view broken_reason);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_SERVER_LABELS_H_
