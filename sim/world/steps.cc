#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/world/step_times.h"
#include "chathttp/sim/world/world.h"

namespace chathttp::sim {

void World::Begin(std::size_t index, absl::Duration at) {
  const std::size_t size = cast_[index].size();
  const StepTimes times(scenario_.seed, scenario_.steps[index]);
  if (!times.staggered()) return Schedule({index, 0, size, at});
  for (std::size_t i = 0; i < size; ++i) Schedule({index, i, i + 1, at + times.DelayOf(i)});
}

void World::Schedule(const Occasion& occasion) {
  if (occasion.at > steps_end_) return;
  scheduler_.RunAt(recorder_.start() + occasion.at, occasion.step,
                   [this, occasion] { Do(occasion); });
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
    case Subject::kPeers:
      for (std::size_t i = occasion.first; i < occasion.last; ++i) {
        DoWith(*cast_[index][i], index, occasion.round);
      }
      return;
    case Subject::kServer:
      if (step.verb == Verb::kWall) return JumpWall(index);
      if (step.verb != Verb::kStop) break;
      if (!stop_requested_) record_.stop = recorder_.now();
      return StopServer();
    case Subject::kLink:
    case Subject::kSet:
    case Subject::kSides:
      break;
  }
  faults_->Begin(step, index);
}

void World::React(std::string_view who, std::string_view entity) {
  for (const std::size_t index : reactions_.Triggered(who, entity)) {
    Begin(index, recorder_.now() + scenario_.steps[index].at);
  }
}

void World::DoWith(Participant& participant, std::size_t index, std::int64_t round) {
  const Step& step = scenario_.steps[index];
  if (records_steps_) record_.done.push_back({index, round, participant.name(), recorder_.now()});
  if (step.verb == Verb::kReset) {
    step_effects_[index] += participant.Reset() ? 1 : 0;
    return;
  }
  if (step.verb == Verb::kPauseReading) {
    pauses_.push_back({index, &participant, participant.tap().unread_notices()});
    recorder_.Trace(participant.name(), "fault", "pause-reading");
  }
  if (step.verb == Verb::kResumeReading) EndPauses(participant);
  sim::DoStep(participant, step, round);
  if (step.verb == Verb::kConnect && faults_->Affects(participant.name())) {
    MarkFaulted(participant);
  }
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

void World::JumpWall(std::size_t index) {
  wall_offset_ += absl::Nanoseconds(scenario_.steps[index].amount);
  scheduler_.SetWallOffset(wall_offset_);
  record_.wall_jumped = true;
  ++step_effects_[index];
  recorder_.Trace(kServerName, "fault", "wall");
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
