#include "chathttp/transport/ports/ip_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chathttp {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Written(std::string_view text) {
  const auto address = ParseIpAddress(text);
  return address ? ToString(*address) : "none";
}

TEST(IpAddressTest, IsWrittenInItsShortestForm) {
  EXPECT_EQ(Written("10.0.255.3"), "10.0.255.3");
  EXPECT_EQ(Written("2001:DB8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
  EXPECT_EQ(Written("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
  EXPECT_EQ(Written("::1"), "::1");
  EXPECT_EQ(Written("fe80::"), "fe80::");
  EXPECT_EQ(Written("1:2:3:4:5:6:7:8"), "1:2:3:4:5:6:7:8");
  EXPECT_EQ(Written("64:ff9b::10.1.2.3"), "64:ff9b::a01:203");
}

TEST(IpAddressTest, AMappedAddressIsTheIpv4Address) {
  EXPECT_EQ(Written("::ffff:10.1.2.3"), "10.1.2.3");
  EXPECT_EQ(Written("::ffff:a01:203"), "10.1.2.3");
  EXPECT_EQ(ParseIpAddress("::ffff:10.1.2.3"), IpAddress::V4(10, 1, 2, 3));
}

TEST(IpAddressTest, OtherTextIsNoAddress) {
  for (const char* const text : {"",
                                 "10.1.2",
                                 "10.1.2.3.4",
                                 "10.1.2.256",
                                 "10.1.02.3",
                                 "10.1.2.",
                                 ".1.2.3",
                                 "10,1,2,3",
                                 " 10.1.2.3",
                                 "10.1.2.3 ",
                                 ":",
                                 ":::",
                                 "1::2::3",
                                 "1:2:3:4:5:6:7",
                                 "1:2:3:4:5:6:7:8:9",
                                 "1:2:3:4:5:6:7::8:9",
                                 "12345::",
                                 "g::",
                                 "::1:",
                                 ":1::",
                                 "0x1::",
                                 "+1::",
                                 "fe80::1%eth0",
                                 "[::1]",
                                 "alice",
                                 "::10.1.2.3:1"}) {
    EXPECT_EQ(Written(text), "none") << text;
  }
}

TEST(IpAddressTest, ThePeerOfAConnectionHasAnAddressUnlessItsHostIsAName) {
  EXPECT_EQ(ToString(AddressOf("10.1.2.3:4711")), "10.1.2.3");
  EXPECT_EQ(ToString(AddressOf("[::ffff:10.1.2.3]:4711")), "10.1.2.3");
  EXPECT_EQ(ToString(AddressOf("[2001:db8::1]:1")), "2001:db8::1");
  for (const char* const peer : {"alice:4711", "alice", "", ":1", "[]:1", "10.1.2.3"}) {
    EXPECT_FALSE(AddressOf(peer).known()) << peer;
  }
}

TEST(IpNetworkTest, ContainsTheAddressesWithItsPrefix) {
  const auto contains = [](const char* network, const char* address) {
    return ParseIpNetwork(network)->Contains(*ParseIpAddress(address));
  };
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(contains("10.1.2.0/23", "::ffff:10.1.3.7"));
  EXPECT_FALSE(contains("10.1.2.0/23", "10.1.4.0"));
  EXPECT_TRUE(contains("::1", "::1"));
  EXPECT_FALSE(contains("::1", "::2"));
  EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::"));
  EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(contains("::/0", "203.0.113.9"));
}

TEST(IpNetworkTest, IsWrittenAsItIsRead) {
  for (const char* const text :
       {"10.0.0.0/8", "0.0.0.0/0", "203.0.113.9", "2001:db8::/32", "::1", "::/0"}) {
    EXPECT_EQ(ToString(*ParseIpNetwork(text)), text);
  }
}

TEST(IpNetworkTest, AMistakeIsNamed) {
  const auto message = [](std::string_view text) {
    return std::string(ParseIpNetwork(text).status().message());
  };
  EXPECT_THAT(message("10.0.0/8"), AllOf(HasSubstr("like 10.0.0.0/8"), HasSubstr("\"10.0.0/8\"")));
  EXPECT_THAT(message("10.0.0.0/33"), HasSubstr("must be 0 to 32"));
  EXPECT_THAT(message("::/129"), HasSubstr("must be 0 to 128"));
  EXPECT_THAT(message("10.0.0.0/"), HasSubstr("must be 0 to 32"));
  EXPECT_THAT(message("10.1.2.3/8"), HasSubstr("write 10.0.0.0/8"));
}

TEST(IpNetworkTest, ACustomerHasOneIpv4AddressOrAnIpv6Subnet) {
  const auto customer = [](std::string_view text) {
    return ToString(CustomerOf(*ParseIpAddress(text)));
  };
  EXPECT_EQ(customer("10.1.2.3"), "10.1.2.3");
  EXPECT_EQ(customer("::ffff:10.1.2.3"), "10.1.2.3");
  EXPECT_EQ(customer("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
}

}  // namespace
}  // namespace chathttp
