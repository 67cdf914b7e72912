#include "chathttp/sim/search/shrinker_numbers.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/world/raw_codec.h"

namespace chathttp::sim {
namespace {

// Candidates from `least` up to below `value`, ascending: `least`, the middle and round values.
std::vector<std::int64_t> Smaller(std::int64_t value, std::int64_t least) {
  std::set<std::int64_t> smaller;
  if (value > least) smaller = {least, (least + value) / 2};
  for (std::int64_t unit = 1; unit < value && unit < value / unit * unit; unit *= 10) {
    const std::int64_t rounded = value / unit * unit;
    if (rounded > least && rounded < value) smaller.insert(rounded);
  }
  return {smaller.begin(), smaller.end()};
}

std::vector<absl::Duration> Shorter(absl::Duration value, absl::Duration least) {
  std::set<absl::Duration> shorter;
  if (value > least) shorter = {least, least + (value - least) / 2};
  for (const absl::Duration unit :
       {absl::Hours(1), absl::Minutes(1), absl::Seconds(1), absl::Milliseconds(100),
        absl::Milliseconds(10), absl::Milliseconds(1), absl::Microseconds(1)}) {
    const absl::Duration rounded = absl::Floor(value, unit);
    if (rounded > least && rounded < value) shorter.insert(rounded);
    if (unit > least && unit < value) shorter.insert(unit);
  }
  return {shorter.begin(), shorter.end()};
}

class Candidates {
 public:
  explicit Candidates(const Scenario& scenario) : scenario_(scenario) {}

  template <class Change>
  void Add(Change change) {
    Scenario simpler = scenario_;
    change(simpler);
    if (simpler != scenario_) all_.push_back(std::move(simpler));
  }

  std::vector<Scenario> Take() { return std::move(all_); }

