// The server's limits: time limits, lag, and fairness between peers.
#include <string>
#include <vector>

#include "chathttp/transport/server/chat_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using ::testing::HasSubstr;

using ChatServerLimitsTest = ServerWorldTest;
INSTANTIATE_TEST_SUITE_P(AllNetworks, ChatServerLimitsTest, ::testing::ValuesIn(FastWorldKinds()),
                         WorldName);

// Runs until `peer` has ended, an hour at most. Returns how long that took.
absl::Duration TimeUntilOver(ServerWorld& world, const RawPeer& peer) {
  const absl::Time start = world.scheduler.Now();
  EXPECT_TRUE(world.scheduler.RunUntil([&] { return peer.ended(); }, absl::Hours(1)));
  return world.scheduler.Now() - start;
}

constexpr absl::Duration kSlack = absl::Seconds(2);  // connecting, latency, single bytes

TEST_P(ChatServerLimitsTest, SilentConnectionIsToldAndEndedAfterTenSeconds) {
  ServerWorld world(GetParam());
  RawPeer& peer = world.Connect();
  const absl::Duration took = TimeUntilOver(world, peer);
  EXPECT_GE(took, absl::Seconds(10) - kSlack);
  EXPECT_LE(took, absl::Seconds(10) + kSlack);
  EXPECT_EQ(peer.last_code(), 400);
  EXPECT_THAT(peer.entities().back(), HasSubstr("within 10s"));
  EXPECT_TRUE(peer.end_of_stream());
}

TEST_P(ChatServerLimitsTest, DrippingFirstRequestDoesNotOutliveTheLoginLimit) {
  ServerWorld world(GetParam());
  RawPeer& peer = world.Connect();
  for (int i = 0; i < 9; ++i) {
    peer.Send("A");
    world.scheduler.RunFor(absl::Seconds(1));
  }
  EXPECT_FALSE(peer.ended());
  EXPECT_LE(TimeUntilOver(world, peer), absl::Seconds(1) + kSlack);
  EXPECT_EQ(peer.last_code(), 400);
}

TEST_P(ChatServerLimitsTest, AnAcceptedLoginMustComeWithinAMinute) {
  ServerWorld world(GetParam());
  RawPeer& peer = world.Connect();
  peer.Send(RawRequest("ADD", "root"));
  world.RunAWhile();
  world.scheduler.RunFor(absl::Seconds(40));
  peer.Send(RawRequest("ADD", "root"));  // does not prolong it
  EXPECT_FALSE(peer.ended());
  const absl::Duration took = TimeUntilOver(world, peer);
  EXPECT_GE(took, absl::Seconds(17) - kSlack);
  EXPECT_LE(took, absl::Seconds(17) + kSlack);
  EXPECT_THAT(peer.entities().back(), HasSubstr("within 1m"));
}

TEST_P(ChatServerLimitsTest, LogoutHasAMinuteForTheNextLogin) {
  ServerWorld world(GetParam());
  RawPeer& peer = world.Join("Alice");
  peer.Send(RawRequest("DELETE", "Alice"));
  world.scheduler.RunFor(absl::Seconds(50));
  EXPECT_FALSE(peer.ended());
  peer.Send(RawRequest("ADD", "Alice"));
  world.scheduler.RunFor(absl::Hours(1));
  EXPECT_FALSE(peer.ended());
  peer.Send(RawRequest("DELETE", "Alice"));
  EXPECT_LE(TimeUntilOver(world, peer), absl::Minutes(1) + kSlack);
}

TEST_P(ChatServerLimitsTest, MemberThatOnlyListensStaysForever) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  world.scheduler.RunFor(absl::Hours(1000));
  EXPECT_FALSE(alice.ended());
}

