#include "chathttp/transport/server/server_labels.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace chathttp {
namespace {

// The literals of chat_server_*.cc.
constexpr std::pair<std::string_view, EndReason> kReasons[] = {
    {"end of stream", EndReason::kEndOfStream},
    {"bad request", EndReason::kRequest},
    {"request before login", EndReason::kRequest},
    {"unfinished request", EndReason::kTimeLimit},
    {"no request", EndReason::kTimeLimit},
    {"no login", EndReason::kTimeLimit},
    {"silent", EndReason::kTimeLimit},
    {"no byte accepted within the limit", EndReason::kStalled},
    {"slow consumer", EndReason::kSlow},
    {"disconnected", EndReason::kServer},
    {"taken over", EndReason::kServer},
    {"shutting down", EndReason::kServer},
    {"server was away", EndReason::kServer},
    {"room was restarted", EndReason::kServer},
    {"flood", EndReason::kFlood},
    {"too many refused requests", EndReason::kRequest},
    {"too many unfinished requests", EndReason::kFull},
};

}  // namespace

std::size_t IndexOf(RequestKind kind) {
  const auto found = std::find(kRequestKinds.begin(), kRequestKinds.end(), kind);
  assert(found != kRequestKinds.end());
  const auto index = static_cast<std::size_t>(found - kRequestKinds.begin());
  return std::min(index, kRequestKinds.size() - 1);
}

EndReason EndReasonOf(std::string_view reason, std::string_view broken_reason) {
  for (const auto& [literal, label] : kReasons) {
    if (reason == literal) return label;
  }
  return !reason.empty() && reason == broken_reason ? EndReason::kBroken : EndReason::kOther;
}

}  // namespace chathttp
