#include "chathttp/adapters/redis/redis_connection.h"

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "chathttp/transport/ports/memory_network.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::redis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kPing = "*1\r\n$4\r\nPING\r\n";

// The other end of the connection, which says what the test wants.
class RedisConnectionTest : public testing::Test, private Acceptor, private StreamObserver {
 protected:
  RedisConnectionTest() : listener_(*network_.Listen({"redis", 1}, *this)) {}

  RedisConnection& Connect(const Credentials& credentials = {}) {
    connection_ = std::make_unique<RedisConnection>(
        network_, scheduler_, Endpoint{"redis", 1}, credentials,
        [this](const absl::Status& reason) { ends.push_back(reason); });
    return *connection_;
  }
  void Ping() {
    connection_->Send({"PING"}, [this](RespValue& reply) { replies.push_back(Describe(reply)); });
    connection_->Flush();
  }
  void Run() { scheduler_.RunFor(absl::Milliseconds(10)); }
  void Answer(std::string_view bytes) {
    const IoResult result = stream_->Write({&bytes, 1});
    EXPECT_EQ(result.bytes, bytes.size());
    Run();
  }

  std::string received;
  std::vector<std::string> replies;
  std::vector<absl::Status> ends;

 private:
  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view) override {
    stream_ = std::move(stream);
    stream_->Observe(*this);
  }
  void OnOverflow(ByteStream&, std::string_view) override {}
  void OnReadable() override {
    std::array<char, 64> buffer;
    for (;;) {
      const IoResult result = stream_->Read(buffer);
      if (result.status != IoStatus::kProgress) return;
      received.append(buffer.data(), result.bytes);
    }
  }
  void OnWritable() override {}

 protected:
  sim::VirtualScheduler scheduler_{{.seed = 1}};
  MemoryNetwork network_{scheduler_, 100};
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<ByteStream> stream_;
  std::unique_ptr<RedisConnection> connection_;
};

TEST_F(RedisConnectionTest, CommandsWaitForTheConnectionAndRepliesComeInOrder) {
  Connect();
  Ping();
  Ping();
  EXPECT_EQ(connection_->unanswered(), 2u);
  Run();
  EXPECT_EQ(received, absl::StrCat(kPing, kPing));
  Answer("+PONG\r\n:");
  EXPECT_THAT(replies, ElementsAre("the status 'PONG'"));
  Answer("7\r\n");
  EXPECT_THAT(replies, ElementsAre("the status 'PONG'", "the number 7"));
  EXPECT_THAT(ends, IsEmpty());
}

TEST_F(RedisConnectionTest, ACommandThatIsLargerThanTheBufferIsSentInPieces) {
  Connect();
  const std::string text(10'000, 'x');
  connection_->Send({"SET", text}, [this](RespValue&) { replies.push_back("set"); });
  Ping();
  Run();
  EXPECT_EQ(received, absl::StrCat("*2\r\n$3\r\nSET\r\n$10000\r\n", text, "\r\n", kPing));
  Answer("+OK\r\n+PONG\r\n");
  EXPECT_THAT(replies, ElementsAre("set", "the status 'PONG'"));
}

TEST_F(RedisConnectionTest, APasswordGoesFirst) {
  Connect({.user = "chat", .password = "secret"});
  Ping();
  Run();
  EXPECT_EQ(received, absl::StrCat("*3\r\n$4\r\nAUTH\r\n$4\r\nchat\r\n$6\r\nsecret\r\n", kPing));
  Answer("+OK\r\n+PONG\r\n");
  EXPECT_THAT(replies, ElementsAre("the status 'PONG'"));
}

TEST_F(RedisConnectionTest, ARefusedPasswordEndsTheConnectionForGood) {
  Connect({.password = "secret"});
  Ping();
  Run();
  Answer("-WRONGPASS no\r\n-NOAUTH\r\n");
  ASSERT_EQ(ends.size(), 1u);
  EXPECT_TRUE(absl::IsUnauthenticated(ends[0])) << ends[0];
  EXPECT_THAT(replies, IsEmpty());
}

TEST_F(RedisConnectionTest, AnAuthThatRedisCannotServeNowIsALoss) {
  Connect({.password = "secret"});
  Run();
  Answer("-ERR max number of clients reached\r\n");
  ASSERT_EQ(ends.size(), 1u);
  EXPECT_TRUE(absl::IsUnavailable(ends[0])) << ends[0];
}

TEST_F(RedisConnectionTest, AReplyToNoCommandEndsTheConnection) {
  Connect();
  Run();
  Answer("+hello\r\n");
  ASSERT_EQ(ends.size(), 1u);
  EXPECT_TRUE(absl::IsInvalidArgument(ends[0])) << ends[0];
  EXPECT_TRUE(connection_->closed());
}

TEST_F(RedisConnectionTest, BytesThatAreNoReplyEndTheConnection) {
  Connect();
  Ping();
  Run();
  Answer("hello\r\n+PONG\r\n");
  ASSERT_EQ(ends.size(), 1u);
  EXPECT_TRUE(absl::IsInvalidArgument(ends[0])) << ends[0];
  EXPECT_THAT(replies, IsEmpty());
}

TEST_F(RedisConnectionTest, TheEndOfTheStreamIsALossBehindTheLastReply) {
  Connect();
  Ping();
  Ping();
  Run();
  std::string_view last = "+PONG\r\n+PO";
  (void)stream_->Write({&last, 1});
  stream_.reset();
  Run();
  EXPECT_THAT(replies, ElementsAre("the status 'PONG'"));
  ASSERT_EQ(ends.size(), 1u);
  EXPECT_TRUE(absl::IsUnavailable(ends[0])) << ends[0];
}

TEST_F(RedisConnectionTest, WithoutAListenerThereIsNoConnection) {
  listener_.reset();
  Connect();
  Ping();
  Run();
  ASSERT_EQ(ends.size(), 1u);
  EXPECT_TRUE(absl::IsUnavailable(ends[0]));
  EXPECT_THAT(ends[0].message(), HasSubstr("redis:1"));
}

TEST_F(RedisConnectionTest, NothingComesAfterClose) {
  Connect();
  Ping();
  Run();
  std::string_view reply = "+PONG\r\n";
  (void)stream_->Write({&reply, 1});
  connection_->Close();
  Ping();
  Run();
  EXPECT_THAT(replies, IsEmpty());
  EXPECT_THAT(ends, IsEmpty());
  EXPECT_EQ(connection_->unanswered(), 0u);
}

TEST_F(RedisConnectionTest, AHandlerMayCloseTheConnection) {
  Connect();
  connection_->Send({"PING"}, [this](RespValue&) { connection_->Close(); });
  Ping();
  Run();
  Answer("+PONG\r\n+PONG\r\n");
  EXPECT_THAT(replies, IsEmpty());
  EXPECT_TRUE(connection_->closed());
}

}  // namespace
}  // namespace chathttp::redis
