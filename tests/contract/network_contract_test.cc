// Creating byte streams: listening and connecting.
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "chathttp/contract/contract_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::contract {
namespace {

ContractTests tests;

class NetworkContract : public Contract {
 protected:
  void SetUp() override {
    listener = Listen(acceptor);
    ASSERT_NE(listener, nullptr);
  }

  CollectingAcceptor acceptor;
  std::unique_ptr<Listener> listener;
};

CONTRACT_TEST(NetworkContract, AListenerTellsItsRealPort) {
  EXPECT_NE(listener->local().port, 0);
  EXPECT_NE(listener->local().host, "");
}

CONTRACT_TEST(NetworkContract, AConnectionReachesTheListener) {
  const auto attempt = Connect(listener->local());
  EXPECT_TRUE(RunUntil([&] { return attempt->answers > 0 && acceptor.streams.size() == 1; }));
  EXPECT_TRUE(attempt->status.ok()) << attempt->status;
  EXPECT_NE(attempt->stream, nullptr);
}

CONTRACT_TEST(NetworkContract, ConnectDoesNotAnswerInsideTheCall) {
  const auto attempt = Connect(listener->local());
  const auto refused = Connect(world().refusing_endpoint());
  EXPECT_EQ(attempt->answers + refused->answers, 0);
  EXPECT_EQ(acceptor.streams.size(), 0U);
}

CONTRACT_TEST(NetworkContract, ConnectAnswersOnce) {
  const auto attempt = Connect(listener->local());
  const auto refused = Connect(world().refusing_endpoint());
  ASSERT_TRUE(RunUntil([&] { return attempt->answers > 0 && refused->answers > 0; }));
  RunAWhile();
  EXPECT_EQ(attempt->answers, 1);
  EXPECT_EQ(refused->answers, 1);
}

CONTRACT_TEST(NetworkContract, TheAcceptorIsGivenTheAddressOfThePeer) {
  const auto attempt = Connect(listener->local());
  ASSERT_TRUE(RunUntil([&] { return !acceptor.peers.empty(); }));
  EXPECT_THAT(acceptor.peers[0], testing::ContainsRegex(".:[0-9]+$"));
}

CONTRACT_TEST(NetworkContract, AnAddressWhereNobodyListensIsUnavailable) {
  const auto attempt = Connect(world().refusing_endpoint());
  ASSERT_TRUE(RunUntil([&] { return attempt->answers > 0; }));
  EXPECT_TRUE(absl::IsUnavailable(attempt->status)) << attempt->status;
}

CONTRACT_TEST(NetworkContract, AnAttemptThatIsDestroyedDoesNotAnswer) {
  const auto attempt = Connect(listener->local());
  const auto refused = Connect(world().refusing_endpoint());
  attempt->handle.reset();
  refused->handle.reset();
  RunAWhile();
  EXPECT_EQ(attempt->answers + refused->answers, 0);
}

CONTRACT_TEST(NetworkContract, AnAttemptThatIsDestroyedLeavesNoOpenStreamBehind) {
  Connect(listener->local())->handle.reset();
  RunAWhile();
  std::vector<std::unique_ptr<Peer>> accepted;
  for (auto& stream : acceptor.streams)
    accepted.push_back(std::make_unique<Peer>(std::move(stream)));
  EXPECT_TRUE(RunUntil([&] {
    return std::none_of(accepted.begin(), accepted.end(),
                        [](const auto& peer) { return peer->state() == IoStatus::kWouldBlock; });
  }));
}

CONTRACT_TEST(NetworkContract, AnAttemptMayBeDestroyedInItsAnswer) {
  std::unique_ptr<ConnectAttempt> attempt;
  std::unique_ptr<ByteStream> stream;
  attempt = network().Connect(listener->local(), [&](auto result) {
    attempt.reset();
    if (result.ok()) stream = *std::move(result);
  });
  ASSERT_TRUE(RunUntil([&] { return attempt == nullptr; }));
  EXPECT_NE(stream, nullptr);
}

CONTRACT_TEST(NetworkContract, AStreamOutlivesItsAttempt) {
  const auto attempt = Connect(listener->local());
  ASSERT_TRUE(RunUntil([&] { return attempt->answers > 0 && acceptor.streams.size() == 1; }));
  attempt->handle.reset();
  Peer sender(std::move(attempt->stream));
  Peer reader(std::move(acceptor.streams[0]));
  sender.Send("hello");
  EXPECT_TRUE(RunUntil([&] { return reader.input() == "hello"; })) << reader.input();
}

CONTRACT_TEST(NetworkContract, AnAttemptMayBeMadeInTheAnswerOfAnother) {
  std::unique_ptr<Attempt> second;
  const auto first = network().Connect(world().refusing_endpoint(),
                                       [&](const auto&) { second = Connect(listener->local()); });
  EXPECT_TRUE(RunUntil([&] { return second != nullptr && second->answers > 0; }));
  EXPECT_TRUE(second->status.ok()) << second->status;
}

CONTRACT_TEST(NetworkContract, ADestroyedListenerRefusesLaterConnections) {
  const Endpoint endpoint = listener->local();
  listener.reset();
  const auto attempt = Connect(endpoint);
  ASSERT_TRUE(RunUntil([&] { return attempt->answers > 0; }));
  EXPECT_TRUE(absl::IsUnavailable(attempt->status)) << attempt->status;
}

CONTRACT_TEST(NetworkContract, StreamsOutliveTheirListener) {
  const auto attempt = Connect(listener->local());
  ASSERT_TRUE(RunUntil([&] { return attempt->answers > 0 && acceptor.streams.size() == 1; }));
  listener.reset();
  Peer sender(std::move(attempt->stream));
  Peer reader(std::move(acceptor.streams[0]));
  sender.Send("hello");
  EXPECT_TRUE(RunUntil([&] { return reader.input() == "hello"; })) << reader.input();
}

CONTRACT_TEST(NetworkContract, AListenerMayBeDestroyedInOnAccept) {
  acceptor.on_accept = [&] { listener.reset(); };
  const auto first = Connect(listener->local());
  const auto second = Connect(listener->local());
  ASSERT_TRUE(RunUntil([&] { return listener == nullptr; }));
  RunAWhile();
  EXPECT_EQ(acceptor.streams.size(), 1U);
}

CONTRACT_TEST(NetworkContract, ConnectionsThatWaitAreEndedWithTheirListener) {
  acceptor.on_accept = [&] { listener.reset(); };
  const auto first = Connect(listener->local());
  const auto second = Connect(listener->local());
  ASSERT_TRUE(RunUntil([&] { return first->answers > 0 && second->answers > 0; }));
  ASSERT_TRUE(RunUntil([&] { return listener == nullptr; }));
  std::vector<std::unique_ptr<Peer>> clients;
  for (auto* attempt : {first.get(), second.get()}) {
    if (attempt->stream) clients.push_back(std::make_unique<Peer>(std::move(attempt->stream)));
  }
  EXPECT_TRUE(RunUntil([&] {
    return std::count_if(clients.begin(), clients.end(), [](const auto& client) {
             return client->state() == IoStatus::kWouldBlock;
           }) == 1;
  }));
}

CONTRACT_TEST(NetworkContract, AnAddressInUseIsNotGivenTwice) {
  CollectingAcceptor other;
  const auto second = network().Listen(listener->local(), other);
  EXPECT_TRUE(absl::IsAlreadyExists(second.status())) << second.status();
}

CONTRACT_TEST(NetworkContract, AnAddressIsFreeAgainOnceItsListenerIsDestroyed) {
  const Endpoint endpoint = listener->local();
  listener.reset();
  const auto again = network().Listen(endpoint, acceptor);
  EXPECT_TRUE(again.ok()) << again.status();
}

CONTRACT_TEST(NetworkContract, ListenersAreToldApart) {
  CollectingAcceptor other;
  const auto second = Listen(other);
  ASSERT_NE(second, nullptr);
  EXPECT_NE(second->local(), listener->local());
  const auto attempt = Connect(second->local());
  EXPECT_TRUE(RunUntil([&] { return other.streams.size() == 1; }));
  EXPECT_EQ(acceptor.streams.size(), 0U);
}

CONTRACT_TEST(NetworkContract, ManyConnectAtOnceAndNoneIsMixedUp) {
  constexpr int kMany = 100;
  std::vector<std::unique_ptr<Peer>> servers;
  acceptor.on_accept = [&] {
    servers.push_back(std::make_unique<Peer>(std::move(acceptor.streams.back())));
  };
  std::vector<std::unique_ptr<ConnectAttempt>> attempts;
  std::vector<std::unique_ptr<Peer>> clients;
  std::set<std::string> sent;
  for (int i = 0; i < kMany; ++i) {
    sent.insert("I am " + std::to_string(i));
    attempts.push_back(network().Connect(listener->local(), [&, i](auto stream) {
      ASSERT_TRUE(stream.ok()) << stream.status();
      clients.push_back(std::make_unique<Peer>(*std::move(stream)));
      clients.back()->Send("I am " + std::to_string(i));
      clients.back()->SendEnd();
    }));
  }
  const auto ended = [&] {
    return std::count_if(servers.begin(), servers.end(), [](const auto& server) {
      return server->state() == IoStatus::kEndOfStream;
    });
  };
  EXPECT_TRUE(RunUntil([&] { return ended() == kMany; })) << ended();
  std::set<std::string> received;
  for (const auto& server : servers) received.insert(server->input());
  EXPECT_EQ(received, sent);
}

}  // namespace

const ContractTests& NetworkContractTests() { return tests; }

}  // namespace chathttp::contract
