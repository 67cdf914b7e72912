#include "apps/console/room.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "apps/terminal/canvas.h"
#include "apps/terminal/unicode.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/user_name.h"

namespace chathttp {
namespace {

std::string Bounded(std::string_view text) {
  if (text.size() <= ConsoleRoom::kMaxShownBytes) return std::string(text);
  return absl::StrCat(AbslView(text.substr(0, ConsoleRoom::kMaxShownBytes)), "...");
}

bool IsNameByte(char byte) {
  return absl::ascii_isalnum(static_cast<unsigned char>(byte)) || byte == '_' || byte == '-';
}

}  // namespace

bool ConsoleRoom::OnSessionEvent(const SessionEvent& event) {
  using Kind = SessionEvent::Kind;
  const auto add = [this](ChatLine::Kind kind, std::string_view what, std::string_view text) {
    AddLine(kind, absl::StrCat(AbslView(what), AbslView(text)));
  };
  switch (event.kind) {
    case Kind::kMessage:
      return OnMessage(event);
    case Kind::kLoggedIn:
      OnLoggedIn(event);
      break;
    case Kind::kEntered:
      users_.Add(event.name);
      add(ChatLine::Kind::kNotice, event.name, " has entered");
      break;
    case Kind::kLeft:
      users_.Remove(event.name);
      add(ChatLine::Kind::kNotice, event.name, " has left");
      break;
    case Kind::kList:
      OnList(event);
      break;
    case Kind::kRefused:
      add(ChatLine::Kind::kError, "Refused: ",
          event.text.empty() ? std::string(event.reason)
                             : absl::StrCat(AbslView(event.reason), ": ", AbslView(event.text)));
      break;
    case Kind::kNotice:
      AddLine(ChatLine::Kind::kNotice, event.text);
      break;
    case Kind::kMaybeDelivered:
      add(ChatLine::Kind::kError, "Perhaps not delivered: ", event.text);
      break;
    case Kind::kUnsent:
      add(ChatLine::Kind::kError, "Not sent: ", event.text);
      break;
    case Kind::kLag:
      last_lag_ = event.duration;
      break;
    case Kind::kDropped:
      loss_reason_ = event.reason;
      add(ChatLine::Kind::kError, "Connection lost: ", event.reason);
      break;
    case Kind::kReconnecting:
      OnReconnecting(event);
      break;
    case Kind::kConnected:
    case Kind::kNameRefused:
    case Kind::kClosed:
    case Kind::kEnded:
      break;
  }
  return false;
}

void ConsoleRoom::OnLoggedIn(const SessionEvent& event) {
  users_known_ = false;
  loss_reason_.clear();
  users_.Add(event.name);
  AddLine(ChatLine::Kind::kInfo,
          event.again ? absl::StrCat("Back in the room as ", AbslView(event.name))
                      : absl::StrCat("In the room as ", AbslView(event.name), "; F1 for help"));
}

bool ConsoleRoom::OnMessage(const SessionEvent& event) {
  const bool mention = !event.own && Mentions(event.text);
  users_.Add(event.name);
  users_.Speak(event.name);
  Add({.kind = ChatLine::Kind::kMessage,
       .name = ShownText(Bounded(event.name)),
       .text = ShownText(Bounded(event.text)),
       .own = event.own,
       .mention = mention});
  return mention;
}

// The first list after a login is that of the program, not of the user.
void ConsoleRoom::OnList(const SessionEvent& event) {
  const bool shown = std::exchange(users_known_, true) && event.asked;
  users_.SetAll(event.names);
  if (!shown) return;
  std::string line = absl::StrCat(event.names.size(), " online:");
  for (const std::string_view name :
       event.names.first(std::min(event.names.size(), kMaxListedNames))) {
    absl::StrAppend(&line, " ", AbslView(name));
  }
  if (event.names.size() > kMaxListedNames) absl::StrAppend(&line, " ...");
  AddLine(ChatLine::Kind::kInfo, line);
}

// A reason that repeats itself has one line.
void ConsoleRoom::OnReconnecting(const SessionEvent& event) {
  if (event.reason == loss_reason_) return;
  loss_reason_ = event.reason;
  AddLine(ChatLine::Kind::kInfo, absl::StrCat("Cannot come back yet: ", AbslView(event.reason)));
}

void ConsoleRoom::AddLine(ChatLine::Kind kind, std::string_view text) {
  Add({.kind = kind, .text = ShownText(Bounded(text))});
}

void ConsoleRoom::Add(ChatLine line) {
  line.time = absl::FormatTime("%H:%M", scheduler_.WallNow(), time_zone_);
  lines_.Append(std::move(line));
}

// Returns whether the name is a word of the text.
bool ConsoleRoom::Mentions(std::string_view text) const {
  const std::string& own = session_.name();
  for (std::size_t at = 0; at + own.size() <= text.size(); ++at) {
    if (!SameName(text.substr(at, own.size()), own)) continue;
    const std::size_t end = at + own.size();
    const bool begins = at == 0 || !IsNameByte(text[at - 1]);
    const bool ends = end == text.size() || !IsNameByte(text[end]);
    if (begins && ends) return true;
  }
  return false;
}

std::string ConsoleRoom::State() const {
  switch (session_.state()) {
    case ChatSession::State::kChatting:
      return "connected";
    case ChatSession::State::kLeaving:
      return "leaving";
    case ChatSession::State::kWaiting:
      return absl::StrCat("reconnecting in ",
                          ShownSeconds(session_.next_attempt() - scheduler_.Now()));
    case ChatSession::State::kConnecting:
      return "reconnecting";
    case ChatSession::State::kGreeted:
    case ChatSession::State::kLoggingIn:
      return "logging in";
    case ChatSession::State::kClosed:
      break;
  }
  return "offline";
}

// The lag of the last request, or the whole seconds that the current one has taken, if that is more.
std::optional<absl::Duration> ConsoleRoom::Lag() const {
  if (session_.state() != ChatSession::State::kChatting) return std::nullopt;
  const absl::Duration waited = scheduler_.Now() - session_.sent_at().value_or(scheduler_.Now());
  return std::max(last_lag_, absl::Floor(waited, absl::Seconds(1)));
}

void ConsoleRoom::Describe(ChatScreen& screen) const {
  screen.place = ToString(session_.endpoint());
  screen.name = session_.name();
  screen.connected = session_.state() == ChatSession::State::kChatting ||
                     session_.state() == ChatSession::State::kLeaving;
  screen.state = State();
  screen.lag = Lag();
  if (screen.connected && users_known_) screen.online = users_.size();
  if (screen.connected) screen.users = users_.ByName(Canvas::kMaxSide);
}

}  // namespace chathttp
