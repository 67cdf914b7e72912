// Addresses as the oracle reads them: transport/ports must read them alike.
#include "chathttp/sim/world/raw_address.h"

#include <string>

#include "chathttp/sim/network/draw.h"
#include "chathttp/transport/ports/ip_address.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

constexpr std::string_view kTexts[] = {
    "10.1.2.3",
    "0.0.0.0",
    "255.255.255.255",
    "256.1.1.1",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "::1",
    "2001:db8::1",
    "2001:db8:0:1::1",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "1:2:3:4:5:6:7:8::",
    "::ffff:10.1.2.3",
    "::ffff:a01:203",
    "fe80::1%eth0",
    "2001:DB8::ABCD",
    "1::2::3",
    ":::",
    "12345::",
    "::1.2.3.4.5",
    "1.2.3.4::",
    "",
    ":",
};

// Both read the same address, or both none.
void ExpectSame(const std::string& text) {
  const auto mine = ReadAddress(text);
  const auto theirs = ParseIpAddress(text);
  ASSERT_EQ(mine.has_value(), theirs.has_value()) << text;
  if (mine) {
    EXPECT_EQ(*mine, theirs->bytes()) << text;
  }
}

TEST(RawAddress, IsReadAsByTheServer) {
  for (const std::string_view text : kTexts) ExpectSame(std::string(text));
}

TEST(RawAddress, IsReadAsByTheServerWhateverIsChanged) {
  constexpr std::string_view kBytes = "0123456789abcfF:.%/ ";
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    DrawSequence draws(i, Purpose::kGenerate, 0);
    std::string text(kTexts[draws.Uniform(0, std::size(kTexts) - 1)]);
    for (std::uint64_t changes = draws.Uniform(1, 3); changes > 0 && !text.empty(); --changes) {
      const std::size_t at = draws.Uniform(0, text.size() - 1);
      const char byte = kBytes[draws.Uniform(0, kBytes.size() - 1)];
      draws.Uniform(0, 1) == 0 ? text.erase(at, 1) : text.replace(at, 1, 1, byte);
    }
    ExpectSame(text);
  }
}

TEST(RawAddress, NetworksAreReadAsByTheServer) {
  for (const std::string_view text : {"10.0.0.0/8", "10.0.0.1/8", "10.0.0.1", "2001:db8::/32",
                                      "2001:db8::1/32", "::ffff:10.0.0.0/8", "::ffff:10.0.0.0/104",
                                      "10.0.0.0/33", "2001:db8::/129", "1.2.3.4/032", "x/8"}) {
    const auto mine = ReadNetwork(text);
    const auto theirs = ParseIpNetwork(text);
    ASSERT_EQ(mine.has_value(), theirs.ok()) << text;
    if (!mine) continue;
    EXPECT_EQ(mine->base, theirs->base().bytes()) << text;
    EXPECT_EQ(mine->bits, theirs->bits()) << text;
  }
}

TEST(RawAddress, ACustomerHasAnAddressOrANetworkOf64Bits) {
  const auto customer = [](std::string_view text) { return CustomerNetwork(*ReadAddress(text)); };
  EXPECT_EQ(customer("2001:db8::1"), customer("2001:db8::ffff:1"));
  EXPECT_NE(customer("2001:db8::1"), customer("2001:db8:0:1::1"));
  EXPECT_EQ(customer("10.1.2.3"), customer("::ffff:10.1.2.3"));
  EXPECT_NE(customer("10.1.2.3"), customer("10.1.2.4"));
}

TEST(RawAddress, PeersHaveTheAddressBeforeTheirPort) {
  EXPECT_EQ(ReadPeer("10.1.2.3:4711"), ReadAddress("10.1.2.3"));
  EXPECT_EQ(ReadPeer("[2001:db8::1]:4711"), ReadAddress("2001:db8::1"));
  EXPECT_EQ(ReadPeer("witness"), std::nullopt);
}

}  // namespace
}  // namespace chathttp::sim
