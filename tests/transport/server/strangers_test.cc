// The limits for strangers: flood control, connections of one address, bans, and those who are not
// logged in.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/transport/server/admission.h"
#include "chathttp/transport/server/chat_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Optional;

ServerOptions ForStrangers() {
  ServerOptions options;
  options.exempt = {};
  return options;
}

class StrangersTest : public ::testing::Test {
 protected:
  ServerWorld& Start(const ServerOptions& options = ForStrangers()) {
    return world_.emplace(AllWorldKinds().front(), options);
  }
  static void Post(RawPeer& peer, const std::string& name, int count) {
    for (int i = 0; i < count; ++i) peer.Send(RawRequest("POST", name, "text\n"));
  }
  std::optional<ServerWorld> world_;
};

TEST_F(StrangersTest, APasteOfTwentyLinesTakesSomeSecondsAndLosesNothing) {
  ServerWorld& world = Start();
  RawPeer& alice = world.Join("Alice");
  world.RunAWhile();
  const std::size_t before = alice.responses().size();
  const absl::Time start = world.scheduler.Now();
  Post(alice, "Alice", 20);
  world.scheduler.RunFor(absl::ZeroDuration());
  EXPECT_EQ(alice.responses().size() - before, 10u);
  ASSERT_TRUE(world.scheduler.RunUntil([&] { return alice.responses().size() - before == 20; },
                                       absl::Minutes(1)));
  EXPECT_GE(world.scheduler.Now() - start, absl::Seconds(5));
  EXPECT_LE(world.scheduler.Now() - start, absl::Seconds(6));
}

TEST_F(StrangersTest, AFloodEndsAfterAMinuteWithItsReason) {
  ServerWorld& world = Start();
  RawPeer& alice = world.Join("Alice");
  Post(alice, "Alice", 1'000);
  world.scheduler.RunFor(absl::Seconds(55));
  EXPECT_FALSE(alice.ended());
  EXPECT_EQ(world.server->paused(), 1u);
  world.scheduler.RunFor(absl::Seconds(10));
  EXPECT_TRUE(alice.ended());
  EXPECT_EQ(alice.entities().back(),
            "Too fast: at most 2 requests a second after 10 at once, more waited for 1m");
  EXPECT_EQ(world.events.CountOf("left Alice flood"), 1u);
  EXPECT_EQ(world.server->paused(), 0u);
  world.RunAWhile();
  EXPECT_EQ(world.server->stats().closed_by_reason[EndReason::kFlood], 1u);
}

TEST_F(StrangersTest, OneRequestAtATimeIsPacedAndNeverEnded) {
  ServerWorld& world = Start();
  RawPeer& alice = world.Join("Alice");
  std::size_t seen = alice.responses().size();
  const absl::Time start = world.scheduler.Now();
  while (world.scheduler.Now() < start + absl::Minutes(5)) {
    Post(alice, "Alice", 1);
    ASSERT_TRUE(world.scheduler.RunUntil([&] { return alice.responses().size() > seen; },
                                         absl::Seconds(5)));
    seen = alice.responses().size();
  }
  EXPECT_FALSE(alice.ended());
  EXPECT_THAT(seen, ::testing::AllOf(::testing::Ge(600u), ::testing::Le(620u)));
}

TEST_F(StrangersTest, ALoginAndALogoutCostThreeRequestsEach) {
  ServerWorld& world = Start();
  RawPeer& alice = world.Connect();
  for (int i = 0; i < 10; ++i) {
    alice.Send(RawRequest("ADD", "Alice"));
    alice.Send(RawRequest("DELETE", "Alice"));
  }
  world.scheduler.RunFor(absl::ZeroDuration());
  EXPECT_EQ(alice.responses().size(), 1u + 4u);  // 3 * 3 < 10 <= 4 * 3
  world.scheduler.RunFor(absl::Seconds(15));
  EXPECT_EQ(alice.responses().size(), 1u + 4u + 10u);
}

TEST_F(StrangersTest, OthersDoNotWaitForAFlood) {
  ServerWorld& world = Start();
  RawPeer& alice = world.Join("Alice");
  RawPeer& bob = world.Join("Bob");
  Post(alice, "Alice", 100);
  world.scheduler.RunFor(absl::ZeroDuration());
  const std::size_t before = bob.responses().size();
  Post(bob, "Bob", 1);
  world.scheduler.RunFor(absl::ZeroDuration());
  EXPECT_EQ(bob.responses().size(), before + 1);
}

TEST_F(StrangersTest, ExemptPeersAreNotPaced) {
  ServerOptions options = ForStrangers();
  options.exempt = {*ParseIpNetwork("10.0.0.0/8")};
  ServerWorld& world = Start(options);
  RawPeer& alice = world.Join("Alice");
  const std::size_t before = alice.responses().size();
  Post(alice, "Alice", 100);
  world.scheduler.RunFor(absl::ZeroDuration());
  EXPECT_EQ(alice.responses().size() - before, 100u);
}

TEST_F(StrangersTest, AFifthRefusalEndsAConnectionThatIsNotLoggedIn) {
  ServerWorld& world = Start();
  RawPeer& alice = world.Connect();
  for (int i = 0; i < 4; ++i) alice.Send(RawRequest("ADD", "root"));
  world.RunAWhile();
  EXPECT_FALSE(alice.ended());
  alice.Send(RawRequest("ADD", "root"));
  world.RunAWhile();
  EXPECT_TRUE(alice.end_of_stream());
  EXPECT_EQ(alice.responses().size(), 1u + 5u);
  EXPECT_EQ(alice.last_code(), 401);
  EXPECT_EQ(world.server->stats().closed_by_reason[EndReason::kRequest], 1u);
}

TEST_F(StrangersTest, AnAcceptedLoginForgivesRefusals) {
  ServerWorld& world = Start();
  RawPeer& alice = world.Connect();
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) alice.Send(RawRequest("ADD", "root"));
    alice.Send(RawRequest("ADD", "Alice"));
    alice.Send(RawRequest("DELETE", "Alice"));
    world.scheduler.RunFor(absl::Seconds(20));
  }
  EXPECT_FALSE(alice.ended());
}

