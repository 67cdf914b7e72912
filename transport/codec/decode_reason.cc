#include "chathttp/transport/codec/decode_reason.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/escape.h"

namespace chathttp {
namespace {

constexpr std::size_t kShownBytes = 40;

}  // namespace

std::string QuoteStart(std::string_view seen) {
  const std::string shown = Visible(seen, kShownBytes);
  if (seen.size() <= kShownBytes) return absl::StrCat("'", shown, "'");
  return absl::StrCat("'", shown, "' (", seen.size(), " bytes)");
}

std::string QuoteEnd(std::string_view seen) {
  if (seen.size() <= kShownBytes) return QuoteStart(seen);
  const std::string shown = Visible(seen.substr(seen.size() - kShownBytes));
  return absl::StrCat("'...", shown, "' (", seen.size(), " bytes)");
}

}  // namespace chathttp
