#include "chathttp/sim/world/world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/world/options.h"

namespace chathttp::sim {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;
// The time after a stop for peers to see the end and for bytes in flight to arrive.
constexpr absl::Duration kDrainLimit = absl::Minutes(2);

}  // namespace

World::World(const Scenario& scenario, Environment& environment, Recorder::TraceSink trace)
    : scenario_(scenario),
      environment_(environment),
      names_(ParticipantsOf(scenario)),
      recorder_(
          environment.scheduler(),
          [&environment](const ByteStream& stream) { return environment.LocalOf(stream); },
          std::move(trace)),
      buffer_(kReadBytes),
      server_(environment.NetworkOf(kServerName), environment.scheduler(), recorder_.start(),
              ServerOptionsOf(scenario)),
      step_effects_(scenario.steps.size()) {}

World::~World() = default;

void World::Play() {
  StartServer();
  if (!status_.ok()) return;
  AddParticipants();
  Act();
  Settle();
  Drain();
}

// ---- Before the first step --------------------------------------------------------------------

void World::StartServer() {
  status_ = server_.Start(environment_.server());
  if (!status_.ok()) return;
  // In the simulation this takes no time, so the scenario starts at 0.
  static_cast<void>(
      environment_.RunUntil([&] { return server_.witness_is_in(); }, absl::Seconds(1)));
  environment_.Begin([this](std::string_view who, std::string_view word, bool begins) {
    OnFaultChange(who, word, begins);
  });
}

void World::AddParticipants() {
  record_.server = server_.server()->endpoints().front();
  record_.client_options = ClientOptionsOf(scenario_);
  record_.session_options = SessionOptionsOf(scenario_);
  recorder_.SetOnAdd([this](ConnectionRecord& connection) {
    connection.faulted = environment_.IsFaulted(connection.who);
  });
  const ParticipantContext context{
      [this](std::string_view who) -> Network& { return environment_.NetworkOf(who); },
      environment_.scheduler(),
      recorder_,
      record_.server,
      record_.client_options,
      record_.session_options,
      scenario_.seed,
      buffer_};
  const auto add = [&](const std::vector<std::string>& names, auto make) {
    for (const std::string& name : names) participants_.push_back(make(context, name));
  };
  add(scenario_.clients, MakeClient);
  add(scenario_.peers, MakePeer);
  add(scenario_.sessions, MakeSession);
}

// ---- Act --------------------------------------------------------------------------------------

void World::Act() {
  for (std::size_t i = 0; i < scenario_.steps.size(); ++i) {
    const Step& step = scenario_.steps[i];
    std::vector<Participant*>& cast = cast_.emplace_back();
    for (const std::string& name : ExpandNames(step.who, names_)) cast.push_back(&Find(name));
    environment_.RunInOrder(recorder_.start() + step.at, i, [this, i] { DoStep(i, 0); });
    act_end_ = std::max(act_end_, step.at + (step.count - 1) * step.every);
  }
  const absl::Duration heal = scenario_.heal.value_or(act_end_);
  act_end_ = std::max(act_end_, heal);
  if (scenario_.mode != Mode::kHostile) {
    environment_.RunInOrder(recorder_.start() + heal, scenario_.steps.size(),
                            [this] { environment_.EndFaults(); });
  }
  record_.healed = heal;
  RunTo(act_end_);
}

// ---- Settle and drain -------------------------------------------------------------------------

void World::Settle() {
  environment_.Settle([&] { return recorder_.moved_bytes(); }, scenario_.settle);
  server_.NotePopulation();
  for (const auto& participant : participants_) EndPauses(*participant);
}

void World::Drain() {
  record_.drain = recorder_.now();
  server_.Stop();
  const absl::Duration limit = ServerOptionsOf(scenario_).stop_limit + kDrainLimit;
  static_cast<void>(environment_.RunUntil([&] { return server_.stopped(); }, limit));
  record_.servers = server_.TakeRecords();
  environment_.EndFaults();  // faults of hostile scenarios last until here
  EndParticipants();
}

