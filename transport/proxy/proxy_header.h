// The header by which a proxy tells the address of its client: the PROXY protocol, versions 1 and 2
// (https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt).
//
//   const ProxyHeader header = ParseProxyHeader(input);    // all that came so far
//   if (header.status == ProxyHeader::Status::kNeedMore) ...
//
// Pure function, safe from any thread.
#ifndef CHATHTTP_TRANSPORT_PROXY_PROXY_HEADER_H_
#define CHATHTTP_TRANSPORT_PROXY_PROXY_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "chathttp/transport/ports/ip_address.h"

namespace chathttp {

struct ProxyHeader {
  enum class Status {
    kNeedMore,  // the input is the beginning of a header
    kComplete,
    kBad,  // no header begins like this
  };
  Status status = Status::kNeedMore;
  std::size_t bytes = 0;  // of a complete header; the client's own bytes follow it
  // The client of a complete header. Not known if the proxy speaks for itself (LOCAL), if it does
  // not tell (UNKNOWN), or if the client did not come by TCP: then the address of the connection
  // stands.
  IpAddress source = {};
  std::uint16_t source_port = 0;
  std::string reason = {};  // of a bad header: the rule and the value seen, one printable line
};

// Of version 2: a longer block is bad, and so is a longer line of version 1.
inline constexpr std::size_t kMaxProxyBlockBytes = 520;
inline constexpr std::size_t kMaxProxyLineBytes = 107;

// Parses the header at the front of `input`. The result depends only on the bytes, not on the pieces
// in which they come: input that is bad stays bad, for the same reason, whatever follows. Extensions
// (TLVs) are skipped, except that a checksum must be right. O(bytes of the header).
[[nodiscard]] ProxyHeader ParseProxyHeader(std::string_view input);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PROXY_PROXY_HEADER_H_
