#include <memory>
#include <utility>

#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/world/participant.h"

namespace chathttp::sim {
namespace {

// The scheduler of one session, which records each timer that runs.
class JournalScheduler final : public Scheduler {
 public:
  JournalScheduler(Scheduler& scheduler, const Recorder& recorder, ClientEntries& journal)
      : scheduler_(scheduler), recorder_(recorder), journal_(journal) {}

  absl::Time Now() const override { return scheduler_.Now(); }
  absl::Time WallNow() const override { return scheduler_.WallNow(); }
  TimerId RunAt(absl::Time when, Task task) override {
    return scheduler_.RunAt(when, [this, when, task = std::move(task)]() mutable {
      Append(journal_, recorder_.now(),
             PortEvent{.kind = PortEvent::Kind::kTimer, .due = when - recorder_.start()});
      task();
    });
  }
  void Cancel(TimerId timer) override { scheduler_.Cancel(timer); }
  void AtEndOfTurn(Task task) override { scheduler_.AtEndOfTurn(std::move(task)); }

 private:
  Scheduler& scheduler_;
  const Recorder& recorder_;
  ClientEntries& journal_;
};

ReportedSessionEvent Copy(const SessionEvent& event) {
  return {.kind = event.kind,
          .code = event.code,
          .own = event.own,
          .past = event.past,
          .again = event.again,
          .resumed = event.resumed,
          .asked = event.asked,
          .ending = event.ending,
          .duration = event.duration,
          .name = std::string(event.name),
          .text = std::string(event.text),
          .reason = std::string(event.reason),
          .names = {event.names.begin(), event.names.end()},
          .time = event.time,
          .replay = event.replay,
          .position = event.position,
          .gap = event.gap};
}

// Calls the session as the steps say; the session itself waits for its connection.
class Session final : public Participant, private SessionObserver {
 public:
  Session(const ParticipantContext& context, std::string_view name)
      : Participant(context, name, true),
        recorder_(context.recorder),
        server_(context.server_of(name)),
        scheduler_(context.scheduler, recorder_, journal_) {
    tap().SetJournal(journal_);
    SessionOptions options = context.session_options;
    options.random = [draws = DrawSequence(context.seed, Purpose::kSession,
                                           EntityOf(name))]() mutable { return draws.Bits(); };
    SessionObserver& observer = *this;
    session_ = std::make_unique<ChatSession>(tap(), scheduler_, observer, options);
  }

  void Connect() override {
    if (session_->state() != ChatSession::State::kClosed) return;
    Call({.kind = SessionCall::Kind::kConnect});
  }
  void Add(std::string_view name) override {
    Call({.kind = SessionCall::Kind::kLogin, .text = std::string(name)});
  }
  void Say(std::string_view text) override {
    Call({.kind = SessionCall::Kind::kSay, .text = std::string(text)});
  }
  void List() override { Call({.kind = SessionCall::Kind::kList}); }
  void Leave() override { Call({.kind = SessionCall::Kind::kLeave}); }
  void SendBytes(std::string_view) override {}  // a session cannot send raw bytes
  void SetReading(bool) override {}             // nor stop reading
  void ShutdownWrite() override { tap().ShutdownWrite(); }
  bool Reset() override {
    const bool live = tap().Reset();
    Close();
    return live;
  }
  // A session that loses its connection opens the next.
  void Close() override { Call({.kind = SessionCall::Kind::kReconnect}); }
  void Disconnect() override { Call({.kind = SessionCall::Kind::kDisconnect}); }
  void DropWaiting() override { Call({.kind = SessionCall::Kind::kDropWaiting}); }
  void End() override {
    Append(journal_, recorder_.now(), SessionCall{.kind = SessionCall::Kind::kDestroy});
    session_.reset();
  }

  ClientRecord TakeRecord() override {
    return {.who = name(), .session = true, .entries = std::exchange(journal_, {})};
  }

 private:
  void OnSessionEvent(const SessionEvent& event) override {
    Append(journal_, recorder_.now(), Copy(event));
  }

  // Records the call before the events that it causes.
  void Call(const SessionCall& call) {
    const std::size_t entry = journal_.size();
    Append(journal_, recorder_.now(), call);
    const absl::Status status = Perform(call);
    std::get<SessionCall>(journal_[entry].what).status = status;
  }

  absl::Status Perform(const SessionCall& call) {
    switch (call.kind) {
      case SessionCall::Kind::kConnect:
        session_->Connect(server_);
        break;
      case SessionCall::Kind::kLogin:
        return session_->Login(call.text);
      case SessionCall::Kind::kSay:
        return session_->Say(call.text);
      case SessionCall::Kind::kList:
        return session_->List();
      case SessionCall::Kind::kReconnect:
        return session_->Reconnect();
      case SessionCall::Kind::kDisconnect:
        session_->Disconnect();
        break;
      case SessionCall::Kind::kDropWaiting:
        session_->DropWaiting();
        break;
      case SessionCall::Kind::kLeave:
        session_->Leave();
        break;
      case SessionCall::Kind::kDestroy:
        break;
    }
    return absl::OkStatus();
  }

  Recorder& recorder_;
  Endpoint server_;
  ClientEntries journal_;
  JournalScheduler scheduler_;
  std::unique_ptr<ChatSession> session_;
};

}  // namespace

std::unique_ptr<Participant> MakeSession(const ParticipantContext& context, std::string_view name) {
  return std::make_unique<Session>(context, name);
}

}  // namespace chathttp::sim
