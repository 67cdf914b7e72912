#include "chathttp/sim/run/live_run.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/oracle.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/world/environment.h"
#include "chathttp/sim/world/world.h"

namespace chathttp::sim {
namespace {

constexpr absl::Duration kQuietTime = absl::Milliseconds(500);
constexpr absl::Duration kTurn = absl::Milliseconds(20);

// Real ports: a run can neither hurry nor have faults.
class LiveEnvironment final : public Environment {
 public:
  explicit LiveEnvironment(const LivePorts& ports) : ports_(ports) {
    ports_.turn(absl::ZeroDuration());
  }

  Scheduler& scheduler() override { return ports_.scheduler; }
  Network& NetworkOf(std::string_view) override { return ports_.network; }
  std::string WhoIs(std::string_view) const override { return ""; }
  Endpoint ListenerOf(std::string_view) const override { return {"127.0.0.1", 0}; }
  Endpoint ProxyListenerOf(std::string_view) const override { return {}; }
  std::string LocalOf(const ByteStream&) const override { return ""; }

  bool RunUntil(absl::FunctionRef<bool()> done, absl::Duration limit) override {
    const absl::Time end = ports_.scheduler.Now() + limit;
    while (!done()) {
      const absl::Time now = ports_.scheduler.Now();
      if (now >= end) return false;
      ports_.turn(std::min(kTurn, end - now));
    }
    return true;
  }

  void Settle(absl::FunctionRef<std::uint64_t()> progress, absl::FunctionRef<bool()> done,
              absl::Duration limit) override {
    absl::Time moved_at = ports_.scheduler.Now();
    std::uint64_t before = progress();
    const auto is_quiet = [&] {
      const absl::Time now = ports_.scheduler.Now();
      if (std::exchange(before, progress()) != before) moved_at = now;
      return done() || now - moved_at >= kQuietTime;
    };
    static_cast<void>(RunUntil(is_quiet, std::max(limit, kQuietTime)));
  }

  // The loop keeps the order of timers of one time.
  void RunInOrder(absl::Time when, std::uint64_t, Scheduler::Task task) override {
    ports_.scheduler.RunAt(when, std::move(task));
  }
  Leftover Finish(absl::Duration) override { return {}; }
  absl::Status status() const override { return absl::OkStatus(); }

  void Begin(FaultListener) override {}
  void BeginFault(const Step&, std::size_t) override {}
  void EndFaults() override {}
  bool IsFaulted(std::string_view) const override { return false; }
  std::uint64_t EffectsOf(std::size_t) const override { return 0; }

 private:
  const LivePorts& ports_;
};

}  // namespace

absl::Status CheckLive(const Scenario& scenario) {
  for (const Step& step : scenario.steps) {
    const VerbShape& shape = ShapeOf(step.verb);
    if (!shape.fault) continue;
    return absl::InvalidArgumentError(absl::StrCat("line ", step.line, ": ", AbslView(shape.word),
                                                   " is a fault, which needs the simulator"));
  }
  for (const NetSetting& net : scenario.nets) {
    if (net.address.empty() && !net.proxy && net.via.empty()) continue;
    return absl::InvalidArgumentError("net with address, proxy or via needs the simulator");
  }
  if (!scenario.programs.empty()) {
    return absl::InvalidArgumentError("programs need the simulator");
  }
  for (const LimitSetting& limit : scenario.limits) {
    if (limit.key == "descriptors") {
      return absl::InvalidArgumentError("limit descriptors needs the simulator");
    }
    if (limit.key == kServersLimit && limit.value > 1) {
      return absl::InvalidArgumentError("limit servers needs the simulator");
    }
  }
  return absl::OkStatus();
}

RunResult RunLive(const Scenario& scenario, const LivePorts& ports) {
  RunResult result;
  LiveEnvironment environment(ports);
  World world(scenario, environment);
  world.Play();
  if (const absl::Status status = world.status(); !status.ok()) {
    result.violations.push_back({"stuck", std::string(status.message())});
    return result;
  }
  WorldRecord record = world.TakeRecord();
  record.simulated = false;
  result.violations = Judge(scenario, record, &result.deliveries);
  SortViolations(result.violations);
  result.simulated = world.now();
  return result;
}

}  // namespace chathttp::sim
