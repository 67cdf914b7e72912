// The server of lines and its client, on networks that cut the stream at every byte, and in memory.
#include "chathttp/transport/admin/admin_server.h"

#include <memory>
#include <string>
#include <vector>

#include "chathttp/contract/peer.h"
#include "chathttp/transport/admin/admin_client.h"
#include "chathttp/transport/admin/admin_text.h"
#include "chathttp/transport/ports/host_scheduler.h"
#include "chathttp/transport/ports/memory_network.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using contract::Peer;
using ::testing::HasSubstr;

const Endpoint kAdmin{"unix:/run/chat.sock", 0};

constexpr std::size_t kBigBytes = 1 << 20;  // more than a stream holds

class AdminServerTest : public ::testing::Test {
 protected:
  AdminServerTest() { EXPECT_TRUE(server_.Listen(network_, kAdmin).ok()); }

  // "big" is answered with a megabyte, another line with itself.
  std::string Answer(std::string_view line) {
    served_.emplace_back(line);
    if (line == "big") return std::string(kBigBytes, 'x') + "\n";
    return std::string(line) + "\n";
  }

  std::unique_ptr<Peer> Connect() {
    const auto attempt = contract::StartConnect(network_, kAdmin);
    RunTurns();
    return std::make_unique<Peer>(std::move(attempt->stream));
  }
  std::string Exchange(Peer& peer, std::string_view bytes) {
    const std::size_t before = peer.input().size();
    peer.Send(bytes);
    RunTurns();
    return peer.input().substr(before);
  }
  void RunTurns() { RunFor(absl::ZeroDuration()); }
  void RunFor(absl::Duration time) {
    scheduler_.Turn(scheduler_.Now() + time, absl::UnixEpoch());
    while (scheduler_.next_due() <= scheduler_.Now()) {
      scheduler_.Turn(scheduler_.Now(), absl::UnixEpoch());
    }
  }

  HostScheduler scheduler_;
  MemoryNetwork network_{scheduler_};
  std::vector<std::string> served_;
  AdminServer server_{scheduler_, [this](std::string_view line) { return Answer(line); }};
};

TEST_F(AdminServerTest, EachLineIsAnsweredInOrder) {
  const auto peer = Connect();
  EXPECT_EQ(Exchange(*peer, "one\ntwo\r\n\nthr"), "one\n.\ntwo\n.\n\n.\n");
  EXPECT_EQ(Exchange(*peer, "ee\n.four\n"), "three\n.\n..four\n.\n");
}

TEST_F(AdminServerTest, EndOfTheInputEndsTheLastLineAndTheConnection) {
  const auto peer = Connect();
  peer->Send("one\ntwo");
  peer->SendEnd();
  RunTurns();
  EXPECT_EQ(peer->input(), "one\n.\ntwo\n.\n");
  EXPECT_EQ(peer->state(), IoStatus::kEndOfStream);
  EXPECT_EQ(server_.connections(), 0U);
}

