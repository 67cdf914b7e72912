#include "chathttp/sim/oracle/check_resume.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/room_order.h"
#include "chathttp/sim/oracle/rules.h"
#include "chathttp/sim/world/raw_codec.h"
#include "chathttp/sim/world/raw_text.h"

namespace chathttp::sim {
namespace {

constexpr std::size_t kShownRawBytes = 60;

// What a token stands for.
struct Stay {
  std::uint64_t entered = 0;  // the number of the own "entered"
};

// Where a member is in the broadcasts: as it counts them itself.
struct Place {
  std::string_view token;
  RawPosition position;
  std::uint64_t entered = 0;

  // It does not hear its own "entered".
  void StepOver() {
    if (position.count + 1 == entered) ++position.count;
  }
};

class ResumeCheck {
 public:
  explicit ResumeCheck(Evidence& evidence) : evidence_(evidence) {}

  // Notes the sessions that begin here. Called with all connections before they are read.
  void NoteSessions(const Ends& ends) {
    const Logins logins = LoginsOf(ends);
    for (const RawResponse& response : CutResponses(ends.client->received.bytes)) {
      const auto login = logins.find(response.begin);
      const std::optional<RawPosition> behind = ReadPosition(response.position);
      if (login == logins.end() || response.session.empty() || !behind) continue;
      if (login->second->request.session == response.session) continue;
      stays_.try_emplace(response.session, Stay{behind->count});
    }
  }

  void Read(const Ends& ends) {
    const ConnectionRecord& client = *ends.client;
    const Logins logins = LoginsOf(ends);
    std::optional<Place> place;
    for (const RawResponse& response : CutResponses(client.received.bytes)) {
      const auto login = logins.find(response.begin);
      if (login != logins.end()) {
        place = Begin(client, login->second->request, response);
      } else if (place && IsBroadcast(MeaningOf(response).told)) {
        Count(client, response, *place);
      }
      if (place && client.real_client) kept_[client.who] = *place;
    }
  }

  // What it heard on this connection is not known, so neither is its place.
  void Forget(const ConnectionRecord& client) { kept_.erase(client.who); }

  void CheckSecrets() {
    for (const ServerRecord& server : evidence_.record.servers) {
      for (const ReportedEvent& event : server.events) {
        for (const std::string* said : {&event.peer, &event.name, &event.reason}) {
          CheckSecret(*said);
        }
      }
      for (const ReportedCommand& command : server.commands) CheckSecret(command.answer);
    }
  }

 private:
  using Logins = std::map<std::size_t, const Asked*>;  // by the offset of the reply

  static Logins LoginsOf(const Ends& ends) {
    Logins logins;
    for (const Asked& asked : ends.conversation->asked) {
      if (asked.request.method == "ADD" && asked.code == 200) logins[asked.reply_begin] = &asked;
    }
    return logins;
  }

  void Report(std::string_view invariant, const ConnectionRecord& client,
              const RawResponse& response, std::string what) {
    evidence_.Report(invariant, client, client.received.TimeOf(response.end - 1), std::move(what));
  }

  std::optional<Place> Begin(const ConnectionRecord& client, const RawRequestView& request,
                             const RawResponse& response) {
    const std::optional<RawPosition> behind = ReadPosition(response.position);
    if (response.session.empty() || !behind) return std::nullopt;
    const auto stay = stays_.find(response.session);
    const std::uint64_t entered = stay == stays_.end() ? 0 : stay->second.entered;
    Place place{response.session, *behind, entered};
    const std::uint64_t replay = ReadCount(response.replay).value_or(0);
    place.position.count -= std::min(place.position.count, replay);
    if (place.position.count < entered && entered <= behind->count && replay > 0) {
      --place.position.count;
    }
    place.StepOver();
    if (request.session == response.session) CheckStart(client, request, response, place);
    return place;
  }

  // A member that comes back goes on behind `Since`, or behind the gap that it is told.
  void CheckStart(const ConnectionRecord& client, const RawRequestView& request,
                  const RawResponse& response, const Place& place) {
    const std::optional<RawPosition> since =
        request.since ? ReadPosition(*request.since) : std::nullopt;
    if (client.real_client) CheckHonest(client, since, response, place);
    if (response.gap == "unknown") return;
    if (!since) return Report("resume", client, response, "came back without Since and no gap");
    Place expected{place.token, *since, place.entered};
    expected.position.count += ReadCount(response.gap).value_or(0);
    expected.StepOver();
    if (expected.position.count == place.position.count) return;
    Report("resume", client, response,
           absl::StrCat("expected to go on behind broadcast ", expected.position.count,
                        ", goes on behind ", place.position.count));
  }

