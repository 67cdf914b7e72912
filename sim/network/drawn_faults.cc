#include "chathttp/sim/network/drawn_faults.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/network/draw.h"

namespace chathttp::sim {
namespace {

using Kind = DrawnFault::Kind;

constexpr std::array<std::string_view, 5> kWords = {"clog", "partition", "bandwidth", "latency",
                                                    "cut"};

DrawnFault DrawFault(DrawSequence& draws, const std::vector<std::string>& hosts) {
  DrawnFault fault;
  fault.kind = static_cast<Kind>(draws.Uniform(0, kWords.size() - 1));
  const std::uint64_t from = draws.Uniform(0, hosts.size() - 1);
  const std::uint64_t other = draws.Uniform(1, hosts.size() - 1);
  fault.from = hosts[from];
  fault.to = hosts[(from + other) % hosts.size()];
  fault.at = absl::Milliseconds(draws.Uniform(0, 39'999));
  if (fault.kind == Kind::kCut) return fault;
  fault.duration = absl::Milliseconds(draws.Uniform(1, 20'000));
  if (fault.kind == Kind::kBandwidth) {
    fault.amount = static_cast<std::int64_t>(draws.Uniform(100, 10'000));
  } else if (fault.kind == Kind::kDelay) {
    fault.amount = absl::ToInt64Nanoseconds(absl::Milliseconds(draws.Uniform(1, 5'000)));
  }
  return fault;
}

LinkFault LinkFaultOf(const DrawnFault& fault) {
  if (fault.kind == Kind::kBandwidth) return {LinkFault::Kind::kBandwidth, fault.amount};
  if (fault.kind == Kind::kDelay) return {LinkFault::Kind::kDelay, fault.amount};
  return {};
}

void Begin(const DrawnFault& fault, SimNetwork& network) {
  if (fault.kind == Kind::kCut) {
    network.ResetBetween(fault.from, fault.to);
  } else if (fault.kind == Kind::kPartition) {
    network.Partition(fault.from, fault.to);
  } else {
    network.LinkBetween(fault.from, fault.to).Begin(LinkFaultOf(fault));
  }
}

void End(const DrawnFault& fault, SimNetwork& network) {
  if (fault.kind == Kind::kPartition) {
    network.Heal(fault.from, fault.to);
  } else if (fault.kind != Kind::kCut) {
    network.LinkBetween(fault.from, fault.to).End(LinkFaultOf(fault));
  }
}

}  // namespace

std::string Describe(const DrawnFault& fault) {
  std::string text = absl::StrCat("at ", absl::FormatDuration(fault.at), ": ",
                                  AbslView(kWords[static_cast<std::size_t>(fault.kind)]), " from ",
                                  fault.from, " to ", fault.to);
  if (fault.amount != 0) absl::StrAppend(&text, " of ", fault.amount);
  if (fault.kind == Kind::kCut) return text;
  return absl::StrCat(text, " for ", absl::FormatDuration(fault.duration));
}

std::vector<DrawnFault> DrawFaults(std::uint64_t seed, const std::vector<std::string>& hosts) {
  std::vector<DrawnFault> faults;
  if (hosts.size() < 2) return faults;
  DrawSequence draws(seed, Purpose::kFault, 0);
  for (std::uint64_t count = draws.Uniform(1, 8); count > 0; --count) {
    faults.push_back(DrawFault(draws, hosts));
  }
  std::stable_sort(faults.begin(), faults.end(),
                   [](const DrawnFault& a, const DrawnFault& b) { return a.at < b.at; });
  return faults;
}

void Schedule(const std::vector<DrawnFault>& faults, SimNetwork& network) {
  VirtualScheduler& scheduler = network.scheduler();
  for (const DrawnFault& fault : faults) {
    scheduler.RunAt(scheduler.Now() + fault.at, [fault, &network] { Begin(fault, network); });
    scheduler.RunAt(scheduler.Now() + fault.at + fault.duration,
                    [fault, &network] { End(fault, network); });
  }
}

}  // namespace chathttp::sim
