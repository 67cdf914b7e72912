#include "chathttp/transport/ports/network.h"

#include <charconv>
#include <string>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/escape.h"

namespace chathttp {
namespace {

constexpr std::string_view kUnix = "unix:";

}  // namespace

std::string ToString(const Endpoint& endpoint) {
  if (!UnixPath(endpoint).empty()) return endpoint.host;
  const bool is_ipv6 = endpoint.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + endpoint.host + "]" : endpoint.host;
  return host + ":" + std::to_string(endpoint.port);
}

std::string_view UnixPath(const Endpoint& endpoint) {
  const std::string_view host = endpoint.host;
  return host.starts_with(kUnix) ? host.substr(kUnix.size()) : std::string_view();
}

absl::StatusOr<Endpoint> ParseEndpoint(std::string_view text) {
  const absl::Status error = absl::InvalidArgumentError(
      absl::StrCat("an endpoint must be like 127.0.0.1:9994 or [::1]:9994, its port at most 65535, "
                   "or unix:/PATH, got \"",
                   Visible(text), "\""));
  if (Endpoint at{std::string(text), 0}; !UnixPath(at).empty()) return at;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return error;
  Endpoint endpoint;
  const char* const end = text.data() + text.size();
  const auto [behind, problem] = std::from_chars(text.data() + colon + 1, end, endpoint.port);
  if (problem != std::errc() || behind != end) return error;
  std::string_view host = text.substr(0, colon);
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  const bool is_ipv6 = host.find(':') != std::string_view::npos;
  if (host.empty() || text.starts_with(kUnix) || brackets != is_ipv6) return error;
  endpoint.host = host;
  return endpoint;
}

}  // namespace chathttp
