#include "chathttp/sim/search/generator_lives.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/search/generator_names.h"
#include "chathttp/sim/search/generator_patterns.h"
#include "chathttp/sim/search/generator_request.h"
#include "chathttp/sim/search/generator_text.h"

namespace chathttp::sim {
namespace {

constexpr std::int64_t kDeliveries = 1'500;  // upper bound per scenario, to limit its cost

// The maximum size of a text without its line feed. The default is low: long texts are costly.
std::size_t TextBytes(const Scenario& scenario) {
  return static_cast<std::size_t>(LimitOr(scenario, "text", 400)) - 1;
}

class Life {
 public:
  Life(const Plan& plan, std::size_t index, Scenario& scenario)
      : plan_(plan),
        who_(plan.names[index]),
        raw_(plan.raw[index]),
        choose_(plan.ChooserFor(absl::StrCat("life ", who_))),
        text_bytes_(TextBytes(scenario)),
        text_limit_(LimitOr(scenario, "text", 4'096)),
        members_(static_cast<std::int64_t>(plan.names.size() + plan.crowd.size())),
        name_(who_),
        scenario_(scenario) {}

  // `rush`: connects at once and requests the name that others request, too.
  void Write(bool rush) {
    absl::Duration at;
    if (!rush && choose_.OneIn(2)) at = Later(at, plan_.span / 4);
    for (std::int64_t left = Has(Family::kReturn) ? choose_.Between(1, 3) : 1; left > 0; --left) {
      Add(at, Verb::kConnect);
      const bool idle = Has(Family::kIdle) && !rush && choose_.OneIn(4);
      at = idle ? Later(at, plan_.span) : Stay(at, rush);
      if (!End(at)) return;
      at = Later(at, plan_.span / 4);
      rush = false;
    }
  }

 private:
  using Action = void (Life::*)(absl::Duration);
  struct Choice {
    Family family;
    bool raw_only;
    Action action;
  };
  static const std::array<Choice, 14> kActions;

  bool Has(Family family) const { return plan_.Has(family); }

  absl::Duration Later(absl::Duration at, absl::Duration most) {
    return plan_.Round(at + choose_.Between(absl::ZeroDuration(), most));
  }

  Step& Add(absl::Duration at, Verb verb, std::string text = "") {
    Step& step = scenario_.steps.emplace_back(StepAt(at, verb, who_));
    step.text = std::move(text);
    return step;
  }

  // Returns the time at which it ends.
  absl::Duration Stay(absl::Duration at, bool rush) {
    if (!rush && choose_.OneIn(2)) at = Later(at, absl::Milliseconds(200));
    if (rush) name_ = Respelled(choose_, "gold");
    if (!rush && choose_.OneIn(12)) name_ = Respelled(choose_, choose_.Pick(plan_.names));
    if (!rush && Has(Family::kOddName)) OddNames(at);
    Add(at, Verb::kAdd, name_ == who_ ? "" : name_);
    if (rush && choose_.OneIn(2)) Add(Later(at, plan_.span / 4), Verb::kAdd);
    const absl::Duration end = Later(at + plan_.span / 8, plan_.span);
    std::vector<Action> actions;
    for (const Choice& choice : kActions) {
      if (Has(choice.family) && (raw_ || !choice.raw_only)) actions.push_back(choice.action);
    }
    for (std::int64_t left = choose_.Skewed(1, 6); left > 0 && !actions.empty(); --left) {
      (this->*choose_.Pick(actions))(Later(at, end - at));
    }
    return end;
  }

  // Requests refused names, and chooses an unusual one.
  void OddNames(absl::Duration at) {
    if (choose_.OneIn(2)) name_ = DrawName(choose_);
    if (choose_.OneIn(2)) return;
    for (std::int64_t left = choose_.Between(1, 6); left > 0; --left) {
      Add(at, Verb::kAdd, DrawRefusedName(choose_));
    }
  }

  // Returns whether the participant may return.
  bool End(absl::Duration at) {
    std::vector<Verb> ways;
    if (Has(Family::kLeave)) ways.push_back(Verb::kLeave);
    if (Has(Family::kClose)) ways.push_back(Verb::kClose);
    if (Has(Family::kHalfClose)) ways.push_back(Verb::kShutdownWrite);
    if (Has(Family::kReset)) ways.push_back(Verb::kReset);
    if (ways.empty() || choose_.OneIn(4)) return false;
    const Verb way = choose_.Pick(ways);
    Add(at, way);
    if (way == Verb::kLeave && raw_ && choose_.OneIn(2)) {
      Add(Later(at, plan_.span / 8), Verb::kAdd);  // on the same connection
    }
    return true;
  }

  // Sometimes twice, so that equal texts are under way at one time.
  void Say(absl::Duration at) {
    const std::string text = DrawText(choose_, text_bytes_);
    Add(at, Verb::kSay, text);
    if (choose_.OneIn(8)) Add(at, Verb::kSay, text);
  }

  void Burst(absl::Duration at) {
    Step& step = Add(at, Verb::kSay, DrawText(choose_, text_bytes_));
    step.count = choose_.Skewed(2, std::max<std::int64_t>(kDeliveries / (members_ * members_), 4));
    step.every = absl::Milliseconds(choose_.Between(0, 20));
  }

  void List(absl::Duration at) { Add(at, Verb::kList); }

  void ListStorm(absl::Duration at) {
    Step& step = Add(at, Verb::kList);
    step.count = choose_.Skewed(2, 60);
    step.every = absl::Milliseconds(choose_.Between(0, 50));
  }

  void Pipeline(absl::Duration at) {
    Add(at, Verb::kRaw, DrawPipeline(choose_, name_));
    if (Has(Family::kHalfClose) && choose_.OneIn(4)) Add(at, Verb::kShutdownWrite);
  }

  // Most malformed requests end the connection, so it is made again.
  void Malformed(absl::Duration at) {
    for (std::int64_t left = choose_.Between(1, 3); left > 0; --left) {
      Add(at, Verb::kRaw, DrawMalformed(choose_, name_));
      if (left == 1) return;
      at = Later(at, plan_.span / 8) + absl::Milliseconds(100);
      Add(at, Verb::kClose);
      Add(at, Verb::kConnect);
      Add(at, Verb::kAdd, name_ == who_ ? "" : name_);
    }
  }

  void Entity(absl::Duration at) {
    Add(at, Verb::kRaw, DrawRequest(choose_, "POST", name_, DrawEntity(choose_, text_bytes_ + 1)));
  }

  void Sized(absl::Duration at) { Add(at, Verb::kRaw, DrawSized(choose_, name_, text_limit_)); }

  void Refusals(absl::Duration at) {
    Step& step = Add(at, Verb::kRaw, DrawRefused(choose_, name_));
    step.count = choose_.Skewed(2, 60);
    step.every = absl::Milliseconds(choose_.Between(0, 50));
  }

  // The log of one connection gets several windows, one after another.
  void Relogin(absl::Duration at) {
    for (std::int64_t left = choose_.Between(1, 4); left > 0; --left) {
      Add(at, Verb::kLeave);
      if (left > 1) Add(at, Verb::kAdd, DrawName(choose_));
      if (left == 1) Add(at, Verb::kAdd, name_ == who_ ? "" : name_);
      if (Has(Family::kSay)) Say(at);
      if (choose_.OneIn(2)) at = Later(at, plan_.span / 8);
    }
  }

  // A request in pieces: small ones, or a few in which most bytes come at once.
  void Drip(absl::Duration at) {
    std::string bytes = DrawDripped();
    for (std::int64_t left = choose_.Between(2, 6); left > 0 && !bytes.empty(); --left) {
      const auto all = static_cast<std::int64_t>(bytes.size());
      const auto size = static_cast<std::size_t>(left == 1 ? all : choose_.Between(1, all));
      Add(at, Verb::kRaw, bytes.substr(0, size));
      bytes.erase(0, size);
      at = Later(at, plan_.span / 4);
    }
  }

  std::string DrawDripped() {
    if (Has(Family::kSizes) && choose_.OneIn(4)) return DrawSized(choose_, name_, text_limit_);
    if (Has(Family::kMalformed) && choose_.OneIn(4)) return DrawMalformed(choose_, name_);
    return DrawPipeline(choose_, name_).substr(0, 400);
  }

  void BadText(absl::Duration at) { Add(at, Verb::kSay, DrawBadText(choose_, text_bytes_)); }

  void Flood(absl::Duration at) {
    if (!choose_.OneIn(4)) return Malformed(at);
    Add(at, Verb::kRaw, "\x01");
    Add(at, Verb::kSay, std::string(700, 'f')).count = choose_.Between(60, 120);
  }

  void Pause(absl::Duration at) {
    Add(at, Verb::kPauseReading);
    if (!choose_.OneIn(3)) Add(Later(at, plan_.span), Verb::kResumeReading);
  }

  const Plan& plan_;
  const std::string who_;
  const bool raw_;
  Chooser choose_;
  const std::size_t text_bytes_;
  const std::int64_t text_limit_;
  const std::int64_t members_;
  std::string name_;
  Scenario& scenario_;
};

constexpr std::array<Life::Choice, 14> Life::kActions = {{
    {Family::kSay, false, &Life::Say},
    {Family::kBurst, false, &Life::Burst},
    {Family::kList, false, &Life::List},
    {Family::kListStorm, false, &Life::ListStorm},
    {Family::kPipeline, true, &Life::Pipeline},
    {Family::kMalformed, true, &Life::Malformed},
    {Family::kDrip, true, &Life::Drip},
    {Family::kBadText, false, &Life::BadText},
    {Family::kEntity, true, &Life::Entity},
    {Family::kSizes, true, &Life::Sized},
    {Family::kRefusals, true, &Life::Refusals},
    {Family::kRelogin, true, &Life::Relogin},
    {Family::kFlood, true, &Life::Flood},
    {Family::kPauseReading, false, &Life::Pause},
}};

// The crowd logs in, at once or one after another, and sometimes ends at once.
void WriteCrowd(const Plan& plan, Scenario& scenario) {
  if (plan.crowd.empty()) return;
  Chooser choose = plan.ChooserFor("crowd");
  const std::string all = absl::StrCat("member[1..", plan.crowd.size(), "]");
  const absl::Duration at = plan.Round(choose.Between(absl::ZeroDuration(), plan.span / 4));
  scenario.steps.push_back(StepAt(at, Verb::kConnect, all));
  scenario.steps.push_back(StepAt(at, Verb::kAdd, all));
  constexpr std::array<Verb, 3> kEnds = {Verb::kLeave, Verb::kClose, Verb::kShutdownWrite};
  if (choose.OneIn(3)) {
    scenario.steps.push_back(StepAt(at + plan.Round(plan.span), choose.Pick(kEnds), all));
  }
}

// A session has texts that wait when its user drops them, or closes the connection.
void WriteSessionCalls(const Plan& plan, Scenario& scenario) {
  constexpr std::array<Verb, 4> kLater = {Verb::kAdd, Verb::kConnect, Verb::kClose, Verb::kSay};
  Chooser choose = plan.ChooserFor("session calls");
  for (const std::string& who : scenario.sessions) {
    if (!choose.OneIn(3)) continue;
    const auto add = [&](absl::Duration at, Verb verb) -> Step& {
      return scenario.steps.emplace_back(StepAt(at, verb, who));
    };
    const absl::Duration at = plan.Round(choose.Between(absl::ZeroDuration(), plan.span));
    Step& say = add(at, Verb::kSay);
    say.text = DrawText(choose, TextBytes(scenario));
    say.count = choose.Between(1, 6);
    if (choose.OneIn(2)) add(at, Verb::kDisconnect);
    if (choose.OneIn(2)) add(at, Verb::kDropWaiting);
    const absl::Duration later =
        plan.Round(at + choose.Between(absl::ZeroDuration(), plan.span / 4));
    Step& step = add(later, choose.Pick(kLater));
    if (step.verb == Verb::kSay) step.text = DrawText(choose, TextBytes(scenario));
  }
}

}  // namespace

void WriteLives(const Plan& plan, Scenario& scenario) {
  const std::size_t cast = plan.names.size();
  const bool handover = plan.Has(Family::kHandover) && cast > 2;
  const std::size_t lives = handover ? cast - 1 : cast;
  WriteCrowd(plan, scenario);
  Chooser choose = plan.ChooserFor("rush");
  const auto rushing = static_cast<std::size_t>(
      plan.Has(Family::kGoldRush) ? choose.Between(2, static_cast<std::int64_t>(cast)) : 0);
  for (std::size_t i = 0; i < lives; ++i) Life(plan, i, scenario).Write(i < rushing);
  if (handover) WriteContender(plan, scenario);
  WritePatterns(plan, scenario);
  WriteSessionCalls(plan, scenario);
}

}  // namespace chathttp::sim
