#include "chathttp/sim/world/raw_proxy.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::sim {
namespace {

using Status = RawHeader::Status;

RawHeader Bad() { return {.status = Status::kBad}; }

// ---- Version 1: a line ------------------------------------------------------------------------

constexpr std::string_view kLineStart = "PROXY ";
constexpr std::size_t kMostLineBytes = 107;

std::optional<std::uint16_t> ReadPort(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  unsigned port = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    port = 10 * port + static_cast<unsigned>(c - '0');
  }
  if (port > 0xffff) return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

std::optional<RawAddress> ReadOfFamily(std::string_view text, bool six) {
  const bool colons = text.find(':') != std::string_view::npos;
  return colons == six ? ReadAddress(text) : std::nullopt;
}

RawHeader CutLine(std::string_view bytes) {
  const std::string_view front = bytes.substr(0, kMostLineBytes);
  const std::size_t end = front.find("\r\n");
  if (end == std::string_view::npos) {
    return {.status = front.size() < kMostLineBytes ? Status::kPart : Status::kBad};
  }
  RawHeader header{.status = Status::kComplete, .bytes = end + 2};
  std::string_view rest = bytes.substr(kLineStart.size(), end - kLineStart.size());
  std::vector<std::string_view> words;
  for (std::size_t space = 0; space != std::string_view::npos;) {
    space = rest.find(' ');
    words.push_back(rest.substr(0, space));
    rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
  }
  if (words[0] == "UNKNOWN") return header;
  const bool six = words[0] == "TCP6";
  if (words.size() != 5 || (!six && words[0] != "TCP4")) return Bad();
  header.source = ReadOfFamily(words[1], six);
  const auto port = ReadPort(words[3]);
  const bool known = header.source && *header.source != RawAddress{};
  if (!known || !ReadOfFamily(words[2], six) || !port || !ReadPort(words[4])) return Bad();
  header.port = *port;
  return header;
}

// ---- Version 2: binary ------------------------------------------------------------------------

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t kStartBytes = 16;  // signature, command, family, length
constexpr std::size_t kMostBlockBytes = 520;
constexpr unsigned kLocal = 0x20;
constexpr unsigned kProxy = 0x21;
constexpr unsigned kTcp4 = 0x11;
constexpr unsigned kTcp6 = 0x21;
constexpr unsigned kChecksum = 3;

unsigned At(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

std::size_t AddressBytes(unsigned family) { return family == kTcp4 ? 4 : family == kTcp6 ? 16 : 0; }

std::uint32_t Checksum(std::string_view bytes) {
  std::uint32_t sum = ~0U;
  for (const char byte : bytes) {
    sum ^= static_cast<unsigned char>(byte);
    for (int i = 0; i < 8; ++i) sum = (sum >> 1) ^ (0x82f63b78U & (0U - (sum & 1U)));
  }
  return ~sum;
}

// Whether the extensions from `at` on fill the header, with a right checksum if there is one.
bool AreExtensions(std::string_view header, std::size_t at) {
  while (at < header.size()) {
    if (header.size() - at < 3) return false;
    const std::size_t length = At(header, at + 1) * 256 + At(header, at + 2);
    const std::size_t value = at + 3;
    if (header.size() - value < length) return false;
    if (At(header, at) == kChecksum) {
      if (length != 4) return false;
      std::string without(header);
      std::fill_n(without.begin() + static_cast<std::ptrdiff_t>(value), 4, '\0');
      std::uint32_t sum = 0;
      for (std::size_t i = 0; i < 4; ++i) sum = sum << 8 | At(header, value + i);
      if (sum != Checksum(without)) return false;
    }
    at = value + length;
  }
  return true;
}

RawHeader CutBinary(std::string_view bytes) {
  if (bytes.size() > 12 && At(bytes, 12) != kLocal && At(bytes, 12) != kProxy) {
    return Bad();
  }
  const bool local = bytes.size() > 12 && At(bytes, 12) == kLocal;
  if (bytes.size() <= 13) return {};
  const unsigned family = At(bytes, 13);
  if (!local && (family >> 4 > 3 || (family & 15U) > 2)) return Bad();
  if (bytes.size() < kStartBytes) return {};
  const std::size_t length = At(bytes, 14) * 256 + At(bytes, 15);
  const std::size_t address = local ? 0 : AddressBytes(family);
  const std::size_t block = address == 0 ? 0 : 2 * address + 4;
  if (length < block || length > kMostBlockBytes) return Bad();
  if (bytes.size() < kStartBytes + length) return {};
  RawHeader header{.status = Status::kComplete, .bytes = kStartBytes + length};
  if (address == 0) return header;
  if (!AreExtensions(bytes.substr(0, header.bytes), kStartBytes + block)) return Bad();
  RawAddress source = {};
  if (family == kTcp4) source[10] = source[11] = 0xff;
  for (std::size_t i = 0; i < address; ++i) {
    source[16 - address + i] = static_cast<std::uint8_t>(bytes[kStartBytes + i]);
  }
  if (source == RawAddress{}) return Bad();
  header.source = source;
  const std::size_t port = kStartBytes + 2 * address;
  header.port = static_cast<std::uint16_t>(At(bytes, port) * 256 + At(bytes, port + 1));
  return header;
}

void AppendPort(std::uint16_t port, std::string& bytes) {
  bytes += static_cast<char>(port >> 8);
  bytes += static_cast<char>(port & 0xff);
}

constexpr std::uint16_t kChatPort = 9994;

std::string BinaryHeader(bool local, std::string_view address, std::uint16_t port) {
  const RawAddress source = ReadAddress(address).value_or(RawAddress{});
  const bool six = address.find(':') != std::string_view::npos;
  const std::string_view all(reinterpret_cast<const char*>(source.data()), source.size());
  const std::string own(six ? all : all.substr(12));
  std::string header(kSignature);
  header += static_cast<char>(local ? kLocal : kProxy);
  header += static_cast<char>(six ? kTcp6 : kTcp4);
  AppendPort(static_cast<std::uint16_t>(2 * own.size() + 4), header);  // the length
  header += own + own;
  AppendPort(port, header);
  AppendPort(kChatPort, header);
  return header;
}

}  // namespace

std::string RawProxyHeader(ProxyForm form, std::string_view address, std::uint16_t port) {
  const absl::string_view from = AbslView(address);
  const absl::string_view family = address.find(':') == std::string_view::npos ? "TCP4" : "TCP6";
  switch (form) {
    case ProxyForm::kV1:
      return absl::StrCat("PROXY ", family, " ", from, " ", from, " ", port, " ", kChatPort,
                          "\r\n");
    case ProxyForm::kUnknown:
      return absl::StrCat("PROXY UNKNOWN ", from, " ", from, " ", port, " ", kChatPort, "\r\n");
    case ProxyForm::kV2:
    case ProxyForm::kLocal:
      return BinaryHeader(form == ProxyForm::kLocal, address, port);
    case ProxyForm::kNone:
      break;
  }
  return "";
}

RawHeader CutProxyHeader(std::string_view bytes) {
  const auto may_be = [&](std::string_view start) {
    return bytes.substr(0, start.size()) == start.substr(0, bytes.size());
  };
  if (may_be(kLineStart)) return bytes.size() < kLineStart.size() ? RawHeader{} : CutLine(bytes);
  if (may_be(kSignature)) return CutBinary(bytes);
  return Bad();
}

}  // namespace chathttp::sim