TEST_P(ChatServerLimitsTest, UnfinishedRequestIsEndedAfterTwentySeconds) {
  ServerWorld world(GetParam());
  RawPeer& watcher = world.Join("Watcher");
  RawPeer& alice = world.Join("Alice");
  alice.Send("POST h HTTP/1.1\n");
  for (int i = 0; i < 19; ++i) {
    world.scheduler.RunFor(absl::Seconds(1));
    alice.Send("X: y\n");
  }
  EXPECT_FALSE(alice.ended());
  EXPECT_LE(TimeUntilOver(world, alice), absl::Seconds(1) + kSlack);
  EXPECT_EQ(alice.last_code(), 400);
  EXPECT_THAT(alice.entities().back(), HasSubstr("within 20s"));
  world.RunAWhile();
  EXPECT_EQ(watcher.entities().back(), "Alice has just left the chat room...\n");
}

TEST_P(ChatServerLimitsTest, EachRequestHasTheWholeTwentySeconds) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  const std::string request = RawRequest("POST", "Alice", "hello\n");
  for (int i = 0; i < 5; ++i) {
    alice.Send(request.substr(0, 20));
    world.scheduler.RunFor(absl::Seconds(15));
    alice.Send(request.substr(20) + request.substr(0, 5));
    world.scheduler.RunFor(absl::Seconds(15));
    alice.Send(request.substr(5));
  }
  world.RunAWhile();
  EXPECT_FALSE(alice.ended());
  EXPECT_EQ(alice.responses().size(), 12u);
}

TEST_P(ChatServerLimitsTest, PeerThatAcceptsNothingIsEndedAfterThirtySeconds) {
  ServerWorld world(GetParam());
  RawPeer& watcher = world.Join("Watcher");
  RawPeer& alice = world.Join("Alice");
  world.RunAWhile();
  alice.SetReading(false);
  for (int i = 0; i < 100; ++i) {
    watcher.Send(RawRequest("POST", "Watcher", std::string(1000, 'x') + "\n"));
  }
  world.scheduler.RunFor(absl::Seconds(25));
  EXPECT_NE(watcher.entities().back(), "Alice has just left the chat room...\n");
  world.scheduler.RunFor(absl::Seconds(8));
  EXPECT_EQ(watcher.entities().back(), "Alice has just left the chat room...\n");
  EXPECT_EQ(world.events.CountOf("left Alice no byte accepted within the limit"), 1u);
}

TEST_P(ChatServerLimitsTest, PeerThatReadsSlowlyIsNotEnded) {
  ServerWorld world(GetParam());
  RawPeer& watcher = world.Join("Watcher");
  RawPeer& alice = world.Join("Alice");
  world.RunAWhile();
  alice.SetReading(false);
  for (int i = 0; i < 100; ++i) {
    watcher.Send(RawRequest("POST", "Watcher", std::string(1000, 'x') + "\n"));
  }
  for (int i = 0; i < 6; ++i) {
    world.scheduler.RunFor(absl::Seconds(20));
    alice.SetReading(true);  // reads everything available
    alice.SetReading(false);
  }
  EXPECT_FALSE(alice.ended());
  alice.SetReading(true);
  world.RunAWhile();
  EXPECT_EQ(alice.responses().size(), 102u);
}

// The stream does not notify each time, since only little of the buffer becomes free.
TEST_P(ChatServerLimitsTest, PeerThatTakesAFewBytesNowAndThenIsNotEnded) {
  ServerWorld world(GetParam());
  RawPeer& watcher = world.Join("Watcher");
  RawPeer& alice = world.Join("Alice");
  world.RunAWhile();
  alice.SetReading(false);
  for (int i = 0; i < 150; ++i) {
    watcher.Send(RawRequest("POST", "Watcher", std::string(1000, 'x') + "\n"));
  }
  for (int i = 0; i < 60; ++i) {
    world.scheduler.RunFor(absl::Seconds(2));
    alice.ReadSome(10);
  }
  EXPECT_FALSE(alice.ended());
  alice.SetReading(true);
  world.RunAWhile();
  EXPECT_EQ(alice.responses().size(), 152u);
}

