// IP addresses and networks as values, and their textual forms (RFC 4291, section 2.2; RFC 4632).
//
//   const IpAddress peer = AddressOf("[::ffff:10.1.2.3]:4711");   // 10.1.2.3
//   const auto lan = ParseIpNetwork("10.0.0.0/8");
//   if (lan->Contains(peer)) ...
//
// An IPv4-mapped IPv6 address is the IPv4 address that it holds.
#ifndef CHATHTTP_TRANSPORT_PORTS_IP_ADDRESS_H_
#define CHATHTTP_TRANSPORT_PORTS_IP_ADDRESS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace chathttp {

class IpAddress {
 public:
  using Bytes = std::array<std::uint8_t, 16>;

  // Not an address: of a peer that has none, such as one in memory.
  IpAddress() = default;
  // `bytes` in network order. All zero is no address.
  explicit IpAddress(const Bytes& bytes) : bytes_(bytes) {}
  static IpAddress V4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    return IpAddress({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d});
  }

  bool known() const { return bytes_ != Bytes{}; }
  bool is_v4() const;
  const Bytes& bytes() const { return bytes_; }  // an IPv4 address as ::ffff:a.b.c.d
  // With all bits but the first `bits` cleared.
  IpAddress Masked(int bits) const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
  friend bool operator<(const IpAddress& one, const IpAddress& other) {
    return one.bytes_ < other.bytes_;
  }
  template <typename H>
  friend H AbslHashValue(H state, const IpAddress& address) {
    return H::combine(std::move(state), address.bytes_);
  }

 private:
  Bytes bytes_{};
};

// "10.1.2.3", "2001:db8::1" (RFC 5952), "" if it is no address.
std::string ToString(const IpAddress& address);

// Numeric forms only, without a zone. Decimal numbers have no leading zeros.
std::optional<IpAddress> ParseIpAddress(std::string_view text);

// The address in `peer`, which has the format of ToString(Endpoint); none if its host is a name.
IpAddress AddressOf(std::string_view peer);

// An address and how many of its first bits count.
class IpNetwork {
 public:
  IpNetwork() = default;  // contains every address
  // `bits` of an address as IPv6: 96 more than in the text of an IPv4 network.
  IpNetwork(const IpAddress& address, int bits) : base_(address.Masked(bits)), bits_(bits) {}

  bool Contains(const IpAddress& address) const { return address.Masked(bits_) == base_; }
  const IpAddress& base() const { return base_; }
  int bits() const { return bits_; }

  friend bool operator==(const IpNetwork&, const IpNetwork&) = default;
  friend bool operator<(const IpNetwork& one, const IpNetwork& other) {
    return one.base_ == other.base_ ? one.bits_ < other.bits_ : one.base_ < other.base_;
  }
  template <typename H>
  friend H AbslHashValue(H state, const IpNetwork& network) {
    return H::combine(std::move(state), network.base_, network.bits_);
  }

 private:
  IpAddress base_;
  int bits_ = 0;
};

// "10.0.0.0/8", "2001:db8::/32"; an address alone stands for itself.
std::string ToString(const IpNetwork& network);

// InvalidArgument names the text and the form. Bits behind the prefix must be 0, so that a mistyped
// network is noticed.
absl::StatusOr<IpNetwork> ParseIpNetwork(std::string_view text);

// What one customer usually has: an IPv4 address, or an IPv6 network of 64 bits.
IpNetwork CustomerOf(const IpAddress& address);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_IP_ADDRESS_H_