TEST_F(AdminServerTest, LineThatIsTooLongIsAnsweredOnceAndTheConnectionStays) {
  const auto peer = Connect();
  const std::string error = "error: a line has at most 1024 bytes, got more\n.\n";
  EXPECT_EQ(Exchange(*peer, std::string(kMaxCommandBytes, 'x') + "\n"),
            std::string(kMaxCommandBytes, 'x') + "\n.\n");
  EXPECT_EQ(Exchange(*peer, std::string(kMaxCommandBytes + 1, 'x') + "\nhi\n"), error + "hi\n.\n");
  EXPECT_EQ(Exchange(*peer, std::string(100'000, 'x')), error);
  EXPECT_EQ(Exchange(*peer, "rest\nhi\n"), "hi\n.\n");
}

TEST_F(AdminServerTest, OneLineIsServedInATurn) {
  const auto peer = Connect();
  peer->Send("a\nb\nc\n");
  std::size_t most = 0;
  for (int turn = 0; turn < 20; ++turn) {
    const std::size_t before = served_.size();
    scheduler_.Turn(scheduler_.Now(), absl::UnixEpoch());
    most = std::max(most, served_.size() - before);
  }
  EXPECT_EQ(served_.size(), 3U);
  EXPECT_EQ(most, 1U);
}

TEST_F(AdminServerTest, NoLineIsServedWhileAnAnswerIsNotTaken) {
  const auto attempt = contract::StartConnect(network_, kAdmin);
  RunTurns();
  EXPECT_TRUE(contract::WriteTo(*attempt->stream, "big\nbig\n").bytes == 8);
  RunTurns();
  EXPECT_EQ(served_.size(), 1U);
  RunFor(AdminServer::kIdleLimit);
  EXPECT_EQ(server_.connections(), 0U) << "it takes nothing";
}

TEST_F(AdminServerTest, IdleConnectionIsClosed) {
  const auto peer = Connect();
  RunFor(AdminServer::kIdleLimit - absl::Seconds(1));
  EXPECT_EQ(Exchange(*peer, "hi\n"), "hi\n.\n");
  RunFor(AdminServer::kIdleLimit - absl::Seconds(1));
  EXPECT_EQ(server_.connections(), 1U);
  RunFor(absl::Seconds(1));
  EXPECT_EQ(server_.connections(), 0U);
}

TEST_F(AdminServerTest, NinthConnectionIsToldTheLimit) {
  std::vector<std::unique_ptr<Peer>> peers;
  for (std::size_t i = 0; i < AdminServer::kMaxConnections; ++i) peers.push_back(Connect());
  const auto ninth = Connect();
  RunTurns();
  EXPECT_EQ(ninth->input(), "error: at most 8 connections, close one\n.\n");
  EXPECT_NE(ninth->state(), IoStatus::kWouldBlock);
  peers.pop_back();
  RunTurns();
  EXPECT_EQ(Exchange(*Connect(), "hi\n"), "hi\n.\n");
}

TEST_F(AdminServerTest, ClientGetsAnAnswerOfAnySize) {
  for (const std::string command : {"hi", "big"}) {
    absl::StatusOr<std::string> answer;
    const AdminClient client(network_, scheduler_, kAdmin, command,
                             [&](auto result) { answer = std::move(result); });
    RunTurns();
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->size(), command == "hi" ? 3U : kBigBytes + 1);
  }
}

TEST_F(AdminServerTest, ClientIsToldWhenNobodyListens) {
  absl::Status status;
  const AdminClient client(network_, scheduler_, {"unix:/else", 0}, "hi",
                           [&](auto result) { status = result.status(); });
  RunTurns();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
}

TEST_F(AdminServerTest, ClientDoesNotWaitForEver) {
  contract::CollectingAcceptor silent;
  const auto listener = *network_.Listen({"silent", 1}, silent);
  absl::Status status;
  const AdminClient client(network_, scheduler_, {"silent", 1}, "hi",
                           [&](auto result) { status = result.status(); });
  RunTurns();
  RunFor(AdminClient::kAnswerLimit);
  EXPECT_EQ(status, absl::DeadlineExceededError("no complete answer in 20s"));
}

TEST_F(AdminServerTest, ClientIsToldWhenTheAnswerIsCutOff) {
  contract::CollectingAcceptor rude;
  const auto listener = *network_.Listen({"rude", 1}, rude);
  absl::Status status;
  const AdminClient client(network_, scheduler_, {"rude", 1}, "hi",
                           [&](auto result) { status = result.status(); });
  RunTurns();
  (void)contract::WriteTo(*rude.streams[0], "half an ans");
  rude.streams.clear();
  RunTurns();
  EXPECT_EQ(status, absl::DataLossError("the connection ended before the answer"));
}

class AdminWorldTest : public ServerWorldTest {};

TEST_P(AdminWorldTest, CommandsAreAnsweredHoweverTheStreamIsCut) {
  ServerWorld world(GetParam());
  AdminServer server(world.scheduler, [](std::string_view line) {
    return "." + std::string(line) + std::string(500, 'x') + "\n";
  });
  ASSERT_TRUE(server.Listen(world.network.host("server"), {"server", 7}).ok());
  RawPeer peer(world.network.host("operator"), {"server", 7});
  world.scheduler.RunFor(absl::Seconds(1));
  peer.Send("one\ntwo\r\n" + std::string(3000, 'y') + "\nthree");
  peer.ShutdownWrite();
  world.RunAWhile();
  const std::string rest = std::string(500, 'x') + "\n.\n";
  EXPECT_EQ(peer.received(), "..one" + rest + "..two" + rest +
                                 "error: a line has at most 1024 bytes, got more\n.\n" + "..three" +
                                 rest);
  EXPECT_TRUE(peer.end_of_stream());
}

INSTANTIATE_TEST_SUITE_P(Worlds, AdminWorldTest, ::testing::ValuesIn(AllWorldKinds()), WorldName);

}  // namespace
}  // namespace chathttp
