#include "chathttp/sim/run/live_run.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/oracle.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/world/options.h"
#include "chathttp/sim/world/participant.h"
#include "chathttp/sim/world/reactions.h"
#include "chathttp/sim/world/step_times.h"
#include "chathttp/sim/world/tap.h"
#include "chathttp/transport/server/chat_server.h"

namespace chathttp::sim {
namespace {

constexpr absl::Duration kPhaseLimit = absl::Seconds(10);
constexpr absl::Duration kQuietTime = absl::Milliseconds(500);
constexpr absl::Duration kTurn = absl::Milliseconds(20);
constexpr std::size_t kReadBytes = 64 << 10;

class LiveWorld {
 public:
  LiveWorld(const Scenario& scenario, const LivePorts& ports)
      : scenario_(scenario), ports_(ports), recorder_(ports.scheduler), buffer_(kReadBytes) {
    record_.options = ServerOptionsOf(scenario);
  }

  // Returns whether the run finished.
  bool Play() {
    ports_.turn(absl::ZeroDuration());
    server_ = std::make_unique<ChatServer>(ports_.network, ports_.scheduler, record_.options);
    if (!server_->Listen({"127.0.0.1", 0}).ok() || !AddParticipants()) return false;
    Act();
    Settle();
    return Drain();
  }

  WorldRecord TakeRecord() {
    record_.connections = recorder_.Take();
    return std::move(record_);
  }
  absl::Duration now() const { return recorder_.now(); }

 private:
  bool AddParticipants() {
    ClientOptions options;
    options.limits = record_.options.room;
    const ParticipantContext context{
        [this](std::string_view) -> Network& { return ports_.network; },
        ports_.scheduler,
        recorder_,
        server_->endpoints().front(),
        options,
        buffer_};
    Participant& witness = *participants_.emplace_back(MakePeer(context, kWitnessName));
    witness.Connect();
    witness.Add(kWitnessName);
    for (const std::string& name : scenario_.clients) {
      participants_.push_back(MakeClient(context, name));
    }
    for (const std::string& name : scenario_.peers)
      participants_.push_back(MakePeer(context, name));
    return TurnUntil([&] { return server_->room().members().size() == 1; }, kPhaseLimit);
  }

  void Act() {
    for (std::size_t i = 0; i < scenario_.steps.size(); ++i) {
      if (!scenario_.steps[i].when) Begin(i, scenario_.steps[i].at);
    }
    recorder_.SetListener([this](std::string_view who, std::string_view entity) {
      for (const std::size_t index : reactions_.Triggered(who, entity)) {
        Begin(index, now() + scenario_.steps[index].at);
      }
    });
    TurnUntil([&] { return waiting_ == 0; }, absl::InfiniteDuration());
    record_.healed = now();
  }

  // Schedules all repetitions of a step by all its participants.
  void Begin(std::size_t index, absl::Duration at) {
    const Step& step = scenario_.steps[index];
    if (step.verb == Verb::kStop) return Schedule(at, [this] { StopByStep(); });
    const StepTimes times(scenario_.seed, step);
    const std::vector<std::string> cast = ExpandNames(step.who, scenario_.Participants());
    for (std::size_t i = 0; i < cast.size(); ++i) {
      absl::Duration later = at + times.DelayOf(i);
      for (std::int64_t round = 0; round < step.count; ++round) {
        if (round > 0) later += times.GapBefore(round);
        Schedule(later, [this, index, round, name = cast[i]] { Do(index, round, name); });
      }
    }
  }

  void Schedule(absl::Duration at, std::function<void()> act) {
    ++waiting_;
    ports_.scheduler.RunAt(recorder_.start() + at, [this, act = std::move(act)] {
      --waiting_;
      act();
    });
  }

  void StopByStep() {
    if (!record_.stop) record_.stop = now();
    Stop();
  }

  void Do(std::size_t index, std::int64_t round, const std::string& name) {
    const auto is_meant = [&](const auto& participant) { return participant->name() == name; };
    record_.done.push_back({index, round, name, now()});
    DoStep(**std::find_if(participants_.begin(), participants_.end(), is_meant),
           scenario_.steps[index], round);
  }

  void Settle() {
    absl::Duration moved_at = now();
    std::size_t moved = MovedBytes();
    const auto is_quiet = [&] {
      if (std::exchange(moved, MovedBytes()) != moved) moved_at = now();
      return waiting_ == 0 && now() - moved_at >= kQuietTime;
    };
    TurnUntil(is_quiet, std::max(scenario_.settle, kQuietTime));
    recorder_.SetListener(nullptr);
    record_.members_at_end = server_->room().members().size();
    record_.connections_at_end = server_->connections();
  }

  bool Drain() {
    record_.drain = now();
    Stop();
    TurnUntil([&] { return record_.drained; }, record_.options.stop_limit + kPhaseLimit);
    record_.stats = server_->stats();
    server_.reset();
    const auto ended = [](const auto& participant) {
      return participant->tap().current() == nullptr;
    };
    const bool all_ended =
        TurnUntil([&] { return std::all_of(participants_.begin(), participants_.end(), ended); },
                  kPhaseLimit);
    for (const auto& participant : participants_) {
      participant->Close();
      std::vector<std::string> story = participant->TakeStory();
      if (!story.empty()) record_.stories.push_back({participant->name(), std::move(story)});
    }
    participants_.clear();
    return all_ended;
  }

  void Stop() {
    if (std::exchange(stop_requested_, true)) return;
    server_->Stop([this] { record_.drained = true; });
  }

  std::size_t MovedBytes() const {
    std::size_t bytes = 0;
    for (const auto& connection : recorder_.connections()) {
      bytes += connection->sent.bytes.size() + connection->received.bytes.size();
    }
    return bytes;
  }

  bool TurnUntil(absl::FunctionRef<bool()> done, absl::Duration limit) {
    const absl::Duration end = now() + limit;
    while (!done()) {
      if (now() >= end) return false;
      ports_.turn(std::min(kTurn, end - now()));
    }
    return true;
  }

  const Scenario& scenario_;
  const LivePorts& ports_;
  Recorder recorder_;
  std::vector<char> buffer_;
  WorldRecord record_;
  std::unique_ptr<ChatServer> server_;
  std::vector<std::unique_ptr<Participant>> participants_;  // the witness, clients, peers
  Reactions reactions_{scenario_};
  std::size_t waiting_ = 0;  // scheduled steps
  bool stop_requested_ = false;
};

}  // namespace

absl::Status CheckLive(const Scenario& scenario) {
  for (const Step& step : scenario.steps) {
    const VerbShape& shape = ShapeOf(step.verb);
    if (!shape.fault) continue;
    return absl::InvalidArgumentError(absl::StrCat("line ", step.line, ": ", AbslView(shape.word),
                                                   " is a fault, which needs the simulator"));
  }
  if (!scenario.programs.empty()) {
    return absl::InvalidArgumentError("programs need the simulator");
  }
  for (const LimitSetting& limit : scenario.limits) {
    if (limit.key == "descriptors") {
      return absl::InvalidArgumentError("limit descriptors needs the simulator");
    }
  }
  return absl::OkStatus();
}

RunResult RunLive(const Scenario& scenario, const LivePorts& ports) {
  RunResult result;
  LiveWorld world(scenario, ports);
  if (!world.Play()) result.violations.push_back({"stuck", "the run did not come to its end"});
  const WorldRecord record = world.TakeRecord();
  for (Violation& violation : Judge(scenario, record, &result.deliveries)) {
    result.violations.push_back(std::move(violation));
  }
  result.simulated = world.now();
  return result;
}

}  // namespace chathttp::sim
