#include "chathttp/transport/proxy/proxy_header.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"

namespace chathttp {
namespace {

using Status = ProxyHeader::Status;

constexpr std::string_view kLineStart = "PROXY ";
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);

// Offsets in a header of version 2, and the values at the first two.
constexpr std::size_t kCommandAt = 12;
constexpr std::size_t kFamilyAt = 13;
constexpr std::size_t kLengthAt = 14;
constexpr std::size_t kBlockAt = 16;
constexpr unsigned kLocal = 0x20;
constexpr unsigned kProxy = 0x21;
constexpr unsigned kTcp4 = 0x11;
constexpr unsigned kTcp6 = 0x21;

// Type, length in two bytes, value.
constexpr std::size_t kTlvStartBytes = 3;
constexpr unsigned kCrc32cType = 0x03;
constexpr std::size_t kCrc32cBytes = 4;

ProxyHeader Bad(std::string reason) {
  return {.status = Status::kBad, .reason = std::move(reason)};
}

std::string Quote(std::string_view seen) { return absl::StrCat("'", Visible(seen), "'"); }

unsigned ByteAt(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

unsigned TwoBytesAt(std::string_view bytes, std::size_t at) {
  return ByteAt(bytes, at) << 8 | ByteAt(bytes, at + 1);
}

// ---- Version 1 --------------------------------------------------------------------------------

// 0 to 65535 without leading zeros.
std::optional<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, port);
  const bool leading_zero = text.size() > 1 && text[0] == '0';
  if (error != std::errc() || behind != end || leading_zero) return std::nullopt;
  return port;
}

std::optional<IpAddress> ParseAddress(std::string_view text, bool six) {
  const bool has_colon = text.find(':') != std::string_view::npos;
  return has_colon == six ? ParseIpAddress(text) : std::nullopt;
}

ProxyHeader ParseLine(std::string_view input) {
  const std::size_t end = input.substr(0, kMaxProxyLineBytes).find(kLineEnd);
  if (end == std::string_view::npos) {
    if (input.size() < kMaxProxyLineBytes) return {};
    return Bad(absl::StrCat("PROXY v1: must end with CR LF in ", kMaxProxyLineBytes, " bytes, got ",
                            Quote(input.substr(0, kMaxProxyLineBytes))));
  }
  ProxyHeader header{.status = Status::kComplete, .bytes = end + kLineEnd.size()};
  const std::string_view line = input.substr(0, end);
  const std::string_view rest = line.substr(kLineStart.size());
  if (rest == "UNKNOWN" || rest.starts_with("UNKNOWN ")) return header;
  const std::vector<std::string> fields = absl::StrSplit(AbslView(rest), ' ');
  const bool six = fields[0] == "TCP6";
  if (fields.size() == 5 && (six || fields[0] == "TCP4")) {
    const auto source = ParseAddress(fields[1], six);
    const auto port = ParsePort(fields[3]);
    if (source && source->known() && ParseAddress(fields[2], six) && port && ParsePort(fields[4])) {
      header.source = *source;
      header.source_port = *port;
      return header;
    }
  }
  return Bad(
      absl::StrCat("PROXY v1: must be PROXY TCP4|TCP6 SOURCE DESTINATION PORT PORT or "
                   "PROXY UNKNOWN, got ",
                   Quote(line)));
}

// ---- Version 2 --------------------------------------------------------------------------------

std::size_t AddressBytes(unsigned family) {
  constexpr std::size_t kPorts = 4;
  if (family == kTcp4) return 4 + 4 + kPorts;
  return family == kTcp6 ? 16 + 16 + kPorts : 0;
}

// Whether the block is ignored, whatever it says. Other families than these are datagrams and UNIX
// sockets.
bool IgnoresBlock(std::string_view input) {
  return ByteAt(input, kCommandAt) == kLocal || AddressBytes(ByteAt(input, kFamilyAt)) == 0;
}

std::string Wrong(std::string_view rule, unsigned seen) {
  return absl::StrCat("PROXY v2: ", AbslView(rule), ", got 0x", absl::Hex(seen, absl::kZeroPad2));
}