 private:
  const Scenario& scenario_;
  std::vector<Scenario> all_;
};

// The time of the last step before `index` that is no reaction.
absl::Duration TimeBefore(const Scenario& scenario, std::size_t index) {
  while (index-- > 0) {
    if (!scenario.steps[index].when) return scenario.steps[index].at;
  }
  return absl::ZeroDuration();
}

// Candidates in which this step and all later ones move forward, or this step alone does. Reactions
// move alone.
void AddEarlier(const Scenario& scenario, std::size_t index, Candidates& candidates) {
  const Step& step = scenario.steps[index];
  if (step.when) {
    for (const absl::Duration at : Shorter(step.at, absl::ZeroDuration())) {
      candidates.Add([&](Scenario& simpler) { simpler.steps[index].at = at; });
    }
    return;
  }
  for (const absl::Duration at : Shorter(step.at, TimeBefore(scenario, index))) {
    candidates.Add([&](Scenario& simpler) {
      const absl::Duration earlier = step.at - at;
      for (std::size_t i = index; i < simpler.steps.size(); ++i) {
        if (!simpler.steps[i].when) simpler.steps[i].at -= earlier;
      }
      if (simpler.heal && *simpler.heal >= step.at) *simpler.heal -= earlier;
    });
    candidates.Add([&](Scenario& simpler) { simpler.steps[index].at = at; });
  }
}

void AddText(const Step& step, std::size_t index, Candidates& candidates) {
  const auto add = [&](const std::string& text) {
    candidates.Add([&](Scenario& simpler) { simpler.steps[index].text = text; });
  };
  if (step.verb == Verb::kAdd || step.verb == Verb::kResume) return add("");
  if (step.verb == Verb::kRaw) {
    for (const RawRequestView& request : CutRequests(step.text)) {
      if (!request.fatal) {
        add(std::string(step.text).erase(request.begin, request.end - request.begin));
      }
    }
  }
  if (step.verb == Verb::kSay && step.text.size() > 1) add("x");
  for (std::size_t part = step.text.size() / 2; part > 0; part /= 2) {
    add(step.text.substr(0, part));
    add(step.text.substr(part));
    add(step.text.substr(0, step.text.size() - part));
  }
}

void AddSession(const Step& step, std::size_t index, Candidates& candidates) {
  const auto add = [&](auto change) {
    candidates.Add([&](Scenario& simpler) { change(simpler.steps[index].session); });
  };
  add([](SessionRequest& session) { session.session = false; });
  add([](SessionRequest& session) { session.of.clear(); });
  add([](SessionRequest& session) { session.token.reset(); });
  add([](SessionRequest& session) { session.since.reset(); });
  add([](SessionRequest& session) { session.history.reset(); });
  for (const std::int64_t history : Smaller(step.session.history.value_or(0), 1)) {
    add([&](SessionRequest& session) { session.history = history; });
  }
}

void AddTrigger(const Step& step, std::size_t index, Candidates& candidates) {
  if (!step.when) return;
  candidates.Add([&](Scenario& simpler) { simpler.steps[index].when->each_time = false; });
  candidates.Add([&](Scenario& simpler) { simpler.steps[index].when->text.assign(1, '*'); });
}

void AddSpans(const Step& step, std::size_t index, Candidates& candidates) {
  candidates.Add([&](Scenario& simpler) { simpler.steps[index].max_every = {}; });
  candidates.Add([&](Scenario& simpler) {
    simpler.steps[index].stagger = simpler.steps[index].max_stagger = {};
  });
  candidates.Add([&](Scenario& simpler) { simpler.steps[index].max_stagger = {}; });
  for (const absl::Duration stagger : Shorter(step.stagger, absl::ZeroDuration())) {
    candidates.Add([&](Scenario& simpler) { simpler.steps[index].stagger = stagger; });
  }
}

}  // namespace

std::vector<Scenario> SimplerSteps(const Scenario& scenario, std::size_t index) {
  Candidates candidates(scenario);
  const Step& step = scenario.steps[index];
  AddText(step, index, candidates);
  AddSession(step, index, candidates);
  AddTrigger(step, index, candidates);
  AddSpans(step, index, candidates);
  for (const std::int64_t count : Smaller(step.count, 1)) {
    candidates.Add([&](Scenario& simpler) { simpler.steps[index].count = count; });
  }
  for (const absl::Duration every : Shorter(step.every, absl::ZeroDuration())) {
    candidates.Add([&](Scenario& simpler) { simpler.steps[index].every = every; });
  }
  for (const absl::Duration duration : Shorter(step.duration, absl::Milliseconds(1))) {
    candidates.Add([&](Scenario& simpler) { simpler.steps[index].duration = duration; });
  }
  for (const std::int64_t amount : Smaller(step.amount, 1)) {
    candidates.Add([&](Scenario& simpler) { simpler.steps[index].amount = amount; });
  }
  for (std::size_t i = 0; step.settings.size() > 1 && i < step.settings.size(); ++i) {
    candidates.Add([&](Scenario& simpler) {
      std::vector<LimitSetting>& settings = simpler.steps[index].settings;
      settings.erase(settings.begin() + static_cast<std::ptrdiff_t>(i));
    });
  }
  if (step.expected) {
    candidates.Add([&](Scenario& simpler) { simpler.steps[index].expected.reset(); });
  }
  if (ServerIndex(step.who)) {
    candidates.Add([&](Scenario& simpler) { simpler.steps[index].who = kServerName; });
  }
  AddEarlier(scenario, index, candidates);
  return candidates.Take();
}

std::vector<Scenario> SimplerNets(const Scenario& scenario, std::size_t index) {
  Candidates candidates(scenario);
  const NetSetting& net = scenario.nets[index];
  const auto is_back = [&](const NetSetting& back) {
    return back.from == net.to && back.to == net.from;
  };
  // Applies `change` to both directions, then to this one only.
  const auto add = [&](auto change) {
    candidates.Add([&](Scenario& simpler) {
      for (NetSetting& other : simpler.nets) {
        if (is_back(other)) change(other);
      }
      change(simpler.nets[index]);
    });
    candidates.Add([&](Scenario& simpler) { change(simpler.nets[index]); });
  };
  add([](NetSetting& simpler) { simpler.latency.reset(); });
  add([](NetSetting& simpler) {
    if (simpler.latency) simpler.latency = Latency{.first = simpler.latency->first};
  });
  add([](NetSetting& simpler) {
    simpler.min_chunk_bytes.reset();
    simpler.max_chunk_bytes.reset();
  });
  add([](NetSetting& simpler) { simpler.send_buffer_bytes.reset(); });
  add([](NetSetting& simpler) { simpler.receive_buffer_bytes.reset(); });
  add([](NetSetting& simpler) { simpler.bytes_per_second.reset(); });
  add([](NetSetting& simpler) { simpler.address.clear(); });
  add([](NetSetting& simpler) { simpler.proxy.reset(); });
  add([](NetSetting& simpler) { simpler.via.clear(); });
  return candidates.Take();
}

std::vector<Scenario> SimplerHead(const Scenario& scenario) {
  Candidates candidates(scenario);
  candidates.Add([](Scenario& simpler) { simpler.heal.reset(); });
  for (const Mode milder : {Mode::kClean, Mode::kFaulty}) {
    candidates.Add([&](Scenario& simpler) { simpler.mode = std::min(milder, simpler.mode); });
  }
  candidates.Add([](Scenario& simpler) { simpler.seed = 1; });
  candidates.Add([](Scenario& simpler) { simpler.journal.reset(); });
  if (scenario.journal) {
    candidates.Add([](Scenario& simpler) { simpler.journal->latency = absl::ZeroDuration(); });
    candidates.Add(
        [](Scenario& simpler) { simpler.journal->file_bytes = JournalSetting::kDefaultBytes; });
  }
  candidates.Add([](Scenario& simpler) {
    for (LimitSetting& limit : simpler.limits) {
      if (limit.key == kServersLimit && limit.value > 1) --limit.value;
    }
  });
  for (const absl::Duration settle : {absl::Seconds(1), absl::Seconds(10)}) {
    candidates.Add([&](Scenario& simpler) { simpler.settle = std::min(settle, simpler.settle); });
  }
  return candidates.Take();
}

}  // namespace chathttp::sim
