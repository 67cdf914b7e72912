#include <deque>
#include <utility>

#include "chathttp/sim/world/participant.h"

namespace chathttp::sim {
namespace {

ReportedClientEvent Copy(const ClientEvent& event) {
  return {.kind = event.kind,
          .code = event.code,
          .ending = event.ending,
          .own = event.own,
          .past = event.past,
          .name = std::string(event.name),
          .text = std::string(event.text),
          .reason = std::string(event.reason),
          .names = {event.names.begin(), event.names.end()},
          .time = event.time,
          .session = std::string(event.session),
          .session_seconds = event.session_seconds,
          .replay = event.replay,
          .position = event.position,
          .gap = event.gap};
}

// Queues actions until the client can perform them: login once it is connected, messages once it is
// logged in. Actions without a connection or attempt are dropped.
class Client final : public Participant, private ClientObserver {
 public:
  Client(const ParticipantContext& context, std::string_view name)
      : Participant(context, name, true),
        recorder_(context.recorder),
        server_(context.server_of(name)),
        client_(tap(), context.scheduler, *this, context.client_options) {
    tap().SetJournal(journal_);
  }

  void Connect() override {
    if (open_) return;
    open_ = true;
    Call({.kind = ClientCall::Kind::kConnect});
  }

  void Add(std::string_view name) override { Do({ClientCall::Kind::kLogin, std::string(name)}); }
  void Say(std::string_view text) override { Do({ClientCall::Kind::kSay, std::string(text)}); }
  void List() override { Do({.kind = ClientCall::Kind::kList}); }
  void Leave() override { Do({.kind = ClientCall::Kind::kLeave}); }
  void SendBytes(std::string_view) override {}  // the client core cannot send raw bytes

  void SetReading(bool reading) override {
    tap().SetReading(reading);
    Call({.kind = ClientCall::Kind::kSetReading, .reading = reading});
  }
  void ShutdownWrite() override { tap().ShutdownWrite(); }
  bool Reset() override {
    const bool live = tap().Reset();
    Close();
    return live;
  }
  void Close() override {
    if (!open_) return;
    Call({.kind = ClientCall::Kind::kDrop});
    Closed();
  }

  ClientRecord TakeRecord() override {
    return {.who = name(), .entries = std::exchange(journal_, {})};
  }

 private:
  void OnClientEvent(const ClientEvent& event) override {
    Append(journal_, recorder_.now(), Copy(event));
    switch (event.kind) {
      case ClientEvent::Kind::kClosed:
        return Closed();
      case ClientEvent::Kind::kLoggedIn:
      case ClientEvent::Kind::kLoginRefused:
        logging_in_ = false;
        return DoQueued();
      case ClientEvent::Kind::kConnected:
        return DoQueued();
      default:
        return;
    }
  }

  void Closed() {
    open_ = logging_in_ = false;
    queue_.clear();
  }

  void Do(ClientCall call) {
    if (!open_) return;
    queue_.push_back(std::move(call));
    DoQueued();
  }

  void DoQueued() {
    while (!queue_.empty() && client_.connected() && !logging_in_) {
      const ClientCall call = std::move(queue_.front());
      queue_.pop_front();
      const bool login = call.kind == ClientCall::Kind::kLogin;
      const bool done = Call(call);
      if (login) logging_in_ = done;
    }
  }

  // Records the call before the events that it causes. Returns whether it was accepted.
  bool Call(const ClientCall& call) {
    const std::size_t entry = journal_.size();
    Append(journal_, recorder_.now(), call);
    const absl::Status status = Perform(call);
    std::get<ClientCall>(journal_[entry].what).status = status;
    return status.ok();
  }

  absl::Status Perform(const ClientCall& call) {
    switch (call.kind) {
      case ClientCall::Kind::kConnect:
        return client_.Connect(server_);
      case ClientCall::Kind::kLogin:
        return client_.Login(call.text);
      case ClientCall::Kind::kSay:
        return client_.Say(call.text);
      case ClientCall::Kind::kList:
        return client_.List();
      case ClientCall::Kind::kPing:
        return client_.Ping();
      case ClientCall::Kind::kLeave:
        client_.Leave();
        break;
      case ClientCall::Kind::kDrop:
        client_.Drop();
        break;
      case ClientCall::Kind::kSetReading:
        client_.SetReading(call.reading);
        break;
    }
    return absl::OkStatus();
  }

  Recorder& recorder_;
  Endpoint server_;
  ClientEntries journal_;
  std::deque<ClientCall> queue_;
  bool open_ = false;
  bool logging_in_ = false;
  ChatClient client_;  // last: its end is recorded
};

}  // namespace

std::unique_ptr<Participant> MakeClient(const ParticipantContext& context, std::string_view name) {
  return std::make_unique<Client>(context, name);
}

}  // namespace chathttp::sim