TEST_F(StrangersTest, AQuarterOfTheConnectionsMayBeWithoutALogin) {
  ServerOptions options = ForStrangers();
  options.max_connections = 8;
  ServerWorld& world = Start(options);
  world.Connect();
  RawPeer& bob = world.Connect();
  RawPeer& carol = world.Connect();
  EXPECT_EQ(carol.entities().back(),
            "Server is full: at most 2 connections that are not logged in, try again later");
  EXPECT_EQ(world.server->stats().closed_by_reason[EndReason::kFull], 1u);
  bob.Send(RawRequest("ADD", "Bob"));
  world.RunAWhile();
  EXPECT_EQ(world.Connect().last_code(), 202);
}

TEST_F(StrangersTest, SixteenConnectionsOfOneAddress) {
  ServerOptions options = ForStrangers();
  options.per_address = 2;
  ServerWorld& world = Start(options);
  RawPeer& first = world.ConnectFrom("peer");
  world.ConnectFrom("peer");
  EXPECT_EQ(world.ConnectFrom("peer").entities().back(),
            "Too many connections from your address: at most 2, got 3");
  EXPECT_EQ(world.server->stats().closed_by_reason[EndReason::kAddress], 1u);
  EXPECT_EQ(world.ConnectFrom("other").last_code(), 202);
  first.Close();
  world.RunAWhile();
  EXPECT_EQ(world.ConnectFrom("peer").last_code(), 202);
}

TEST_F(StrangersTest, ConnectsOfOneAddressArePaced) {
  ServerOptions options = ForStrangers();
  options.connect_rate = {.connects = 3, .span = absl::Seconds(30)};
  ServerWorld& world = Start(options);
  for (int i = 0; i < 3; ++i) world.ConnectFrom("peer").Close();
  EXPECT_EQ(world.ConnectFrom("peer").entities().back(),
            "Too many connects from your address: at most 3 in 30s, try again later");
  world.scheduler.RunFor(absl::Seconds(11));
  EXPECT_EQ(world.ConnectFrom("peer").last_code(), 202);
}

TEST_F(StrangersTest, ABanEndsTheConnectionsThatTheNetworkHas) {
  ServerWorld& world = Start();
  RawPeer& alice = world.Join("Alice");
  RawPeer& bob = world.Join("Bob");
  ASSERT_TRUE(world.server->AddBan({*ParseIpNetwork("10.0.0.2"), absl::InfiniteFuture()}).ok());
  EXPECT_EQ(world.server->bans().size(), 1u);
  world.RunAWhile();
  EXPECT_TRUE(alice.end_of_stream());
  EXPECT_EQ(alice.entities().back(), "Your address is banned from this server");
  EXPECT_EQ(bob.entities().back(), "Alice has just left the chat room...\n");
  EXPECT_EQ(world.ConnectFrom("peer-0").last_code(), 500);
  EXPECT_TRUE(world.server->LiftBan(*ParseIpNetwork("10.0.0.2")));
  EXPECT_EQ(world.ConnectFrom("peer-0").last_code(), 202);
}

