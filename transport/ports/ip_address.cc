#include "chathttp/transport/ports/ip_address.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp {
namespace {

constexpr int kV4Bits = 96;  // of the prefix ::ffff:0:0/96
constexpr int kBits = 128;

// A decimal number without leading zeros.
std::optional<int> Decimal(std::string_view text, int most) {
  int value = 0;
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = 10 * value + (digit - '0');
  }
  if (value > most) return std::nullopt;
  return value;
}

std::optional<std::array<std::uint8_t, 4>> ParseV4(std::string_view text) {
  std::array<std::uint8_t, 4> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t dot = i + 1 < bytes.size() ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const std::optional<int> number = Decimal(text.substr(0, dot), 255);
    if (!number) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(*number);
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return bytes;
}

// Appends the bytes of groups such as "2001:db8" or "ffff:10.1.2.3"; no groups if `text` is empty.
bool AppendGroups(std::string_view text, std::vector<std::uint8_t>& bytes) {
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    if (colon == std::string_view::npos && group.find('.') != std::string_view::npos) {
      const auto v4 = ParseV4(group);
      if (v4) bytes.insert(bytes.end(), v4->begin(), v4->end());
      return v4.has_value();
    }
    std::uint32_t value = 0;
    if (group.empty() || group.size() > 4 || !absl::SimpleHexAtoi(AbslView(group), &value)) {
      return false;
    }
    if (group.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) return false;
    bytes.push_back(static_cast<std::uint8_t>(value >> 8));
    bytes.push_back(static_cast<std::uint8_t>(value & 0xff));
    if (colon == std::string_view::npos) return true;
    text.remove_prefix(colon + 1);
    if (text.empty()) return false;
  }
  return true;
}

std::optional<IpAddress> ParseV6(std::string_view text) {
  IpAddress::Bytes bytes{};
  std::vector<std::uint8_t> front;
  std::vector<std::uint8_t> back;
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    if (!AppendGroups(text, front) || front.size() != bytes.size()) return std::nullopt;
  } else {
    const std::string_view behind = text.substr(gap + 2);
    if (behind.starts_with(':')) return std::nullopt;
    if (!AppendGroups(text.substr(0, gap), front) || !AppendGroups(behind, back)) {
      return std::nullopt;
    }
    // The gap stands for one group at least.
    if (front.size() + back.size() > bytes.size() - 2) return std::nullopt;
  }
  std::copy(front.begin(), front.end(), bytes.begin());
  std::copy_backward(back.begin(), back.end(), bytes.end());
  return IpAddress(bytes);
}

// The longest run of at least two zero groups, the first of equals: [first, last).
std::pair<std::size_t, std::size_t> LongestGap(const std::array<unsigned, 8>& groups) {
  std::pair<std::size_t, std::size_t> gap{0, 0};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::size_t end = i;
    while (end < groups.size() && groups[end] == 0) ++end;
    if (end - i > std::max<std::size_t>(gap.second - gap.first, 1)) gap = {i, end};
  }
  return gap;
}

}  // namespace

bool IpAddress::is_v4() const {
  return bytes_[10] == 0xff && bytes_[11] == 0xff &&
         std::all_of(bytes_.begin(), bytes_.begin() + 10, [](std::uint8_t b) { return b == 0; });
}

IpAddress IpAddress::Masked(int bits) const {
  IpAddress masked = *this;
  for (std::size_t i = 0; i < masked.bytes_.size(); ++i) {
    const int kept = std::clamp(bits - 8 * static_cast<int>(i), 0, 8);
    masked.bytes_[i] = static_cast<std::uint8_t>(masked.bytes_[i] & (0xff00 >> kept));
  }
  return masked;
}

std::string ToString(const IpAddress& address) {
  if (!address.known()) return "";
  const IpAddress::Bytes& b = address.bytes();
  if (address.is_v4()) return absl::StrCat(b[12], ".", b[13], ".", b[14], ".", b[15]);
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = b[2 * i] * 256U + b[2 * i + 1];
  const auto [first, last] = LongestGap(groups);
  std::string text;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (first < last && i == first) text += "::";
    if (i >= first && i < last) continue;
    if (!text.empty() && text.back() != ':') text += ':';
    absl::StrAppend(&text, absl::Hex(groups[i]));
  }
  return text;
}

std::optional<IpAddress> ParseIpAddress(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return ParseV6(text);
  const auto v4 = ParseV4(text);
  if (!v4) return std::nullopt;
  return IpAddress::V4((*v4)[0], (*v4)[1], (*v4)[2], (*v4)[3]);
}

IpAddress AddressOf(std::string_view peer) {
  const std::size_t colon = peer.rfind(':');
  if (colon == std::string_view::npos) return {};
  std::string_view host = peer.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return ParseIpAddress(host).value_or(IpAddress());
}

std::string ToString(const IpNetwork& network) {
  const bool v4 = network.base().is_v4() && network.bits() >= kV4Bits;
  std::string text = network.base().known() ? ToString(network.base()) : "::";
  if (network.bits() < kBits) {
    absl::StrAppend(&text, "/", network.bits() - (v4 ? kV4Bits : 0));
  }
  return text;
}

absl::StatusOr<IpNetwork> ParseIpNetwork(std::string_view text) {
  const auto error = [&](std::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat(AbslView(what), ", got \"", absl::CHexEscape(AbslView(text)), "\""));
  };
  const std::size_t slash = text.find('/');
  const std::optional<IpAddress> address =
      text.substr(0, slash) == "::" ? IpAddress() : ParseIpAddress(text.substr(0, slash));
  if (!address) return error("an address or a network must be like 10.0.0.0/8 or 2001:db8::/32");
  int bits = kBits;
  if (slash != std::string_view::npos) {
    const int first = address->is_v4() ? kV4Bits : 0;
    const std::optional<int> given = Decimal(text.substr(slash + 1), kBits - first);
    if (!given) {
      return error(absl::StrCat("the bits of a network must be 0 to ", kBits - first));
    }
    bits = first + *given;
  }
  const IpNetwork network(*address, bits);
  if (network.base() != *address) {
    return error(
        absl::StrCat("a network has no bits behind its prefix: write ", ToString(network)));
  }
  return network;
}

IpNetwork CustomerOf(const IpAddress& address) {
  constexpr int kSubnetBits = 64;
  return {address, address.is_v4() ? kBits : kSubnetBits};
}

}  // namespace chathttp
