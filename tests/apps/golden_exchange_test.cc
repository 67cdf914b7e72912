// The captured messages of the original programs against the real server: its requests get its
// responses, byte for byte but for the time.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"
#include "tests/transport/codec/golden.h"

namespace chathttp {
namespace {

// The value of `Datetime` with each digit as '0'.
std::string WithoutTime(std::string bytes) {
  const std::string_view field = "\nDatetime: ";
  const std::size_t begin = bytes.find(field);
  if (begin == std::string::npos) return bytes;
  for (std::size_t i = begin + field.size(); i < bytes.size() && bytes[i] != '\n'; ++i) {
    if (bytes[i] >= '0' && bytes[i] <= '9') bytes[i] = '0';
  }
  return bytes;
}

std::string GoldenWithoutTime(const std::string& file) { return WithoutTime(Golden(file)); }

std::string ReceiveWithoutTime(WirePeer& peer) { return WithoutTime(peer.Receive().bytes); }

std::vector<std::string> OriginalHeaders() {
  return {"--developer=Soros_Liu", "--server=Python Socket Server"};
}

enum class Cut { kOneByOne, kGlued, kByteByByte };

void PrintTo(Cut cut, std::ostream* out) {
  constexpr std::array<const char*, 3> kNames = {"OneByOne", "Glued", "ByteByByte"};
  *out << kNames[static_cast<std::size_t>(cut)];
}

class GoldenExchange : public testing::TestWithParam<Cut> {};

TEST_P(GoldenExchange, RequestsGetTheResponses) {
  const ServerProcess server(OriginalHeaders());
  WirePeer soros = Join(server.port(), "Soros");
  WirePeer alice(server.port());
  EXPECT_EQ(ReceiveWithoutTime(alice), GoldenWithoutTime("response-202-greeting.bin"));
  const std::vector<std::string> requests = {Golden("request-add.bin"), Golden("request-post.bin"),
                                             Golden("request-get.bin"),
                                             Golden("request-delete.bin")};
  const std::vector<std::string> responses = {
      GoldenWithoutTime("response-200-login.bin"), GoldenWithoutTime("response-200-say.bin"),
      GoldenWithoutTime("response-200-query.bin"), GoldenWithoutTime("response-200-login.bin")};
  std::string glued;
  for (const std::string& request : requests) glued += request;
  if (GetParam() == Cut::kGlued) alice.Send(glued);
  if (GetParam() == Cut::kByteByByte) {
    for (const char& byte : glued) alice.Send({&byte, 1});
  }
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (GetParam() == Cut::kOneByOne) alice.Send(requests[i]);
    EXPECT_EQ(ReceiveWithoutTime(alice), responses[i]);
  }
}

INSTANTIATE_TEST_SUITE_P(Cuts, GoldenExchange,
                         testing::Values(Cut::kOneByOne, Cut::kGlued, Cut::kByteByByte),
                         testing::PrintToStringParamName());

TEST(GoldenNotices, OthersSeeTheMessageAsItsSenderDoes) {
  const ServerProcess server(OriginalHeaders());
  WirePeer soros = Join(server.port(), "Soros");
  WirePeer alice = Join(server.port(), "Alice");
  alice.Send(Golden("request-post.bin"));
  EXPECT_EQ(soros.Receive().entity, Entered("Alice"));
  EXPECT_EQ(ReceiveWithoutTime(soros), GoldenWithoutTime("response-200-say.bin"));
}

TEST(GoldenNotices, ComingAndGoingIsTold) {
  const ServerProcess server(OriginalHeaders());
  WirePeer alice = Join(server.port(), "Alice");
  WirePeer soros = Join(server.port(), "Soros");
  soros.Send(MakeRequest("DELETE", "Soros"));
  EXPECT_EQ(ReceiveWithoutTime(alice), GoldenWithoutTime("response-200-joined.bin"));
  EXPECT_EQ(ReceiveWithoutTime(alice), GoldenWithoutTime("response-200-left.bin"));
}

TEST(GoldenRefusals, TakenName) {
  const ServerProcess server(OriginalHeaders());
  const WirePeer alice = Join(server.port(), "Alice");
  WirePeer other(server.port());
  EXPECT_EQ(other.Receive().code, 202);
  other.Send(Golden("request-add.bin"));
  EXPECT_EQ(ReceiveWithoutTime(other), GoldenWithoutTime("response-401-taken.bin"));
}

TEST(GoldenRefusals, UnknownMethod) {
  const ServerProcess server(OriginalHeaders());
  WirePeer alice = Join(server.port(), "Alice");
  alice.Send(MakeRequest("PUT", "Alice"));
  EXPECT_EQ(ReceiveWithoutTime(alice), GoldenWithoutTime("response-400-unknown.bin"));
}

}  // namespace
}  // namespace chathttp
