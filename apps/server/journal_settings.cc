#include "apps/server/journal_settings.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp {
namespace {

constexpr std::pair<std::string_view, int> kUnits[] = {
    {"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}};
constexpr std::uint64_t kLeastBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t kMostNumber = 1'000'000;

std::optional<std::uint64_t> BytesOf(std::string_view text) {
  for (const auto& [unit, bits] : kUnits) {
    absl::string_view number = AbslView(text);
    std::uint64_t count = 0;
    if (!absl::ConsumeSuffix(&number, AbslView(unit))) continue;
    if (!absl::SimpleAtoi(number, &count) || count > kMostNumber) return std::nullopt;
    return count << bits;
  }
  return std::nullopt;
}

std::optional<absl::Duration> AgeOf(std::string_view text) {
  absl::string_view number = AbslView(text);
  std::uint32_t days = 0;
  if (absl::ConsumeSuffix(&number, "d")) {
    if (!absl::SimpleAtoi(number, &days) || days > kMostNumber) return std::nullopt;
    return days * absl::Hours(24);
  }
  absl::Duration age;
  if (!absl::ParseDuration(AbslView(text), &age)) return std::nullopt;
  return age;
}

}  // namespace

absl::StatusOr<JournalKeep> ParseJournalKeep(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto bytes = BytesOf(text.substr(0, slash));
  const auto age = slash == std::string_view::npos ? std::nullopt : AgeOf(text.substr(slash + 1));
  if (!bytes || !age || *bytes < kLeastBytes || *age < absl::Hours(1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("must be bytes and an age, like 1GiB/30d, at least 64MiB/1h, got \"",
                     absl::CHexEscape(AbslView(text)), "\""));
  }
  return JournalKeep{*bytes, *age};
}

std::string ToString(const JournalKeep& keep) {
  const std::uint64_t mib = keep.bytes >> 20;
  const std::string bytes =
      mib % 1024 == 0 ? absl::StrCat(mib / 1024, "GiB") : absl::StrCat(mib, "MiB");
  const std::int64_t hours = absl::ToInt64Hours(keep.age);
  const std::string age =
      hours % 24 == 0 ? absl::StrCat(hours / 24, "d") : absl::FormatDuration(keep.age);
  return absl::StrCat(bytes, "/", age);
}

absl::StatusOr<posix::JournalSync> ParseJournalSync(std::string_view text) {
  if (text == "always") return posix::JournalSync::kAlways;
  if (text == "1s") return posix::JournalSync::kInterval;
  if (text == "never") return posix::JournalSync::kNever;
  return absl::InvalidArgumentError(
      absl::StrCat("must be always, 1s or never, got \"", absl::CHexEscape(AbslView(text)), "\""));
}

}  // namespace chathttp
