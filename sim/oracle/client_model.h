// A model of a client core: it follows the record of a client entry by entry, and says what the
// client had to do. Written from transport/client/chat_client.h and docs/protocol.md. Part of the
// oracle.
//
//   ClientModel model(world_record, connections_of_this_client);
//   for (const ClientEntry& entry : client.entries) {
//     if (std::string problem = model.Take(entry); !problem.empty()) return problem;
//   }
//   return model.Finish();
//
// The model stops at the first problem. Where the server breaks the protocol, the model accepts
// everything until the end of the connection.
#ifndef CHATHTTP_SIM_ORACLE_CLIENT_MODEL_H_
#define CHATHTTP_SIM_ORACLE_CLIENT_MODEL_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/oracle/past_model.h"
#include "chathttp/sim/oracle/rules.h"
#include "chathttp/sim/world/raw_codec.h"
#include "chathttp/sim/world/record.h"

namespace chathttp::sim {

class ClientModel {
 public:
  // `connections`: those of the client, in order. They and the other arguments outlive the model.
  ClientModel(const WorldRecord& record, std::vector<const ConnectionRecord*> connections)
      : ClientModel(record, record.client_options, std::move(connections)) {}
  ClientModel(const WorldRecord& record, const ClientOptions& options,
              std::vector<const ConnectionRecord*> connections);

  // Takes the next entry. Returns how it breaks a rule, or an empty string.
  [[nodiscard]] std::string Take(const ClientEntry& entry);
  // The same for the end of the record.
  [[nodiscard]] std::string Finish();

  // The parts of Take, for the model of a program that uses a client core. It calls TakeDue until
  // there is nothing after each of the others.
  [[nodiscard]] std::string Advance(absl::Duration now);
  void Perform(const ClientCall& call);
  [[nodiscard]] std::string OnPort(const PortEvent& event);
  // The timers that are due at `due` run: if the limit of time is among them, the connection ends
  // once it has no input left.
  void OnTimer(absl::Duration due);
  // The next event to report, or nullopt.
  std::optional<ReportedClientEvent> TakeDue();

  // Whether the client is greeted and not closed.
  bool connected() const { return phase_ >= Phase::kGreeted; }
  bool heartbeat_held() const { return heartbeat_held_; }
  const std::string& name() const { return name_; }
  const PastModel& past() const { return past_; }
  std::size_t unanswered() const { return in_flight_.size() + waiting_.size(); }
  // The server broke the protocol: nothing is known until the end of the connection.
  bool blind() const { return blind_; }

 private:
  enum class Phase { kIdle, kConnecting, kGreeting, kGreeted, kLoggingIn, kLoggedIn, kLeaving };
  struct Request {
    std::string_view method;
    std::string text;
    bool ping = false;
  };

  // Calls.
  std::string OnCall(const ClientCall& call);
  absl::StatusCode StatusOf(const ClientCall& call) const;
  absl::StatusCode StatusOfRequest() const;
  void Leave();

  // The port.
  std::string OnAttempt();
  std::string OnConnected();
  std::string OnRead(const PortEvent& read);
  std::string OnWrite(const PortEvent& write);
  const std::string& Host() const;
  void FillOutput(absl::Time wall);
  std::string CompareSent(std::size_t bytes) const;

  // Events.
  std::string OnReported(const ReportedClientEvent& reported);
  std::optional<ReportedClientEvent> NextDue();
  std::optional<ReportedClientEvent> React(const RawResponse& response);
  std::optional<ReportedClientEvent> OnGreeting(const RawResponse& response);
  std::optional<ReportedClientEvent> OnOk(const RawResponse& response);
  ReportedClientEvent OnBroadcast(const Meaning& meaning);
  ReportedClientEvent OnLogin(const RawResponse& response);
  std::string LoginLines() const;
  std::optional<ReportedClientEvent> OnError(const RawResponse& response);
  std::optional<ReportedClientEvent> Closing(ClientEvent::Ending ending,
                                             std::string_view reason) const;
  std::optional<ReportedClientEvent> Lost(std::string_view reason) const;

  // What the client has not done although it could; an empty string if there is nothing.
  std::string Omission();
  std::string NothingDue();
  bool Awaits(std::string_view method) const {
    return !in_flight_.empty() && in_flight_.front().method == method;
  }
  std::size_t MostInFlight() const { return original_ ? 1 : options_.max_in_flight; }
  absl::Duration Slack(absl::Duration slack) const;
  void SetDeadline(absl::Duration limit, std::string_view what);
  void ClearDeadline();
  void AwaitReply();
  void PopAnswered();
  void Reset();  // to the state without a connection

  const WorldRecord& record_;
  const ClientOptions& options_;
  std::vector<const ConnectionRecord*> connections_;
  std::size_t next_connection_ = 0;
  const ConnectionRecord* connection_ = nullptr;  // the latest
  absl::Duration now_;
  Phase phase_ = Phase::kIdle;
  bool has_port_ = false;  // a stream or an attempt
  bool blind_ = false;     // the server broke the protocol
  bool reading_ = true;
  bool unread_ = false;  // there may be input
  bool room_ = false;    // the port may take more output
  bool original_ = false;
  bool heartbeat_held_ = false;
  std::string name_;
  ClientCall login_;  // the latest
  PastModel past_;
  std::deque<Request> waiting_;
  std::deque<Request> in_flight_;
  std::string output_;          // of requests in flight, not taken by the port yet
  std::size_t sent_bytes_ = 0;  // taken by the port
  std::size_t read_bytes_ = 0;
  std::vector<RawResponse> responses_;  // of the connection, also those not read yet
  std::size_t next_response_ = 0;
  std::optional<ReportedClientEvent> closing_;  // due now
  std::string last_words_;                      // why the server may end the connection next
  std::optional<absl::Duration> deadline_;
  bool overdue_ = false;  // the timer of deadline_ has run
  std::string deadline_reason_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_CLIENT_MODEL_H_