TEST_P(ChatServerLimitsTest, MemberThatStopsReadingIsClosedWithinTheLengthOfTheLog) {
  ServerOptions options;
  options.backlog_bytes = 64 << 10;
  ServerWorld world(GetParam(), options);
  RawPeer& bob = world.Join("Bob");
  RawPeer& carol = world.Join("Carol");
  RawPeer& alice = world.Join("Alice");
  world.RunAWhile();
  alice.SetReading(false);
  // More bytes than the log and all buffers hold, too fast for a time limit to expire.
  for (int i = 0; i < 200; ++i) {
    bob.Send(RawRequest("POST", "Bob", std::string(1000, 'x') + "\n"));
    world.scheduler.RunFor(absl::Milliseconds(100));
  }
  world.RunAWhile();
  EXPECT_EQ(world.events.CountOf("left Alice slow consumer"), 1u);
  EXPECT_EQ(world.server->stats().evicted, 1u);
  EXPECT_EQ(bob.responses().size(), 2u + 2u + 200u + 1u);
  EXPECT_EQ(carol.responses().size(), 2u + 1u + 200u + 1u);
}

// The bytes that a talker and a silent member received, and the memory held before the end.
std::string HearALog(const WorldKind& kind, std::uint64_t log_start) {
  ServerOptions options;
  options.backlog_bytes = 32 << 10;
  options.log_start = log_start;
  ServerWorld world(kind, options);
  const std::size_t before = world.server->held_bytes();
  RawPeer& bob = world.Join("Bob");
  RawPeer& alice = world.Join("Alice");
  alice.SetReading(false);
  for (int i = 0; i < 100; ++i) {
    bob.Send(RawRequest("POST", "Bob", std::string(1000, 'x') + "\n"));
    world.scheduler.RunFor(absl::Milliseconds(100));
  }
  world.RunAWhile();
  EXPECT_EQ(world.server->stats().evicted, 1u);
  EXPECT_LT(world.server->held_bytes() - before, 64u << 10);
  return bob.received() + alice.received();
}

