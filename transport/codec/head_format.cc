#include "chathttp/transport/codec/head_format.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp {
namespace {

constexpr std::int64_t kLastYear = 9999;

// Writes `value` in decimal, with leading zeros, to all of `out`.
void WriteDigits(std::int64_t value, std::span<char> out) {
  for (std::size_t at = out.size(); at > 0; --at) {
    out[at - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

}  // namespace

void WriteDatetime(absl::Time wall, absl::TimeZone zone, std::span<char, kDatetimeBytes> out) {
  const absl::CivilSecond time = zone.At(wall).cs;
  std::copy_n("0000-00-00 00:00:00", kDatetimeBytes, out.begin());
  WriteDigits(std::clamp<std::int64_t>(time.year(), 0, kLastYear), out.subspan(0, 4));
  WriteDigits(time.month(), out.subspan(5, 2));
  WriteDigits(time.day(), out.subspan(8, 2));
  WriteDigits(time.hour(), out.subspan(11, 2));
  WriteDigits(time.minute(), out.subspan(14, 2));
  WriteDigits(time.second(), out.subspan(17, 2));
}

std::optional<absl::Time> ReadDatetime(std::string_view datetime, absl::TimeZone zone) {
  absl::Time time;
  std::string error;
  const bool has_format =
      datetime.size() == kDatetimeBytes &&
      absl::ParseTime("%Y-%m-%d %H:%M:%S", AbslView(datetime), zone, &time, &error);
  return has_format ? std::optional(time) : std::nullopt;
}

}  // namespace chathttp
