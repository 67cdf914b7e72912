#include "chathttp/sim/world/step_times.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/scenario/grammar.h"

namespace chathttp::sim {

StepTimes::StepTimes(std::uint64_t seed, const Step& step)
    : seed_(seed),
      step_(step),
      entity_(EntityOf(
          absl::StrCat(step.who, " ", AbslView(ShapeOf(step.verb).word), " ", step.text))) {}

bool StepTimes::staggered() const {
  return std::max(step_.stagger, step_.max_stagger) > absl::ZeroDuration();
}

absl::Duration StepTimes::DelayOf(std::size_t index) const {
  if (step_.max_stagger <= step_.stagger) return static_cast<std::int64_t>(index) * step_.stagger;
  DrawSequence draws(seed_, Purpose::kStagger, entity_);
  absl::Duration delay;
  for (std::size_t i = 0; i < index; ++i) {
    delay += UniformDuration(draws, step_.stagger, step_.max_stagger);
  }
  return delay;
}

absl::Duration StepTimes::GapBefore(std::int64_t round) const {
  if (step_.max_every <= step_.every) return step_.every;
  const std::uint64_t bits =
      Draw(seed_, Purpose::kEvery, entity_, static_cast<std::uint64_t>(round));
  const auto least = static_cast<std::uint64_t>(absl::ToInt64Nanoseconds(step_.every));
  const auto most = static_cast<std::uint64_t>(absl::ToInt64Nanoseconds(step_.max_every));
  return absl::Nanoseconds(static_cast<std::int64_t>(Uniform(bits, least, most)));
}

absl::Duration StepTimes::Length(std::size_t participants) const {
  absl::Duration length = participants > 1 ? DelayOf(participants - 1) : absl::ZeroDuration();
  if (step_.max_every <= step_.every) return length + (step_.count - 1) * step_.every;
  for (std::int64_t round = 1; round < step_.count; ++round) length += GapBefore(round);
  return length;
}

}  // namespace chathttp::sim
