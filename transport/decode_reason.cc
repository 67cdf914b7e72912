#include "transport/decode_reason.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "domain/escape.h"
#include "transport/decode_result.h"

namespace chathttp {
namespace {

constexpr std::size_t kShownBytes = 40;

}  // namespace

std::string DecodeReason(std::string_view rule, std::string_view seen) {
  std::string reason(rule);
  reason += DecodeError::kSeenOpening;
  reason += Visible(seen, kShownBytes);
  reason += '\'';
  return reason;
}

}  // namespace chathttp
