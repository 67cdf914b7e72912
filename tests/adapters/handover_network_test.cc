// Connections that one thread accepts and another one serves, and the lines that it logs.
#include "chathttp/adapters/handover_network.h"

#include <future>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/forwarding_output.h"
#include "gmock/gmock.h"
#include "tests/adapters/loop_test.h"
#include "tests/adapters/pipe.h"
#include "tests/adapters/raw_peer.h"

namespace chathttp::posix {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Writes its greeting to each stream that it is given, and closes it.
class Greeter final : public Acceptor {
 public:
  explicit Greeter(std::string greeting) : greeting_(std::move(greeting)) {}

  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) override {
    last_peer = peer;
    const std::string_view piece = greeting_;
    EXPECT_EQ(stream->Write({&piece, 1}).bytes, greeting_.size());
    stream->ShutdownWrite();
    ++accepted;
  }
  void OnOverflow(ByteStream& /*stream*/, std::string_view /*peer*/) override {}

  int accepted = 0;
  std::string last_peer;

 private:
  const std::string greeting_;
};

// Hands over each second connection.
class EachSecond final : public SocketRouter {
 public:
  explicit EachSecond(HandoverNetwork& other) : other_(other) {}

  bool Take(AcceptedSocket& accepted, const Endpoint& listener) override {
    if (++count_ % 2 == 1) return false;
    other_.HandOver(std::move(accepted), listener);
    return true;
  }
  int count() const { return count_; }

 private:
  HandoverNetwork& other_;
  int count_ = 0;
};

class HandoverNetworkTest : public LoopTest {};

TEST_F(HandoverNetworkTest, AnotherThreadServesWhatTheRouterTakes) {
  Greeter here("from here");
  Greeter there("from there");
  std::unique_ptr<EventLoop> other_loop = *EventLoop::Create();
  HandoverNetwork handover(*other_loop);
  EachSecond router(handover);
  PosixNetwork network(loop());
  network.RouteBy(router);
  auto listener = network.Listen({"127.0.0.1", 0}, here);
  ASSERT_TRUE(listener.ok());
  const Endpoint endpoint = (*listener)->local();
  auto other_listener = handover.Listen(endpoint, there);
  ASSERT_TRUE(other_listener.ok());
  EXPECT_EQ((*other_listener)->local(), endpoint);
  EXPECT_TRUE(absl::IsAlreadyExists(handover.Listen(endpoint, here).status()));
  std::thread thread([&] { other_loop->Run(); });

  const auto received = [&] {
    RawPeer peer;
    peer.Connect(endpoint);
    const int before = router.count();
    EXPECT_TRUE(RunUntil([&] { return router.count() > before; }));
    return peer.ReceiveAll();
  };
  for (int i = 0; i < 6; ++i) EXPECT_EQ(received(), i % 2 == 0 ? "from here" : "from there");
  std::promise<void> stopped;
  other_loop->mailbox()->Post([&] {
    other_listener->reset();
    stopped.set_value();
  });
  stopped.get_future().wait();
  EXPECT_EQ(received(), "from here");
  EXPECT_EQ(received(), "");

  other_loop->mailbox()->Post([&] { other_loop->Stop(); });
  thread.join();
  EXPECT_EQ(here.accepted, 4);
  EXPECT_EQ(there.accepted, 3);
  EXPECT_THAT(there.last_peer, StartsWith("127.0.0.1:"));
}

TEST_F(HandoverNetworkTest, LinesOfAnotherThreadAreWrittenHere) {
  Pipe pipe;
  Logger log(pipe.write_end(), LogLevel::kInfo, loop());
  std::thread thread([&, mailbox = loop().mailbox()] {
    const std::unique_ptr<EventLoop> other = *EventLoop::Create();
    Logger forwarding(std::make_unique<ForwardingOutput>(mailbox, log), LogLevel::kInfo, *other);
    forwarding.Log(LogLevel::kInfo, "first", {{"number", 1}});
    forwarding.Log(LogLevel::kDebug, "hidden");
    forwarding.Log(LogLevel::kWarning, "second");
  });
  thread.join();
  std::string text;
  ASSERT_TRUE(RunUntil([&] {
    text += pipe.TakeAll();
    return text.find("second") != std::string::npos;
  }));
  EXPECT_THAT(text, HasSubstr(" level=info event=first number=1\n"));
  EXPECT_THAT(text, HasSubstr(" level=warning event=second\n"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("hidden")));
}

TEST_F(HandoverNetworkTest, WhatTheOtherThreadDoesNotTakeIsDroppedAndCounted) {
  Pipe pipe;
  Logger log(pipe.write_end(), LogLevel::kInfo, loop());
  Logger forwarding(std::make_unique<ForwardingOutput>(loop().mailbox(), log), LogLevel::kInfo,
                    loop());
  const std::string value(100, 'x');
  const int lines = 3 * ForwardingOutput::kMaxWaitingBytes / 200;
  for (int i = 0; i < lines; ++i) forwarding.Log(LogLevel::kInfo, "line", {{"value", value}});
  EXPECT_GT(forwarding.dropped(), 0u);
  EXPECT_LT(forwarding.dropped(), static_cast<std::uint64_t>(lines));
}

}  // namespace
}  // namespace chathttp::posix
