// However a member leaves, the others get one notice, and the name is free by then.
#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <string>

#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

// A watcher, Alice, who leaves, and a newcomer, who is greeted and will take her name.
class Departure : public testing::Test {
 protected:
  // The watcher has the notice that Alice entered; `go` makes her leave.
  void ExpectOneNoticeAndAFreeName(const std::function<void()>& go) {
    EXPECT_EQ(watcher_.Receive().entity, Entered("Alice"));
    EXPECT_EQ(newcomer_.Receive().code, 202);
    go();
    EXPECT_EQ(watcher_.Receive().entity, Left("Alice"));
    newcomer_.Send(MakeRequest("ADD", "Alice"));
    EXPECT_EQ(newcomer_.Receive().code, 200);
    EXPECT_EQ(watcher_.Receive().entity, Entered("Alice"));
    // Up to one more response of the server, there is no other notice.
    watcher_.Send(MakeRequest("GET", "Watcher"));
    EXPECT_EQ(watcher_.Receive().entity, "Online users:\nWatcher\nAlice\n");
    EXPECT_TRUE(watcher_.StaysSilent(0));
  }

  ServerProcess server_;
  WirePeer watcher_ = Join(server_.port(), "Watcher");
  WirePeer newcomer_ = WirePeer(server_.port());
};

TEST_F(Departure, OfAKilledClient) {
  Process alice(ClientCommand(server_.port(), "Alice"));
  ExpectOneNoticeAndAFreeName([&] { alice.Kill(SIGKILL); });
}

TEST_F(Departure, ByReset) {
  WirePeer alice = Join(server_.port(), "Alice");
  ExpectOneNoticeAndAFreeName([&] { alice.Reset(); });
}

TEST_F(Departure, ByEndOfStream) {
  WirePeer alice = Join(server_.port(), "Alice");
  ExpectOneNoticeAndAFreeName([&] { alice.Close(); });
}

TEST_F(Departure, ByEndOfStreamInsideOfARequest) {
  WirePeer alice = Join(server_.port(), "Alice");
  ExpectOneNoticeAndAFreeName([&] {
    alice.Send("POST 127.0.0.1 HTTP/1.1\nUser_Ag");
    alice.Close();
  });
}

TEST_F(Departure, ByDeleteThenEndOfStream) {
  WirePeer alice = Join(server_.port(), "Alice");
  ExpectOneNoticeAndAFreeName([&] {
    alice.Send(MakeRequest("DELETE", "Alice"));
    alice.ShutdownWrite();
    EXPECT_EQ(alice.Receive().entity, "OK...^.^");
    EXPECT_EQ(alice.Receive().entity, kEnd);
  });
}

TEST_F(Departure, ByDeleteThenReset) {
  WirePeer alice = Join(server_.port(), "Alice");
  ExpectOneNoticeAndAFreeName([&] {
    alice.Send(MakeRequest("DELETE", "Alice"));
    alice.Reset();
  });
}

TEST_F(Departure, WithWhatWasSaidJustBefore) {
  WirePeer alice = Join(server_.port(), "Alice");
  EXPECT_EQ(watcher_.Receive().entity, Entered("Alice"));
  alice.Send(MakeRequest("POST", "Alice", "Bye\n"));
  alice.ShutdownWrite();
  EXPECT_EQ(watcher_.Receive().entity, MessageFrom("Alice", "Bye"));
  EXPECT_EQ(watcher_.Receive().entity, Left("Alice"));
  EXPECT_EQ(alice.Receive().entity, MessageFrom("Alice", "Bye"));
  EXPECT_EQ(alice.Receive().entity, kEnd);
}

}  // namespace
}  // namespace chathttp