  void CheckHonest(const ConnectionRecord& client, const std::optional<RawPosition>& since,
                   const RawResponse& response, const Place& place) {
    const auto kept = kept_.find(client.who);
    if (kept == kept_.end() || kept->second.token != place.token) return;
    if (since == kept->second.position) return;
    Report("session", client, response,
           absl::StrCat("was at position ", ToText(kept->second.position), ", and said ",
                        since ? ToText(*since) : "none"));
  }

  void Count(const ConnectionRecord& client, const RawResponse& response, Place& place) {
    place.StepOver();
    ++place.position.count;
    const auto key = std::pair(place.position.epoch, place.position.count);
    const auto [known, is_new] = broadcasts_.try_emplace(key, response.raw);
    if (!is_new && known->second != response.raw) {
      Report("epoch", client, response,
             absl::StrCat("position ", ToText(place.position), " is \"",
                          EscapedStart(response.entity, kShownRawBytes),
                          "\", and was another broadcast before"));
    }
    place.StepOver();
  }

  void CheckSecret(const std::string& said) {
    for (const auto& [token, stay] : stays_) {
      if (said.find(token) == std::string::npos) continue;
      return evidence_.Report("events", "a token was told to the operator");
    }
  }

  Evidence& evidence_;
  std::map<std::string_view, Stay> stays_;
  std::map<std::string_view, Place> kept_;  // by real sessions: where they are
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::string_view> broadcasts_;
};

// ---- Once -------------------------------------------------------------------------------------

// What a real session did and reported of one text.
struct TextCount {
  std::int64_t said = 0;      // calls
  std::int64_t own = 0;       // it was heard
  std::int64_t not_said = 0;  // reported as refused or unsent
  std::int64_t in_doubt = 0;
};

class OnceCheck {
 public:
  OnceCheck(Evidence& evidence, const ClientRecord& session)
      : evidence_(evidence), session_(session) {}

  void Check() {
    for (const ClientEntry& entry : session_.entries) {
      if (const auto* call = std::get_if<SessionCall>(&entry.what)) Note(*call);
      if (const auto* event = std::get_if<ReportedSessionEvent>(&entry.what)) Note(*event);
    }
    if (SharesItsName()) return;
    if (ServersOf(evidence_.scenario) > 1) return CheckInOrder();
    const std::vector<ServerRecord>& lives = evidence_.record.servers;
    for (std::size_t life = 0; life < lives.size(); ++life) {
      lost_ = lost_ || lives[life].crash;
      if (!lives[life].connections.empty()) CountHeard(life);
    }
    CheckTexts();
  }

 private:
  // Of several servers, the log has all that was said.
  void CheckInOrder() {
    const RoomOrder order(evidence_.record, evidence_.record.servers.front().options);
    for (const OrderedItem& item : order.items()) {
      if (item.told == Told::kSaid) CountSaid(item.name, item.text);
    }
    CheckTexts();
  }

  void CheckTexts() {
    for (const auto& [text, count] : texts_) {
      const auto found = broadcast_.find(text);
      CheckText(text, count, found == broadcast_.end() ? 0 : found->second);
    }
  }

  void Note(const SessionCall& call) {
    if (call.kind == SessionCall::Kind::kSay && call.status.ok()) ++texts_[call.text].said;
  }
  void Note(const ReportedSessionEvent& event) {
    using Kind = SessionEvent::Kind;
    if (event.kind == Kind::kLoggedIn) names_.insert(Folded(event.name));
    if (event.kind == Kind::kMessage && event.own) ++texts_[event.text].own;
    if (event.kind == Kind::kUnsent) ++texts_[event.text].not_said;
    if (event.kind == Kind::kRefused && !event.text.empty()) ++texts_[event.text].not_said;
    if (event.kind == Kind::kMaybeDelivered) ++texts_[event.text].in_doubt;
  }

  // What the server found in its journal behind this life, if it has one.
  const RecoveredRoom* RecoveredBehind(std::size_t life) const {
    const WorldRecord& record = evidence_.record;
    const bool last = life + 1 == record.servers.size();
    const auto& recovered = last ? record.left_in_journal : record.servers[life + 1].recovered;
    return recovered ? &*recovered : nullptr;
  }

