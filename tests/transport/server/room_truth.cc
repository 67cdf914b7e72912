#include "tests/transport/server/room_truth.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/codec/entity.h"

namespace chathttp {
namespace {

std::string EntityOf(const Broadcast& broadcast) {
  switch (broadcast.kind) {
    case Broadcast::Kind::kEntered:
      return absl::StrCat(AbslView(broadcast.name), AbslView(kEnteredEnding));
    case Broadcast::Kind::kSaid:
      return absl::StrCat(AbslView(kSaidOpening), AbslView(broadcast.name), AbslView(kSaidMiddle),
                          AbslView(broadcast.text), "\n");
    case Broadcast::Kind::kLeft:
      break;
  }
  return absl::StrCat(AbslView(broadcast.name), AbslView(kLeftEnding));
}

// Whether a response that is no broadcast is right for the oldest request.
bool ReadReply(const RawResponse& response, const Truth& truth, MemberId self, Reading& reading) {
  if (reading.open.empty() || reading.over) return false;
  const std::string method = reading.open.front().method;
  reading.open.pop_front();
  if (method == "BAD" || (!reading.is_in() && method != "ADD")) {
    reading.over = true;
    return response.code == 400;
  }
  if (method == "ADD") {
    if (reading.is_in()) return response.code == 400;
    if (response.code == 401) return true;
    const auto is_login = [&](const Truth::Said& said) {
      return said.id == self && said.kind == Broadcast::Kind::kEntered;
    };
    while (reading.login < truth.said.size() && !is_login(truth.said[reading.login])) {
      ++reading.login;
    }
    reading.at = ++reading.login;
    return response.code == 200 && reading.at <= truth.said.size();
  }
  if (method == "GET") return response.code == 200 && response.entity == truth.lists[reading.at];
  if (method == "POST") return false;  // its broadcast is the reply
  const bool left = reading.at < truth.said.size() && truth.said[reading.at].id == self &&
                    truth.said[reading.at].kind == Broadcast::Kind::kLeft;
  reading.at = Reading::kNowhere;
  return left && response.code == 200;
}

// A text of the peer itself is the answer to its oldest open request.
void ReadSaid(const Truth::Said& said, MemberId self, Reading& reading) {
  if (said.id != self || said.kind != Broadcast::Kind::kSaid) return;
  if (reading.open.empty() ||
      !absl::EndsWith(said.entity, absl::StrCat(" ] : ", reading.open.front().text, "\n"))) {
    reading.problem = absl::StrCat("got its text out of order: ", said.entity);
    return;
  }
  reading.open.pop_front();
}

}  // namespace

Truth::Truth(const std::vector<sim::SimLog::Entry>& entries) {
  absl::flat_hash_set<ServerNumber> gone;
  lists.push_back(ListOf(room));
  for (const sim::SimLog::Entry& entry : entries) {
    Command command = entry.command;
    command.text = entry.text;
    if (gone.contains(command.server)) continue;
    if (command.kind != Command::Kind::kServerGone) {
      Apply(command);
      continue;
    }
    gone.insert(command.server);
    std::vector<MemberId> leaving;
    for (const ChatRoom::Member& member : room.members()) {
      if (ServerOf(member.id) == command.server) leaving.push_back(member.id);
    }
    for (const MemberId id : leaving) Apply({.kind = Command::Kind::kLogout, .member = id});
  }
}

void Truth::Apply(const Command& command) {
  const Result result =
      command.kind == Command::Kind::kLogin ? room.Login(command.member, command.text)
      : command.kind == Command::Kind::kSay ? room.Say(command.member, command.text)
                                            : room.Logout(command.member);
  if (!result.broadcast) return;
  said.push_back({result.broadcast->kind, result.broadcast->id, EntityOf(*result.broadcast)});
  lists.push_back(ListOf(room));
}

std::string ListOf(const ChatRoom& room) {
  std::string list = "Online users:\n";
  for (const ChatRoom::Member& member : room.members()) absl::StrAppend(&list, member.name, "\n");
  return list;
}

Reading ReadAlong(const Truth& truth, MemberId self, const std::vector<PeerRequest>& requests,
                  const std::vector<RawResponse>& responses) {
  Reading reading{.open = {requests.begin(), requests.end()}};
  for (std::size_t i = 0; i < responses.size() && reading.problem.empty(); ++i) {
    const RawResponse& response = responses[i];
    if (i == 0 && response.code == 202) continue;
    if (reading.at < truth.said.size() && response.code == 200 &&
        response.entity == truth.said[reading.at].entity) {
      ReadSaid(truth.said[reading.at], self, reading);
      reading.heads.emplace_back(reading.at++, response.head);
      continue;
    }
    reading.over |= response.code == 500;
    if (response.code == 500 || ReadReply(response, truth, self, reading)) continue;
    const std::string asked =
        reading.open.empty() ? "nothing" : reading.open.front().method + reading.open.front().text;
    reading.problem = absl::StrCat("got ", response.code, " ", response.entity, " for ", asked,
                                   " at ", reading.at);
  }
  return reading;
}

}  // namespace chathttp
