#include "chathttp/sim/search/generator_sessions.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/search/generator_text.h"

namespace chathttp::sim {
namespace {

constexpr std::int64_t kAwayMillisecond = 1'000'000;
constexpr std::string_view kSomeToken = "0123456789abcdef0123456789abcdef";

class Returner {
 public:
  Returner(const Plan& plan, Scenario& scenario)
      : plan_(plan), choose_(plan.ChooserFor("sessions and returns")), scenario_(scenario) {}

  void Write() {
    if (!plan_.Has(Family::kReturns) || choose_.OneIn(3)) return;
    away_ = absl::Milliseconds(choose_.Skewed(1'000, 120'000) / 100 * 100);
    Limit(kResumableLimit, absl::ToInt64Nanoseconds(away_));
    if (choose_.OneIn(2)) Limit("history", choose_.Skewed(1, 200));
    AskForSessions();
    if (choose_.OneIn(20)) WriteNeighbours();
    if (ServersOf(scenario_) > 1) WriteRoamer();
    for (std::size_t i = 0; i < plan_.names.size(); ++i) {
      if (plan_.raw[i] && !choose_.OneIn(4)) WriteLosses(plan_.names[i]);
    }
    if (choose_.OneIn(3)) Limit("session-history", choose_.Skewed(1, 60));
    for (const std::string& who : scenario_.sessions) {
      for (std::int64_t left = choose_.Between(0, 3); left > 0; --left) WriteDoubt(who);
    }
  }

 private:
  void Limit(std::string_view key, std::int64_t value) {
    scenario_.limits.push_back({std::string(key), value});
  }

