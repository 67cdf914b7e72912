#include "chathttp/sim/world/world.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/world/heap_count.h"
#include "chathttp/sim/world/options.h"
#include "chathttp/sim/world/raw_proxy.h"
#include "chathttp/sim/world/step_times.h"

namespace chathttp::sim {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;
// The time after a stop for peers to see the end and for bytes in flight to arrive.
constexpr absl::Duration kDrainLimit = absl::Minutes(2);

bool HasOperator(const Scenario& scenario) {
  return std::any_of(scenario.steps.begin(), scenario.steps.end(),
                     [](const Step& step) { return step.verb == Verb::kAdmin; });
}

// Takes the PROXY header away that the peer sent itself: what follows is for the server.
void CutHeader(Flow& flow) {
  const RawHeader header = CutProxyHeader(flow.bytes);
  if (header.status != RawHeader::Status::kComplete) return;
  flow.bytes.erase(0, header.bytes);
  std::erase_if(flow.pieces, [&](const Flow::Piece& piece) { return piece.end <= header.bytes; });
  for (Flow::Piece& piece : flow.pieces) piece.end -= header.bytes;
}

}  // namespace

World::World(const Scenario& scenario, Environment& environment, const RunOptions& options)
    : scenario_(scenario),
      environment_(environment),
      options_(options),
      names_(scenario.Participants()),
      recorder_(
          environment.scheduler(),
          [&environment](const ByteStream& stream) { return environment.LocalOf(stream); },
          options.trace),
      buffer_(kReadBytes),
      entropy_(scenario.seed, kServerName),
      reactions_(scenario),
      step_effects_(scenario.steps.size()),
      heap_before_(HeapCount::bytes()) {
  AddServers();
}

World::~World() = default;

Network& World::ServerNetwork(std::string_view server) {
  Network& network = environment_.NetworkOf(server);
  if (!recorder_.tracing()) return network;
  server_traces_.push_back(std::make_unique<ServerTrace>(
      network, recorder_, [this](std::string_view peer) { return environment_.WhoIs(peer); }));
  return *server_traces_.back();
}

void World::AddServers() {
  Scheduler& scheduler = environment_.scheduler();
  const ServerOptions options = ServerOptionsOf(scenario_);
  const bool has_operator = HasOperator(scenario_);
  SimLog* const log = environment_.log();
  if (log == nullptr) {
    servers_.push_back(std::make_unique<ServerProcess>(ServerNetwork(kServerName), scheduler,
                                                       recorder_.start(), options, has_operator));
    if (options.away_limit > absl::ZeroDuration()) servers_.front()->UseSessions(entropy_);
    if (scenario_.journal) AddJournal(*servers_.front());
    return;
  }
  for (std::size_t i = 0; i < ServersOf(scenario_); ++i) {
    servers_.push_back(
        std::make_unique<ServerProcess>(ServerNetwork(ServerName(i)), scheduler, recorder_.start(),
                                        options, has_operator && i == 0, ServerName(i), *log));
    if (options.away_limit > absl::ZeroDuration()) servers_.back()->UseSessions(entropy_);
  }
  log_faults_ = std::make_unique<LogFaults>(
      LogFaults::Setting{scheduler, *log, servers_,
                         [this](std::string_view server, std::string_view word, bool begins) {
                           recorder_.Trace(server, begins ? "fault" : "fault-over", word);
                         }});
}

void World::AddJournal(ServerProcess& server) {
  disk_ = std::make_unique<SimDisk>(
      SimDisk::Options{.seed = scenario_.seed, .entity = EntityOf(kServerName)});
  server.UseJournal(*disk_, *scenario_.journal, scenario_.seed);
  disk_faults_ = std::make_unique<DiskFaults>(environment_.scheduler(), *disk_, server);
}

absl::Status World::status() const {
  if (!status_.ok()) return status_;
  if (!overflowed()) return environment_.status();
  return absl::ResourceExhaustedError(
      absl::StrCat("bytes at the ports: the limit is ", options_.max_port_bytes,
                   ", and more have crossed them: an endless write"));
}

void World::Play() {
  StartServers();
  if (!status_.ok()) return;
  AddParticipants();
  Act();
  Settle();
  Drain();
}

// ---- Before the first step --------------------------------------------------------------------

