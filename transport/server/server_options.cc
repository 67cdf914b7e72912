#include "chathttp/transport/server/server_options.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/server/session_request.h"

namespace chathttp {
namespace {

bool IsHeaderValue(std::string_view value) {
  return !value.empty() && value.front() != ' ' && value.back() != ' ' && value.size() <= 128 &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

constexpr absl::Duration kMaxAwayLimit = absl::Hours(7 * 24);
constexpr std::size_t kMiB = std::size_t{1} << 20;

struct Count {
  std::string_view name;
  std::uint64_t value;
  std::uint64_t least;
  std::uint64_t most;
};

struct Span {
  std::string_view name;
  absl::Duration value;
};

absl::Status CheckCounts(const ServerOptions& options) {
  const RoomLimits& room = options.room;
  const std::size_t text_bytes = std::min(room.text_bytes, kMiB);
  const Count counts[] = {
      {"max_members", room.members, 1, 1'000'000},
      {"max_name_bytes", room.name_bytes, 1, 255},
      {"max_text_bytes", room.text_bytes, 1, kMiB},
      {"max_connections", options.max_connections, 1, 1'000'000},
      {"backlog_bytes", options.backlog_bytes, std::max<std::size_t>(16 << 10, 8 * text_bytes),
       1024 * kMiB},
      {"log_start", options.log_start, 0, std::uint64_t{1} << 63},
      {"private_bytes", options.private_bytes, 1, 64 * kMiB},
      {"list_bytes", options.list_bytes, 1, 1024 * kMiB},
      {"partial_bytes", options.partial_bytes, 1, 1024 * kMiB},
      {"turn_requests", options.turn_requests, 1, 1'000'000},
      {"turn_read_bytes", options.turn_read_bytes, 1, 64 * kMiB},
      {"turn_write_bytes", options.turn_write_bytes, 1, 64 * kMiB},
      {"turn_broadcast_bytes", options.turn_broadcast_bytes, 1, 64 * kMiB},
      {"linger_bytes", options.linger_bytes, 0, 1024 * kMiB},
      {"flood requests a second", options.flood.per_second, 0, 1'000'000},
      {"per_address", options.per_address, 1, 1'000'000},
      {"connects of connect_rate", options.connect_rate.connects, 0, 1'000'000},
      {"max_refusals", options.max_refusals, 1, 60},
      {"history", options.history, 0, kMaxHistory},
      {"flood burst", options.flood.burst, 1, 1'000'000},
  };
  for (const Count& count : counts) {
    if (count.value >= count.least && count.value <= count.most) continue;
    return absl::InvalidArgumentError(absl::StrCat(AbslView(count.name), " must be ", count.least,
                                                   " to ", count.most, ", got ", count.value));
  }
  return absl::OkStatus();
}

absl::Status CheckSpans(const ServerOptions& options) {
  const Span spans[] = {
      {"login_limit", options.login_limit},
      {"relogin_limit", options.relogin_limit},
      {"request_limit", options.request_limit},
      {"stall_limit", options.stall_limit},
      {"brake_limit", options.brake_limit},
      {"linger_limit", options.linger_limit},
      {"stop_limit", options.stop_limit},
      {"flood_limit", options.flood_limit},
      {"span of connect_rate", options.connect_rate.span},
  };
  for (const Span& span : spans) {
    if (span.value > absl::ZeroDuration()) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        AbslView(span.name), " must be longer than 0, got ", absl::FormatDuration(span.value)));
  }
  if ((options.away_limit < absl::Seconds(1) && options.away_limit != absl::ZeroDuration()) ||
      options.away_limit > kMaxAwayLimit) {
    return absl::InvalidArgumentError(absl::StrCat("away_limit must be 0, or 1s to ",
                                                   absl::FormatDuration(kMaxAwayLimit), ", got ",
                                                   absl::FormatDuration(options.away_limit)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckOptions(const ServerOptions& options) {
  if (absl::Status status = CheckCounts(options); !status.ok()) return status;
  if (absl::Status status = CheckSpans(options); !status.ok()) return status;
  if (!IsHeaderValue(options.developer) || !IsHeaderValue(options.server)) {
    return absl::InvalidArgumentError(
        "developer and server must be 1 to 128 visible ASCII characters or inner spaces");
  }
  return absl::OkStatus();
}

}  // namespace chathttp
