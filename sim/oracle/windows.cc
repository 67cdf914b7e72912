#include "chathttp/sim/oracle/windows.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/window.h"

namespace chathttp::sim {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// The logins and sessions of one name, as it was spelled.
class NameGroup {
 public:
  void Add(const Episode& episode) { episodes_.push_back(&episode); }
  void Add(const Session& session) { sessions_.push_back(&session); }

  void Judge(Evidence& evidence, const RoomLog& log, const std::vector<Account>& accounts) {
    const auto told_first = [](const Episode* a, const Episode* b) { return a->told && !b->told; };
    std::stable_sort(episodes_.begin(), episodes_.end(), told_first);
    for (const Episode* episode : episodes_) {
      auto& row = pairs_.emplace_back();
      for (const Session* session : sessions_) {
        row.push_back(
            JudgeWindow(evidence, log, accounts[episode->connection], *episode, *session));
      }
    }
    owner_.assign(sessions_.size(), kNone);
    for (std::size_t e = 0; e < episodes_.size(); ++e) {
      std::vector<bool> tried(sessions_.size());
      placed_.push_back(Place(e, tried));
    }
    for (std::size_t e = 0; e < episodes_.size(); ++e) {
      if (!placed_[e] && episodes_[e]->told) ReportEpisode(evidence, e);
    }
    for (std::size_t s = 0; s < sessions_.size(); ++s) {
      if (owner_[s] == kNone) ReportSession(evidence, s);
    }
  }

 private:
  // Finds a faultless session for an episode, moving others aside: an augmenting path.
  bool Place(std::size_t e, std::vector<bool>& tried) {
    for (std::size_t s = 0; s < sessions_.size(); ++s) {
      if (tried[s] || !pairs_[e][s].empty()) continue;
      tried[s] = true;
      if (owner_[s] != kNone && !Place(owner_[s], tried)) continue;
      owner_[s] = e;
      return true;
    }
    return false;
  }

  void ReportPair(Evidence& evidence, std::size_t e, std::size_t s) {
    owner_[s] = e;
    placed_[e] = true;
    for (const Violation& violation : pairs_[e][s]) {
      evidence.Report(violation.invariant, evidence.record.connections[episodes_[e]->connection],
                      violation.message);
    }
  }

  // Nothing fits: shows what is wrong with the session that comes nearest.
  void ReportEpisode(Evidence& evidence, std::size_t e) {
    std::size_t nearest = kNone;
    for (std::size_t s = 0; s < sessions_.size(); ++s) {
      if (owner_[s] != kNone) continue;
      if (nearest == kNone || pairs_[e][s].size() < pairs_[e][nearest].size()) nearest = s;
    }
    if (nearest != kNone) return ReportPair(evidence, e, nearest);
    evidence.Report("invention", evidence.record.connections[episodes_[e]->connection],
                    absl::StrCat("was told that it is logged in as ", AbslView(episodes_[e]->name),
                                 ", but nobody saw it enter"));
  }

  void ReportSession(Evidence& evidence, std::size_t s) {
    std::size_t nearest = kNone;
    for (std::size_t e = 0; e < episodes_.size(); ++e) {
      if (placed_[e]) continue;
      if (nearest == kNone || pairs_[e][s].size() < pairs_[nearest][s].size()) nearest = e;
    }
    if (nearest != kNone) return ReportPair(evidence, nearest, s);
    evidence.Report("invention", absl::StrCat(AbslView(sessions_[s]->name), " entered as item ",
                                              sessions_[s]->begin, ", but nobody asked for it"));
  }

  std::vector<const Episode*> episodes_;
  std::vector<const Session*> sessions_;
  std::vector<std::vector<std::vector<Violation>>> pairs_;  // by episode, by session
  std::vector<std::size_t> owner_;                          // of each session
  std::vector<bool> placed_;                                // of each episode
};

}  // namespace

void JudgeWindows(Evidence& evidence, const RoomLog& log, const std::vector<Account>& accounts,
                  const std::vector<Episode>& episodes) {
  std::map<std::string_view, NameGroup> groups;
  for (const Session& session : log.sessions()) groups[session.name].Add(session);
  for (const Episode& episode : episodes) groups[episode.name].Add(episode);
  for (auto& [name, group] : groups) group.Judge(evidence, log, accounts);
}

}  // namespace chathttp::sim
