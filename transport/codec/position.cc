#include "chathttp/transport/codec/position.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace chathttp {
namespace {

constexpr std::size_t kMaxDigits = 19;  // fits into 63 bits

}  // namespace

std::uint64_t FreshEpoch(absl::Time wall) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(1, absl::ToUnixMillis(wall)));
}

std::string ToString(const Position& position) {
  return absl::StrCat(position.epoch, ".", position.count);
}

std::optional<Position> ParsePosition(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::optional<std::uint64_t> epoch = ParseCount(text.substr(0, dot));
  const std::optional<std::uint64_t> count = ParseCount(text.substr(dot + 1));
  if (!epoch || !count) return std::nullopt;
  return Position{*epoch, *count};
}

std::optional<std::uint64_t> ParseCount(std::string_view digits) {
  const auto is_digit = [](char byte) { return byte >= '0' && byte <= '9'; };
  if (digits.empty() || digits.size() > kMaxDigits ||
      !std::all_of(digits.begin(), digits.end(), is_digit)) {
    return std::nullopt;
  }
  std::uint64_t count = 0;
  for (const char digit : digits) count = count * 10 + static_cast<std::uint64_t>(digit - '0');
  return count;
}

}  // namespace chathttp