  void AskForSessions() {
    for (Step& step : scenario_.steps) {
      if (step.verb != Verb::kAdd || !IsOfPeers(step.who) || choose_.OneIn(5)) continue;
      step.session.session = !choose_.OneIn(6);
      if (choose_.OneIn(3)) step.session.history = choose_.Skewed(1, choose_.OneIn(9) ? 1'100 : 60);
    }
  }

  bool IsOfPeers(const std::string& who) const {
    return ExpandNames(who, scenario_.Participants()).size() ==
           ExpandNames(who, scenario_.peers).size();
  }

  absl::Duration Later(absl::Duration at, absl::Duration most) {
    return plan_.Round(at + choose_.Between(absl::ZeroDuration(), most));
  }

  Step& Add(absl::Duration at, Verb verb, std::string_view who) {
    return scenario_.steps.emplace_back(StepAt(at, verb, who));
  }

  void WriteLosses(const std::string& who) {
    absl::Duration at = Later(absl::ZeroDuration(), plan_.span / 2);
    for (std::int64_t left = choose_.Between(1, 4); left > 0; --left) {
      WriteLoss(who, at);
      // Before the limit, about at it, or long after it; sometimes at once.
      absl::Duration back = at + (choose_.OneIn(4) ? absl::ZeroDuration() : Away());
      if (choose_.OneIn(6)) back = at + away_ + absl::Milliseconds(choose_.Between(0, 4) - 2);
      if (choose_.OneIn(10)) WriteKick(who, at, back);
      if (choose_.OneIn(3)) WriteSpeech(at, back);
      if (!choose_.OneIn(6)) WriteReturn(who, back);
      at = choose_.OneIn(3) ? back + absl::Milliseconds(choose_.Between(0, 30))
                            : Later(back, plan_.span / 4);
    }
  }

  // A session loses its connection while it speaks.
  void WriteDoubt(const std::string& who) {
    const absl::Duration at = Later(absl::ZeroDuration(), plan_.span);
    Step& say = Add(at, Verb::kSay, who);
    say.text = choose_.OneIn(2) ? "in doubt" : "once more";
    say.count = choose_.Between(1, 8);
    say.every = absl::Milliseconds(choose_.Between(0, 20));
    const absl::Duration lost = at + absl::Milliseconds(choose_.Between(0, 60));
    if (plan_.mode == Mode::kClean || choose_.OneIn(3)) {
      Add(lost, Verb::kClose, who);
    } else {
      Add(lost, Verb::kCut, absl::StrCat(who, "->server"));
    }
  }

  absl::Duration Away() {
    const absl::Duration most = choose_.OneIn(4) ? 1.5 * away_ : std::min(away_, plan_.span / 2);
    return plan_.Round(choose_.Between(absl::ZeroDuration(), most));
  }

  // A return alone takes over a healthy connection.
  void WriteLoss(const std::string& who, absl::Duration at) {
    const bool faults = plan_.mode != Mode::kClean;
    switch (choose_.Between(0, faults ? 8 : 4)) {
      case 0:
      case 1:
        Add(at, Verb::kClose, who);
        return;
      case 2:
        Add(at, Verb::kShutdownWrite, who);
        return;
      case 3:  // before the reply to a login comes
        Add(at, Verb::kConnect, who);
        Add(at, Verb::kAdd, who).session.session = true;
        Add(at + absl::Milliseconds(choose_.Between(0, 40)), Verb::kClose, who);
        return;
      case 4:
        return;
      case 5:
        Add(at, Verb::kReset, who);
        return;
      case 6:
        Add(at, Verb::kCut, absl::StrCat(who, "->server"));
        return;
      case 7:
        Add(at, Verb::kPauseReading, who);
        return;
      default:
        Add(at, Verb::kBlackhole, absl::StrCat(who, "->server")).duration =
            absl::Milliseconds(choose_.Skewed(5, 60'000));
    }
  }

  void WriteKick(const std::string& who, absl::Duration at, absl::Duration back) {
    Step& step =
        Add(plan_.Round(choose_.Between(at, std::max(at, back))), Verb::kAdmin, kServerName);
    step.text = absl::StrCat("kick ", who);
  }

  // Somebody speaks while it is away.
  void WriteSpeech(absl::Duration at, absl::Duration back) {
    const std::string& who = choose_.Pick(plan_.names);
    Step& step = Add(plan_.Round(choose_.Between(at, std::max(at, back))), Verb::kSay, who);
    step.text = DrawText(choose_, static_cast<std::size_t>(LimitOr(scenario_, "text", 400)) - 1);
    step.count = choose_.Skewed(1, 40);
    step.every = absl::Milliseconds(choose_.Between(0, 20));
  }

  void WriteReturn(const std::string& who, absl::Duration at) {
    if (choose_.OneIn(3)) Add(at, Verb::kResumeReading, who);
    Step& step = Add(at, Verb::kResume, who);
    const std::int64_t of_hundred = choose_.Between(0, 99);
    SessionRequest& request = step.session;
    // With several servers, the other peer may have another one.
    if (of_hundred < 14 || (ServersOf(scenario_) > 1 && choose_.OneIn(2))) request.of = PickPeer();
    if (of_hundred == 10) step.text = who;
    if (of_hundred >= 20 && of_hundred < 30) {
      request.since = absl::StrCat("-", choose_.Skewed(1, 40));
    }
    if (of_hundred >= 30 && of_hundred < 33)
      request.since = absl::StrCat("+", choose_.Skewed(1, 9));
    if (of_hundred >= 33 && of_hundred < 36) request.token = kSomeToken;
    if (of_hundred >= 36 && of_hundred < 44) WriteOddReturn(step);
    if (choose_.OneIn(8)) Add(at, Verb::kSay, who).text = "back";
    // It is lost again, perhaps during the replay.
    if (!choose_.OneIn(5)) return;
    Add(at + absl::Milliseconds(choose_.Between(0, 60)), Verb::kClose, who);
    Add(at + absl::Milliseconds(choose_.Between(60, 200)), Verb::kResume, who);
  }

  void WriteOddReturn(Step& step) {
    constexpr auto kSinces = std::to_array<std::string_view>({"", "1", "1.", ".1", "1.1", "1.2.3",
                                                              "x", "99999999999999999999.1", "0.0",
                                                              "-x", "9223372036854775807.9"});
    constexpr auto kTokens = std::to_array<std::string_view>(
        {"~", "~", "~", "", "new", "NEW", "0", "0123456789ABCDEF0123456789ABCDEF",
         "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0"});
    switch (choose_.Between(0, 3)) {
      case 0:
        step.session.since = choose_.Pick(kSinces);
        return;
      case 1:
        step.session.token = choose_.Pick(kTokens);
        return;
      case 2:
        step.session.history = choose_.Between(0, 3);
        return;
      default:
        step.text = choose_.OneIn(2) ? choose_.Pick(plan_.names) : "not a name";
    }
  }

  std::string PickPeer() {
    std::vector<std::string> peers;
    for (std::size_t i = 0; i < plan_.names.size(); ++i) {
      if (plan_.raw[i]) peers.push_back(plan_.names[i]);
    }
    return choose_.Pick(peers);
  }

  // A member goes to and fro between two servers, as two peers that take its session over from each
  // other. What it says before it goes may be under way when it has come.
  void WriteRoamer() {
    const std::size_t servers = ServersOf(scenario_);
    const auto first =
        static_cast<std::size_t>(choose_.Between(0, static_cast<std::int64_t>(servers) - 1));
    std::string here = "roamer1";
    std::string there = "roamer2";
    for (const std::string& name : {here, there}) {
      scenario_.peers.push_back(name);
      NetSetting& net = scenario_.nets.emplace_back();
      net.from = name;
      net.to = kServerName;
      net.via = ServerName(name == here ? first : (first + 1) % servers);
    }
    absl::Duration at = Later(absl::ZeroDuration(), plan_.span / 4);
    Add(at, Verb::kConnect, here);
    Add(at, Verb::kAdd, here).session.session = true;
    for (std::int64_t left = choose_.Between(1, 5); left > 0; --left) {
      at = Later(at + absl::Milliseconds(choose_.Skewed(1, 400)), plan_.span / 8);
      if (choose_.OneIn(2)) SayAround(at, here);
      if (choose_.OneIn(3)) {
        WriteLoss(here,
                  std::max(at - absl::Milliseconds(choose_.Between(0, 1)), absl::ZeroDuration()));
      }
      if (choose_.OneIn(6)) Add(at, Verb::kLeave, here);
      if (choose_.OneIn(4)) SayAround(at, choose_.Pick(plan_.names));
      Add(at, Verb::kResume, there).session.of = here;
      if (choose_.OneIn(4)) Add(at, choose_.OneIn(2) ? Verb::kShutdownWrite : Verb::kClose, there);
      if (choose_.OneIn(3)) SayAround(at, there);
      std::swap(here, there);
    }
    if (choose_.OneIn(2)) Add(Later(at, plan_.span / 8), Verb::kLeave, here);
  }

  void SayAround(absl::Duration at, const std::string& who) {
    const absl::Duration before = absl::Milliseconds(choose_.Between(0, 40));
    Step& step = Add(std::max(at - before, absl::ZeroDuration()), Verb::kSay, who);
    step.text = "on the way";
    step.count = choose_.Skewed(1, 20);
    step.every = absl::Milliseconds(choose_.Between(0, 6));
  }

  // More members of one address are lost than may be away.
  void WriteNeighbours() {
    const std::int64_t count = choose_.Between(15, 20);
    for (std::int64_t i = 1; i <= count; ++i) scenario_.peers.push_back(absl::StrCat("near", i));
    if (choose_.OneIn(2)) {
      NetSetting& net = scenario_.nets.emplace_back();
      net.from = "near*";
      net.to = kServerName;
      net.address = "192.0.2.9";
      if (LimitOr(scenario_, "per-address", 0) == 0) Limit("per-address", 40);
      if (LimitOr(scenario_, "connects", 0) == 0) Limit("connects", 100);
    }
    const absl::Duration at = Later(absl::ZeroDuration(), plan_.span / 4);
    Add(at, Verb::kConnect, "near*");
    Add(at, Verb::kAdd, "near*").session.session = true;
    const absl::Duration lost = Later(at + absl::Seconds(1), plan_.span / 4);
    Add(lost, choose_.OneIn(2) ? Verb::kClose : Verb::kShutdownWrite, "near*");
    Add(Later(lost, 1.2 * away_), Verb::kResume, "near*");
  }

  const Plan& plan_;
  Chooser choose_;
  Scenario& scenario_;
  absl::Duration away_;
};

}  // namespace

void WriteSessions(const Plan& plan, Scenario& scenario) { Returner(plan, scenario).Write(); }

}  // namespace chathttp::sim