  // The last number that is kept in the journals behind this life.
  std::uint64_t KeptTo(std::size_t life) const {
    std::uint64_t kept = static_cast<std::uint64_t>(-1);
    for (; life < evidence_.record.servers.size(); ++life) {
      const RecoveredRoom* const recovered = RecoveredBehind(life);
      if (recovered != nullptr) kept = std::min(kept, recovered->past.end.count);
    }
    return kept;
  }

  void CountSaid(std::string_view name, std::string_view text) {
    if (names_.contains(Folded(name))) ++broadcast_[std::string(text)];
  }

  // What the witness heard in a life, and what it did not but is in the journal. What the journal has
  // lost was not said.
  void CountHeard(std::size_t life) {
    const ServerRecord& server = evidence_.record.servers[life];
    const auto entered = std::find_if(
        server.events.begin(), server.events.end(),
        [](const ReportedEvent& event) { return event.kind == ServerEvent::Kind::kEntered; });
    if (entered == server.events.end()) return;
    std::uint64_t number = entered->broadcasts;  // of the login of the witness
    const std::uint64_t kept = KeptTo(life);
    for (const RawResponse& response : CutResponses(server.connections.front().out)) {
      const Meaning meaning = MeaningOf(response);
      if (!IsBroadcast(meaning.told)) continue;
      if (++number > kept) {
        lost_ = true;
        continue;
      }
      if (meaning.told == Told::kSaid) CountSaid(meaning.name, meaning.text);
    }
    const RecoveredRoom* const recovered = RecoveredBehind(life);
    if (recovered == nullptr) return;
    for (const PastBroadcast& past : recovered->past.broadcasts) {
      const bool unheard = past.count > number && past.count <= kept;
      if (unheard && past.kind == Broadcast::Kind::kSaid) CountSaid(past.name, past.text);
    }
  }

  // Whether others spoke under one of its names.
  bool SharesItsName() const {
    for (const ConnectionRecord& connection : evidence_.record.connections) {
      if (connection.who == session_.who) continue;
      for (const RawRequestView& request : CutRequests(connection.sent.bytes)) {
        if (request.user && names_.contains(Folded(*request.user))) return true;
      }
    }
    return false;
  }

  void CheckText(const std::string& text, const TextCount& count, std::int64_t broadcast) {
    // Nothing is reported of the texts that a session still has when it is destroyed.
    const std::int64_t open = count.said - count.own - count.not_said - count.in_doubt;
    const std::int64_t most = count.own + count.in_doubt + std::max<std::int64_t>(open, 0);
    const bool enough = broadcast >= count.own || lost_;
    if (open >= 0 && enough && broadcast <= most) return;
    evidence_.Report(
        {"once",
         absl::StrCat("\"", EscapedStart(text, kShownRawBytes), "\" was to be said ", count.said,
                      " times: heard ", count.own, ", not said ", count.not_said, ", in doubt ",
                      count.in_doubt, "; the room heard it ", broadcast, " times"),
         0, session_.who});
  }

  Evidence& evidence_;
  const ClientRecord& session_;
  std::map<std::string, TextCount> texts_;
  bool lost_ = false;  // what was heard may not be in what the room has broadcast
  std::map<std::string, std::int64_t> broadcast_;  // how often the room has each text
  std::set<std::string> names_;
};

}  // namespace

void CheckResumes(Evidence& evidence, const std::vector<Ends>& ends) {
  ResumeCheck check(evidence);
  const auto is_known = [](const Ends& pair) {
    const Conversation* const conversation = pair.conversation;
    return conversation != nullptr && (conversation->good || conversation->cut_off);
  };
  for (const Ends& pair : ends) {
    if (is_known(pair)) check.NoteSessions(pair);
  }
  for (const Ends& pair : ends) {
    is_known(pair) ? check.Read(pair) : check.Forget(*pair.client);
  }
  check.CheckSecrets();
}

void CheckOnce(Evidence& evidence, const std::vector<Ends>&) {
  if (!evidence.record.simulated) return;
  for (const ClientRecord& client : evidence.record.clients) {
    if (client.session) OnceCheck(evidence, client).Check();
  }
}

}  // namespace chathttp::sim
