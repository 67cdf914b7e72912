// A model of a session: it follows the record of a session entry by entry, and says what the
// session had to do. Written from transport/client/chat_session.h. Part of the oracle.
//
// Used as ClientModel, which models the client core inside the session. A wait between two attempts
// is drawn by the session: the model takes the reported one if it is within its bounds. Where the
// server breaks the protocol, the model accepts everything from then on.
#ifndef CHATHTTP_SIM_ORACLE_SESSION_MODEL_H_
#define CHATHTTP_SIM_ORACLE_SESSION_MODEL_H_

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/oracle/client_model.h"
#include "chathttp/sim/oracle/held_session.h"
#include "chathttp/sim/world/record.h"

namespace chathttp::sim {

class SessionModel {
 public:
  // `connections`: those of the session, in order. Both arguments outlive the model.
  SessionModel(const WorldRecord& record, std::vector<const ConnectionRecord*> connections);

  // Takes the next entry. Returns how it breaks a rule, or an empty string.
  [[nodiscard]] std::string Take(const ClientEntry& entry);
  // The same for the end of the record.
  [[nodiscard]] std::string Finish();

 private:
  using State = ChatSession::State;
  using Kind = SessionEvent::Kind;
  struct Request {
    enum class Kind { kSay, kList, kProbe };
    Kind kind;
    std::string text;
  };

  std::string Advance(absl::Duration now);
  std::string Omission() const;
  std::string Overdue(absl::Duration latest);

  // Calls.
  std::string OnCall(const SessionCall& call);
  absl::StatusCode StatusOf(const SessionCall& call) const;
  absl::StatusCode StatusOfLogin(std::string_view name) const;
  absl::StatusCode StatusOfSay(std::string_view text) const;
  absl::StatusCode StatusOfRequest() const;
  void Perform(const SessionCall& call);
  void Connect();
  void Login(const std::string& name);
  void Reconnect();
  void Disconnect();
  void DropWaiting();
  void Leave();
  void End();
  void Add(Request request);

  // Events of the client core.
  void TakeClientEvents();
  void OnClientEvent(const ReportedClientEvent& event);
  void OnConnected(const ReportedClientEvent& event);
  void OnLoggedIn(const ReportedClientEvent& event);
  void OnLoginRefused(const ReportedClientEvent& event);
  void OnMessage(const ReportedClientEvent& event);
  void OnList(const ReportedClientEvent& event);
  void OnRefused(const ReportedClientEvent& event);
  void OnClosed(const ReportedClientEvent& event);
  // Takes the request in flight if it was answered. Then Answered reports how long that took.
  std::optional<Request> TakeAnswered();
  void Answered();

  // Time.
  void RunTimers(absl::Duration due);
  void OnSilence();
  absl::Duration ProbeDue() const;
  absl::Duration ProbeInterval() const;

  std::string OnReported(const ReportedSessionEvent& reported);
  bool Matches(const ReportedSessionEvent& reported, const ReportedSessionEvent& expected) const;
  void Expect(ReportedSessionEvent event) { expected_.push_back(std::move(event)); }
  void AbandonInFlight();
  void Open();
  void SendLogin();
  void SendNext();
  // Waits at most `longest`.
  void WaitAndRetry(std::string_view reason, absl::Duration longest = absl::InfiniteDuration());
  void StopTimers() { retry_at_ = silence_at_ = leave_at_ = std::nullopt; }
  void DropConnection();
  void KeepInDoubt();
  void AbandonInDoubt();
  void OnReplayed();
  void OnNotice(Kind kind, const ReportedClientEvent& event);
  bool Retries() const {
    return name_wanted_ && (logged_in_before_ || options_.insist || held_.trying());
  }

  const WorldRecord& record_;
  const SessionOptions& options_;
  const ClientOptions client_options_;
  ClientModel client_;
  absl::Duration now_;
  State state_ = State::kClosed;
  bool ever_connected_ = false;
  bool destroyed_ = false;
  bool lost_ = false;  // the server broke the protocol: nothing is known any more
  std::string name_;
  bool name_wanted_ = false;
  bool logged_in_before_ = false;
  bool name_held_ = false;  // it was logged in before
  int refusals_ = 0;        // of the name, since the last loss
  absl::Duration wait_;     // the next one, without jitter
  absl::Duration logged_in_at_;
  absl::Duration heard_at_;
  absl::Duration sent_at_;
  HeldSession held_;
  std::string sent_token_;               // by the latest login
  std::optional<std::string> in_doubt_;  // a text that was in flight at a loss
  bool missed_some_ = false;             // since it was sent
  std::optional<Request> in_flight_;
  std::deque<Request> waiting_;
  std::optional<absl::Duration> retry_at_;
  std::optional<absl::Duration> silence_at_;
  std::optional<absl::Duration> leave_at_;
  std::deque<ReportedSessionEvent> expected_;  // due now
  std::deque<absl::Duration> least_waits_;     // of those of these that tell of a wait
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_SESSION_MODEL_H_