void World::EndParticipants() {
  const auto ended = [](const auto& participant) {
    return participant->tap().current() == nullptr;
  };
  static_cast<void>(environment_.RunUntil(
      [&] { return std::all_of(participants_.begin(), participants_.end(), ended); }, kDrainLimit));
  for (const auto& participant : participants_) {
    participant->End();
    ClientRecord client = participant->TakeRecord();
    if (!client.entries.empty()) record_.clients.push_back(std::move(client));
  }
  participants_.clear();
  record_.leftover = environment_.Finish(kDrainLimit);
}

WorldRecord World::TakeRecord() {
  for (std::size_t i = 0; i < scenario_.steps.size(); ++i) {
    const VerbShape& shape = ShapeOf(scenario_.steps[i].verb);
    step_effects_[i] += environment_.EffectsOf(i);
    if (shape.fault) record_.effects[std::string(shape.word)] += step_effects_[i];
  }
  record_.connections = recorder_.Take();
  return std::move(record_);
}

void World::RunTo(absl::Duration end) {
  static_cast<void>(environment_.RunUntil([] { return false; }, end - recorder_.now()));
}

// ---- Steps ------------------------------------------------------------------------------------

void World::DoStep(std::size_t index, std::int64_t round) {
  const Step& step = scenario_.steps[index];
  do {
    DoRound(index, round);
  } while (++round < step.count && step.every == absl::ZeroDuration());
  if (round >= step.count) return;
  environment_.RunInOrder(recorder_.start() + step.at + round * step.every, index,
                          [this, index, round] { DoStep(index, round); });
}

void World::DoRound(std::size_t index, std::int64_t round) {
  const Step& step = scenario_.steps[index];
  switch (ShapeOf(step.verb).subject) {
    case Subject::kAnyone:
    case Subject::kPeers:
      for (Participant* participant : cast_[index]) DoWith(*participant, index, round);
      return;
    case Subject::kServer:
      return DoWithServer(step, index);
    case Subject::kLink:
    case Subject::kSet:
    case Subject::kSides:
      return environment_.BeginFault(step, index);
  }
}

void World::DoWithServer(const Step& step, std::size_t index) {
  const bool runs = server_.server() != nullptr;
  switch (step.verb) {
    case Verb::kStop:
      return server_.Stop();
    case Verb::kCrash:
      step_effects_[index] += runs ? 1 : 0;
      recorder_.Trace(kServerName, "crash");
      return server_.Crash();
    case Verb::kRestart:
      ++step_effects_[index];
      recorder_.Trace(kServerName, "restart");
      return RestartServer();
    default:
      return environment_.BeginFault(step, index);
  }
}

void World::RestartServer() {
  server_.stopped() ? server_.Finish() : server_.Crash();
  // Without a descriptor it cannot listen: it ends at once.
  if (!server_.Start(environment_.server()).ok()) server_.Crash();
}

void World::DoWith(Participant& participant, std::size_t index, std::int64_t round) {
  const Step& step = scenario_.steps[index];
  if (step.verb == Verb::kReset) {
    step_effects_[index] += participant.Reset() ? 1 : 0;
    return;
  }
  if (step.verb == Verb::kPauseReading) {
    pauses_.push_back({index, &participant, participant.tap().unread_notices()});
  }
  if (step.verb == Verb::kResumeReading) EndPauses(participant);
  sim::DoStep(participant, step, round);
}

// A pause has taken effect if there was input to read during it.
void World::EndPauses(Participant& participant) {
  std::erase_if(pauses_, [&](const Pause& pause) {
    if (pause.participant != &participant) return false;
    step_effects_[pause.step] += participant.tap().unread_notices() - pause.unread_before;
    return true;
  });
}

void World::OnFaultChange(std::string_view who, std::string_view word, bool begins) {
  recorder_.Trace(who, begins ? "fault" : "fault-over", word);
  if (begins && who != kServerName) MarkFaulted(Find(who));
}

void World::MarkFaulted(Participant& participant) {
  if (ConnectionRecord* connection = participant.tap().current()) connection->faulted = true;
}

Participant& World::Find(std::string_view name) {
  const auto place = std::find(names_.begin(), names_.end(), name) - names_.begin();
  return *participants_[static_cast<std::size_t>(place)];
}

}  // namespace chathttp::sim
