#include "chathttp/sim/oracle/log.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::sim {
namespace {

std::string_view DatetimeOf(std::string_view raw) {
  constexpr std::string_view kLine = "\nDatetime: ";
  constexpr std::size_t kBytes = 19;
  const std::size_t at = raw.find(kLine);
  return at == std::string_view::npos ? "" : raw.substr(at + kLine.size(), kBytes);
}

}  // namespace

RoomLog::RoomLog(Evidence& evidence, const Transcript& witness) : evidence_(evidence) {
  bytes_before_.push_back(0);
  const std::string_view name = witness.connection->who;
  sessions_.push_back({.name = name});
  open_[Folded(name)] = 0;
  by_name_[Folded(name)].push_back(0);
  members_.push_back(1);
  for (const Heard& heard : witness.heard) {
    if (IsBroadcast(heard.told)) Take(heard);
  }
  for (Session& session : sessions_) {
    if (!session.left) session.end = items().size();
  }
}

void RoomLog::Take(const Heard& heard) {
  broadcasts_.Append(heard);
  const Heard& item = items().back();
  bytes_before_.push_back(bytes_before_.back() + item.raw.size());
  const std::string_view datetime = DatetimeOf(item.raw);
  if (datetime < datetime_ && !evidence_.record.wall_jumped) {
    evidence_.Report("order", absl::StrCat("Datetime went back at item ", items().size()));
  }
  datetime_ = datetime;
  if (item.told == Told::kEntered) Enter(item);
  if (item.told == Told::kSaid) Say(item);
  if (item.told == Told::kLeft) Leave(item);
  members_.push_back(open_.size());
  if (open_.size() > evidence_.record.options.room.members) {
    evidence_.Report("memory", absl::StrCat("more members than the limit, ", open_.size(),
                                            ", at item ", items().size()));
  }
}

Session* RoomLog::Open(std::string_view name) {
  const auto found = open_.find(Folded(name));
  return found == open_.end() ? nullptr : &sessions_[found->second];
}

void RoomLog::Enter(const Heard& item) {
  const std::string folded = Folded(item.name);
  if (!IsName(item.name, evidence_.record.options.room.name_bytes) || IsReserved(item.name)) {
    evidence_.Report("invention", absl::StrCat("nobody may enter as ", AbslView(item.name)));
  }
  if (!open_.try_emplace(folded, sessions_.size()).second) {
    evidence_.Report("unique-names", absl::StrCat(AbslView(item.name), " entered at item ",
                                                  items().size(), " while the name was taken"));
    open_[folded] = sessions_.size();
  }
  by_name_[folded].push_back(sessions_.size());
  sessions_.push_back({.name = item.name, .begin = items().size()});
}

void RoomLog::Say(const Heard& item) {
  Session* const session = Open(item.name);
  if (session != nullptr && session->name == item.name) {
    return session->said.push_back(items().size() - 1);
  }
  evidence_.Report("enter-say-leave", absl::StrCat(AbslView(item.name), " is not in the room ",
                                                   "but speaks at item ", items().size()));
}

void RoomLog::Leave(const Heard& item) {
  Session* const session = Open(item.name);
  if (session == nullptr || session->name != item.name) {
    return evidence_.Report("one-left", absl::StrCat(AbslView(item.name), " left at item ",
                                                     items().size(), " but was not there"));
  }
  session->end = items().size() - 1;
  session->left = true;
  open_.erase(Folded(item.name));
}

absl::Duration RoomLog::EnteredAt(const Session& session) const {
  return session.begin == 0 ? absl::ZeroDuration() : items()[session.begin - 1].at;
}

absl::Duration RoomLog::LeftAt(const Session& session) const {
  return session.left ? items()[session.end].at : absl::InfiniteDuration();
}

std::string RoomLog::ListAt(std::size_t position) const {
  std::string list;
  for (const Session& session : sessions_) {
    if (session.begin > position) break;
    if (!session.left || session.end >= position) list.append(session.name).append("\n");
  }
  return list;
}

RoomLog::Held RoomLog::NameHeld(std::string_view name, absl::Duration from,
                                absl::Duration to) const {
  const auto sessions = by_name_.find(Folded(name));
  if (sessions == by_name_.end()) return Held::kNever;
  Held held = Held::kNever;
  for (const std::size_t index : sessions->second) {
    const Session& session = sessions_[index];
    if (EnteredAt(session) - kWitnessDelay > to) continue;
    if (LeftAt(session) >= from) return Held::kThen;
    held = Held::kBefore;
  }
  return held;
}

bool RoomLog::WasFull(std::size_t limit, absl::Duration from, absl::Duration to) const {
  for (std::size_t position = 0; position < members_.size(); ++position) {
    const bool began = position == 0 || items()[position - 1].at - kWitnessDelay <= to;
    const bool ended = position < items().size() && items()[position].at < from;
    if (began && !ended && members_[position] >= limit) return true;
  }
  return false;
}

}  // namespace chathttp::sim
