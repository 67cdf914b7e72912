#include "chathttp/sim/search/generator_plan.h"

#include "absl/strings/str_cat.h"

namespace chathttp::sim {
namespace {

constexpr std::array<std::string_view, 16> kPlainNames = {
    "alice", "bob",  "carol", "dave", "erin", "frank", "grace", "heidi",
    "ivan",  "judy", "kim",   "liam", "mia",  "nick",  "olga",  "paul"};

Mode DrawMode(Chooser& choose) {
  const std::int64_t of_eight = choose.Between(0, 7);
  return of_eight < 2 ? Mode::kClean : of_eight == 2 ? Mode::kHostile : Mode::kFaulty;
}

// Names at the limits of length, and of bytes.
constexpr std::array<std::string_view, 6> kOddNames = {"q",
                                                       "zz",
                                                       "o-o.o_o",
                                                       "z9.",
                                                       "abcdefghijklmnopqrstuvwxyz01234",
                                                       "abcdefghijklmnopqrstuvwxyz012345"};

std::size_t DrawCast(Chooser& choose) {
  const std::int64_t of_ten = choose.Between(0, 9);
  if (of_ten < 7) return static_cast<std::size_t>(choose.Between(2, 5));
  return static_cast<std::size_t>(of_ten < 9 ? choose.Between(6, 9) : choose.Between(10, 16));
}

absl::Duration DrawSpan(Chooser& choose) {
  const std::int64_t of_eight = choose.Between(0, 7);
  if (of_eight < 4) return absl::Milliseconds(choose.Between(200, 3'000));
  return absl::Seconds(of_eight < 7 ? choose.Between(3, 20) : choose.Between(20, 180));
}

}  // namespace

Step StepAt(absl::Duration at, Verb verb, std::string_view who) {
  Step step;
  step.at = at;
  step.verb = verb;
  step.who = who;
  return step;
}

Plan MakePlan(std::uint64_t seed, std::optional<Mode> mode) {
  Plan plan;
  plan.seed = seed;
  Chooser choose(seed, "plan");
  const Mode drawn = DrawMode(choose);
  plan.mode = mode.value_or(drawn);
  for (std::size_t family = 0; family < kFamilies; ++family) {
    const bool fault = family >= static_cast<std::size_t>(Family::kPauseReading) &&
                       family <= static_cast<std::size_t>(Family::kCrash);
    const bool drawn_on = Chooser(seed, absl::StrCat("family ", family)).OneIn(2);
    plan.on[family] = drawn_on && !(fault && plan.mode == Mode::kClean);
  }
  const std::size_t cast = DrawCast(choose);
  for (std::size_t i = 0; i < cast; ++i) {
    plan.names.emplace_back(kPlainNames[i]);
    plan.raw.push_back(choose.OneIn(2));
  }
  if (choose.OneIn(4)) plan.names[0] = choose.Pick(kOddNames);
  if (choose.OneIn(100)) {
    for (std::int64_t i = choose.Skewed(64, 200); i > 0; --i) {
      plan.crowd.push_back(absl::StrCat("member", plan.crowd.size() + 1));
    }
  }
  plan.victim = choose.Pick(plan.names);
  plan.span = DrawSpan(choose);
  constexpr std::array<int, 3> kGrains = {1, 10, 100};
  plan.grain = absl::Milliseconds(choose.Pick(kGrains));
  return plan;
}

}  // namespace chathttp::sim
