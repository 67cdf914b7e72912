#include "chathttp/sim/world/raw_text.h"

#include <array>

#include "absl/strings/str_cat.h"

namespace chathttp::sim {
namespace {

bool IsShown(std::uint32_t value) {
  const bool control = value < 0x20 || (value > 0x7E && value < 0xA0);
  const bool separator = value == 0x2028 || value == 0x2029;
  const bool direction = value == 0x061C || value == 0x200E || value == 0x200F ||
                         (value >= 0x202A && value <= 0x202E) ||
                         (value >= 0x2066 && value <= 0x2069);
  return !control && !separator && !direction;
}

}  // namespace

Utf8Sequence FirstSequence(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {1, lead};
  const std::size_t bytes = lead < 0xC0   ? 0
                            : lead < 0xE0 ? 2
                            : lead < 0xF0 ? 3
                            : lead < 0xF8 ? 4
                                          : 0;
  if (bytes == 0 || bytes > text.size()) return {};
  std::uint32_t value = lead & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0u) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3Fu);
  }
  constexpr std::array<std::uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kLeast[bytes] || value > 0x10FFFF || surrogate) return {};
  return {bytes, value};
}

std::string Escaped(std::string_view bytes) {
  std::string shown;
  while (!bytes.empty()) {
    const Utf8Sequence next = FirstSequence(bytes);
    const std::size_t size = next.bytes == 0 ? 1 : next.bytes;
    if (next.bytes > 0 && IsShown(next.value)) {
      shown += bytes.substr(0, size);
    } else if (size == 1) {
      absl::StrAppend(&shown, "\\x",
                      absl::Hex(static_cast<unsigned char>(bytes[0]), absl::kZeroPad2));
    } else {
      absl::StrAppend(&shown, "\\u", absl::Hex(next.value, absl::kZeroPad4));
    }
    bytes.remove_prefix(size);
  }
  return shown;
}

std::string EscapedStart(std::string_view bytes, std::size_t most_bytes) {
  return Escaped(bytes.substr(0, most_bytes)) + (bytes.size() > most_bytes ? "..." : "");
}

}  // namespace chathttp::sim
