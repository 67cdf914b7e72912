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

void ConsoleRoom::OnLoggedIn(std::string_view place, std::string_view name, bool again) {
  place_ = place;
  name_ = name;
  connected_ = true;
  retry_at_.reset();
  users_.Add(name);
  AddLine(ChatLine::Kind::kInfo, again ? absl::StrCat("Back in the room as ", name_)
                                       : absl::StrCat("In the room as ", name_, "; F1 for help"));
}

bool ConsoleRoom::OnMessage(std::string_view name, std::string_view text, bool own) {
  const bool mention = !own && Mentions(text);
  users_.Add(name);
  users_.Speak(name);
  Add({.kind = ChatLine::Kind::kMessage,
       .name = ShownText(Bounded(name)),
       .text = ShownText(Bounded(text)),
       .own = own,
       .mention = mention});
  return mention;
}

void ConsoleRoom::OnEntered(std::string_view name) {
  users_.Add(name);
  AddLine(ChatLine::Kind::kNotice, absl::StrCat(AbslView(name), " has entered"));
}

void ConsoleRoom::OnLeft(std::string_view name) {
  users_.Remove(name);
  AddLine(ChatLine::Kind::kNotice, absl::StrCat(AbslView(name), " has left"));
}

void ConsoleRoom::OnList(std::span<const std::string_view> names, bool shown) {
  users_.SetAll(names);
  if (!shown) return;
  std::string line = absl::StrCat(names.size(), " online:");
  for (const std::string_view name : names.first(std::min(names.size(), kMaxListedNames))) {
    absl::StrAppend(&line, " ", AbslView(name));
  }
  if (names.size() > kMaxListedNames) absl::StrAppend(&line, " ...");
  AddLine(ChatLine::Kind::kInfo, line);
}

void ConsoleRoom::OnDropped(std::string_view reason) {
  OnClosed();
  AddLine(ChatLine::Kind::kError, absl::StrCat("Connection lost: ", AbslView(reason)));
}

void ConsoleRoom::OnReconnecting(absl::Duration wait) {
  connected_ = false;
  retry_at_ = scheduler_.Now() + wait;
}

void ConsoleRoom::OnClosed() {
  connected_ = false;
  retry_at_.reset();
  lag_.reset();
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
  if (name_.empty()) return false;
  for (std::size_t at = 0; at + name_.size() <= text.size(); ++at) {
    if (!SameName(text.substr(at, name_.size()), name_)) continue;
    const std::size_t end = at + name_.size();
    const bool begins = at == 0 || !IsNameByte(text[at - 1]);
    const bool ends = end == text.size() || !IsNameByte(text[end]);
    if (begins && ends) return true;
  }
  return false;
}

std::string ConsoleRoom::State() const {
  if (connected_) return "connected";
  const absl::Duration wait = retry_at_.value_or(absl::InfinitePast()) - scheduler_.Now();
  if (wait <= absl::ZeroDuration()) return "reconnecting";
  return absl::StrCat("reconnecting in ", absl::ToInt64Seconds(absl::Ceil(wait, absl::Seconds(1))),
                      " s");
}

void ConsoleRoom::Describe(ChatScreen& screen) const {
  screen.place = place_;
  screen.name = name_;
  screen.connected = connected_;
  screen.state = State();
  screen.lag = lag_;
  screen.online = users_.size();
  screen.users = users_.ByName(Canvas::kMaxSide);
}

}  // namespace chathttp
