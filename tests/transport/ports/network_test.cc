#include "chathttp/transport/ports/network.h"

#include <gtest/gtest.h>

#include <string>

namespace chathttp {
namespace {

TEST(EndpointTest, NamesAndIpv4AddressesAreWrittenPlain) {
  EXPECT_EQ(ToString(Endpoint{"127.0.0.1", 9994}), "127.0.0.1:9994");
  EXPECT_EQ(ToString(Endpoint{"localhost", 0}), "localhost:0");
}

TEST(EndpointTest, Ipv6AddressesAreWrittenInBrackets) {
  EXPECT_EQ(ToString(Endpoint{"::1", 65535}), "[::1]:65535");
}

TEST(EndpointTest, IsReadAsItIsWritten) {
  for (const char* const text : {"127.0.0.1:9994", "[::1]:65535", "localhost:0", "*:9994",
                                 "unix:/run/chat.sock", "unix:x:1"}) {
    EXPECT_EQ(ToString(ParseEndpoint(text).value()), text);
  }
}

TEST(EndpointTest, OtherTextIsNoEndpoint) {
  for (const char* const text :
       {"", ":", "9994", "localhost", "localhost:", ":9994", "[]:9994", "::1:9994", "[::1]",
        "[localhost]:9994", "[::1:9994", "localhost:65536", "localhost:-1", "localhost:+1",
        "localhost:9994 ", "unix:", "localhost: 9994", "localhost:http"}) {
    const auto endpoint = ParseEndpoint(text);
    ASSERT_FALSE(endpoint.ok()) << text;
    EXPECT_EQ(endpoint.status().message(),
              "an endpoint must be like 127.0.0.1:9994 or [::1]:9994, its port at most 65535, or "
              "unix:/PATH, got \"" +
                  std::string(text) + "\"");
  }
}

TEST(EndpointTest, UnixSocketHasAPathAndNoPort) {
  EXPECT_EQ(ParseEndpoint("unix:/run/chat.sock").value(), (Endpoint{"unix:/run/chat.sock", 0}));
  EXPECT_EQ(UnixPath({"unix:/run/chat.sock", 0}), "/run/chat.sock");
  EXPECT_EQ(UnixPath({"unix", 9994}), "");
}

}  // namespace
}  // namespace chathttp
