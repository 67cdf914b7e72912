#include "chathttp/sim/world/raw_address.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace chathttp::sim {
namespace {

constexpr int kV4Prefix = 96;
constexpr std::size_t kV4At = 12;  // of its bytes

// A number of at most `most_digits` digits; nullopt if it has others.
std::optional<unsigned> ReadNumber(std::string_view text, unsigned base, std::size_t most_digits) {
  if (text.empty() || text.size() > most_digits) return std::nullopt;
  constexpr std::string_view kDigits = "0123456789abcdef";
  unsigned value = 0;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    const std::size_t digit = kDigits.substr(0, base).find(lower);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value * base + static_cast<unsigned>(digit);
  }
  return value;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t end = 0;
  for (std::size_t begin = 0; end != std::string_view::npos; begin = end + 1) {
    end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
  }
  return parts;
}

bool AppendV4(std::string_view text, std::vector<std::uint8_t>& bytes) {
  const std::vector<std::string_view> parts = Split(text, '.');
  if (parts.size() != 4) return false;
  for (const std::string_view part : parts) {
    const auto value = ReadNumber(part, 10, 3);
    if (!value || *value > 255 || (part.size() > 1 && part[0] == '0')) return false;
    bytes.push_back(static_cast<std::uint8_t>(*value));
  }
  return true;
}

// The bytes of groups with single colons between them.
bool AppendGroups(std::string_view text, std::vector<std::uint8_t>& bytes) {
  if (text.empty()) return true;
  const std::vector<std::string_view> groups = Split(text, ':');
  for (const std::string_view& group : groups) {
    if (&group == &groups.back() && group.find('.') != std::string_view::npos) {
      return AppendV4(group, bytes);
    }
    const auto value = ReadNumber(group, 16, 4);
    if (!value) return false;
    bytes.push_back(static_cast<std::uint8_t>(*value >> 8));
    bytes.push_back(static_cast<std::uint8_t>(*value & 0xff));
  }
  return true;
}

RawAddress Masked(RawAddress address, int bits) {
  for (int bit = bits; bit < 128; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80 >> (bit % 8));
    std::uint8_t& byte = address[static_cast<std::size_t>(bit / 8)];
    byte = static_cast<std::uint8_t>(byte & ~mask);
  }
  return address;
}

bool IsV4(const RawAddress& address) {
  return Masked(address, kV4Prefix) == RawAddress{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
}

}  // namespace

std::optional<RawAddress> ReadAddress(std::string_view text) {
  RawAddress address = {};
  std::vector<std::uint8_t> front;
  std::vector<std::uint8_t> back;
  if (text.find(':') == std::string_view::npos) {
    if (!AppendV4(text, back)) return std::nullopt;
    address[kV4At - 2] = address[kV4At - 1] = 0xff;
  } else if (const std::size_t gap = text.find("::"); gap == std::string_view::npos) {
    if (!AppendGroups(text, back) || back.size() != address.size()) return std::nullopt;
  } else {
    if (!AppendGroups(text.substr(0, gap), front) || !AppendGroups(text.substr(gap + 2), back)) {
      return std::nullopt;
    }
    if (front.size() + back.size() + 2 > address.size()) return std::nullopt;
  }
  std::copy(front.begin(), front.end(), address.begin());
  std::copy_backward(back.begin(), back.end(), address.end());
  return address;
}

std::optional<RawAddress> ReadPeer(std::string_view peer) {
  const std::size_t colon = peer.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = peer.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return ReadAddress(host);
}

std::optional<RawNetwork> ReadNetwork(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = ReadAddress(text.substr(0, slash));
  if (!address) return std::nullopt;
  RawNetwork network{*address, 128};
  if (slash != std::string_view::npos) {
    const int first = IsV4(*address) ? kV4Prefix : 0;
    const std::string_view digits = text.substr(slash + 1);
    const auto bits = ReadNumber(digits, 10, 3);
    const bool zero_first = digits.size() > 1 && digits[0] == '0';
    if (!bits || zero_first || first + static_cast<int>(*bits) > 128) return std::nullopt;
    network.bits = first + static_cast<int>(*bits);
  }
  if (Masked(*address, network.bits) != *address) return std::nullopt;
  return network;
}

bool Contains(const RawNetwork& network, const RawAddress& address) {
  return Masked(address, network.bits) == Masked(network.base, network.bits);
}

RawNetwork CustomerNetwork(const RawAddress& address) {
  const int bits = IsV4(address) ? 128 : 64;
  return {Masked(address, bits), bits};
}

}  // namespace chathttp::sim