void World::StartServers() {
  for (const auto& server : servers_) {
    const std::string_view name = server->name();
    if (recorder_.tracing()) {
      server->SetOnEnd([this, name](std::string_view peer, std::string_view reason) {
        const std::string who = environment_.WhoIs(peer);
        recorder_.Trace(name, "ended", absl::StrCat(who, ": ", AbslView(reason)));
      });
    }
    status_ = server->Start(environment_.ListenerOf(name), environment_.ProxyListenerOf(name));
    if (!status_.ok()) return;
  }
  // In the simulation this takes no time, so the scenario starts at 0.
  static_cast<void>(environment_.RunUntil([&] { return AllWitnessesAreIn(); }, absl::Seconds(1)));
  environment_.Begin([this](std::string_view who, std::string_view word, bool begins) {
    OnFaultChange(who, word, begins);
  });
}

// Or refused, if the room is too small for all of them.
bool World::AllWitnessesAreIn() {
  const SimLog* const log = environment_.log();
  return std::all_of(servers_.begin(), servers_.end(), [&](const auto& server) {
    if (log == nullptr) return server->witness_is_in();
    return log->entries().size() >= servers_.size() &&
           log->taken(*server->number()) == log->entries().size();
  });
}

void World::AddParticipants() {
  record_.server = servers_.front()->server()->endpoints().front();
  for (const std::string& name : names_) {
    const std::string server = ServerOf(scenario_, name);
    if (server != kServerName) record_.hosts.emplace(name, server);
  }
  record_.client_options = ClientOptionsOf(scenario_);
  record_.session_options = SessionOptionsOf(scenario_);
  recorder_.SetOnAdd([this](ConnectionRecord& connection) {
    connection.faulted = environment_.IsFaulted(connection.who);
  });
  const ParticipantContext context{
      [this](std::string_view who) -> Network& { return environment_.NetworkOf(who); },
      environment_.scheduler(),
      recorder_,
      [this](std::string_view who) {
        const auto host = record_.hosts.find(std::string(who));
        return host == record_.hosts.end() ? record_.server
                                           : Endpoint{host->second, record_.server.port};
      },
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
  for (const std::string& name : scenario_.programs) {
    participants_.push_back(MakeProgram(context, name, *FindFactory(options_.programs, name)));
  }
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
    environment_.RunInOrder(recorder_.start() + heal, scenario_.steps.size(),
                            [this] { EndFaults(); });
  }
  record_.healed = heal;
  RunTo(act_end_);
}

// ---- Settle and drain -------------------------------------------------------------------------

void World::Settle() {
  // While a step waits, there is progress.
  const auto progress = [&] {
    if (waiting_ > 0) ++waiting_ticks_;
    return recorder_.moved_bytes() + waiting_ticks_;
  };
  environment_.Settle(
      progress, [&] { return overflowed(); }, scenario_.settle);
  recorder_.SetListener(nullptr);
  for (const auto& server : servers_) server->NotePopulation();
  for (const auto& participant : participants_) EndPauses(*participant);
}

void World::Drain() {
  record_.drain = recorder_.now();
  for (const auto& server : servers_) StopServer(*server);
  const absl::Duration limit = ServerOptionsOf(scenario_).stop_limit + kDrainLimit;
  const auto stopped = [](const auto& server) { return server->stopped(); };
  static_cast<void>(environment_.RunUntil(
      [&] { return std::all_of(servers_.begin(), servers_.end(), stopped) || overflowed(); },
      limit));
  const bool several = environment_.log() != nullptr;
  for (const auto& server : servers_) {
    std::vector<ServerRecord> lives = server->TakeRecords();
    record_.servers.insert(record_.servers.end(), std::make_move_iterator(lives.begin()),
                           std::make_move_iterator(lives.end()));
  }
  if (several) record_.heap_bytes_left = HeapCount::bytes() - heap_before_;
  EndFaults();  // faults of hostile scenarios last until here
  TakeLog();
  TakeJournal();
  EndParticipants();
}

void World::EndFaults() {
  environment_.EndFaults();
  if (log_faults_ != nullptr) log_faults_->EndAll();
  if (disk_faults_ != nullptr) disk_faults_->EndAll();
}

