#include "apps/console/room.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apps/terminal/canvas.h"
#include "apps/terminal/unicode.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/user_name.h"

namespace chathttp {
namespace {

constexpr std::size_t kMaxPresenceBytes = 200;  // then a new line is begun
constexpr std::string_view kHistoryMark = "earlier messages";
constexpr absl::Duration kSameClock = absl::Seconds(5);

std::string Bounded(std::string_view text) {
  if (text.size() <= ConsoleRoom::kMaxShownBytes) return std::string(text);
  return absl::StrCat(AbslView(text.substr(0, ConsoleRoom::kMaxShownBytes)), "...");
}

bool IsNameByte(char byte) {
  return absl::ascii_isalnum(static_cast<unsigned char>(byte)) || byte == '_' || byte == '-' ||
         byte == '.';
}

// Whether all bytes may be punctuation around a name, though a name may contain them.
bool IsPunctuation(std::string_view bytes) {
  return bytes.find_first_not_of("-.") == std::string_view::npos;
}

// Whether `word`, which consists of bytes of names, is `name` or has it in punctuation: "-Bob.".
bool IsNameIn(std::string_view word, std::string_view name) {
  for (std::size_t at = 0; at + name.size() <= word.size(); ++at) {
    if (SameName(word.substr(at, name.size()), name) && IsPunctuation(word.substr(0, at)) &&
        IsPunctuation(word.substr(at + name.size()))) {
      return true;
    }
  }
  return false;
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
    case Kind::kLeft:
      OnPresence(event);
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
      if (history_left_ > 0) EndHistory();
      loss_reason_ = event.reason;
      lost_at_ = scheduler_.Now();
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
  const absl::Duration difference =
      event.time ? scheduler_.WallNow() - *event.time : absl::ZeroDuration();
  // The server's time has whole seconds, and was on the way.
  clock_difference_ =
      absl::AbsDuration(difference) < kSameClock ? absl::ZeroDuration() : difference;
  history_left_ = event.again || event.resumed ? 0 : event.replay;
  if (event.again || event.resumed) {
    AddLine(ChatLine::Kind::kInfo, DescribeReturn(event));
  } else if (history_left_ > 0) {
    lines_.Append({.kind = ChatLine::Kind::kMark, .text = std::string(kHistoryMark)});
  } else {
    EndHistory();
  }
  lost_at_.reset();
}

std::string ConsoleRoom::DescribeReturn(const SessionEvent& event) const {
  std::string line = absl::StrCat("Back in the room as ", AbslView(event.name));
  if (!event.position) return line;  // a server without sessions: nobody knows what is missing
  if (lost_at_) {
    const absl::Duration away = absl::Trunc(scheduler_.Now() - *lost_at_, absl::Seconds(1));
    absl::StrAppend(&line, ", away for ", absl::FormatDuration(away));
  }
  if (!event.gap) return absl::StrCat(line, "; nothing is missing");
  if (*event.gap == kUnknownGap) return absl::StrCat(line, "; messages may be missing here");
  return absl::StrCat(line, "; ", *event.gap, *event.gap == 1 ? " message is" : " messages are",
                      " missing here");
}

void ConsoleRoom::CountHistory() {
  if (--history_left_ == 0) EndHistory();
}

void ConsoleRoom::EndHistory() {
  history_left_ = 0;
  AddLine(ChatLine::Kind::kInfo,
          absl::StrCat("In the room as ", AbslView(session_.name()), "; F1 for help"));
}

bool ConsoleRoom::OnMessage(const SessionEvent& event) {
  const bool history = IsHistory(event);
  const bool own = event.own || (event.past && SameName(event.name, session_.name()));
  const bool hidden = !own && ignored_.contains(event.name);
  const bool mention = !own && !hidden && Mentions(event.text);
  if (!history && !hidden) {
    mentioned_below_ = !lines_.at_end() && (mentioned_below_ || mention);
    users_.Add(event.name);
    users_.Speak(event.name);
  }
  if (!hidden) {
    Add({.kind = ChatLine::Kind::kMessage,
         .name = ShownText(Bounded(event.name)),
         .text = ShownText(Bounded(event.text)),
         .own = own,
         .mention = mention,
         .past = history},
        TimeOf(event));
  }
  if (history) CountHistory();
  return mention && !history;
}

void ConsoleRoom::OnPresence(const SessionEvent& event) {
  const bool entered = event.kind == SessionEvent::Kind::kEntered;
  const bool history = IsHistory(event);
  if (!history) entered ? users_.Add(event.name) : users_.Remove(event.name);
  AddPresence(absl::StrCat(AbslView(event.name), entered ? " has entered" : " has left"), event);
  if (history) CountHistory();
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

// Those of a minute share a line.
void ConsoleRoom::AddPresence(std::string_view text, const SessionEvent& event) {
  if (!shows_presence_) return;
  const absl::Time time = TimeOf(event);
  const bool history = IsHistory(event);
  const ChatLine* const newest = lines_.newest();
  const bool joins = newest != nullptr && newest->kind == ChatLine::Kind::kPresence &&
                     newest->past == history && newest->time == ShownTime(time) &&
                     last_day_ == absl::ToCivilDay(time, time_zone_) &&
                     newest->text.size() < kMaxPresenceBytes;
  if (joins) {
    if (!history) WriteLog(absl::StrCat("- ", AbslView(text)), time);
    return lines_.ReplaceNewest(absl::StrCat(newest->text, ", ", AbslView(text)));
  }
  Add({.kind = ChatLine::Kind::kPresence, .text = ShownText(Bounded(text)), .past = history}, time);
}

std::string ConsoleRoom::Ignore(std::string_view name) {
  if (name.empty()) {
    if (ignored_.empty()) return "Nobody is ignored";
    const std::set<std::string> sorted(ignored_.begin(), ignored_.end());
    return absl::StrCat("Ignored: ", absl::StrJoin(sorted, " "));
  }
  if (const auto ignored = ignored_.find(name); ignored != ignored_.end()) {
    ignored_.erase(ignored);
    return absl::StrCat("The messages of ", AbslView(name), " are shown again");
  }
  if (ignored_.size() >= kMaxIgnored) {
    return absl::StrCat("At most ", kMaxIgnored, " users can be ignored: show one again first");
  }
  ignored_.emplace(name);
  return absl::StrCat("The messages of ", AbslView(name), " are hidden: /ignore ", AbslView(name),
                      " shows them again");
}

void ConsoleRoom::AddLine(ChatLine::Kind kind, std::string_view text) {
  Add({.kind = kind, .text = ShownText(Bounded(text))}, scheduler_.WallNow());
}

absl::Time ConsoleRoom::TimeOf(const SessionEvent& event) const {
  return event.past && event.time ? *event.time + clock_difference_ : scheduler_.WallNow();
}

std::string ConsoleRoom::ShownTime(absl::Time time) const {
  return absl::FormatTime("%H:%M", time, time_zone_);
}

void ConsoleRoom::Add(ChatLine line, absl::Time time) {
  const absl::CivilDay day = absl::ToCivilDay(time, time_zone_);
  const absl::CivilDay today = absl::ToCivilDay(scheduler_.WallNow(), time_zone_);
  if (std::exchange(last_day_, day).value_or(today) != day) {
    lines_.Append(
        {.kind = ChatLine::Kind::kMark, .text = absl::FormatTime("%A %Y-%m-%d", time, time_zone_)});
  }
  line.time = ShownTime(time);
  const bool message = line.kind == ChatLine::Kind::kMessage;
  const std::string logged =
      message ? absl::StrCat("[ ", line.name, " ] : ", line.text) : absl::StrCat("- ", line.text);
  const bool history = line.past;
  lines_.Append(std::move(line));
  if (!history) WriteLog(logged, time);
}

void ConsoleRoom::WriteLog(std::string_view line, absl::Time time) {
  if (!log_) return;
  const std::string stamp = absl::FormatTime("%Y-%m-%d %H:%M:%S ", time, time_zone_);
  const bool failed = !log_(absl::StrCat(stamp, AbslView(line), "\n"));
  if (std::exchange(log_failed_, failed) || !failed) return;
  AddLine(ChatLine::Kind::kError, "The log takes no more lines: they are lost until it does");
}

// Returns whether the name is a word of the text, and not a part of another name.
bool ConsoleRoom::Mentions(std::string_view text) const {
  while (!text.empty()) {
    const auto end = std::find_if_not(text.begin(), text.end(), IsNameByte);
    const auto bytes = static_cast<std::size_t>(end - text.begin());
    if (bytes > 0 && IsNameIn(text.substr(0, bytes), session_.name())) return true;
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
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
  screen.mentioned_below = mentioned_below_ && !lines_.at_end();
  if (screen.connected && users_known_) screen.online = users_.size();
  if (screen.connected) screen.users = users_.ByName(screen.users_above, Canvas::kMaxSide);
}

}  // namespace chathttp
