#include "chathttp/sim/scenario/check.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/scenario/lexer.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/scenario/quantity.h"
#include "chathttp/transport/server/server_options.h"

namespace chathttp::sim {
namespace {

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// " (alice bob d[1..4])", or nothing if that is long.
std::string Listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMostBytes = 100;
  const std::string list = PrintNames(names);
  return list.empty() || list.size() > kMostBytes ? "" : absl::StrCat(" (", list, ")");
}

// Each part of `who` must name one of `all`, and each name of a range must be one of them; errors
// call these `described`.
std::optional<Mismatch> CheckParts(const std::vector<std::string>& all, const std::string& who,
                                   const std::string& described) {
  for (const std::string& part : SplitList(who)) {
    if (ExpandNames(part, all).empty()) return Mismatch{described + Listed(all), Quote(part)};
    if (part.find('[') == std::string::npos) continue;
    for (const std::string& name : DeclaredNames(part)) {
      if (Contains(all, name)) continue;
      return Mismatch{described + Listed(all), absl::StrCat(Quote(name), " in ", Quote(part))};
    }
  }
  return std::nullopt;
}

std::optional<Mismatch> CheckAnyone(const Scenario& scenario, const std::string& who) {
  return CheckParts(scenario.Participants(), who,
                    "somebody of `clients`, `peers`, `sessions` and `programs`");
}

std::optional<Mismatch> CheckPeers(const Scenario& scenario, const std::string& who) {
  for (const auto& [names, kind] :
       {std::pair(&scenario.clients, "the client "), std::pair(&scenario.sessions, "the session "),
        std::pair(&scenario.programs, "the program ")}) {
    for (const std::string& name : ExpandNames(who, *names)) {
      return Mismatch{"only names of `peers`", absl::StrCat(kind, Quote(name))};
    }
  }
  return CheckParts(scenario.peers, who, "somebody of `peers`");
}

std::optional<Mismatch> CheckLink(const Scenario& scenario, const std::string& who) {
  const std::optional<Sides> sides = SplitSides(who, "->");
  if (!sides || (sides->first == kServerName) == (sides->second == kServerName)) {
    return Mismatch{"WHO->server or server->WHO", Quote(who)};
  }
  return CheckAnyone(scenario, sides->first == kServerName ? sides->second : sides->first);
}

std::optional<Mismatch> CheckServer(const Scenario& scenario, const std::string& who) {
  const std::size_t servers = ServersOf(scenario);
  if (ServerIndex(who).value_or(0) < servers) return std::nullopt;
  return Mismatch{absl::StrCat("one of ", servers, servers == 1 ? " server" : " servers",
                               " (limit ", AbslView(kServersLimit), ")"),
                  Quote(who)};
}

// Only the name "server" puts the server on a side; "*" does not include it.
std::optional<Mismatch> CheckSides(const Scenario& scenario, const std::string& who) {
  const std::optional<Sides> sides = SplitSides(who, "|");
  if (!sides) return Mismatch{"WHO|WHO", Quote(who)};
  std::vector<std::string> seen;
  for (const std::string& side : {sides->first, sides->second}) {
    std::vector<std::string> names;
    for (const std::string& part : SplitList(side)) {
      if (part == kServerName) {
        names.push_back(part);
      } else if (auto wrong = CheckAnyone(scenario, part)) {
        return wrong;
      }
    }
    for (std::string& name : ExpandNames(side, scenario.Participants())) names.push_back(name);
    for (const std::string& name : names) {
      if (Contains(seen, name)) return Mismatch{"nobody on both sides", Quote(name)};
    }
    seen.insert(seen.end(), names.begin(), names.end());
  }
  if (!Contains(seen, kServerName)) return Mismatch{"the server on one side", Quote(who)};
  return std::nullopt;
}

}  // namespace

std::optional<Mismatch> CheckWho(const Scenario& scenario, Subject subject,
                                 const std::string& who) {
  switch (subject) {
    case Subject::kServer:
      return CheckServer(scenario, who);
    case Subject::kDisk:
    case Subject::kOperator:
      return std::nullopt;
    case Subject::kAnyone:
    case Subject::kSet:
      return CheckAnyone(scenario, who);
    case Subject::kSomePeers:
    case Subject::kPeers:
      return CheckPeers(scenario, who);
    case Subject::kLink:
      return CheckLink(scenario, who);
    case Subject::kSides:
      return CheckSides(scenario, who);
  }
  return std::nullopt;
}

std::optional<Mismatch> CheckSome(const Scenario& scenario, const std::string& who,
                                  const std::string& some) {
  return CheckParts(ExpandNames(who, scenario.Participants()), some,
                    "one of those who take the step");
}

std::optional<Mismatch> CheckPeer(const Scenario& scenario, const std::string& name) {
  if (Contains(scenario.peers, name)) return std::nullopt;
  return Mismatch{"one of `peers`" + Listed(scenario.peers), Quote(name)};
}

std::optional<Mismatch> CheckFault(const Scenario& scenario, const Step& step) {
  const std::string verb = Quote(ShapeOf(step.verb).word);
  const bool of_journal = step.verb >= Verb::kPowerCut && step.verb <= Verb::kDiskFailSync;
  if (of_journal && !scenario.journal) return Mismatch{"a line `journal`", verb};
  const bool of_log = step.verb >= Verb::kPause && step.verb <= Verb::kLogRestart;
  if (of_log && ServersOf(scenario) < 2) {
    return Mismatch{"a room of several servers (limit servers 2)", verb};
  }
  if (scenario.mode == Mode::kClean) return Mismatch{"no fault in mode clean", verb};
  if (!step.when && scenario.heal && step.at > *scenario.heal) {
    return Mismatch{absl::StrCat("faults to begin before heal @", PrintDuration(*scenario.heal)),
                    absl::StrCat(verb, " at ", PrintDuration(step.at))};
  }
  return std::nullopt;
}

std::optional<Mismatch> CheckJournal(const Scenario& scenario) {
  const std::size_t servers = ServersOf(scenario);
  if (servers == 1) return std::nullopt;
  return Mismatch{"one server with a journal", absl::StrCat("limit servers ", servers)};
}

std::optional<Mismatch> CheckBacklog(const Scenario& scenario) {
  const ServerOptions defaults;
  const std::int64_t text =
      LimitOr(scenario, kTextLimit, static_cast<std::int64_t>(defaults.room.text_bytes));
  const std::int64_t backlog =
      LimitOr(scenario, kBacklogLimit, static_cast<std::int64_t>(defaults.backlog_bytes));
  if (backlog >= 8 * text) return std::nullopt;
  return Mismatch{
      absl::StrCat("a backlog of at least 8 texts of ", PrintQuantity(Unit::kBytes, text)),
      PrintQuantity(Unit::kBytes, backlog)};
}

}  // namespace chathttp::sim
