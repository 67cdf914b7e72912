#include "apps/console/palette.h"

#include "absl/strings/ascii.h"

namespace chathttp {

// FNV-1a, since absl::Hash differs from run to run.
std::uint8_t NameColor(std::string_view name) {
  std::uint32_t hash = 2166136261;
  for (const char byte : name) {
    const auto lower = absl::ascii_tolower(static_cast<unsigned char>(byte));
    hash = (hash ^ static_cast<unsigned char>(lower)) * 16777619;
  }
  // The low bits of FNV are weak.
  return kNameColors[(hash ^ (hash >> 16)) % kNameColors.size()];
}

}  // namespace chathttp
