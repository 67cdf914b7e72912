#include "transport/server_options.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace chathttp {
namespace {

bool IsHeaderValue(std::string_view value) {
  return !value.empty() && value.front() != ' ' && value.back() != ' ' && value.size() <= 128 &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

absl::Status CheckOptions(const ServerOptions& options) {
  const std::size_t least = std::max<std::size_t>(16 << 10, 8 * options.room.text_bytes);
  if (options.backlog_bytes < least) {
    return absl::InvalidArgumentError(
        absl::StrCat("backlog must be at least ", least, " bytes, got ", options.backlog_bytes));
  }
  if (options.max_connections == 0 || options.turn_requests == 0 || options.turn_read_bytes == 0 ||
      options.turn_write_bytes == 0 || options.private_bytes == 0) {
    return absl::InvalidArgumentError("a limit on connections, turns or replies must not be 0");
  }
  if (!IsHeaderValue(options.developer) || !IsHeaderValue(options.server)) {
    return absl::InvalidArgumentError(
        "developer and server must be 1 to 128 visible ASCII characters or inner spaces");
  }
  return absl::OkStatus();
}

}  // namespace chathttp