void World::TakeLog() {
  SimLog* const log = environment_.log();
  if (log == nullptr) return;
  log->Close();
  for (const SimLog::Entry& entry : log->entries()) {
    record_.log.push_back({entry.command.kind, static_cast<std::uint32_t>(entry.command.server),
                           static_cast<std::uint64_t>(entry.command.member), entry.command.wall,
                           entry.text, entry.at - recorder_.start(), entry.command.returns,
                           entry.session});
  }
}

void World::TakeJournal() {
  if (disk_faults_ == nullptr) return;
  record_.disk_faults = disk_faults_->Costs();
  record_.refused_starts = servers_.front()->refused_starts();
  record_.left_in_journal = servers_.front()->ReadJournal();
}

void World::EndParticipants() {
  const auto ended = [](const auto& participant) {
    return participant->tap().current() == nullptr;
  };
  static_cast<void>(environment_.RunUntil(
      [&] { return std::all_of(participants_.begin(), participants_.end(), ended); }, kDrainLimit));
  record_.clients.reserve(participants_.size());  // a record is costly to copy
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
    if (log_faults_ != nullptr) step_effects_[i] += log_faults_->EffectsOf(i);
    if (disk_faults_ != nullptr) step_effects_[i] += disk_faults_->EffectsOf(i);
    if (shape.fault) record_.effects[std::string(shape.word)] += step_effects_[i];
  }
  record_.connections = recorder_.Take();
  const bool has_proxies = !environment_.ProxyListenerOf(kServerName).host.empty();
  for (ConnectionRecord& connection : record_.connections) {
    if (has_proxies && OriginOf(scenario_, connection.who).proxy == ProxyForm::kNone)
      CutHeader(connection.sent);
  }
  return std::move(record_);
}

void World::RunTo(absl::Duration end) {
  static_cast<void>(environment_.RunUntil([&] { return overflowed(); }, end - recorder_.now()));
}

// ---- Steps ------------------------------------------------------------------------------------

void World::Begin(std::size_t index, absl::Duration at) {
  const std::size_t size = cast_[index].size();
  const StepTimes times(scenario_.seed, scenario_.steps[index]);
  if (!times.staggered()) return Schedule({index, 0, size, at});
  for (std::size_t i = 0; i < size; ++i) Schedule({index, i, i + 1, at + times.DelayOf(i)});
}

void World::Schedule(const Occasion& occasion) {
  if (occasion.at > steps_end_) return;
  ++waiting_;
  environment_.RunInOrder(recorder_.start() + occasion.at, occasion.step, [this, occasion] {
    --waiting_;
    Do(occasion);
  });
}

void World::Do(Occasion occasion) {
  const Step& step = scenario_.steps[occasion.step];
  const StepTimes times(scenario_.seed, step);
  absl::Duration gap;
  do {
    DoRound(occasion);
    if (++occasion.round >= step.count) return;
    gap = times.GapBefore(occasion.round);
  } while (gap == absl::ZeroDuration());
  occasion.at += gap;
  Schedule(occasion);
}

void World::DoRound(const Occasion& occasion) {
  const std::size_t index = occasion.step;
  const Step& step = scenario_.steps[index];
  const VerbShape& shape = ShapeOf(step.verb);
  const bool healed = scenario_.mode != Mode::kHostile && recorder_.now() > record_.healed;
  if (step.when && shape.fault && healed) return;
  switch (shape.subject) {
    case Subject::kAnyone:
    case Subject::kSomePeers:
    case Subject::kPeers:
      for (std::size_t i = occasion.first; i < occasion.last; ++i) {
        DoWith(*cast_[index][i], index, occasion.round);
      }
      return;
    case Subject::kServer:
    case Subject::kDisk:
    case Subject::kOperator:
      return DoWithServer(step, index);
    case Subject::kLink:
    case Subject::kSet:
    case Subject::kSides:
      return environment_.BeginFault(step, index);
  }
}

void World::React(std::string_view who, std::string_view entity) {
  for (const std::size_t index : reactions_.Triggered(who, entity)) {
    record_.reacted.insert(index);
    Begin(index, recorder_.now() + scenario_.steps[index].at);
  }
}

