#include <deque>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/world/participant.h"

namespace chathttp::sim {
namespace {

std::string_view WordOf(ClientEvent::Ending ending) {
  switch (ending) {
    case ClientEvent::Ending::kLeft:
      return "left";
    case ClientEvent::Ending::kCannotConnect:
      return "cannot-connect";
    case ClientEvent::Ending::kRefused:
      return "refused";
    case ClientEvent::Ending::kLost:
      return "lost";
  }
  return "";
}

std::string LineOf(const ClientEvent& event) {
  const absl::string_view name = AbslView(event.name);
  const absl::string_view reason = AbslView(event.reason);
  std::string line;
  switch (event.kind) {
    case ClientEvent::Kind::kConnected:
      return "connected";
    case ClientEvent::Kind::kLoggedIn:
      return absl::StrCat("logged-in ", name);
    case ClientEvent::Kind::kLoginRefused:
      return absl::StrCat("login-refused ", event.code, " ", reason);
    case ClientEvent::Kind::kMessage:
      return absl::StrCat(event.own ? "own " : "message ", name, ": ", AbslView(event.text));
    case ClientEvent::Kind::kEntered:
      return absl::StrCat("entered ", name);
    case ClientEvent::Kind::kLeft:
      return absl::StrCat("left ", name);
    case ClientEvent::Kind::kList:
      line = "list";
      for (const std::string_view member : event.names)
        absl::StrAppend(&line, " ", AbslView(member));
      return line;
    case ClientEvent::Kind::kRefused:
      return absl::StrCat("refused ", event.code, " ", reason);
    case ClientEvent::Kind::kNotice:
      return absl::StrCat("notice ", AbslView(event.text));
    case ClientEvent::Kind::kClosed:
      return absl::StrCat("closed ", AbslView(WordOf(event.ending)), " ", reason);
  }
  return line;
}

// Queues actions until the client can perform them: login once it is connected, messages once it is
// logged in. Actions without a connection or attempt are dropped.
class Client final : public Participant, private ClientObserver {
 public:
  Client(const ParticipantContext& context, std::string_view name)
      : Participant(context, name, true),
        server_(context.server),
        client_(tap(), context.scheduler, *this, context.client_options) {}

  void Connect() override {
    if (open_) return;
    open_ = true;
    client_.Connect(server_).IgnoreError();
  }

  void Add(std::string_view name) override { Do({Action::kAdd, std::string(name)}); }
  void Say(std::string_view text) override { Do({Action::kSay, std::string(text)}); }
  void List() override { Do({Action::kList, ""}); }
  void Leave() override { Do({Action::kLeave, ""}); }
  void SendBytes(std::string_view) override {}  // the client core cannot send raw bytes

  void SetReading(bool reading) override {
    tap().SetReading(reading);
    client_.SetReading(reading);
  }
  void ShutdownWrite() override { tap().ShutdownWrite(); }
  bool Reset() override {
    const bool live = tap().Reset();
    Close();
    return live;
  }
  void Close() override {
    if (!open_) return;
    client_.Drop();
    Closed();
    story_.emplace_back("dropped");
  }

  std::vector<std::string> TakeStory() override { return std::move(story_); }

 private:
  struct Action {
    enum Kind { kAdd, kSay, kList, kLeave } kind;
    std::string text;
  };

  void OnClientEvent(const ClientEvent& event) override {
    story_.push_back(LineOf(event));
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

  void Do(Action action) {
    if (!open_) return;
    queue_.push_back(std::move(action));
    DoQueued();
  }

  void DoQueued() {
    while (!queue_.empty() && client_.connected() && !logging_in_) {
      const Action action = std::move(queue_.front());
      queue_.pop_front();
      const absl::Status status = DoNow(action);
      if (!status.ok()) story_.push_back("not-done " + std::string(status.message()));
    }
  }

  absl::Status DoNow(const Action& action) {
    absl::Status status;
    switch (action.kind) {
      case Action::kAdd:
        status = client_.Login(action.text);
        logging_in_ = status.ok();
        break;
      case Action::kSay:
        return client_.Say(action.text);
      case Action::kList:
        return client_.List();
      case Action::kLeave:
        client_.Leave();
        break;
    }
    return status;
  }

  Endpoint server_;
  std::vector<std::string> story_;
  std::deque<Action> queue_;
  bool open_ = false;
  bool logging_in_ = false;
  ChatClient client_;
};

}  // namespace

std::unique_ptr<Participant> MakeClient(const ParticipantContext& context, std::string_view name) {
  return std::make_unique<Client>(context, name);
}

}  // namespace chathttp::sim