TEST_P(ChatServerLimitsTest, ThePositionAtWhichTheLogStartsChangesNothing) {
  const std::string heard = HearALog(GetParam(), 0);
  constexpr std::uint64_t kTwo = 2;
  for (const std::uint64_t start :
       {kTwo << 20, (kTwo << 31) - 7, (kTwo << 62) - 40'000, kTwo << 62}) {
    EXPECT_EQ(HearALog(GetParam(), start), heard) << start;
  }
}

TEST_P(ChatServerLimitsTest, BurstOfManyLogsIsDeliveredInFullToWhoReads) {
  ServerOptions options;
  options.backlog_bytes = 32 << 10;
  WorldKind kind = GetParam();
  kind.link.send_buffer_bytes = 1 << 20;  // so no connection is ever blocked
  ServerWorld world(kind, options);
  std::vector<RawPeer*> members;
  for (const char* name : {"a", "b", "c", "d", "e"}) members.push_back(&world.Join(name));
  world.RunAWhile();
  // 5 * 40 KB at once, through a log of 32 KB.
  const std::string names = "abcde";
  for (std::size_t m = 0; m < 5; ++m) {
    std::string burst;
    for (int i = 0; i < 40; ++i) {
      burst += RawRequest("POST", names.substr(m, 1), std::string(1000, names[m]) + "\n");
    }
    members[m]->Send(burst);
  }
  world.scheduler.RunFor(absl::Seconds(600));
  EXPECT_EQ(world.server->stats().evicted, 0u);
  for (std::size_t m = 0; m < 5; ++m) {
    EXPECT_EQ(members[m]->responses().size(), 2u + (4 - m) + 200u) << m;
  }
}

TEST_P(ChatServerLimitsTest, WhoAsksWithoutReadingIsLeftUnreadAndLosesNothing) {
  ServerOptions options;
  options.private_bytes = 2000;
  ServerWorld world(GetParam(), options);
  RawPeer& alice = world.Join("Alice");
  world.RunAWhile();
  alice.SetReading(false);
  for (int i = 0; i < 500; ++i) alice.Send(RawRequest("GET", "Alice"));
  world.RunAWhile();
  const std::uint64_t served = world.server->stats().requests;
  world.scheduler.RunFor(absl::Seconds(20));
  EXPECT_EQ(world.server->stats().requests, served);
  EXPECT_LT(served, 480u);
  alice.SetReading(true);
  world.scheduler.RunFor(absl::Seconds(600));
  EXPECT_EQ(alice.responses().size(), 502u);
}

TEST_P(ChatServerLimitsTest, ListsHeldUpByWhoDoesNotReadAreBounded) {
  ServerOptions options;
  options.list_bytes = 4000;
  ServerWorld world(GetParam(), options);
  const std::string longest(28, 'n');
  for (int i = 10; i < 40; ++i) world.Join(longest + std::to_string(i));
  RawPeer& holder = world.Join("Holder");
  world.RunAWhile();
  holder.SetReading(false);
  for (int i = 0; i < 200; ++i) {
    holder.Send(RawRequest("GET", "Holder"));
    world.scheduler.RunFor(absl::Milliseconds(20));
    RawPeer& other = world.Join("Other");
    other.Send(RawRequest("GET", "Other"));
    world.scheduler.RunFor(absl::Milliseconds(50));
    other.Close();
    world.scheduler.RunFor(absl::Milliseconds(20));
  }
  world.RunAWhile();
  EXPECT_EQ(world.events.CountOf("left Holder slow consumer"), 1u);
  EXPECT_EQ(world.server->connections(), 30u);  // nobody else
}

// So many requests of `name`, each with a text of so many bytes.
std::string Posts(const std::string& name, int count, std::size_t text_bytes) {
  std::string requests;
  for (int i = 0; i < count; ++i) {
    requests += RawRequest("POST", name, std::string(text_bytes, 'x') + "\n");
  }
  return requests;
}

// ---- The brake -------------------------------------------------------------------------------

// A talker, and readers whose links are far slower than the talker.
struct BrakedRoom {
  static constexpr int kPosts = 400;

  static ServerOptions Options() {
    ServerOptions options;
    options.backlog_bytes = 64 << 10;
    options.turn_broadcast_bytes = 8 << 10;
    return options;
  }

  BrakedRoom(const WorldKind& kind, const ServerOptions& options)
      : world(kind, options), talker(world.Join("Talker")) {
    for (const char* name : {"a", "b", "c", "d"}) {
      sim::Link& link =
          world.network.LinkBetween("server", "peer-" + std::to_string(world.peers.size()));
      sim::LinkOptions slow = link.options();
      slow.bytes_per_second = 20'000;
      link.SetOptions(slow);
      readers.push_back(&world.Join(name));
    }
    world.RunAWhile();
  }

  void Flood() { talker.Send(Posts("Talker", kPosts, 500)); }

  ServerWorld world;
  RawPeer& talker;
  std::vector<RawPeer*> readers;
};

TEST_P(ChatServerLimitsTest, TalkerThatIsFasterThanTheLinksLosesNobody) {
  BrakedRoom room(GetParam(), BrakedRoom::Options());
  room.Flood();
  room.world.scheduler.RunFor(absl::Minutes(5));
  EXPECT_EQ(room.world.server->stats().evicted, 0u);
  for (std::size_t i = 0; i < room.readers.size(); ++i) {
    EXPECT_EQ(room.readers[i]->responses().size(), 2u + (3 - i) + BrakedRoom::kPosts) << i;
  }
}

TEST_P(ChatServerLimitsTest, CalmMemberIsHeardSoonWhileTheRoomIsBraked) {
  BrakedRoom room(GetParam(), BrakedRoom::Options());
  room.Flood();
  room.world.scheduler.RunFor(absl::Seconds(2));
  RawPeer& calm = *room.readers.front();
  const std::uint64_t before = room.world.server->stats().broadcasts;
  ASSERT_LT(before, 200u);
  calm.Send(RawRequest("POST", "a", "calm\n"));
  room.world.scheduler.RunFor(absl::Minutes(5));
  const std::vector<std::string> seen = calm.entities();
  const auto heard = std::find(seen.begin(), seen.end(), "[ a ] : calm\n");
  ASSERT_NE(heard, seen.end());
  // After the texts broadcast before, and two turns of the talker.
  EXPECT_LT(static_cast<std::uint64_t>(heard - seen.begin()), before + 30);
}

TEST_P(ChatServerLimitsTest, MembersThatDoNotReadHoldTheOthersUpForTheBrakeLimitOnly) {
  ServerOptions options;
  options.brake_limit = absl::Seconds(2);
  options.stall_limit = absl::Seconds(60);
  ServerWorld world(GetParam(), options);
  RawPeer& alice = world.Join("Alice");
  RawPeer& bob = world.Join("Bob");
  for (const char* name : {"mute1", "mute2", "mute3"}) world.Join(name).SetReading(false);
  world.RunAWhile();
  alice.Send(Posts("Alice", 200, 1000));
  world.scheduler.RunFor(absl::Seconds(1));
  alice.Send(RawRequest("POST", "Alice", "last\n"));
  world.scheduler.RunFor(absl::Seconds(1) - absl::Milliseconds(100));
  EXPECT_NE(bob.entities().back(), "[ Alice ] : last\n");
  ASSERT_TRUE(world.scheduler.RunUntil(
      [&] { return bob.entities().back() == "[ Alice ] : last\n"; }, absl::Seconds(30)));
  EXPECT_EQ(world.server->stats().expired, 0u);
}

TEST_P(ChatServerLimitsTest, BrakedServerSleepsUntilAMemberCanBeWrittenTo) {
  ServerOptions options;
  options.brake_limit = absl::Hours(1);
  options.stall_limit = absl::Hours(2);
  ServerWorld world(GetParam(), options);
  RawPeer& alice = world.Join("Alice");
  for (const char* name : {"mute1", "mute2", "mute3"}) world.Join(name).SetReading(false);
  world.RunAWhile();
  alice.Send(Posts("Alice", 300, 1000));
  world.scheduler.RunFor(absl::Seconds(60));
  const std::uint64_t requests = world.server->stats().requests;
  const std::uint64_t turns = world.scheduler.counters().turns;
  ASSERT_LT(requests, 300u);
  world.scheduler.RunFor(absl::Minutes(30));
  EXPECT_EQ(world.server->stats().requests, requests);
  EXPECT_LT(world.scheduler.counters().turns, turns + 5);
}

TEST_P(ChatServerLimitsTest, RequestThatArrivedInTimeIsServedHoweverLongTheRoomIsBraked) {
  ServerOptions options;
  options.brake_limit = absl::Seconds(30);
  ServerWorld world(GetParam(), options);
  RawPeer& alice = world.Join("Alice");
  for (const char* name : {"mute1", "mute2", "mute3"}) world.Join(name).SetReading(false);
  RawPeer& late = world.Connect();
  alice.Send(Posts("Alice", 300, 1000));
  world.scheduler.RunFor(absl::Seconds(2));
  late.Send(RawRequest("ADD", "Late"));
  world.scheduler.RunFor(absl::Seconds(20));  // the login limit is 10 s
  EXPECT_EQ(late.responses().size(), 1u);
  world.scheduler.RunFor(absl::Seconds(100));
  ASSERT_GE(late.responses().size(), 2u);
  EXPECT_EQ(late.responses()[1].code, 200);
}

TEST_P(ChatServerLimitsTest, StopAnswersWhatArrivedInABrakedRoom) {
  ServerOptions options;
  options.brake_limit = absl::Hours(1);
  ServerWorld world(GetParam(), options);
  RawPeer& alice = world.Join("Alice");
  for (const char* name : {"mute1", "mute2", "mute3"}) world.Join(name).SetReading(false);
  RawPeer& bob = world.Join("Bob");
  world.RunAWhile();
  alice.Send(Posts("Alice", 60, 1000));
  world.scheduler.RunFor(absl::Seconds(2));
  bob.Send(RawRequest("POST", "Bob", "before the end\n"));
  world.scheduler.RunFor(absl::Seconds(1));
  world.server->Stop([] {});
  world.RunAWhile();
  const std::vector<std::string> seen = bob.entities();
  ASSERT_GE(seen.size(), 2u);
  EXPECT_EQ(seen[seen.size() - 2], "[ Bob ] : before the end\n");
  EXPECT_THAT(seen.back(), HasSubstr("shutting down"));
}

TEST_P(ChatServerLimitsTest, BusySenderDoesNotHoldUpOthers) {
  ServerOptions options;
  options.turn_requests = 4;
  ServerWorld world(GetParam(), options);
  RawPeer& busy = world.Join("Busy");
  RawPeer& alice = world.Join("Alice");
  world.RunAWhile();
  std::string burst;
  for (int i = 0; i < 400; ++i) burst += RawRequest("POST", "Busy", "b\n");
  busy.Send(burst);
  alice.Send(RawRequest("POST", "Alice", "quick\n"));
  world.scheduler.RunFor(absl::Seconds(60));
  const std::vector<std::string> seen = alice.entities();
  ASSERT_EQ(seen.size(), 2u + 401u);
  const auto quick = std::find(seen.begin(), seen.end(), "[ Alice ] : quick\n");
  EXPECT_LT(quick - seen.begin(), 100);
}

TEST_P(ChatServerLimitsTest, WallClockThatJumpsChangesNothingButDatetime) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  world.scheduler.SetWallOffset(absl::Hours(-100000));
  RawPeer& silent = world.Connect();
  world.scheduler.SetWallOffset(absl::Hours(100000));
  EXPECT_GE(TimeUntilOver(world, silent), absl::Seconds(10) - kSlack);
  alice.Send(RawRequest("GET", "Alice"));
  world.RunAWhile();
  EXPECT_EQ(alice.last_code(), 200);
  EXPECT_THAT(alice.responses().back().head, HasSubstr("\nDatetime: 1981-"));
}