TEST_F(StrangersTest, ABanDoesNotHoldForExemptPeers) {
  ServerOptions options = ForStrangers();
  options.exempt = {*ParseIpNetwork("10.0.0.0/8")};
  ServerWorld& world = Start(options);
  RawPeer& alice = world.Join("Alice");
  ASSERT_TRUE(world.server->AddBan({*ParseIpNetwork("10.0.0.0/8"), absl::InfiniteFuture()}).ok());
  world.RunAWhile();
  EXPECT_FALSE(alice.ended());
  EXPECT_EQ(world.ConnectFrom("peer").last_code(), 202);
}

TEST_F(StrangersTest, NewOptionsHoldForConnectionsThatAreOpen) {
  ServerWorld& world = Start();
  RawPeer& alice = world.Join("Alice");
  ServerOptions options = ForStrangers();
  options.flood.per_second = 0;
  options.server = "another/2.0";
  options.backlog_bytes *= 2;
  options.room.members += 1;
  const auto kept = world.server->Reconfigure(options);
  ASSERT_TRUE(kept.ok());
  EXPECT_THAT(*kept, ElementsAre("max_members", "backlog_bytes"));
  const std::size_t before = alice.responses().size();
  Post(alice, "Alice", 100);
  world.scheduler.RunFor(absl::ZeroDuration());
  EXPECT_EQ(alice.responses().size() - before, 100u);
  EXPECT_THAT(alice.received(), HasSubstr("Server: another/2.0"));
}

TEST_F(StrangersTest, OptionsOutOfRangeChangeNothing) {
  ServerWorld& world = Start();
  ServerOptions options = ForStrangers();
  options.per_address = 1;
  options.login_limit = absl::ZeroDuration();
  EXPECT_TRUE(absl::IsInvalidArgument(world.server->Reconfigure(options).status()));
  EXPECT_EQ(world.server->options().per_address, ServerOptions().per_address);
}

// With a header line between the others and the empty line.
std::string RequestWith(const std::string& line, const std::string& method,
                        const std::string& user) {
  std::string request = RawRequest(method, user);
  return request.insert(request.size() - 1, line + "\n");
}

TEST_F(StrangersTest, APromiseOfSignsOfLifeIsRepeatedAndHeld) {
  ServerWorld& world = Start();
  RawPeer& alice = world.Connect();
  RawPeer& bob = world.Join("Bob");
  alice.Send(RequestWith("Heartbeat: 10", "ADD", "Alice"));
  world.scheduler.RunFor(absl::Seconds(20));
  EXPECT_THAT(alice.received(), HasSubstr("\nHeartbeat: 10\n\nOK...^.^"));
  for (int i = 0; i < 5; ++i) {
    alice.Send(RequestWith("Ping: 1", "GET", "Alice"));
    world.scheduler.RunFor(absl::Seconds(20));
    EXPECT_EQ(alice.entities().back(), "OK...^.^");
  }
  world.scheduler.RunFor(absl::Seconds(6));
  EXPECT_EQ(alice.entities().back(),
            "A request must come within 25s, since Heartbeat promised one every 10s");
  EXPECT_TRUE(alice.end_of_stream());
  EXPECT_EQ(bob.entities().back(), "Alice has just left the chat room...\n");
  EXPECT_EQ(world.events.CountOf("left Alice silent"), 1u);
}

TEST_F(StrangersTest, APromiseOutOfRangeIsIgnored) {
  ServerWorld& world = Start();
  for (const char* const value : {"9", "3601", "", "ten", "10s", "-10", "99999999999"}) {
    RawPeer& alice = world.Connect();
    alice.Send(RequestWith(absl::StrCat("Heartbeat: ", value), "ADD", "Alice"));
    world.scheduler.RunFor(absl::Hours(3));
    EXPECT_EQ(alice.entities().back(), "OK...^.^") << value;
    EXPECT_THAT(alice.received(), ::testing::Not(HasSubstr("Heartbeat"))) << value;
    alice.Close();
    world.RunAWhile();
  }
}

TEST_F(StrangersTest, APromiseEndsWithTheLogin) {
  ServerWorld& world = Start();
  RawPeer& alice = world.Connect();
  alice.Send(RequestWith("Heartbeat: 10", "ADD", "Alice"));
  alice.Send(RawRequest("DELETE", "Alice"));
  alice.Send(RawRequest("ADD", "Alice"));
  world.scheduler.RunFor(absl::Hours(1));
  EXPECT_FALSE(alice.ended());
}

