// Builds the record of a real client or session by hand, for tests that corrupt one place of it.
//
//   ClientJournal alice;
//   alice.Join();                     // connects and logs in as "alice"
//   alice.Say("Hi");
//   alice.Last<ReportedClientEvent>().own = false;   // corrupt
//   ViolationsOf(alice);
//
// Time passes in Wait only. What a call makes the client do is not done by itself: see Send, Hear
// and Report.
#ifndef CHATHTTP_TESTS_SIM_ORACLE_CLIENT_JOURNAL_H_
#define CHATHTTP_TESTS_SIM_ORACLE_CLIENT_JOURNAL_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/oracle/violation.h"
#include "chathttp/sim/world/record.h"

namespace chathttp::sim {

class ClientJournal {
 public:
  using Call = ClientCall::Kind;
  using Event = ClientEvent::Kind;
  using Port = PortEvent::Kind;

  ClientJournal();

  void Wait(absl::Duration duration) { now_ += duration; }
  absl::Time wall() const { return absl::FromUnixSeconds(1'000'000'000) + now_; }

  // Single entries. Events that a response causes have its time.
  void Make(Call kind, std::string text = "", absl::Status status = absl::OkStatus());
  void SetReading(bool reading);
  void Report(ReportedClientEvent event);
  void ReportOf(ReportedClientEvent event);  // with the time of this instant
  void Use(PortEvent event) { Add(std::move(event)); }

  // A request, taken by the port as a whole; `bytes`: other bytes than the right ones.
  void Send(std::string_view method, std::string_view text = "");
  void SendBytes(const std::string& bytes);
  std::string RequestBytes(std::string_view method, std::string_view text) const;
  // A response, read as a whole.
  void Hear(int code, std::string_view entity);
  // The end of the stream is read.
  void HearEnd() { Use({.kind = Port::kRead, .status = IoStatus::kEndOfStream}); }
  // The client gives up its stream and reports its end.
  void Close(ClientEvent::Ending ending, std::string reason);

  // Correct sequences.
  void Connect();
  void Greet();
  void Join(std::string name = "alice");
  void Say(const std::string& text);
  void Drop();

  // The last entry of a kind.
  template <class Entry>
  Entry& Last() {
    std::size_t i = entries().size() - 1;
    while (!std::holds_alternative<Entry>(entries()[i].what)) --i;
    return std::get<Entry>(entries()[i].what);
  }
  ClientEntries& entries() { return record_.clients.front().entries; }
  ConnectionRecord& connection() { return record_.connections.back(); }
  WorldRecord& record() { return record_; }

 protected:
  template <class Entry>
  void Add(Entry entry) {
    Append(entries(), now_, std::move(entry));
  }
  absl::Time ResponseTime() const { return absl::FromUnixSeconds(absl::ToUnixSeconds(wall())); }
  // What the port tells of a new connection.
  void Open();

  std::string name_;

 private:
  WorldRecord record_;
  absl::Duration now_;
};

// The violations of the clients and sessions in a record.
std::vector<Violation> ViolationsOf(ClientJournal& journal);

class SessionJournal : public ClientJournal {
 public:
  using Call = SessionCall::Kind;
  using Event = SessionEvent::Kind;

  // The server has no sessions, and none are asked for.
  SessionJournal() {
    record().clients.front().session = true;
    record().session_options.resume = false;
  }

  void Make(Call kind, std::string text = "", absl::Status status = absl::OkStatus());
  void Report(ReportedSessionEvent event) { Add(std::move(event)); }
  void ReportOf(ReportedSessionEvent event);  // with the time of this instant
  void RunTimer(absl::Duration due) { Use({.kind = Port::kTimer, .due = due}); }

  // Correct sequences. The port tells of a new connection; the server greets; the session logs in.
  void Greet();
  void LogIn(bool again = false);
  void Join();
  void Say(const std::string& text);
  void Answer(const std::string& text);  // the reply to a text that was sent at this instant
  void Lose();  // the end of the stream, for a session that is chatting with nothing in flight
  void Destroy();
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_TESTS_SIM_ORACLE_CLIENT_JOURNAL_H_
