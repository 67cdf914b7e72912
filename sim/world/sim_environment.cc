#include "chathttp/sim/world/sim_environment.h"

#include <algorithm>
#include <iterator>

#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/network/stream.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/world/options.h"

namespace chathttp::sim {
namespace {

constexpr std::uint16_t kPort = 9994;
constexpr std::size_t kMaxCheckpoints = 1 << 20;
// The maximum delay before a turn, one of these at random, so that several events fall into a turn.
// Scenarios without latencies have no delay.
constexpr absl::Duration kWakeDelays[] = {absl::ZeroDuration(), absl::Microseconds(20),
                                          absl::Milliseconds(1)};
constexpr std::uint64_t kSpuriousOneIn = 64;  // while there are faults

}  // namespace

SimEnvironment::SimEnvironment(const Scenario& scenario)
    : scenario_(scenario),
      names_(scenario.Participants()),
      scheduler_({.seed = scenario.seed}),
      network_(scheduler_, {.seed = scenario.seed,
                            .descriptors = DescriptorsOf(scenario, NetworkOptions().descriptors)}),
      start_(scheduler_.Now()),
      faults_(std::make_unique<Faults>(
          Faults::Setting{scheduler_, network_, names_,
                          [this](const std::string& who) { return ServerOf(scenario_, who); },
                          network_.options().descriptors,
                          [this](std::string_view who, std::string_view word, bool begins) {
                            listener_(who, word, begins);
                          }})),
      next_checkpoint_(start_ + absl::Seconds(1)) {
  if (ServersOf(scenario) == 1) return;
  SimLog::Options options = LogOptionsOf(scenario);
  options.max_delay = absl::ZeroDuration();  // until Begin
  log_.emplace(scheduler_, options);
}

std::string SimEnvironment::WhoIs(std::string_view peer) const {
  const SimHost* const host = network_.FindPeer(peer);
  return host == nullptr ? "" : host->name();
}

Endpoint SimEnvironment::ListenerOf(std::string_view server) const {
  return {std::string(server), kPort};
}

Endpoint SimEnvironment::ProxyListenerOf(std::string_view server) const {
  const auto is_proxied = [](const NetSetting& net) { return net.proxy.has_value(); };
  if (std::none_of(scenario_.nets.begin(), scenario_.nets.end(), is_proxied)) return {};
  return {std::string(server), kProxyPort};
}

Network& SimEnvironment::NetworkOf(std::string_view who) {
  const auto proxied = proxied_.find(who);
  return proxied == proxied_.end() ? static_cast<Network&>(network_.host(who)) : *proxied->second;
}

// Every stream of this network is a SimStream.
std::string SimEnvironment::LocalOf(const ByteStream& stream) const {
  return static_cast<const SimStream&>(BelowProxy(stream)).local();
}

// Behind a proxy that sends a header, the address is that in the header.
void SimEnvironment::SetAddresses() {
  const auto has_origin = [](const NetSetting& net) { return !net.address.empty() || net.proxy; };
  if (std::none_of(scenario_.nets.begin(), scenario_.nets.end(), has_origin)) return;
  for (const std::string& name : names_) {
    const Origin origin = OriginOf(scenario_, name);
    SimHost& host = network_.host(name);
    if (origin.proxy) {
      const ProxiedAddress told{*origin.proxy,
                                origin.address.empty() ? host.address() : origin.address};
      proxied_.emplace(name, std::make_unique<ProxyClient>(
                                 host, Endpoint{ServerOf(scenario_, name), kProxyPort}, told));
    }
    if (!origin.address.empty() && !SendsHeader(origin)) host.SetAddress(origin.address);
  }
}

void SimEnvironment::Begin(FaultListener listener) {
  listener_ = std::move(listener);
  SetLinks(scenario_, names_, network_);
  SetAddresses();
  if (log_) log_->SetMaxDelay(LogOptionsOf(scenario_).max_delay);
  if (scenario_.mode != Mode::kClean) network_.SetSpurious(kSpuriousOneIn);
  DrawWakeDelay();
}

void SimEnvironment::DrawWakeDelay() {
  const auto has_latency = [](const NetSetting& net) { return net.latency.has_value(); };
  if (std::none_of(scenario_.nets.begin(), scenario_.nets.end(), has_latency)) return;
  const std::uint64_t drawn = Draw(scenario_.seed, Purpose::kWake, 1, 0);
  max_wake_delay_ = kWakeDelays[Uniform(drawn, 0, std::size(kWakeDelays) - 1)];
  scheduler_.SetMaxWakeDelay(max_wake_delay_);
}

void SimEnvironment::BeginFault(const Step& step, std::size_t index) {
  if (step.verb != Verb::kWall) return faults_->Begin(step, index);
  wall_offset_ += absl::Nanoseconds(step.amount);
  scheduler_.SetWallOffset(wall_offset_);
  wall_jumps_.push_back(index);
  listener_(kServerName, "wall", true);
}

void SimEnvironment::EndFaults() {
  faults_->EndAll();
  network_.SetSpurious(0);
}

std::uint64_t SimEnvironment::EffectsOf(std::size_t index) const {
  return faults_->EffectsOf(index) +
         static_cast<std::uint64_t>(std::count(wall_jumps_.begin(), wall_jumps_.end(), index));
}

// Nobody watches a simulation, so it takes its time.
void SimEnvironment::Settle(absl::FunctionRef<std::uint64_t()>, absl::FunctionRef<bool()> done,
                            absl::Duration limit) {
  static_cast<void>(RunUntil(done, limit));
}

void SimEnvironment::RunInOrder(absl::Time when, std::uint64_t order, Scheduler::Task task) {
  scheduler_.RunAt(when, order, std::move(task));
}

Leftover SimEnvironment::Finish(absl::Duration limit) {
  static_cast<void>(RunUntil([&] { return network_.open_connections() == 0; }, limit));
  std::size_t descriptors = 0;
  for (std::size_t i = 0; i < ServersOf(scenario_); ++i) {
    descriptors += network_.host(ServerName(i)).descriptors_in_use();
  }
  return {.descriptors = descriptors,
          .connections = network_.open_connections(),
          .timers = scheduler_.pending_timers()};
}

bool SimEnvironment::RunUntil(absl::FunctionRef<bool()> done, absl::Duration limit) {
  const absl::Time end = scheduler_.Now() + limit;
  for (;;) {
    const absl::Duration part = std::min(end, next_checkpoint_) - scheduler_.Now();
    const bool is_done = scheduler_.RunUntil(done, std::max(part, absl::ZeroDuration()));
    if (is_done || !scheduler_.status().ok()) return is_done;
    if (scheduler_.Now() >= next_checkpoint_) AddCheckpoint();
    if (scheduler_.Now() >= end) return false;
  }
}

void SimEnvironment::AddCheckpoint() {
  while (next_checkpoint_ <= scheduler_.Now()) next_checkpoint_ += absl::Seconds(1);
  if (checkpoints_.size() < kMaxCheckpoints) checkpoints_.push_back(network_.digest());
}

}  // namespace chathttp::sim