TEST_P(ChatServerLimitsTest, OutOfDescriptorsIsToldAndServedAgainWhenOneIsFree) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  world.network.host("server").SetDescriptorLimit(2);  // the listener and Alice
  RawPeer& late = world.Connect();
  world.RunAWhile();
  EXPECT_TRUE(late.ended());
  EXPECT_EQ(world.server->stats().turned_away, 1u);
  EXPECT_EQ(world.server->stats().closed_by_reason[EndReason::kDescriptors], 1u);
  ASSERT_EQ(late.responses().size(), 1u);
  EXPECT_EQ(late.last_code(), 500);
  EXPECT_THAT(late.entities().back(), HasSubstr("out of descriptors"));
  alice.Close();
  world.RunAWhile();
  EXPECT_EQ(world.Connect().last_code(), 202);
}

TEST_P(ChatServerLimitsTest, WhoAsksAndReadsAllTheTimeLeavesNothingBehind) {
  ServerWorld world(GetParam());
  RawPeer& alice = world.Join("Alice");
  std::string lists;
  for (int i = 0; i < 200; ++i) lists += RawRequest("GET", "Alice");
  std::size_t most = 0;
  for (int round = 0; round < 20; ++round) {
    alice.Send(lists);
    world.scheduler.RunFor(absl::Milliseconds(200));
    most = std::max(most, world.server->held_bytes());
  }
  world.RunAWhile();
  EXPECT_EQ(alice.responses().size(), 2u + 20 * 200);
  EXPECT_LT(most, 100'000u);
  EXPECT_LT(world.server->held_bytes(), 2'000u);
}

TEST_P(ChatServerLimitsTest, ListsOfManyStatesOfTheRoomAreBoundedWhoeverAsksForThem) {
  ServerOptions options;
  options.list_bytes = 20'000;
  ServerWorld world(GetParam(), options);
  for (int i = 0; i < 50; ++i) world.Join("a-member-with-a-long-name." + std::to_string(i));
  world.RunAWhile();
  const std::size_t before = world.server->held_bytes();
  std::vector<RawPeer*> guests;
  for (int i = 0; i < 20; ++i) {
    guests.push_back(&world.Connect());
    guests.back()->SetReading(false);
  }
  std::size_t most = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "guest." + std::to_string(i);
    std::string visits;
    for (int visit = 0; visit < 40; ++visit) {
      visits += RawRequest("ADD", name) + RawRequest("GET", name) + RawRequest("DELETE", name);
    }
    guests[static_cast<std::size_t>(i)]->Send(visits);
  }
  for (int step = 0; step < 2'000; ++step) {
    world.scheduler.RunFor(absl::Milliseconds(5));
    most = std::max(most, world.server->held_bytes());
  }
  // In addition to the lists: 1,600 broadcasts in the log, and 20 guests' replies and requests.
  constexpr std::size_t kLog = 640'000;
  EXPECT_LT(most, before + options.list_bytes + 4'000 + kLog + 1'130'000);
  for (RawPeer* guest : guests) guest->Close();
  world.RunAWhile();
  EXPECT_EQ(world.server->room().members().size(), 50u);
}

// ---- Partial requests ------------------------------------------------------------------------

// A POST of 100 bytes that lacks the last `missing` ones.
std::string PartOfPost(const std::string& name, std::size_t missing) {
  std::string request = RawRequest("POST", name, "x\n");
  request.replace(request.find(" h "), 3, " " + std::string(101 - request.size(), 'h') + " ");
  return request.substr(0, request.size() - missing);
}

// 200 bytes of partial requests are allowed, and 100 before a login.
class PartialRequests : public ServerWorldTest {
 protected:
  static ServerOptions Options() {
    ServerOptions options;
    options.partial_bytes = 200;
    return options;
  }

  RawPeer& Send(RawPeer& peer, std::string_view bytes) {
    peer.Send(bytes);
    world_.RunAWhile();
    return peer;
  }
  RawPeer& Join(const std::string& name) {
    RawPeer& peer = world_.Join(name);
    world_.RunAWhile();
    return peer;
  }
  std::size_t partial_bytes() const { return world_.server->partial_bytes(); }

  ServerWorld world_{GetParam(), Options()};
};
INSTANTIATE_TEST_SUITE_P(AllNetworks, PartialRequests, ::testing::ValuesIn(FastWorldKinds()),
                         WorldName);

TEST_P(PartialRequests, BeyondTheirLimitEndTheConnectionThatSentTheLastByte) {
  RawPeer& alice = Join("Alice");
  RawPeer& bob = Join("Bob");
  RawPeer& carol = Join("Carol");
  Send(alice, PartOfPost("Alice", 1));
  Send(bob, PartOfPost("Bob", 1));
  Send(carol, "PO");
  EXPECT_EQ(partial_bytes(), 200u);
  Send(carol, "S");
  EXPECT_EQ(carol.entities().back(),
            "Too many unfinished requests: at most 200 bytes, got 201, try again later");
  EXPECT_EQ(carol.last_code(), 500);
  EXPECT_TRUE(carol.end_of_stream());
  EXPECT_EQ(world_.events.CountOf("left Carol too many unfinished requests"), 1u);
  EXPECT_EQ(world_.server->stats().closed_by_reason[EndReason::kFull], 1u);
  EXPECT_EQ(partial_bytes(), 198u);
  Send(alice, "\n");
  Send(bob, "\n");
  EXPECT_EQ(bob.entities().back(), "[ Bob ] : x\n");
  EXPECT_EQ(partial_bytes(), 0u);
}

TEST_P(PartialRequests, BeyondHalfTheLimitEndOnlyConnectionsThatAreNotLoggedIn) {
  RawPeer& alice = Join("Alice");
  RawPeer& bob = Join("Bob");
  RawPeer& stranger = world_.Connect();
  Send(alice, PartOfPost("Alice", 1));
  Send(stranger, "A");
  EXPECT_EQ(partial_bytes(), 100u);
  Send(stranger, "D");
  EXPECT_EQ(stranger.entities().back(),
            "Too many unfinished requests: at most 100 bytes before a login, got 101, "
            "try again later");
  EXPECT_TRUE(stranger.end_of_stream());
  Send(bob, PartOfPost("Bob", 50));
  EXPECT_EQ(partial_bytes(), 149u);
  Send(alice, "\n");
  EXPECT_EQ(alice.entities().back(), "[ Alice ] : x\n");
}

TEST_P(PartialRequests, AreNotCountedWhenTheirConnectionHasEnded) {
  RawPeer& alice = Join("Alice");
  RawPeer& bob = Join("Bob");
  Send(alice, PartOfPost("Alice", 1));
  Send(bob, PartOfPost("Bob", 50));
  EXPECT_EQ(partial_bytes(), 149u);
  bob.Reset();
  world_.RunAWhile();
  EXPECT_EQ(partial_bytes(), 99u);
  EXPECT_TRUE(world_.scheduler.RunUntil([&] { return alice.ended(); }, absl::Minutes(2)));
  EXPECT_EQ(partial_bytes(), 0u);
}

TEST_P(PartialRequests, AreHeldBytes) {
  RawPeer& alice = Join("Alice");
  const std::size_t before = world_.server->held_bytes();
  Send(alice, PartOfPost("Alice", 1));
  EXPECT_EQ(world_.server->held_bytes(), before + 99);
}

struct BadOption {
  void (*set)(ServerOptions&);
  const char* reason;
};

TEST(ServerOptionsTest, OptionsOutOfRangeAreNamedWithRangeAndValue) {
  constexpr std::size_t kHuge = ~std::size_t{0};
  const BadOption bad[] = {
      {[](ServerOptions& o) { o.backlog_bytes = 1000; },
       "backlog_bytes must be 32768 to 1073741824, got 1000"},
      {[](ServerOptions& o) { o.backlog_bytes = kHuge; },
       "backlog_bytes must be 32768 to 1073741824, got 18446744073709551615"},
      {[](ServerOptions& o) { o.room.text_bytes = std::size_t{1} << 61; },
       "max_text_bytes must be 1 to 1048576, got 2305843009213693952"},
      {[](ServerOptions& o) { o.room.text_bytes = 0; }, "max_text_bytes must be 1 to"},
      {[](ServerOptions& o) { o.partial_bytes = 0; },
       "partial_bytes must be 1 to 1073741824, got 0"},
      {[](ServerOptions& o) { o.log_start = kHuge; },
       "log_start must be 0 to 9223372036854775808, got 18446744073709551615"},
      {[](ServerOptions& o) { o.room.members = 0; }, "max_members must be 1 to"},
      {[](ServerOptions& o) { o.max_connections = 0; }, "max_connections must be 1 to"},
      {[](ServerOptions& o) { o.login_limit = absl::Seconds(-1); },
       "login_limit must be longer than 0, got -1s"},
      {[](ServerOptions& o) { o.request_limit = absl::ZeroDuration(); },
       "request_limit must be longer than 0, got 0"},
      {[](ServerOptions& o) { o.stall_limit = -absl::InfiniteDuration(); },
       "stall_limit must be longer than 0, got -inf"},
      {[](ServerOptions& o) { o.developer = "a\nServer: forged"; }, "visible ASCII"},
  };
  for (const BadOption& option : bad) {
    ServerOptions options;
    option.set(options);
    EXPECT_THAT(CheckOptions(options).message(), HasSubstr(option.reason));
  }
  EXPECT_TRUE(CheckOptions(ServerOptions()).ok());
  ServerOptions patient;
  patient.stall_limit = absl::InfiniteDuration();
  EXPECT_TRUE(CheckOptions(patient).ok());
}

}  // namespace
}  // namespace chathttp
