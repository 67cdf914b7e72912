// IP addresses and networks, read from RFC 4291 and RFC 4632 a second time: the oracle shares no line
// with transport/ports/ip_address.h.
//
//   const auto one = ReadPeer("[::ffff:10.1.2.3]:4711");   // that of 10.1.2.3
//   Contains(*ReadNetwork("10.0.0.0/8"), *one)             // true
//
// Pure functions.
#ifndef CHATHTTP_SIM_WORLD_RAW_ADDRESS_H_
#define CHATHTTP_SIM_WORLD_RAW_ADDRESS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace chathttp::sim {

using RawAddress = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d

struct RawNetwork {
  RawAddress base = {};
  int bits = 0;
  friend auto operator<=>(const RawNetwork&, const RawNetwork&) = default;
};

// Nullopt if `text` is no address.
std::optional<RawAddress> ReadAddress(std::string_view text);

// The address of a peer as an acceptor gets it, "10.1.2.3:4711"; nullopt if it has none.
std::optional<RawAddress> ReadPeer(std::string_view peer);

// Nullopt if `text` is no network, or has bits behind its prefix.
std::optional<RawNetwork> ReadNetwork(std::string_view text);

bool Contains(const RawNetwork& network, const RawAddress& address);

// The network that counts as one customer: of 64 bits for IPv6, else the address alone.
RawNetwork CustomerNetwork(const RawAddress& address);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_RAW_ADDRESS_H_
