#include "chathttp/sim/search/generator_servers.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"

namespace chathttp::sim {
namespace {

constexpr std::int64_t kOneMillisecond = 1'000'000;

class Landlord {
 public:
  Landlord(const Plan& plan, Scenario& scenario)
      : plan_(plan), choose_(plan.ChooserFor("servers")), scenario_(scenario) {}

  void Write() {
    if (!plan_.Has(Family::kServers) || !choose_.OneIn(3)) return;
    servers_ = choose_.Between(2, static_cast<std::int64_t>(kMaxServers));
    Limit(kServersLimit, servers_);
    if (!choose_.OneIn(5)) Limit("log-delay", choose_.Skewed(1, 400) * kOneMillisecond / 2);
    if (choose_.OneIn(3)) Limit("log-window", choose_.Skewed(1, 12));
    for (const std::string& name : plan_.names) Place(name);
    if (!plan_.crowd.empty()) Place("member*");
    if (choose_.OneIn(5)) WriteStop();
    if (plan_.mode != Mode::kClean) WriteFaults();
  }

 private:
  void Limit(std::string_view key, std::int64_t value) {
    scenario_.limits.push_back({std::string(key), value});
  }

  std::string DrawServer() {
    return std::string(ServerName(static_cast<std::size_t>(choose_.Between(0, servers_ - 1))));
  }

  void Place(const std::string& who) {
    const std::string server = DrawServer();
    if (server == kServerName) return;
    NetSetting net;
    net.from = who;
    net.to = kServerName;
    net.via = server;
    scenario_.nets.push_back(net);
  }

  absl::Duration DrawTime() {
    return plan_.Round(choose_.Between(absl::ZeroDuration(), plan_.span));
  }
  absl::Duration DrawDuration() {
    const std::int64_t span_ms = absl::ToInt64Milliseconds(plan_.span);
    return absl::Milliseconds(choose_.Skewed(5, span_ms * (choose_.OneIn(6) ? 4 : 1)));
  }

  void WriteStop() {
    const absl::Duration at = DrawTime();
    const std::string server = DrawServer();
    scenario_.steps.push_back(StepAt(at, Verb::kStop, server));
    if (plan_.mode == Mode::kClean || choose_.OneIn(2)) return;
    scenario_.steps.push_back(StepAt(at + DrawDuration(), Verb::kRestart, server));
  }

  void WriteFaults() {
    if (choose_.OneIn(3)) Limit("away", choose_.Skewed(50, 5'000) * kOneMillisecond);
    Write(Verb::kLogClog, 3);
    Write(Verb::kPause, 2);
    Write(Verb::kLogDelay, 2);
    if (choose_.OneIn(4)) {
      const absl::Duration at = DrawTime();
      const std::string server = DrawServer();
      scenario_.steps.push_back(StepAt(at, Verb::kCrash, server));
      if (!choose_.OneIn(3)) {
        scenario_.steps.push_back(StepAt(at + DrawDuration(), Verb::kRestart, server));
      }
    }
    if (choose_.OneIn(8)) {
      scenario_.steps.push_back(StepAt(DrawTime(), Verb::kLogRestart, kServerName));
    }
  }

  void Write(Verb verb, std::int64_t most) {
    if (choose_.OneIn(2)) return;
    for (std::int64_t left = choose_.Between(1, most); left > 0; --left) {
      Step& step = scenario_.steps.emplace_back(StepAt(DrawTime(), verb, DrawServer()));
      step.duration = DrawDuration();
      if (verb == Verb::kLogDelay) step.amount = choose_.Skewed(1, 1'000) * kOneMillisecond;
    }
  }

  const Plan& plan_;
  Chooser choose_;
  Scenario& scenario_;
  std::int64_t servers_ = 1;
};

}  // namespace

void WriteServers(const Plan& plan, Scenario& scenario) { Landlord(plan, scenario).Write(); }

}  // namespace chathttp::sim
