// Two real servers of a room that a real Redis keeps: when one of them is killed, its member returns to
// the other one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/transport/codec/position.h"
#include "tests/adapters/redis/redis_program.h"
#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

using testing::HasSubstr;
using testing::Not;

// A free port of this machine.
std::uint16_t FreePort() { return WireListener(WireListener::Kind::kRefuses).port(); }

// The value of a header line of a response.
std::string ValueOf(const Received& received, const std::string& name) {
  const std::string line = "\n" + name + ": ";
  const std::size_t at = received.bytes.find(line);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + line.size();
  return received.bytes.substr(begin, received.bytes.find('\n', begin) - begin);
}

WirePeer Connect(const ServerProcess& server) {
  WirePeer peer(server.port());
  EXPECT_EQ(peer.Receive().code, 202);
  return peer;
}

std::string AddWith(const std::string& name, const std::string& lines) {
  std::string request = MakeRequest("ADD", name);
  request.insert(request.find("Content_Length"), lines);
  return request;
}

class EngineSessionsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (redis::RedisProgram().empty()) GTEST_SKIP() << redis::kNoRedisProgram;
    std::string pattern = testing::TempDir() + "/redis_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~EngineSessionsTest() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  std::vector<std::string> RedisCommand(std::uint16_t port) const {
    return {redis::RedisProgram(),
            "--port",
            absl::StrCat(port),
            "--bind",
            "127.0.0.1",
            "--dir",
            folder_,
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
            "--save",
            ""};
  }

  std::string folder_;
};

TEST_F(EngineSessionsTest, AMemberOfAKilledServerReturnsToTheOtherOneAndMissesNothing) {
  const std::uint16_t port = FreePort();
  const Process engine(RedisCommand(port));
  const std::string log = absl::StrCat("--log=redis://127.0.0.1:", port, "/lobby");
  ServerProcess one({log, "--create"});
  const ServerProcess two({log});
  WirePeer bob = Join(two.port(), "Bob");

  WirePeer alice = Connect(one);
  alice.Send(AddWith("Alice", "Session: new\n"));
  const Received welcome = alice.Receive();
  ASSERT_EQ(welcome.code, 200);
  const std::string token = ValueOf(welcome, "Session");
  ASSERT_EQ(token.size(), 32U);
  EXPECT_EQ(bob.Receive().entity, Entered("Alice"));
  bob.Send(MakeRequest("POST", "Bob", "heard\n"));
  EXPECT_EQ(alice.Receive().entity, MessageFrom("Bob", "heard"));
  EXPECT_EQ(bob.Receive().entity, MessageFrom("Bob", "heard"));

  one.Kill(SIGKILL);
  EXPECT_EQ(one.Wait(), 128 + SIGKILL);
  for (const char* const text : {"missed", "missed, too"}) {
    bob.Send(MakeRequest("POST", "Bob", absl::StrCat(text, "\n")));
    EXPECT_EQ(bob.Receive().entity, MessageFrom("Bob", text));
  }

  Position since = *ParsePosition(ValueOf(welcome, "Position"));
  ++since.count;
  WirePeer back = Connect(two);
  back.Send(AddWith("Alice", absl::StrCat("Session: ", token, "\nSince: ", ToString(since), "\n")));
  const Received again = back.Receive();
  EXPECT_EQ(again.code, 200) << again.entity;
  EXPECT_EQ(ValueOf(again, "Session"), token);
  EXPECT_EQ(ValueOf(again, "Replay"), "2");
  EXPECT_THAT(again.bytes, Not(HasSubstr("\nGap: ")));
  EXPECT_EQ(back.Receive().entity, MessageFrom("Bob", "missed"));
  EXPECT_EQ(back.Receive().entity, MessageFrom("Bob", "missed, too"));
  back.Send(MakeRequest("POST", "Alice", "here again\n"));
  EXPECT_EQ(back.Receive().entity, MessageFrom("Alice", "here again"));
  EXPECT_EQ(bob.Receive().entity, MessageFrom("Alice", "here again")) << "and no notice before";
}

}  // namespace
}  // namespace chathttp
