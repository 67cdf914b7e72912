// The PROXY header: what is a header, what is none, and why.
#include "chathttp/transport/proxy/proxy_header.h"

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/codec/guarded_bytes.h"
#include "tests/transport/proxy/headers.h"

namespace chathttp {
namespace {

using Status = ProxyHeader::Status;

constexpr int kLocal = 0x20;
constexpr int kProxy = 0x21;
constexpr int kTcp4 = 0x11;
constexpr int kTcp6 = 0x21;

struct Sample {
  std::string name;
  std::string input;
  std::string expected;  // "10.1.2.3:4711", "" for the socket's address, or why it is bad

  friend std::ostream& operator<<(std::ostream& out, const Sample& sample) {
    return out << sample.name;
  }
};

std::string NameOf(const testing::TestParamInfo<Sample>& info) { return info.param.name; }

std::string AddressIn(const ProxyHeader& header) {
  if (!header.source.known()) return "";
  return ToString(header.source) + ":" + std::to_string(header.source_port);
}

// ---- Good headers -----------------------------------------------------------------------------

class GoodHeader : public testing::TestWithParam<Sample> {};

TEST_P(GoodHeader, IsConsumedToItsLastByte) {
  for (const std::string rest : {"", "ADD / HTTP/1.1\r\n", "\r\n", "PROXY "}) {
    const ProxyHeader header = ParseProxyHeader(GetParam().input + rest);
    EXPECT_EQ(header.status, Status::kComplete) << header.reason;
    EXPECT_EQ(header.bytes, GetParam().input.size());
    EXPECT_EQ(AddressIn(header), GetParam().expected);
    EXPECT_EQ(header.reason, "");
  }
}

TEST_P(GoodHeader, NeedsMoreWithoutItsLastByte) {
  GuardedBytes memory(GetParam().input.size());
  for (std::size_t size = 0; size < GetParam().input.size(); ++size) {
    const ProxyHeader header =
        ParseProxyHeader(memory.Place(std::string_view(GetParam().input).substr(0, size)));
    EXPECT_EQ(header.status, Status::kNeedMore) << "of " << size << " bytes: " << header.reason;
  }
  EXPECT_EQ(ParseProxyHeader(memory.Place(GetParam().input)).status, Status::kComplete);
}

// With addresses.
std::string LongestLine() {
  const std::string address = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff";
  return "PROXY TCP6 " + address + "e " + address + "f 65534 65535\r\n";
}

std::vector<Sample> GoodLines() {
  const std::string unknown = "PROXY UNKNOWN ";
  return {
      {"LineTcp4", "PROXY TCP4 10.1.2.3 10.9.8.7 4711 9994\r\n", "10.1.2.3:4711"},
      {"LineTcp6", "PROXY TCP6 2001:db8::1 2001:db8::2 4711 9994\r\n", "2001:db8::1:4711"},
      {"LineMapped", "PROXY TCP6 ::ffff:10.1.2.3 ::1 4711 9994\r\n", "10.1.2.3:4711"},
      {"LinePortZero", "PROXY TCP4 10.1.2.3 10.9.8.7 0 0\r\n", "10.1.2.3:0"},
      {"LineLongest", LongestLine(), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe:65534"},
      {"LineUnknown", "PROXY UNKNOWN\r\n", ""},
      {"LineUnknownWithAddresses", "PROXY UNKNOWN 10.1.2.3 10.9.8.7 4711 9994\r\n", ""},
      {"LineOf107Bytes", unknown + "\n\r " + std::string(107 - 19, 'x') + "\r\n", ""},
  };
}

std::vector<Sample> GoodBlocks() {
  const std::string extensions = Extension(0x04, "") + Extension(0x02, "chat.example");
  const std::string full = Block4() + Extension(0x04, std::string(520 - 12 - 3, 'x'));
  return {
      {"Tcp4", Binary(kProxy, kTcp4, Block4()), "10.1.2.3:4711"},
      {"Tcp6", Binary(kProxy, kTcp6, Block6()), "2001:db8::1:4711"},
      {"Tcp4WithExtensions", Binary(kProxy, kTcp4, Block4() + extensions), "10.1.2.3:4711"},
      {"Tcp6WithExtensions", Binary(kProxy, kTcp6, Block6() + extensions), "2001:db8::1:4711"},
      {"Longest", Binary(kProxy, kTcp4, full), "10.1.2.3:4711"},
      // The checksum was computed by another program.
      {"Checksum", Binary(kProxy, kTcp4, Block4() + Extension(0x03, "\x6b\x3c\xa9\xed")),
       "10.1.2.3:4711"},
      {"Local", Binary(kLocal, 0, ""), ""},
      {"LocalThatClaimsAnAddress", Binary(kLocal, kTcp4, Block4()), ""},
      {"LocalOfAnyFamily", Binary(kLocal, 0xff, "x"), ""},
      {"LocalWithABadExtension", Binary(kLocal, kTcp4, Block4() + "x"), ""},
      {"NoFamily", Binary(kProxy, 0x01, Block4()), ""},
      {"NoTransport", Binary(kProxy, 0x10, "x"), ""},
      {"NothingTold", Binary(kProxy, 0x00, ""), ""},
      {"Udp4", Binary(kProxy, 0x12, Block4()), ""},
      {"Udp6", Binary(kProxy, 0x22, Block6()), ""},
      {"UnixStream", Binary(kProxy, 0x31, std::string(216, 'x')), ""},
      {"UnixDatagram", Binary(kProxy, 0x32, ""), ""},
  };
}

INSTANTIATE_TEST_SUITE_P(Lines, GoodHeader, testing::ValuesIn(GoodLines()), NameOf);
INSTANTIATE_TEST_SUITE_P(Blocks, GoodHeader, testing::ValuesIn(GoodBlocks()), NameOf);

// ---- Bad ones ---------------------------------------------------------------------------------

class BadHeader : public testing::TestWithParam<Sample> {};

TEST_P(BadHeader, HasItsReason) {
  const ProxyHeader header = ParseProxyHeader(GetParam().input);
  EXPECT_EQ(header.status, Status::kBad);
  EXPECT_EQ(header.reason, GetParam().expected);
  EXPECT_FALSE(header.source.known());
  EXPECT_EQ(header.bytes, 0U);
}

TEST_P(BadHeader, IsBadForTheSameReasonInAnyPieces) {
  const std::string input = GetParam().input + "ADD / HTTP/1.1\r\n";
  GuardedBytes memory(input.size());
  bool bad = false;
  for (std::size_t size = 0; size <= input.size(); ++size) {
    const ProxyHeader header =
        ParseProxyHeader(memory.Place(std::string_view(input).substr(0, size)));
    if (bad || header.status == Status::kBad) {
      EXPECT_EQ(header.reason, GetParam().expected) << "of " << size << " bytes";
    }
    EXPECT_NE(header.status, Status::kComplete) << "of " << size << " bytes";
    bad = header.status == Status::kBad;
  }
  EXPECT_TRUE(bad);
}

Sample NoHeader(std::string name, std::string input, const std::string& seen) {
  return {std::move(name), std::move(input),
          "no PROXY header: must start with 'PROXY ' or the signature of v2, got '" + seen + "'"};
}

std::vector<Sample> NoHeaders() {
  return {
      NoHeader("Request", "GET / HTTP/1.1\r\n", "G"),
      NoHeader("TlsHello", "\x16\x03\x01", R"(\x16)"),
      NoHeader("LowerCase", "PROXy TCP4", "PROXy"),
      NoHeader("TabBehindTheFirstWord", "PROXY\tTCP4", R"(PROXY\x09)"),
      NoHeader("AlmostTheSignature", "\r\n\r\nQUIT\n", R"(\x0d\x0a\x0d\x0aQ)"),
  };
}

Sample BadLine(std::string name, const std::string& line) {
  return {std::move(name), line + "\r\n",
          "PROXY v1: must be PROXY TCP4|TCP6 SOURCE DESTINATION PORT PORT or PROXY UNKNOWN, got '" +
              line + "'"};
}

std::vector<Sample> BadLines() {
  const std::string endless = "PROXY UNKNOWN " + std::string(107 - 14 - 1, 'x');
  return {
      BadLine("Empty", "PROXY "),
      BadLine("NoAddresses", "PROXY TCP4"),
      BadLine("LongerWord", "PROXY UNKNOWNS"),
      BadLine("Udp", "PROXY UDP4 10.1.2.3 10.9.8.7 4711 9994"),
      BadLine("OneFieldLess", "PROXY TCP4 10.1.2.3 10.9.8.7 4711"),
      BadLine("OneFieldMore", "PROXY TCP4 10.1.2.3 10.9.8.7 4711 9994 1"),
      BadLine("BlankAtTheEnd", "PROXY TCP4 10.1.2.3 10.9.8.7 4711 9994 "),
      BadLine("TwoBlanks", "PROXY TCP4  10.1.2.3 10.9.8.7 4711 9994"),
      BadLine("TwoBlanksForAField", "PROXY TCP4 10.1.2.3  4711 9994"),
      BadLine("LeadingZeroInAnAddress", "PROXY TCP4 10.1.2.03 10.9.8.7 4711 9994"),
      BadLine("LeadingZeroInAPort", "PROXY TCP4 10.1.2.3 10.9.8.7 04711 9994"),
      BadLine("PortTooLarge", "PROXY TCP4 10.1.2.3 10.9.8.7 4711 65536"),
      BadLine("SignedPort", "PROXY TCP4 10.1.2.3 10.9.8.7 +4711 9994"),
      BadLine("NegativePort", "PROXY TCP4 10.1.2.3 10.9.8.7 -1 9994"),
      BadLine("HexadecimalPort", "PROXY TCP4 10.1.2.3 10.9.8.7 0x12 9994"),
      BadLine("Name", "PROXY TCP4 localhost 10.9.8.7 4711 9994"),
      BadLine("BadDestination", "PROXY TCP4 10.1.2.3 10.9.8 4711 9994"),
      BadLine("SixAsFour", "PROXY TCP4 2001:db8::1 10.9.8.7 4711 9994"),
      BadLine("FourAsSix", "PROXY TCP6 10.1.2.3 2001:db8::2 4711 9994"),
      BadLine("NoSource", "PROXY TCP6 :: 2001:db8::2 4711 9994"),
      {"LineFeedAlone", "PROXY TCP4 10.1.2.3 10.9.8.7 4711 9994\nADD / HTTP/1.1\r\n",
       "PROXY v1: must be PROXY TCP4|TCP6 SOURCE DESTINATION PORT PORT or PROXY UNKNOWN, got "
       R"('PROXY TCP4 10.1.2.3 10.9.8.7 4711 9994\x0aADD / HTTP/1.1')"},
      {"TooLong", endless + "\r\n",
       "PROXY v1: must end with CR LF in 107 bytes, got '" + endless + R"(\x0d')"},
  };
}

Sample BadStart(std::string name, int command, int family, std::size_t length,
                const std::string& reason) {
  return {std::move(name), BinaryStart(command, family, length), "PROXY v2: " + reason};
}

std::vector<Sample> BadBlocks() {
  const std::string commands = "version and command must be 0x20 (LOCAL) or 0x21 (PROXY), got ";
  const std::string families = "family must be 0 to 3 and transport 0 to 2, got ";
  const std::string nowhere(36, '\0');
  return {
      BadStart("VersionOne", 0x11, kTcp4, 12, commands + "0x11"),
      BadStart("VersionThree", 0x31, kTcp4, 12, commands + "0x31"),
      BadStart("AnotherCommand", 0x22, kTcp4, 12, commands + "0x22"),
      BadStart("AnotherFamily", kProxy, 0x41, 12, families + "0x41"),
      BadStart("AnotherTransport", kProxy, 0x13, 12, families + "0x13"),
      BadStart("NoFamilyOfAnotherTransport", kProxy, 0x03, 0, families + "0x03"),
      BadStart("Tcp4TooShort", kProxy, kTcp4, 11, "the length must be 12 to 520, got 11"),
      BadStart("Tcp6TooShort", kProxy, kTcp6, 35, "the length must be 36 to 520, got 35"),
      BadStart("TooLong", kProxy, kTcp4, 521, "the length must be 12 to 520, got 521"),
      BadStart("LocalTooLong", kLocal, 0, 521, "the length must be 0 to 520, got 521"),
      BadStart("FarTooLong", kProxy, 0, 65535, "the length must be 0 to 520, got 65535"),
      {"HalfAnExtension", Binary(kProxy, kTcp4, Block4() + std::string("\x04\0", 2)),
       "PROXY v2: an extension must have 3 bytes or more, got 2"},
      {"ExtensionOverruns",
       Binary(kProxy, kTcp4, Block4() + Extension(0x04, "x") + std::string("\x04\0\x02x", 4)),
       "PROXY v2: the last extension may have 1 bytes, got 2"},
      {"WrongChecksum", Binary(kProxy, kTcp4, Block4() + Extension(0x03, "\x6b\x3c\xa9\xee")),
       "PROXY v2: the CRC32C must be 0x6b3ca9ed, got 0x6b3ca9ee"},
      {"ShortChecksum", Binary(kProxy, kTcp4, Block4() + Extension(0x03, "\x6b\x3c\xa9")),
       "PROXY v2: a CRC32C must have 4 bytes, got 3"},
      {"NoSource", Binary(kProxy, kTcp6, nowhere),
       "PROXY v2: the source must be an address, got '::'"},
  };
}

INSTANTIATE_TEST_SUITE_P(Neither, BadHeader, testing::ValuesIn(NoHeaders()), NameOf);
INSTANTIATE_TEST_SUITE_P(Lines, BadHeader, testing::ValuesIn(BadLines()), NameOf);
INSTANTIATE_TEST_SUITE_P(Blocks, BadHeader, testing::ValuesIn(BadBlocks()), NameOf);

TEST(ProxyHeaderTest, AnyWrongBitIsFoundByTheChecksum) {
  const std::string good = Binary(kProxy, kTcp4, Block4() + Extension(0x03, "\x6b\x3c\xa9\xed"));
  for (std::size_t at = 16; at < good.size() - 7; ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string wrong = good;
      wrong[at] = static_cast<char>(wrong[at] ^ (1 << bit));
      EXPECT_EQ(ParseProxyHeader(wrong).status, Status::kBad) << "bit " << bit << " of byte " << at;
    }
  }
}

// ---- Any bytes --------------------------------------------------------------------------------

// The results of the prefixes of `input`: need more, then bad or complete for good.
void CheckEveryPrefix(GuardedBytes& memory, std::string_view input) {
  ProxyHeader last;
  for (std::size_t size = 0; size <= input.size(); ++size) {
    const ProxyHeader header = ParseProxyHeader(memory.Place(input.substr(0, size)));
    if (last.status == Status::kNeedMore) {
      EXPECT_TRUE(header.status != Status::kComplete || header.bytes == size);
      EXPECT_LE(header.bytes, 16 + kMaxProxyBlockBytes);
    } else {
      EXPECT_EQ(header.status, last.status);
      EXPECT_EQ(header.bytes, last.bytes);
      EXPECT_EQ(AddressIn(header), AddressIn(last));
      EXPECT_EQ(header.reason, last.reason);
    }
    EXPECT_EQ(header.reason.empty(), header.status != Status::kBad);
    last = header;
  }
  EXPECT_TRUE(last.status != Status::kNeedMore || input.size() < 16 + kMaxProxyBlockBytes);
}

TEST(ProxyHeaderTest, ChangedBytesNeverCrash) {
  std::vector<Sample> samples = GoodLines();
  for (const auto& more : {GoodBlocks(), BadLines(), BadBlocks()}) {
    samples.insert(samples.end(), more.begin(), more.end());
  }
  GuardedBytes memory(2048);
  std::mt19937 random(1);
  for (int i = 0; i < 400 && !testing::Test::HasFailure(); ++i) {
    std::string input = samples[random() % samples.size()].input + "ADD / HTTP/1.1\r\n";
    for (auto changes = random() % 4; changes > 0; --changes) {
      input[random() % input.size()] = static_cast<char>(random() % 256);
    }
    CheckEveryPrefix(memory, input);
  }
}

TEST(ProxyHeaderTest, RandomBytesNeverCrash) {
  GuardedBytes memory(2048);
  std::mt19937 random(2);
  for (int i = 0; i < 100 && !testing::Test::HasFailure(); ++i) {
    const bool two = random() % 2 == 0;
    std::string input = two ? BinaryStart(kProxy, kTcp4, 200) : "PROXY TCP4 ";
    while (input.size() < 600) input += static_cast<char>(random() % 256);
    CheckEveryPrefix(memory, input);
  }
}

}  // namespace
}  // namespace chathttp
