#include "chathttp/transport/ports/network.h"

#include <gtest/gtest.h>

namespace chathttp {
namespace {

TEST(EndpointTest, NamesAndIpv4AddressesAreWrittenPlain) {
  EXPECT_EQ(ToString(Endpoint{"127.0.0.1", 9994}), "127.0.0.1:9994");
  EXPECT_EQ(ToString(Endpoint{"localhost", 0}), "localhost:0");
}

TEST(EndpointTest, Ipv6AddressesAreWrittenInBrackets) {
  EXPECT_EQ(ToString(Endpoint{"::1", 65535}), "[::1]:65535");
}

}  // namespace
}  // namespace chathttp
