#include "chathttp/sim/search/generator_setting.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "chathttp/sim/oracle/reply.h"
#include "chathttp/sim/scenario/quantity.h"
#include "chathttp/sim/world/options.h"

namespace chathttp::sim {
namespace {

constexpr std::string_view kTurnWrite = "turn-write";
constexpr std::int64_t kMillisecond = 1'000'000;

// A limit that a family lowers to a value from `min` to `max` in one of `odds` of its seeds.
struct Lowered {
  Family family;
  std::string_view key;
  std::int64_t min;
  std::int64_t max;
  std::uint64_t odds;
};
constexpr Lowered kLowered[] = {
    {Family::kSmallLog, "text", 40, 2'000, 1},
    {Family::kSmallLog, "backlog", 16 << 10, 64 << 10, 1},
    {Family::kSmallReplies, "private", 1, 2'000, 2},
    {Family::kSmallReplies, "lists", 1, 500, 2},
    {Family::kSmallRoom, "members", 2, 12, 2},
    {Family::kSmallRoom, "connections", 2, 12, 3},
    {Family::kSmallRoom, "descriptors", 3, 12, 4},
    {Family::kSmallTurns, "turn-requests", 1, 8, 2},
    {Family::kSmallTurns, "turn-read", 64, 2'000, 2},
    {Family::kSmallTurns, "turn-broadcast", 64, 4'000, 3},
    {Family::kSmallTurns, kTurnWrite, 256, 4'000, 2},
    {Family::kOriginal, "original", 1, 1, 8},
    {Family::kShortTimes, "login", 1'000 * kMillisecond, 8'000 * kMillisecond, 2},
    {Family::kShortTimes, "relogin", 1'000 * kMillisecond, 8'000 * kMillisecond, 2},
    {Family::kShortTimes, "request", 1'000 * kMillisecond, 8'000 * kMillisecond, 2},
    {Family::kShortTimes, "stall", 1'000 * kMillisecond, 8'000 * kMillisecond, 2},
    {Family::kShortTimes, "brake", 100 * kMillisecond, 4'000 * kMillisecond, 2},
    {Family::kShortTimes, "linger", 100 * kMillisecond, 4'000 * kMillisecond, 2},
    {Family::kShortTimes, "stop", 100 * kMillisecond, 4'000 * kMillisecond, 2},
    {Family::kIdle, "client-heartbeat", 10, 60, 2},
    {Family::kSmallTurns, "client-in-flight", 1, 8, 2},
    {Family::kSmallTurns, "client-waiting", 1, 12, 2},
    {Family::kSmallTurns, "session-waiting", 1, 12, 2},
    {Family::kShortTimes, "session-silence", 500 * kMillisecond, 20'000 * kMillisecond, 2},
    {Family::kShortTimes, "session-leave", 50 * kMillisecond, 4'000 * kMillisecond, 2},
    {Family::kShortTimes, "client-connect", 50 * kMillisecond, 4'000 * kMillisecond, 2},
    {Family::kShortTimes, "client-reply", 100 * kMillisecond, 8'000 * kMillisecond, 2},
    {Family::kSmallReplies, "partial", 100, 2'000, 3},
};

// Rounds down to two significant digits, for readability.
std::int64_t Rounded(std::int64_t value) {
  std::int64_t unit = 1;
  while (value / unit >= 100) unit *= 10;
  return value / unit * unit;
}

// The size of a notice on the wire: a write of this size ends where the next response begins.
std::int64_t NoticeBytes(const std::string& name) {
  const std::string entity = name + " has just entered the chat room...\n";
  return static_cast<std::int64_t>(
      ResponseBytes(ServerOptionsOf(Scenario()), 200, entity, NoDatetime()).size());
}

bool NeedsSmallLog(const Plan& plan) {
  return plan.Has(Family::kSilence) || plan.Has(Family::kChorus);
}

void WriteLimits(const Plan& plan, Scenario& scenario) {
  Chooser choose = plan.ChooserFor("limits");
  for (const Lowered& lowered : kLowered) {
    const bool log = lowered.family == Family::kSmallLog && NeedsSmallLog(plan);
    if (!(log || plan.Has(lowered.family)) || !choose.OneIn(lowered.odds)) continue;
    std::int64_t value = choose.Skewed(lowered.min, lowered.max);
    if (lowered.min > 12) value = std::max(lowered.min, Rounded(value));
    if (lowered.key == kTurnWrite && choose.OneIn(3)) value = NoticeBytes(choose.Pick(plan.names));
    scenario.limits.push_back({std::string(lowered.key), value});
  }
}

void WriteStrangers(const Plan& plan, Scenario& scenario) {
  Chooser choose = plan.ChooserFor("strangers");
  if (!plan.Has(Family::kStrangers) || choose.OneIn(2)) return;
  const auto limit = [&](std::string_view key, std::int64_t value) {
    scenario.limits.push_back({std::string(key), value});
  };
  if (!choose.OneIn(4)) {
    const std::int64_t per_second = choose.Skewed(1, 50);
    limit("flood", per_second * kOneASecond + choose.Skewed(1, 20) - 1);
  }
  if (choose.OneIn(2)) limit("flood-limit", choose.Between(1, 80) * 100 * kMillisecond);
  if (choose.OneIn(2)) limit("per-address", choose.Skewed(1, 4));
  if (choose.OneIn(2)) limit("connects", choose.Skewed(2, 20));
  if (choose.OneIn(2)) limit("refusals", choose.Skewed(1, 6));
}

// Positions shortly before 2^31, 2^32 and 2^63, and any others.
void WriteLogStart(const Plan& plan, Scenario& scenario) {
  Chooser choose = plan.ChooserFor("log-start");
  if (!plan.Has(Family::kLogStart) || !choose.OneIn(2)) return;
  constexpr std::array<std::uint64_t, 4> kPowers = {31, 32, 32, 63};
  const std::uint64_t power = std::uint64_t{1} << choose.Pick(kPowers);
  const auto last = static_cast<std::int64_t>(power - 1);
  const std::int64_t start =
      choose.OneIn(4) ? choose.Between(0, last) : last - choose.Skewed(1, 20'000);
  scenario.limits.push_back({"log-start", start});
}

absl::Duration Milliseconds(Chooser& choose, std::int64_t min, std::int64_t max) {
  return absl::Milliseconds(Rounded(choose.Skewed(min, max)));
}

Latency DrawLatency(Chooser& choose) {
  switch (choose.Between(0, 3)) {
    case 0:
      return {.first = Milliseconds(choose, 1, 200)};
    case 1:
      return {.kind = Latency::Kind::kUniform,
              .first = Milliseconds(choose, 1, 20),
              .second = Milliseconds(choose, 20, 200)};
    case 2:
      return {.kind = Latency::Kind::kExponential,
              .first = Milliseconds(choose, 1, 20),
              .second = absl::Milliseconds(choose.Between(0, 3))};
    default:
      return {.kind = Latency::Kind::kBimodal,
              .first = Milliseconds(choose, 1, 10),
              .second = Milliseconds(choose, 50, 500),
              .percent = choose.Between(1, 20)};
  }
}

// `many`: the options are those of all links, so pieces are larger to limit the cost.
void DrawChunks(Chooser& choose, bool many, NetSetting& net) {
  net.max_chunk_bytes = Rounded(choose.Skewed(many ? 100 : 1, 1'460));
  net.min_chunk_bytes = choose.OneIn(2) ? 1 : Rounded(choose.Skewed(1, *net.max_chunk_bytes));
}

void DrawBuffers(Chooser& choose, bool many, NetSetting& net) {
  const std::int64_t least = many ? 500 : 64;
  if (!choose.OneIn(3)) net.send_buffer_bytes = Rounded(choose.Skewed(least, 16'000));
  if (!choose.OneIn(3)) net.receive_buffer_bytes = Rounded(choose.Skewed(least, 16'000));
}

NetSetting DrawNet(const Plan& plan, Chooser& choose, bool many) {
  NetSetting net;
  const bool costly = many || plan.Has(Family::kBurst);
  if (plan.Has(Family::kLatency)) net.latency = DrawLatency(choose);
  if (plan.Has(Family::kChunks)) DrawChunks(choose, costly, net);
  if (plan.Has(Family::kBuffers)) DrawBuffers(choose, costly, net);
  if (plan.Has(Family::kSlowLinks) && choose.OneIn(2)) {
    net.bytes_per_second = Rounded(choose.Skewed(2'000, 200'000));
  }
  return net;
}

void WriteNet(NetSetting net, const std::string& who, Scenario& scenario) {
  if (NetSetting{} == net) return;
  net.from = who;
  net.to = "server";
  scenario.nets.push_back(net);
  std::swap(net.from, net.to);
  scenario.nets.push_back(net);
}

}  // namespace

void WriteSetting(const Plan& plan, Scenario& scenario) {
  WriteLimits(plan, scenario);
  WriteLogStart(plan, scenario);
  WriteStrangers(plan, scenario);
  Chooser choose = plan.ChooserFor("nets");
  if (choose.OneIn(2)) WriteNet(DrawNet(plan, choose, true), "*", scenario);
  for (std::int64_t left = choose.Between(0, 2); left > 0; --left) {
    const std::string& who = choose.Pick(plan.names);
    WriteNet(DrawNet(plan, choose, false), who, scenario);
  }
  if (plan.Has(Family::kSilence) || plan.Has(Family::kOldLists)) {
    NetSetting net;
    DrawBuffers(choose, false, net);
    // Some notices fill them.
    if (plan.Has(Family::kOldLists) && !choose.OneIn(3)) {
      net.send_buffer_bytes = net.receive_buffer_bytes = choose.Between(64, 400);
    }
    WriteNet(net, plan.victim, scenario);
    if (plan.Has(Family::kOldLists) && plan.names.back() != plan.victim) {
      WriteNet(net, plan.names.back(), scenario);
    }
  }
}

}  // namespace chathttp::sim