class AdmissionTest : public ::testing::Test {
 protected:
  static IpAddress Address(std::string_view text) { return *ParseIpAddress(text); }
  std::optional<std::string> Admit(std::string_view address) {
    return customers_.Admit(Address(address), now_, options_);
  }
  static IpNetwork Network(std::string_view text) { return *ParseIpNetwork(text); }

  ServerOptions options_ = ForStrangers();
  Admission admission_{options_};
  LocalCustomers customers_;
  absl::Time now_ = absl::FromUnixSeconds(1'000);
};

TEST_F(AdmissionTest, ASubnetOfIpv6IsOneCustomer) {
  for (std::size_t i = 0; i < options_.per_address; ++i) {
    EXPECT_EQ(Admit(absl::StrCat("2001:db8:0:1::", i + 1)), std::nullopt);
  }
  EXPECT_THAT(Admit("2001:db8:0:1:ffff::"), Optional(HasSubstr("at most 16, got 17")));
  EXPECT_EQ(Admit("2001:db8:0:2::1"), std::nullopt);
}

TEST_F(AdmissionTest, ABanHoldsForMappedAddressesAndUntilItsEnd) {
  ASSERT_TRUE(admission_.AddBan({Network("10.1.0.0/16"), now_ + absl::Minutes(1)}, now_).ok());
  EXPECT_THAT(admission_.FindBan(Address("10.1.2.3"), now_), Optional(HasSubstr("banned")));
  EXPECT_TRUE(admission_.FindBan(Address("::ffff:10.1.2.3"), now_));
  EXPECT_FALSE(admission_.FindBan(Address("10.2.2.3"), now_));
  EXPECT_FALSE(admission_.FindBan(Address("10.1.2.3"), now_ + absl::Minutes(1)));
  EXPECT_TRUE(admission_.LiftBan(Network("10.1.0.0/16")));
  EXPECT_FALSE(admission_.LiftBan(Network("10.1.0.0/16")));
  EXPECT_FALSE(admission_.FindBan(Address("10.1.2.3"), now_));
}

TEST_F(AdmissionTest, BansAreLimitedAndExpiredOnesMakeRoom) {
  for (std::size_t i = 0; i < Admission::kMaxBans; ++i) {
    const IpAddress address = IpAddress::V4(10, 0, static_cast<std::uint8_t>(i / 256),
                                            static_cast<std::uint8_t>(i % 256));
    ASSERT_TRUE(admission_.AddBan({CustomerOf(address), now_ + absl::Minutes(1)}, now_).ok());
  }
  EXPECT_EQ(admission_.bans(now_).size(), Admission::kMaxBans);
  EXPECT_TRUE(absl::IsResourceExhausted(
      admission_.AddBan({Network("10.1.2.3"), absl::InfiniteFuture()}, now_)));
  now_ += absl::Minutes(1);
  EXPECT_TRUE(admission_.AddBan({Network("10.1.2.3"), absl::InfiniteFuture()}, now_).ok());
  EXPECT_EQ(admission_.bans(now_).size(), 1u);
}

TEST_F(AdmissionTest, ForgetsCustomersThatAreGone) {
  for (int i = 0; i < 100'000; ++i) {
    const IpAddress address = IpAddress::V4(10, static_cast<std::uint8_t>(i >> 16),
                                            static_cast<std::uint8_t>((i >> 8) & 0xff),
                                            static_cast<std::uint8_t>(i & 0xff));
    ASSERT_EQ(customers_.Admit(address, now_, options_), std::nullopt);
    customers_.Release(address);
    now_ += absl::Seconds(1);
  }
  EXPECT_LE(customers_.size(), 1'024u);
}

TEST_F(AdmissionTest, ItsTableIsLimitedWhileNobodyIsForgotten) {
  options_.max_connections = 1'000;
  for (int i = 0; i < 20'000; ++i) {
    const IpAddress address = IpAddress::V4(10, 1, static_cast<std::uint8_t>(i >> 8),
                                            static_cast<std::uint8_t>(i & 0xff));
    ASSERT_EQ(customers_.Admit(address, now_, options_), std::nullopt);
    customers_.Release(address);
  }
  EXPECT_LE(customers_.size(), 4u * options_.max_connections);
}

}  // namespace
}  // namespace chathttp