void World::DoWithServer(const Step& step, std::size_t index) {
  ServerProcess& server = *servers_[ServerIndex(step.who).value_or(0)];
  switch (step.verb) {
    case Verb::kStop:
      return StopServer(server);
    case Verb::kCrash:
      step_effects_[index] += server.server() != nullptr ? 1 : 0;
      recorder_.Trace(server.name(), "crash");
      return CrashServer(server, index);
    case Verb::kRestart:
      ++step_effects_[index];
      recorder_.Trace(server.name(), "restart");
      return RestartServer(server, index, false);
    case Verb::kPowerCut:
      recorder_.Trace(server.name(), "power-cut");
      CrashServer(server, index);
      return disk_faults_->Begin(step, index);
    case Verb::kRepair:
      recorder_.Trace(server.name(), "repair");
      disk_faults_->Begin(step, index);
      return RestartServer(server, index, true);
    case Verb::kDiskTear:
    case Verb::kDiskFlip:
    case Verb::kDiskFull:
    case Verb::kDiskStall:
    case Verb::kDiskFailSync:
      recorder_.Trace(server.name(), ShapeOf(step.verb).word);
      return disk_faults_->Begin(step, index);
    case Verb::kReload:
      recorder_.Trace(server.name(), "reload");
      return server.Reload(step.settings);
    case Verb::kAdmin:
      recorder_.Trace(kServerName, "admin", step.text);
      return server.Command(step.text);
    case Verb::kPause:
    case Verb::kLogClog:
    case Verb::kLogDelay:
    case Verb::kLogRestart:
      return log_faults_->Begin(step, index);
    default:
      return environment_.BeginFault(step, index);
  }
}

// The other servers of the room miss it after a drawn time.
void World::CrashServer(ServerProcess& server, std::size_t step) {
  DrawSequence draws(scenario_.seed, Purpose::kDeparture, step);
  server.Crash(UniformDuration(draws, absl::ZeroDuration(), kDepartureLimit));
}

void World::StopServer(ServerProcess& server) {
  if (server.server() != nullptr && !server.stopping()) recorder_.Trace(server.name(), "stop");
  server.Stop();
}

void World::RestartServer(ServerProcess& server, std::size_t step, bool repair) {
  server.stopped() ? server.Finish() : CrashServer(server, step);
  // Without a descriptor it cannot listen: it ends at once.
  const std::string_view name = server.name();
  const absl::Status status =
      server.Start(environment_.ListenerOf(name), environment_.ProxyListenerOf(name), repair);
  if (!status.ok()) CrashServer(server, step);
}

void World::DoWith(Participant& participant, std::size_t index, std::int64_t round) {
  const Step& step = scenario_.steps[index];
  record_.done.push_back({index, round, participant.name(), recorder_.now()});
  if (step.verb == Verb::kReset) {
    step_effects_[index] += participant.Reset() ? 1 : 0;
    return;
  }
  if (step.verb == Verb::kPauseReading) {
    pauses_.push_back({index, &participant, participant.tap().unread_notices()});
    recorder_.Trace(participant.name(), "fault", "pause-reading");
  }
  if (step.verb == Verb::kResumeReading) EndPauses(participant);
  if (step.verb == Verb::kResume) {
    const Participant& owner = step.session.of.empty() ? participant : Find(step.session.of);
    return participant.Resume(step.text, step.session, *owner.kept_session());
  }
  sim::DoStep(participant, step, round);
}

// A pause has taken effect if there was input to read during it.
void World::EndPauses(Participant& participant) {
  std::erase_if(pauses_, [&](const Pause& pause) {
    if (pause.participant != &participant) return false;
    step_effects_[pause.step] += participant.tap().unread_notices() - pause.unread_before;
    recorder_.Trace(participant.name(), "fault-over", "pause-reading");
    return true;
  });
}

void World::OnFaultChange(std::string_view who, std::string_view word, bool begins) {
  recorder_.Trace(who, begins ? "fault" : "fault-over", word);
  if (begins && !ServerIndex(who)) MarkFaulted(Find(who));
}

void World::MarkFaulted(Participant& participant) {
  if (ConnectionRecord* connection = participant.tap().current()) connection->faulted = true;
}

Participant& World::Find(std::string_view name) {
  const auto place = std::find(names_.begin(), names_.end(), name) - names_.begin();
  return *participants_[static_cast<std::size_t>(place)];
}

}  // namespace chathttp::sim
