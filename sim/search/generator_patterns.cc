#include "chathttp/sim/search/generator_patterns.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/search/generator_names.h"
#include "chathttp/sim/world/raw_codec.h"

namespace chathttp::sim {
namespace {

// Adds the steps of one pattern.
class Pattern {
 public:
  Pattern(const Plan& plan, std::string_view topic, Scenario& scenario)
      : choose(plan.ChooserFor(topic)), scenario_(scenario) {}

  Step& Add(absl::Duration at, Verb verb, std::string_view who, std::string text = "") {
    scenario_.steps.push_back(StepAt(std::max(at, absl::ZeroDuration()), verb, who));
    scenario_.steps.back().text = std::move(text);
    return scenario_.steps.back();
  }

  void Enter(absl::Duration at, std::string_view who) {
    Add(at, Verb::kConnect, who);
    Add(at, Verb::kAdd, who);
  }

  // A text of `bytes` bytes, or as long as the limit on texts allows.
  std::string LongText(std::int64_t bytes) const {
    const std::int64_t limit = LimitOr(scenario_, "text", 4'096);
    constexpr std::int64_t kCounter = 8;  // " #100", and the line feed
    return std::string(
        static_cast<std::size_t>(std::max<std::int64_t>(std::min(bytes, limit - kCounter), 1)),
        'm');
  }

  // Removes the other steps of `who`.
  void Claim(std::string_view who) {
    std::erase_if(scenario_.steps, [&](const Step& step) { return step.who == who; });
  }

  // A new `net` line for the link from the server to `who`.
  NetSetting& NetTo(std::string_view who) {
    NetSetting& net = scenario_.nets.emplace_back();
    net.from = kServerName;
    net.to = who;
    return net;
  }

  // Adds a limit unless the scenario has it already.
  void Limit(std::string_view key, std::int64_t value) {
    if (LimitOr(scenario_, key, 0) == 0) scenario_.limits.push_back({std::string(key), value});
  }

  // The name of a random raw peer; empty if there is none.
  std::string SomePeer() {
    if (scenario_.peers.empty()) return "";
    return choose.Pick(scenario_.peers);
  }

  bool IsPeer(const std::string& who) const {
    return std::find(scenario_.peers.begin(), scenario_.peers.end(), who) != scenario_.peers.end();
  }

  // The time limit `key`; `seconds` is its default.
  absl::Duration TimeLimit(std::string_view key, std::int64_t seconds) const {
    const std::int64_t otherwise = absl::ToInt64Nanoseconds(absl::Seconds(seconds));
    return absl::Nanoseconds(LimitOr(scenario_, key, otherwise));
  }

  Chooser choose;

 private:
  Scenario& scenario_;
};

// A member stops reading while another posts: it is blocked, lapped, and perhaps reads again.
void WriteSilence(const Plan& plan, Scenario& scenario) {
  Pattern pattern(plan, "silence", scenario);
  Chooser& choose = pattern.choose;
  const std::string& victim = plan.victim;
  const std::string talker = plan.names[plan.names.front() == victim ? 1 : 0];
  const absl::Duration begin = absl::Milliseconds(choose.Between(0, 200));
  pattern.Enter(absl::ZeroDuration(), victim);
  pattern.Enter(absl::ZeroDuration(), talker);
  pattern.Add(begin, Verb::kPauseReading, victim);
  if (choose.OneIn(2)) pattern.Add(begin, Verb::kList, victim).count = choose.Between(2, 60);
  Step& talk = pattern.Add(begin, Verb::kSay, talker, pattern.LongText(500));
  talk.count = choose.Between(20, choose.OneIn(4) ? 300 : 100);
  talk.every = absl::Milliseconds(choose.Between(0, 10));
  const absl::Duration end = begin + talk.count * talk.every;
  const auto during = [&] { return choose.Between(begin, end); };
  if (choose.OneIn(2)) {
    const absl::Duration leave = during();
    pattern.Add(leave, Verb::kLeave, victim);
    pattern.Add(leave, Verb::kAdd, victim);
    pattern.Add(leave, Verb::kList, victim);
  }
  if (choose.OneIn(8)) pattern.Add(during(), Verb::kStop, "server");
  if (!choose.OneIn(3)) {
    pattern.Add(choose.Between(begin, 2 * end + absl::Seconds(1)), Verb::kResumeReading, victim);
  }
}

// Many lists of different room states are queued for a member that does not read.
void WriteOldLists(const Plan& plan, Scenario& scenario) {
  Pattern pattern(plan, "old-lists", scenario);
  Chooser& choose = pattern.choose;
  const std::string& victim = plan.victim;
  const std::string guest = plan.names[plan.names.front() == victim ? 1 : 0];
  pattern.Enter(absl::ZeroDuration(), victim);
  pattern.Add(absl::Milliseconds(10), Verb::kPauseReading, victim);
  if (choose.OneIn(2)) pattern.Limit("lists", choose.Skewed(1, 500));
  // Another mute member wants a list only once: when those of the victim come to exceed the limit.
  const std::string& other = plan.names.back();
  const bool two = other != victim && other != guest && choose.OneIn(2);
  const std::int64_t limit = LimitOr(scenario, "lists", 500);
  const std::int64_t asks = choose.Between(limit / 90, limit / 40);  // a list has so many bytes
  if (two) {
    // All others are in, so that the mute ones are not most of the room.
    for (const std::string& name : plan.names) {
      if (name != victim && name != guest) pattern.Enter(absl::ZeroDuration(), name);
    }
    pattern.Add(absl::Milliseconds(10), Verb::kPauseReading, other);
  }
  for (std::int64_t i = 0; i < choose.Between(4, 30); ++i) {
    const absl::Duration at = absl::Milliseconds(20 + 10 * i);
    pattern.Enter(at, guest);
    pattern.Add(at + absl::Milliseconds(3), Verb::kList, victim).count = choose.Between(1, 8);
    const bool asked = two && i == asks;
    pattern.Add(at + absl::Milliseconds(6), asked || choose.OneIn(2) ? Verb::kLeave : Verb::kClose,
                guest);
    // By the time that the lists of before are old, this one is the current list.
    if (asked) pattern.Add(at + absl::Milliseconds(6), Verb::kList, other);
  }
}

// The messages of one instant exceed half of the backlog.
void WriteChorus(const Plan& plan, Scenario& scenario) {
  Pattern pattern(plan, "chorus", scenario);
  Chooser& choose = pattern.choose;
  const absl::Duration at = plan.Round(choose.Between(absl::Milliseconds(100), plan.span));
  const std::size_t voices = std::min<std::size_t>(plan.names.size(), 4);
  for (std::size_t i = 0; i < voices; ++i) {
    pattern.Enter(absl::ZeroDuration(), plan.names[i]);
    pattern.Add(at, Verb::kSay, plan.names[i], pattern.LongText(choose.Between(200, 600))).count =
        choose.Between(8, 16);
  }
}

// An instant at or beside the time limit `key`: exactly, by a nanosecond, by a millisecond, or by
// some other short time.
absl::Duration Beside(Chooser& choose, absl::Duration limit) {
  constexpr auto kOffsets =
      std::to_array<std::int64_t>({0, 0, 1, -1, 1'000'000, -1'000'000, 1'000'000'000});
  if (choose.OneIn(3)) return limit + absl::Microseconds(choose.Between(0, 400) - 200);
  return limit + absl::Nanoseconds(choose.Pick(kOffsets));
}

// A raw peer sends a request at the very instant at which a time limit expires.
void WriteBrink(const Plan& plan, Scenario& scenario) {
  Pattern pattern(plan, "brink", scenario);
  Chooser& choose = pattern.choose;
  const std::string who = pattern.SomePeer();
  if (who.empty()) return;
  struct Limit {
    std::string_view key;
    std::int64_t seconds;
  };
  constexpr std::array<Limit, 4> kLimits = {
      {{"login", 10}, {"request", 20}, {"relogin", 120}, {"linger", 1}}};
  const Limit& limit = choose.Pick(kLimits);
  const absl::Duration wait = Beside(choose, pattern.TimeLimit(limit.key, limit.seconds));
  const std::string request = RawRequest("ADD", who, std::string(3'000, 'j'));
  pattern.Claim(who);
  // With constant latency, bytes sent one limit after the connect arrive exactly at the deadline,
  // and small turns may leave some of them unread then.
  NetSetting steady;
  steady.from = who;
  steady.to = kServerName;
  steady.latency = Latency{.first = absl::Milliseconds(choose.Between(1, 50))};
  scenario.nets.push_back(steady);
  if (choose.OneIn(2)) pattern.Limit("turn-read", choose.Skewed(64, 2'000));
  pattern.Add(absl::ZeroDuration(), Verb::kConnect, who);
  if (limit.key == "login") {
    pattern.Add(wait, Verb::kRaw, who, request);
  } else if (limit.key == "request") {
    pattern.Add(absl::ZeroDuration(), Verb::kRaw, who, request.substr(0, 10));
    pattern.Add(wait, Verb::kRaw, who, request.substr(10));
  } else if (limit.key == "linger") {
    pattern.Add(absl::ZeroDuration(), Verb::kRaw, who, "GET\n");
    pattern.Add(wait, choose.OneIn(2) ? Verb::kShutdownWrite : Verb::kList, who);
  } else {
    const bool refused = choose.OneIn(2);
    pattern.Add(absl::ZeroDuration(), Verb::kAdd, who, refused ? DrawRefusedName(choose) : "");
    if (!refused) pattern.Add(absl::ZeroDuration(), Verb::kLeave, who);
    pattern.Add(wait, Verb::kRaw, who, request);
  }
}

// A member that is blocked takes bytes again, or a reply comes, at about the time at which the
// server or a client gives up.
void WriteFaultyBrink(const Plan& plan, Scenario& scenario) {
  if (plan.mode == Mode::kClean) return;
  Pattern pattern(plan, "faulty-brink", scenario);
  Chooser& choose = pattern.choose;
  const std::string& who = plan.names.back();
  const std::string& talker = plan.names.front();
  pattern.Claim(who);
  pattern.Enter(absl::ZeroDuration(), who);
  const absl::Duration begin = absl::Seconds(1);
  if (choose.OneIn(2)) {
    Step& clog = pattern.Add(begin, Verb::kClog, absl::StrCat("server->", who));
    clog.duration = Beside(choose, absl::Seconds(30));
    pattern.Add(begin, choose.OneIn(2) ? Verb::kList : Verb::kAdd, who);
    return;
  }
  NetSetting& net = pattern.NetTo(who);
  net.send_buffer_bytes = net.receive_buffer_bytes = choose.Between(64, 2'000);
  pattern.Enter(absl::ZeroDuration(), talker);
  pattern.Add(begin, Verb::kPauseReading, who);
  pattern.Add(begin, Verb::kSay, talker, pattern.LongText(500)).count = 20;
  pattern.Add(begin + Beside(choose, pattern.TimeLimit("stall", 30)), Verb::kResumeReading, who);
}

// A member is silent for minutes, with part of a request sent or without, and then speaks.
void WriteVigil(const Plan& plan, Scenario& scenario) {
  Pattern pattern(plan, "vigil", scenario);
  Chooser& choose = pattern.choose;
  const std::string& who = choose.Pick(plan.names);
  pattern.Claim(who);
  pattern.Enter(plan.Round(choose.Between(absl::ZeroDuration(), plan.span)), who);
  absl::Duration at = plan.span;
  for (std::int64_t left = choose.Between(1, 3); left > 0; --left) {
    at += absl::Seconds(choose.Skewed(31, 3'700));
    const bool list = choose.OneIn(2);
    pattern.Add(at, list ? Verb::kList : Verb::kSay, who, list ? "" : "still here");
    if (!choose.OneIn(2) || !pattern.IsPeer(who)) continue;
    const std::string request = RawRequest("POST", who, "half and half\n");
    pattern.Add(at, Verb::kRaw, who, request.substr(0, request.size() / 2));
    at += absl::Seconds(choose.Between(1, 19));
    pattern.Add(at, Verb::kRaw, who, request.substr(request.size() / 2));
  }
}

// A member promises signs of life, and keeps the promise or not.
void WritePromise(const Plan& plan, Scenario& scenario) {
  Pattern pattern(plan, "promise", scenario);
  Chooser& choose = pattern.choose;
  const std::string who = pattern.SomePeer();
  if (who.empty()) return;
  const auto with = [&](std::string_view method, std::string_view line) {
    std::string request = RawRequest(method, who);
    return request.insert(request.size() - 1, line);
  };
  const std::int64_t seconds = choose.Between(10, 30);
  absl::Duration at = plan.Round(choose.Between(absl::ZeroDuration(), plan.span));
  pattern.Claim(who);
  pattern.Add(at, Verb::kConnect, who);
  pattern.Add(at, Verb::kRaw, who, with("ADD", absl::StrCat("Heartbeat: ", seconds, "\n")));
  for (std::int64_t left = choose.Between(0, 5); left > 0; --left) {
    at += absl::Milliseconds(choose.Between(500 * seconds, 2'600 * seconds));
    const bool ping = !choose.OneIn(3);
    pattern.Add(at, Verb::kRaw, who, ping ? with("GET", "Ping: 1\n") : RawRequest("GET", who));
  }
  if (choose.OneIn(3)) pattern.Add(at, Verb::kRaw, who, RawRequest("DELETE", who));
}

// A peer comes and goes often; then it is refused, logs in and out, and is refused again.
void WriteKnocks(const Plan& plan, Scenario& scenario) {
  Pattern pattern(plan, "knocks", scenario);
  Chooser& choose = pattern.choose;
  const std::string who = pattern.SomePeer();
  if (who.empty() || choose.OneIn(2)) return;
  pattern.Claim(who);
  absl::Duration at = plan.Round(choose.Between(absl::ZeroDuration(), plan.span));
  for (std::int64_t left = choose.Between(2, 30); left > 0; --left) {
    pattern.Add(at, Verb::kConnect, who);
    at += absl::Milliseconds(choose.Skewed(1, 60'000));
    pattern.Add(at, Verb::kClose, who);
  }
  pattern.Add(at, Verb::kConnect, who);
  for (std::int64_t left = choose.Between(1, 4); left > 0; --left) {
    for (std::int64_t tries = choose.Between(1, 5); tries > 0; --tries) {
      pattern.Add(at, Verb::kAdd, who, "root");
    }
    pattern.Add(at, Verb::kAdd, who);
    at += absl::Milliseconds(choose.Between(0, 5'000));
    pattern.Add(at, Verb::kLeave, who);
  }
}

// A member reads so slowly that its stream is not writable for longer than the stall limit.
void WriteTrickle(const Plan& plan, Scenario& scenario) {
  Pattern pattern(plan, "trickle", scenario);
  Chooser& choose = pattern.choose;
  if (!choose.OneIn(3)) return;  // costly to simulate
  const std::string& slow = plan.names.back();
  const std::string& talker = plan.names.front();
  pattern.Claim(slow);
  NetSetting& net = pattern.NetTo(slow);
  net.send_buffer_bytes = choose.Between(16'000, 48'000);
  net.receive_buffer_bytes = choose.Between(200, 1'000);
  net.bytes_per_second = choose.Between(800, 2'500);
  pattern.Limit("stall", absl::ToInt64Nanoseconds(absl::Seconds(choose.Between(3, 6))));
  pattern.Enter(absl::ZeroDuration(), slow);
  pattern.Enter(absl::ZeroDuration(), talker);
  Step& talk = pattern.Add(absl::Milliseconds(500), Verb::kSay, talker, pattern.LongText(500));
  talk.count = choose.Between(80, 150);
}

}  // namespace

void WritePatterns(const Plan& plan, Scenario& scenario) {
  if (plan.Has(Family::kSilence)) WriteSilence(plan, scenario);
  if (plan.Has(Family::kOldLists)) WriteOldLists(plan, scenario);
  if (plan.Has(Family::kChorus)) WriteChorus(plan, scenario);
  if (plan.Has(Family::kBrink)) WriteBrink(plan, scenario);
  if (plan.Has(Family::kBrink)) WriteFaultyBrink(plan, scenario);
  if (plan.Has(Family::kVigil)) WriteVigil(plan, scenario);
  if (plan.Has(Family::kVigil)) WritePromise(plan, scenario);
  if (plan.Has(Family::kStrangers)) WriteKnocks(plan, scenario);
  if (plan.Has(Family::kTrickle)) WriteTrickle(plan, scenario);
}

void WriteContender(const Plan& plan, Scenario& scenario) {
  const std::string& who = plan.names.back();
  Pattern pattern(plan, "contender", scenario);
  Chooser& choose = pattern.choose;
  const std::vector<Step> steps = scenario.steps;
  for (const Step& step : steps) {
    const bool ends = step.verb == Verb::kLeave || step.verb == Verb::kClose ||
                      step.verb == Verb::kReset || step.verb == Verb::kShutdownWrite;
    if (!ends) continue;
    const absl::Duration before = absl::Microseconds(choose.Between(0, 50'000));
    pattern.Add(step.at - before, Verb::kConnect, who);
    for (std::int64_t left = choose.Between(1, 3); left > 0; --left) {
      const std::int64_t after = choose.OneIn(2) ? 0 : choose.Skewed(1, 50'000);
      pattern.Add(step.at + absl::Microseconds(after), Verb::kAdd, who,
                  Respelled(choose, step.who));
    }
    pattern.Add(step.at + absl::Milliseconds(choose.Between(60, 900)), Verb::kClose, who);
    if (choose.OneIn(2)) break;
  }
}

}  // namespace chathttp::sim
