#include "chathttp/sim/search/generator_faults.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace chathttp::sim {
namespace {

class Author {
 public:
  Author(const Plan& plan, Scenario& scenario)
      : plan_(plan), choose_(plan.ChooserFor("faults")), scenario_(scenario) {}

  void Write(Family family, Verb verb, std::int64_t most) {
    if (!plan_.Has(family)) return;
    for (std::int64_t left = choose_.Between(1, most); left > 0; --left) {
      const absl::Duration at = plan_.Round(choose_.Between(absl::ZeroDuration(), plan_.span));
      scenario_.steps.push_back(Drawn(at, verb));
    }
  }

  // One in eight of the seeds of the family, since it ends what the others try.
  void WriteCrash() {
    if (!plan_.Has(Family::kCrash) || !choose_.OneIn(8)) return;
    const absl::Duration at = plan_.Round(choose_.Between(absl::ZeroDuration(), plan_.span));
    scenario_.steps.push_back(StepAt(at, Verb::kCrash, "server"));
    if (choose_.OneIn(8)) return;
    scenario_.steps.push_back(StepAt(at + DrawDuration(), Verb::kRestart, "server"));
  }

 private:
  Step Drawn(absl::Duration at, Verb verb) {
    Step step = StepAt(at, verb, "server");
    step.duration = DrawDuration();
    switch (verb) {
      case Verb::kBandwidth:
        step.amount = choose_.Skewed(1, 2'000);
        step.who = DrawLink();
        break;
      case Verb::kDelay:
        step.amount = Nanoseconds(DrawDuration());
        step.who = DrawLink();
        break;
      case Verb::kCut:
        step.who = DrawLink();
        step.duration = absl::ZeroDuration();
        break;
      case Verb::kPartition:
        step.who = DrawSome() + "|server";
        break;
      case Verb::kSwizzle:
        step.who = DrawSome();
        break;
      case Verb::kWall:
        step.amount = choose_.OneIn(2) ? 1 : -1;
        step.amount *= Nanoseconds(50 * DrawDuration());
        step.duration = absl::ZeroDuration();
        break;
      case Verb::kDescriptors:
        step.amount = choose_.Between(0, 6);
        break;
      default:
        step.who = DrawLink();
        break;
    }
    return step;
  }

  static std::int64_t Nanoseconds(absl::Duration duration) {
    return absl::ToInt64Nanoseconds(duration);
  }

  // The duration of a fault: up to the whole run, sometimes far beyond.
  absl::Duration DrawDuration() {
    const std::int64_t span_ms = absl::ToInt64Milliseconds(plan_.span);
    return absl::Milliseconds(choose_.Skewed(5, span_ms * (choose_.OneIn(6) ? 4 : 1)));
  }

  std::string DrawLink() {
    const std::string who = choose_.OneIn(6) ? "*" : choose_.Pick(plan_.names);
    return choose_.OneIn(2) ? absl::StrCat(who, "->server") : absl::StrCat("server->", who);
  }

  std::string DrawSome() {
    std::vector<std::string> some;
    for (const std::string& name : plan_.names) {
      if (choose_.OneIn(2)) some.push_back(name);
    }
    return some.empty() ? "*" : absl::StrJoin(some, ",");
  }

  const Plan& plan_;
  Chooser choose_;
  Scenario& scenario_;
};

}  // namespace

void WriteFaults(const Plan& plan, Scenario& scenario) {
  Author author(plan, scenario);
  author.Write(Family::kClog, Verb::kClog, 3);
  author.Write(Family::kBlackhole, Verb::kBlackhole, 2);
  author.Write(Family::kBandwidth, Verb::kBandwidth, 2);
  author.Write(Family::kDelay, Verb::kDelay, 2);
  author.Write(Family::kCut, Verb::kCut, 1);
  author.Write(Family::kPartition, Verb::kPartition, 1);
  author.Write(Family::kSwizzle, Verb::kSwizzle, 1);
  author.Write(Family::kWall, Verb::kWall, 2);
  author.Write(Family::kDescriptors, Verb::kDescriptors, 1);
  author.WriteCrash();
}

}  // namespace chathttp::sim
