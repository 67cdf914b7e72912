#include "chathttp/sim/search/generator_operator.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/scenario/quantity.h"
#include "chathttp/sim/world/raw_proxy.h"

namespace chathttp::sim {
namespace {

// Few, so that some are one address in two forms, and some one network of 64 bits.
constexpr auto kAddresses =
    std::to_array<std::string_view>({"192.0.2.7", "::ffff:192.0.2.7", "192.0.2.8", "2001:db8::1",
                                     "2001:db8::2:1", "2001:db8:0:1::1"});
constexpr auto kNetworks = std::to_array<std::string_view>(
    {"192.0.2.7", "192.0.2.7", "::ffff:192.0.2.7", "192.0.2.0/24", "2001:db8::/64", "2001:db8::1",
     "2001:db8::/32", "10.0.0.0/8", "10.0.0.2", "10.0.0.3", "192.0.2.7/24", "nowhere"});

void SetLimit(std::string_view key, std::int64_t value, Scenario& scenario) {
  const auto has = [&](const LimitSetting& limit) { return limit.key == key; };
  if (std::any_of(scenario.limits.begin(), scenario.limits.end(), has)) return;
  scenario.limits.push_back({std::string(key), value});
}

// A rate of flood control, as the value of its limit.
std::int64_t DrawRate(Chooser& choose, std::int64_t least) {
  const std::int64_t per_second = choose.Skewed(least, 50);
  return per_second * kOneASecond + choose.Skewed(least, 30) - 1;
}

// Without strangers no address counts.
void EnsureStrangers(Chooser& choose, Scenario& scenario) {
  if (choose.OneIn(4)) return;
  SetLimit("flood", DrawRate(choose, 5), scenario);
  if (choose.OneIn(2)) SetLimit("per-address", choose.Skewed(1, 4), scenario);
  if (choose.OneIn(4)) SetLimit("connects", choose.Skewed(2, 20), scenario);
}

// A header of a peer's own: mostly a good one.
std::string DrawHeader(Chooser& choose) {
  constexpr std::array<ProxyForm, 4> kForms = {ProxyForm::kV1, ProxyForm::kV2, ProxyForm::kUnknown,
                                               ProxyForm::kLocal};
  const ProxyForm form = choose.Pick(kForms);
  const std::string_view address = choose.Pick(kAddresses);
  std::string header =
      RawProxyHeader(form, address, static_cast<std::uint16_t>(choose.Between(1, 65'535)));
  const auto last = static_cast<std::int64_t>(header.size()) - 1;
  switch (choose.Between(0, 9)) {
    case 0:  // broken, but for the address or the port
      header[static_cast<std::size_t>(choose.Between(0, last))] = 'x';
      break;
    case 1:  // not all of it
      header.resize(static_cast<std::size_t>(choose.Between(0, last)));
      break;
    case 2:  // none
      header.clear();
      break;
    default:
      break;
  }
  return header;
}

// Sends a header behind each connect of the peer: at once, late, or in two parts.
void SendHeaders(Chooser& choose, const std::string& who, Scenario& scenario) {
  std::vector<Step> steps;
  for (Step& step : scenario.steps) {
    const bool connects = step.verb == Verb::kConnect && step.who == who;
    const absl::Duration at = step.at;
    steps.push_back(std::move(step));
    if (!connects) continue;
    const std::string header = DrawHeader(choose);
    const std::size_t cut =
        static_cast<std::size_t>(choose.Between(0, static_cast<std::int64_t>(header.size())));
    const absl::Duration pause =
        choose.OneIn(3) ? absl::Milliseconds(choose.Skewed(1, 8'000)) : absl::ZeroDuration();
    for (const auto& [part, when] :
         {std::pair(header.substr(0, cut), at), std::pair(header.substr(cut), at + pause)}) {
      if (part.empty()) continue;
      steps.push_back(StepAt(when, Verb::kRaw, who));
      steps.back().text = part;
    }
  }
  scenario.steps = std::move(steps);
}

void WriteAddresses(const Plan& plan, Scenario& scenario) {
  Chooser choose = plan.ChooserFor("addresses");
  if (!plan.Has(Family::kAddresses) || !choose.OneIn(4)) return;
  EnsureStrangers(choose, scenario);
  for (const std::string& name : plan.names) {
    if (choose.OneIn(4)) continue;
    NetSetting& net = scenario.nets.emplace_back();
    net.from = name;
    net.to = kServerName;
    net.address = choose.Pick(kAddresses);
  }
  constexpr auto kExempt = std::to_array<std::string_view>(
      {"192.0.2.7", "192.0.2.0/24", "2001:db8::/64", "::ffff:192.0.2.8"});
  if (choose.OneIn(3)) scenario.exempt.emplace_back(choose.Pick(kExempt));
}

void WriteProxies(const Plan& plan, Scenario& scenario) {
  Chooser choose = plan.ChooserFor("proxies");
  if (!plan.Has(Family::kProxies) || !choose.OneIn(5)) return;
  EnsureStrangers(choose, scenario);
  constexpr std::array<ProxyForm, 6> kForms = {ProxyForm::kV1,      ProxyForm::kV2,
                                               ProxyForm::kV2,      ProxyForm::kV1,
                                               ProxyForm::kUnknown, ProxyForm::kLocal};
  for (std::size_t i = 0; i < plan.names.size(); ++i) {
    if (choose.OneIn(2)) continue;
    const bool own = plan.raw[i] && choose.OneIn(2);
    NetSetting& net = scenario.nets.emplace_back();
    net.from = plan.names[i];
    net.to = kServerName;
    net.proxy = own ? ProxyForm::kNone : choose.Pick(kForms);
    // The address of a connection that sends no header of a proxy is that of no proxy.
    if (!own || choose.OneIn(6)) net.address = choose.Pick(kAddresses);
    if (choose.OneIn(3)) {
      net.min_chunk_bytes = 1;
      net.max_chunk_bytes = choose.Skewed(1, 40);
    }
    if (own) SendHeaders(choose, plan.names[i], scenario);
  }
}

std::string DrawDuration(Chooser& choose) { return absl::StrCat(choose.Skewed(1, 60), "s"); }

std::string DrawCommand(const Plan& plan, Chooser& choose) {
  const std::int64_t of_nine = choose.Between(0, 8);
  if (of_nine < 3) {
    const std::string kick = absl::StrCat("kick ", choose.Pick(plan.names));
    return choose.OneIn(2) ? kick + " too loud" : kick;
  }
  if (of_nine == 8) return "bans";
  const absl::string_view network = AbslView(choose.Pick(kNetworks));
  if (of_nine > 5) return absl::StrCat("unban ", network);
  const std::string ban = absl::StrCat("ban ", network);
  return choose.OneIn(3) ? absl::StrCat(ban, " ", DrawDuration(choose)) : ban;
}

// The member speaks before and behind this time, and with the latency of its link in the same turn.
void SpeakDuring(Chooser& choose, absl::Duration at, const std::string& who, Scenario& scenario) {
  const absl::Duration begin = std::max(at - absl::Milliseconds(15), absl::ZeroDuration());
  Step& step = scenario.steps.emplace_back(StepAt(begin, Verb::kSay, who));
  step.text = "one more thing";
  step.count = choose.Between(2, 30);
  step.every = absl::Milliseconds(1);
}

void WriteCommands(const Plan& plan, Scenario& scenario) {
  Chooser choose = plan.ChooserFor("operator");
  if (!plan.Has(Family::kOperator) || !choose.OneIn(4)) return;
  EnsureStrangers(choose, scenario);
  const auto when = [&] { return plan.Round(choose.Between(absl::ZeroDuration(), plan.span)); };
  for (std::int64_t left = choose.Skewed(1, 8); left > 0; --left) {
    Step& step = scenario.steps.emplace_back(StepAt(when(), Verb::kAdmin, kServerName));
    step.text = DrawCommand(plan, choose);
    const absl::Duration at = step.at;
    const std::string text = step.text;
    if (text.starts_with("kick ") && choose.OneIn(2)) {
      SpeakDuring(choose, at, text.substr(5, text.find(' ', 5) - 5), scenario);
    }
    // The same network again, or the same member.
    if (!choose.OneIn(3)) continue;
    Step& again = scenario.steps.emplace_back(StepAt(when(), Verb::kAdmin, kServerName));
    again.text =
        text.starts_with("ban ") ? absl::StrCat("un", text.substr(0, text.find(' ', 4))) : text;
  }
  if (!choose.OneIn(6)) return;
  Step& drain = scenario.steps.emplace_back(StepAt(when(), Verb::kAdmin, kServerName));
  drain.text = choose.OneIn(3) ? "drain" : absl::StrCat("drain ", DrawDuration(choose));
}

LimitSetting DrawSetting(Chooser& choose) {
  const LimitWord& limit = choose.Pick(ReloadedLimits());
  const auto setting = [&](std::int64_t value) {
    return LimitSetting{std::string(limit.word), value};
  };
  // The server refuses a limit of 0.
  if (limit.bounds.min == 0 && choose.OneIn(8)) return setting(0);
  if (limit.word == "flood") {
    return setting(DrawRate(choose, 1));
  }
  if (limit.word == "flood-limit") return setting(choose.Between(1, 80) * 100'000'000);
  if (limit.word == "connections") return setting(choose.Skewed(2, 40));
  return setting(choose.Skewed(1, 12));
}

void WriteReloads(const Plan& plan, Scenario& scenario) {
  Chooser choose = plan.ChooserFor("reloads");
  if (!plan.Has(Family::kReloads) || !choose.OneIn(5)) return;
  EnsureStrangers(choose, scenario);
  for (std::int64_t left = choose.Skewed(1, 5); left > 0; --left) {
    const absl::Duration at = plan.Round(choose.Between(absl::ZeroDuration(), plan.span));
    Step& step = scenario.steps.emplace_back(StepAt(at, Verb::kReload, kServerName));
    for (std::int64_t settings = choose.Skewed(1, 4); settings > 0; --settings) {
      LimitSetting drawn = DrawSetting(choose);
      const auto is_same = [&](const LimitSetting& other) { return other.key == drawn.key; };
      if (std::any_of(step.settings.begin(), step.settings.end(), is_same)) continue;
      step.settings.push_back(std::move(drawn));
    }
  }
}

}  // namespace

void WriteOrigins(const Plan& plan, Scenario& scenario) {
  WriteAddresses(plan, scenario);
  WriteProxies(plan, scenario);
}

void WriteOperator(const Plan& plan, Scenario& scenario) {
  WriteCommands(plan, scenario);
  WriteReloads(plan, scenario);
}

}  // namespace chathttp::sim