// Why the bytes before the block are bad, as far as they are there; empty if they are not.
std::string StartProblem(std::string_view input) {
  if (input.size() <= kCommandAt) return "";
  const unsigned command = ByteAt(input, kCommandAt);
  if (command != kLocal && command != kProxy) {
    return Wrong("version and command must be 0x20 (LOCAL) or 0x21 (PROXY)", command);
  }
  if (input.size() <= kFamilyAt) return "";
  const unsigned family = ByteAt(input, kFamilyAt);
  constexpr unsigned kUnixFamily = 3;
  constexpr unsigned kDatagram = 2;
  if (command == kProxy && (family >> 4 > kUnixFamily || (family & 0xf) > kDatagram)) {
    return Wrong("family must be 0 to 3 and transport 0 to 2", family);
  }
  if (input.size() < kBlockAt) return "";
  const std::size_t length = TwoBytesAt(input, kLengthAt);
  const std::size_t least = IgnoresBlock(input) ? 0 : AddressBytes(family);
  if (length >= least && length <= kMaxProxyBlockBytes) return "";
  return absl::StrCat("PROXY v2: the length must be ", least, " to ", kMaxProxyBlockBytes, ", got ",
                      length);
}

// RFC 3720, section 12.1.
std::uint32_t Crc32c(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
  }
  return ~crc;
}

// The checksum is that of the header with a checksum of 0.
std::string ChecksumProblem(std::string_view header, std::size_t at, std::size_t length) {
  if (length != kCrc32cBytes) {
    return absl::StrCat("PROXY v2: a CRC32C must have 4 bytes, got ", length);
  }
  std::string zeroed(header);
  zeroed.replace(at, kCrc32cBytes, kCrc32cBytes, '\0');
  const std::uint32_t expected = Crc32c(zeroed);
  const std::uint32_t seen = TwoBytesAt(header, at) << 16 | TwoBytesAt(header, at + 2);
  if (seen == expected) return "";
  return absl::StrCat("PROXY v2: the CRC32C must be 0x", absl::Hex(expected, absl::kZeroPad8),
                      ", got 0x", absl::Hex(seen, absl::kZeroPad8));
}

// Why the extensions from `at` to the end of the header are bad; empty if they are not.
std::string ExtensionProblem(std::string_view header, std::size_t at) {
  while (at < header.size()) {
    const std::size_t left = header.size() - at;
    if (left < kTlvStartBytes) {
      return absl::StrCat("PROXY v2: an extension must have 3 bytes or more, got ", left);
    }
    const std::size_t length = TwoBytesAt(header, at + 1);
    if (length > left - kTlvStartBytes) {
      return absl::StrCat("PROXY v2: the last extension may have ", left - kTlvStartBytes,
                          " bytes, got ", length);
    }
    if (ByteAt(header, at) == kCrc32cType) {
      std::string problem = ChecksumProblem(header, at + kTlvStartBytes, length);
      if (!problem.empty()) return problem;
    }
    at += kTlvStartBytes + length;
  }
  return "";
}

// The source address stands at the front of the block.
IpAddress SourceOf(std::string_view header) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint8_t>(ByteAt(header, kBlockAt + i));
  };
  if (ByteAt(header, kFamilyAt) == kTcp4) {
    return IpAddress::V4(byte(0), byte(1), byte(2), byte(3));
  }
  IpAddress::Bytes bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = byte(i);
  return IpAddress(bytes);
}

ProxyHeader ParseBinary(std::string_view input) {
  if (std::string problem = StartProblem(input); !problem.empty()) return Bad(std::move(problem));
  if (input.size() < kBlockAt) return {};
  const std::size_t bytes = kBlockAt + TwoBytesAt(input, kLengthAt);
  if (input.size() < bytes) return {};
  ProxyHeader header{.status = Status::kComplete, .bytes = bytes};
  if (IgnoresBlock(input)) return header;
  input = input.substr(0, bytes);
  const std::size_t addresses = AddressBytes(ByteAt(input, kFamilyAt));
  if (std::string problem = ExtensionProblem(input, kBlockAt + addresses); !problem.empty()) {
    return Bad(std::move(problem));
  }
  header.source = SourceOf(input);
  if (!header.source.known()) return Bad("PROXY v2: the source must be an address, got '::'");
  constexpr std::size_t kPorts = 4;
  header.source_port = static_cast<std::uint16_t>(TwoBytesAt(input, kBlockAt + addresses - kPorts));
  return header;
}

std::size_t CommonBytes(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first -
                                  a.begin());
}

}  // namespace

ProxyHeader ParseProxyHeader(std::string_view input) {
  if (input.starts_with(kSignature)) return ParseBinary(input);
  if (input.starts_with(kLineStart)) return ParseLine(input);
  const std::size_t right =
      std::max(CommonBytes(input, kSignature), CommonBytes(input, kLineStart));
  if (right == input.size()) return {};
  return Bad(absl::StrCat("no PROXY header: must start with 'PROXY ' or the signature of v2, got ",
                          Quote(input.substr(0, right + 1))));
}

}  // namespace chathttp
