#include "chathttp/sim/world/world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/world/options.h"
#include "chathttp/sim/world/step_times.h"

namespace chathttp::sim {
namespace {

constexpr std::uint16_t kPort = 9994;
constexpr std::size_t kReadBytes = 64 << 10;
constexpr std::size_t kMaxCheckpoints = 1 << 20;
// The maximum delay before a turn, one of these at random, so that several events fall into a turn.
// Scenarios without latencies have no delay.
constexpr absl::Duration kWakeDelays[] = {absl::ZeroDuration(), absl::Microseconds(20),
                                          absl::Milliseconds(1)};
constexpr std::uint64_t kSpuriousOneIn = 64;  // while there are faults
// The time after a stop for peers to see the end and for bytes in flight to arrive.
constexpr absl::Duration kDrainLimit = absl::Minutes(2);

// A link without latency and with large buffers.
constexpr LinkOptions kPerfect = {.min_chunk_bytes = 1 << 20,
                                  .max_chunk_bytes = 1 << 20,
                                  .latency = {},
                                  .send_buffer_bytes = 16 << 20,
                                  .receive_buffer_bytes = 64 << 20};

}  // namespace

World::World(const Scenario& scenario, const RunOptions& options)
    : scenario_(scenario),
      options_(options),
      names_(scenario.Participants()),
      scheduler_({.seed = scenario.seed}),
      network_(scheduler_, {.seed = scenario.seed,
                            .descriptors = DescriptorsOf(scenario, NetworkOptions().descriptors)}),
      recorder_(scheduler_, options.trace),
      buffer_(kReadBytes),
      reactions_(scenario),
      step_effects_(scenario.steps.size()),
      records_steps_(std::any_of(scenario.steps.begin(), scenario.steps.end(),
                                 [](const Step& step) { return step.expected.has_value(); })) {
  record_.options = ServerOptionsOf(scenario);
  watch_ = std::make_unique<ServerWatch>(scheduler_, network_, [this] {
    if (server_ == nullptr) return;
    record_.max_server_bytes = std::max(record_.max_server_bytes, server_->held_bytes());
  });
  server_ = std::make_unique<ChatServer>(ServerNetwork(), *watch_, record_.options);
  status_ = server_->Listen({std::string(kServerName), kPort});
  faults_ = std::make_unique<Faults>(
      Faults::Setting{scheduler_, network_, names_, network_.options().descriptors,
                      [this](std::string_view who, std::string_view word, bool begins) {
                        OnFaultChange(who, word, begins);
                      }});
}

World::~World() = default;

Network& World::ServerNetwork() {
  SimHost& host = network_.host(kServerName);
  if (!recorder_.tracing()) return host;
  server_trace_ = std::make_unique<ServerTrace>(host, recorder_, [this](std::string_view peer) {
    const SimHost* const from = network_.FindHost(peer.substr(0, peer.rfind(':')));
    return from == nullptr ? std::string(peer) : from->name();
  });
  return *server_trace_;
}

void World::Play() {
  if (!status_.ok()) return;
  AddWitness();
  AddParticipants();
  Act();
  Settle();
  Drain();
}

// ---- Before the first step --------------------------------------------------------------------

ParticipantContext World::ContextFor(const ClientOptions& options) {
  return {[this](std::string_view who) -> Network& { return network_.host(who); },
          scheduler_,
          recorder_,
          {std::string(kServerName), kPort},
          options,
          buffer_};
}

void World::AddWitness() {
  network_.LinkBetween(kWitnessName, kServerName).SetOptions(kPerfect);
  network_.LinkBetween(kServerName, kWitnessName).SetOptions(kPerfect);
  const ParticipantContext context = ContextFor({});
  witness_ = MakePeer(context, kWitnessName);
  witness_->Connect();
  witness_->Add(kWitnessName);
  // Takes no virtual time, so the scenario starts at 0.
  RunUntil([&] { return server_->room().members().size() == 1; }, absl::ZeroDuration());
}

void World::AddParticipants() {
  ClientOptions client_options;
  client_options.limits = record_.options.room;
  const ParticipantContext context = ContextFor(client_options);
  for (const std::string& name : names_) {
    const std::size_t index = participants_.size();
    const std::size_t peers_end = scenario_.clients.size() + scenario_.peers.size();
    participants_.push_back(
        index < scenario_.clients.size() ? MakeClient(context, name)
        : index < peers_end              ? MakePeer(context, name)
                            : MakeProgram(context, name, *FindFactory(options_.programs, name)));
  }
  SetLinks(scenario_, names_, network_);
  if (scenario_.mode != Mode::kClean) network_.SetSpurious(kSpuriousOneIn);
  const auto has_latency = [](const NetSetting& net) { return net.latency.has_value(); };
  if (std::none_of(scenario_.nets.begin(), scenario_.nets.end(), has_latency)) return;
  const std::uint64_t drawn = Draw(scenario_.seed, Purpose::kWake, 1, 0);
  scheduler_.SetMaxWakeDelay(kWakeDelays[Uniform(drawn, 0, std::size(kWakeDelays) - 1)]);
}

// ---- Act --------------------------------------------------------------------------------------

void World::Act() {
  for (std::size_t i = 0; i < scenario_.steps.size(); ++i) {
    const Step& step = scenario_.steps[i];
    std::vector<Participant*>& cast = cast_.emplace_back();
    for (const std::string& name : ExpandNames(step.who, names_)) cast.push_back(&Find(name));
    if (step.when) continue;
    act_end_ = std::max(act_end_, step.at + StepTimes(scenario_.seed, step).Length(cast.size()));
  }
  const absl::Duration heal = scenario_.heal.value_or(act_end_);
  act_end_ = std::max(act_end_, heal);
  steps_end_ = act_end_ + scenario_.settle;
  for (std::size_t i = 0; i < scenario_.steps.size(); ++i) {
    if (!scenario_.steps[i].when) Begin(i, scenario_.steps[i].at);
  }
  if (!reactions_.empty()) {
    recorder_.SetListener(
        [this](std::string_view who, std::string_view entity) { React(who, entity); });
  }
  if (scenario_.mode != Mode::kHostile) {
    scheduler_.RunAt(recorder_.start() + heal, scenario_.steps.size(), [this] { EndFaults(); });
  }
  record_.healed = heal;
  RunTo(act_end_);
}

void World::EndFaults() {
  faults_->EndAll();
  network_.SetSpurious(0);
}

// ---- Settle and drain -------------------------------------------------------------------------

void World::Settle() {
  RunTo(steps_end_);
  recorder_.SetListener(nullptr);
  record_.members_at_end = server_->room().members().size();
  record_.connections_at_end = server_->connections();
  for (const auto& participant : participants_) EndPauses(*participant);
}

void World::Drain() {
  record_.drain = recorder_.now();
  StopServer();
  RunUntil([&] { return record_.drained; }, record_.options.stop_limit + kDrainLimit);
  record_.stats = server_->stats();
  server_.reset();
  EndFaults();  // faults of hostile scenarios last until here
  participants_.push_back(std::move(witness_));
  const auto ended = [](const auto& participant) {
    return participant->tap().current() == nullptr;
  };
  RunUntil([&] { return std::all_of(participants_.begin(), participants_.end(), ended); },
           kDrainLimit);
  for (const auto& participant : participants_) {
    participant->Close();
    std::vector<std::string> story = participant->TakeStory();
    if (story.empty()) continue;
    record_.stories.push_back({participant->name(), std::move(story)});
  }
  participants_.clear();
  RunUntil([&] { return network_.open_connections() == 0; }, kDrainLimit);
  record_.leftover_descriptors = network_.host(kServerName).descriptors_in_use();
  record_.leftover_connections = network_.open_connections();
  record_.leftover_timers = scheduler_.pending_timers();
}

void World::StopServer() {
  if (std::exchange(stop_requested_, true)) return;
  server_->Stop([this] { record_.drained = true; });
}

WorldRecord World::TakeRecord() {
  record_.server_turns = watch_->turns();
  record_.wakeless_turns = watch_->wakeless_turns();
  for (std::size_t i = 0; i < scenario_.steps.size(); ++i) {
    const VerbShape& shape = ShapeOf(scenario_.steps[i].verb);
    step_effects_[i] += faults_->EffectsOf(i);
    if (shape.fault) record_.effects[std::string(shape.word)] += step_effects_[i];
  }
  if (network_.spurious_notices() > 0) record_.effects["spurious"] = network_.spurious_notices();
  record_.connections = recorder_.Take();
  return std::move(record_);
}

// ---- Time -------------------------------------------------------------------------------------

void World::RunTo(absl::Duration end) {
  RunUntil([] { return false; }, end - recorder_.now());
}

bool World::RunUntil(absl::FunctionRef<bool()> done, absl::Duration limit) {
  const absl::Duration end = recorder_.now() + limit;
  for (;;) {
    const absl::Duration part = std::min(end, next_checkpoint_) - recorder_.now();
    const bool is_done = scheduler_.RunUntil(
        [&] { return recorder_.port_bytes() > options_.max_port_bytes || done(); },
        std::max(part, absl::ZeroDuration()));
    if (!scheduler_.status().ok()) status_ = scheduler_.status();
    CheckPortBytes();
    if (is_done || !status_.ok()) return is_done;
    if (recorder_.now() >= next_checkpoint_) AddCheckpoint();
    if (recorder_.now() >= end) return false;
  }
}

void World::CheckPortBytes() {
  if (recorder_.port_bytes() <= options_.max_port_bytes) return;
  status_ = absl::ResourceExhaustedError(absl::StrCat(
      "bytes at the ports: the limit is ", options_.max_port_bytes, ", and it was exceeded ",
      absl::FormatDuration(recorder_.now()), " after the start: an endless write"));
}

void World::AddCheckpoint() {
  while (next_checkpoint_ <= recorder_.now()) next_checkpoint_ += absl::Seconds(1);
  if (checkpoints_.size() < kMaxCheckpoints) checkpoints_.push_back(network_.digest());
}

}  // namespace chathttp::sim
