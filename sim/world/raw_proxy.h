// The PROXY header, versions 1 and 2, read and written from its specification and not from
// transport/proxy (https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt).
//
//   const std::string header = RawProxyHeader(ProxyForm::kV1, "192.0.2.7", 4711);
//   const RawHeader cut = CutProxyHeader(header + "GET / HTTP/1.1\n");
//   cut.bytes == header.size()
//
// Pure functions.
#ifndef CHATHTTP_SIM_WORLD_RAW_PROXY_H_
#define CHATHTTP_SIM_WORLD_RAW_PROXY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/raw_address.h"

namespace chathttp::sim {

// The header of a proxy whose client has this address, an IP address as text. All forms but kNone,
// which is empty, hold the address: also those whose address must not be believed.
std::string RawProxyHeader(ProxyForm form, std::string_view address, std::uint16_t port);

struct RawHeader {
  enum class Status { kPart, kComplete, kBad } status = Status::kPart;
  std::size_t bytes = 0;                  // of a complete one
  std::optional<RawAddress> source = {};  // that it tells of the client
  std::uint16_t port = 0;
};

// The header at the front of `bytes`.
RawHeader CutProxyHeader(std::string_view bytes);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_RAW_PROXY_H_
