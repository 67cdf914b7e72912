#include "chathttp/sim/scenario/quantity.h"

#include <array>
#include <charconv>
#include <limits>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::sim {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

// Takes the digits at the start of `text`.
std::string_view TakeDigits(std::string_view& text) {
  const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789"));
  text.remove_prefix(digits.size());
  return digits;
}

std::optional<std::int64_t> ParseDigits(std::string_view digits) {
  std::int64_t value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || result.ec != std::errc()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> Scaled(std::optional<std::int64_t> value, std::int64_t scale) {
  if (!value || *value > kMax / scale) return std::nullopt;
  return *value * scale;
}

// Takes the unit at the start of `text`. Returns its nanoseconds, 0 if there is no such unit.
std::int64_t TakeTimeUnit(std::string_view& text) {
  struct TimeUnit {
    std::string_view word;
    std::int64_t nanoseconds;
  };
  static constexpr std::array<TimeUnit, 6> kUnits = {{{"ns", 1},
                                                      {"us", 1'000},
                                                      {"ms", 1'000'000},
                                                      {"s", 1'000'000'000},
                                                      {"m", 60'000'000'000},
                                                      {"h", 3'600'000'000'000}}};
  const std::string_view word = text.substr(0, text.find_first_of("0123456789."));
  text.remove_prefix(word.size());
  for (const TimeUnit& unit : kUnits) {
    if (unit.word == word) return unit.nanoseconds;
  }
  return 0;
}

// Takes a part such as "1.5s". Fails if the value is not a whole number of nanoseconds.
std::optional<std::int64_t> TakeDurationPart(std::string_view& text) {
  const std::string_view whole = TakeDigits(text);
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = TakeDigits(text);
    if (fraction.empty()) return std::nullopt;
  }
  std::int64_t scale = TakeTimeUnit(text);
  if (scale == 0) return std::nullopt;
  std::optional<std::int64_t> value = Scaled(ParseDigits(whole), scale);
  for (const char digit : fraction) {
    if (!value || scale % 10 != 0) return std::nullopt;
    scale /= 10;
    const std::int64_t more = scale * (digit - '0');
    if (*value > kMax - more) return std::nullopt;
    *value += more;
  }
  return value;
}

std::optional<std::int64_t> ParseDuration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return 0;
  std::int64_t value = 0;
  do {
    const std::optional<std::int64_t> part = TakeDurationPart(text);
    if (!part || *part > kMax - value) return std::nullopt;
    value += *part;
  } while (!text.empty());
  return negative ? -value : value;
}

std::optional<std::int64_t> ParseBytes(std::string_view text) {
  const std::optional<std::int64_t> number = ParseDigits(TakeDigits(text));
  if (text.empty()) return number;
  if (text == "K") return Scaled(number, 1 << 10);
  if (text == "M") return Scaled(number, 1 << 20);
  return std::nullopt;
}

std::optional<std::int64_t> ParseRate(std::string_view text) {
  const std::optional<std::int64_t> per_second = ParseDigits(TakeDigits(text));
  if (!text.starts_with('/')) return std::nullopt;
  const std::optional<std::int64_t> burst = ParseDigits(text.substr(1));
  if (!burst || *burst < 1 || *burst > kOneASecond || text.back() < '0') return std::nullopt;
  const std::optional<std::int64_t> value = Scaled(per_second, kOneASecond);
  if (!value || *value > kMax - *burst) return std::nullopt;
  return *value + *burst - 1;
}

std::string PrintBytes(std::int64_t value) {
  if (value == 0 || value % (1 << 10) != 0) return absl::StrCat(value);
  if (value % (1 << 20) != 0) return absl::StrCat(value >> 10, "K");
  return absl::StrCat(value >> 20, "M");
}

}  // namespace

std::optional<std::int64_t> ParseQuantity(Unit unit, std::string_view text) {
  switch (unit) {
    case Unit::kCount: {
      const std::string_view digits = TakeDigits(text);
      return text.empty() ? ParseDigits(digits) : std::nullopt;
    }
    case Unit::kBytes:
      return ParseBytes(text);
    case Unit::kDuration:
    case Unit::kOffset:
      return ParseDuration(text);
    case Unit::kRate:
      return ParseRate(text);
  }
  return std::nullopt;
}

std::optional<std::int64_t> ParseWithin(const Bounds& bounds, std::string_view text) {
  const std::optional<std::int64_t> value = ParseQuantity(bounds.unit, text);
  return value && bounds.min <= *value && *value <= bounds.max ? value : std::nullopt;
}

std::optional<std::pair<std::int64_t, std::int64_t>> ParseSpan(const Bounds& bounds,
                                                               std::string_view text) {
  const std::size_t dots = text.find("..");
  const bool one = dots == std::string_view::npos;
  const auto first = ParseWithin(bounds, text.substr(0, dots));
  const auto last = one ? first : ParseWithin(bounds, text.substr(dots + 2));
  if (!first || !last || *first > *last) return std::nullopt;
  return std::pair(*first, *last);
}

std::string PrintQuantity(Unit unit, std::int64_t value) {
  switch (unit) {
    case Unit::kCount:
      return absl::StrCat(value);
    case Unit::kBytes:
      return PrintBytes(value);
    case Unit::kDuration:
      return absl::FormatDuration(absl::Nanoseconds(value));
    case Unit::kOffset:
      return absl::StrCat(value < 0 ? "" : "+", absl::FormatDuration(absl::Nanoseconds(value)));
    case Unit::kRate:
      return absl::StrCat(RateOf(value).per_second, "/", RateOf(value).burst);
  }
  return "";
}

std::string PrintDuration(absl::Duration duration) {
  return PrintQuantity(Unit::kDuration, absl::ToInt64Nanoseconds(duration));
}

std::string Describe(const Bounds& bounds) {
  static constexpr std::array<std::string_view, 5> kWhat = {"a count", "a size", "a duration",
                                                            "an offset", "a rate"};
  return absl::StrCat(AbslView(kWhat[static_cast<std::size_t>(bounds.unit)]), " from ",
                      PrintQuantity(bounds.unit, bounds.min), " to ",
                      PrintQuantity(bounds.unit, bounds.max));
}

}  // namespace chathttp::sim
