// A server with a journal: what it writes down, what it holds back until that is durable, and how it
// goes on after a restart.
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/transport/journal/past_room.h"
#include "chathttp/transport/journal/record.h"
#include "chathttp/transport/server/chat_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/server_world.h"
#include "tests/transport/server/session_peer.h"

namespace chathttp {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

// A journal in the hands of the test.
class HandJournal final : public Journal {
 public:
  void Append(const JournalRecord& record) override {
    if (const auto* broadcast = std::get_if<SaidOrNotice>(&record)) {
      const char* const kinds[] = {"entered", "said", "left"};
      lines.push_back(absl::StrCat(kinds[static_cast<int>(broadcast->kind)], " ",
                                   std::string(broadcast->name), " ",
                                   std::string(broadcast->text)));
      ++count;
    } else if (const auto* session = std::get_if<SessionBegun>(&record)) {
      lines.push_back(absl::StrCat("session ", std::string(session->name)));
      sessions.push_back({session->member, std::string(session->name), session->token, count});
    }
  }
  void HandOver() override { ++handed_over; }
  std::uint64_t durable() const override { return limit; }
  bool failed() const override { return false; }
  void Observe(Scheduler::Task changed) override { changed_ = std::move(changed); }

  void Allow(std::uint64_t to) {
    limit = to;
    if (changed_) changed_();
  }

  std::vector<std::string> lines;
  std::vector<PastMember> sessions;
  int handed_over = 0;
  std::uint64_t count = 0;
  std::uint64_t limit = kNoLimit;

 private:
  Scheduler::Task changed_;
};

class ServerJournalTest : public ::testing::Test {
 protected:
  ServerJournalTest() : scheduler_({}), network_(scheduler_, {}) {}

  void Start(const PastRoom& past = {.end = {7, 0}}, const ServerOptions& options = {}) {
    server_.reset();
    server_.emplace(network_.host("server"), scheduler_, options);
    server_->UseSessions(entropy_);
    journal_.count = past.end.count;
    if (journal_.limit != kNoLimit) journal_.limit = past.end.count;
    server_->SetJournal(journal_);
    server_->Restore(past);
    ASSERT_TRUE(server_->Listen(ServerWorld::endpoint()).ok());
    Run();
  }
  void Run() { scheduler_.RunFor(absl::Milliseconds(200)); }

  RawPeer& Add(const std::string& name, const std::string& header_lines = "") {
    peers_.push_back(std::make_unique<RawPeer>(network_.host(absl::StrCat("peer-", peers_.size())),
                                               ServerWorld::endpoint()));
    Run();
    peers_.back()->Send(AddRequest(name, header_lines));
    Run();
    return *peers_.back();
  }
  void Say(RawPeer& peer, const std::string& name, const std::string& text) {
    peer.Send(RawRequest("POST", name, text + "\n"));
    Run();
  }
  std::vector<std::string> Members() const {
    std::vector<std::string> names;
    for (const auto& member : server_->room().members()) names.push_back(member.name);
    return names;
  }
  // The room as a recovery of the journal would give it.
  PastRoom Past(const RawPeer& of_session) const {
    PastRoom past{.end = {9, 4}, .ended = {{7, 4}}};
    const absl::Time wall = absl::FromUnixSeconds(1'000);
    past.broadcasts = {{1, wall, Broadcast::Kind::kEntered, "Alice", ""},
                       {2, wall, Broadcast::Kind::kEntered, "Bob", ""},
                       {3, wall, Broadcast::Kind::kSaid, "Bob", "one"},
                       {4, wall, Broadcast::Kind::kSaid, "Bob", "two"}};
    past.members = {
        {MemberId{5}, "Alice", HashOfToken(*HeaderOf(*WelcomeOf(of_session), "Session")), 1},
        {MemberId{0}, "Bob", {}, 2}};
    return past;
  }

  sim::VirtualScheduler scheduler_;
  sim::SimNetwork network_;
  CountingEntropy entropy_;
  HandJournal journal_;
  std::optional<ChatServer> server_;
  std::vector<std::unique_ptr<RawPeer>> peers_;
};

TEST_F(ServerJournalTest, WritesBroadcastsAndSessionsInOrder) {
  Start();
  RawPeer& alice = Add("Alice", "Session: new\n");
  RawPeer& bob = Add("Bob");
  Say(bob, "Bob", "hello");
  alice.Reset();
  bob.Reset();
  Run();
  EXPECT_THAT(journal_.lines, ElementsAre("entered Alice ", "session Alice", "entered Bob ",
                                          "said Bob hello", "left Bob "));
  EXPECT_EQ(HeaderOf(*WelcomeOf(alice), "Position"), "7.1");
}

TEST_F(ServerJournalTest, NobodyHearsWhatIsNotDurable) {
  journal_.limit = 0;
  Start();
  RawPeer& alice = Add("Alice", "Session: new\n");
  EXPECT_FALSE(WelcomeOf(alice));  // its position would name an "entered" that a crash may lose
  journal_.Allow(1);
  Run();
  EXPECT_TRUE(WelcomeOf(alice));
  RawPeer& bob = Add("Bob");
  journal_.Allow(2);
  Run();
  Say(bob, "Bob", "one");
  Say(bob, "Bob", "two");
  alice.Send(RawRequest("GET", "Alice"));
  Run();
  EXPECT_THAT(HeardBy(alice), ElementsAre("Bob has just entered the chat room...\n"));
  EXPECT_THAT(alice.entities(), Not(Contains("Online users:\nAlice\nBob\n")));
  journal_.Allow(3);
  Run();
  EXPECT_THAT(HeardBy(alice),
              ElementsAre("Bob has just entered the chat room...\n", "[ Bob ] : one\n"));
  journal_.Allow(4);
  Run();
  EXPECT_THAT(HeardBy(bob), ElementsAre("[ Bob ] : one\n", "[ Bob ] : two\n"));
  EXPECT_THAT(alice.entities(), Contains("Online users:\nAlice\nBob\n"));
}

TEST_F(ServerJournalTest, WhoLeavesIsAnsweredBehindWhatItHeard) {
  journal_.limit = 0;
  Start();
  RawPeer& bob = Add("Bob");
  journal_.Allow(1);
  Run();
  bob.Send(RawRequest("POST", "Bob", "last\n") + RawRequest("DELETE", "Bob"));
  bob.ShutdownWrite();
  scheduler_.RunFor(absl::Seconds(5));
  EXPECT_THAT(HeardBy(bob), IsEmpty());
  EXPECT_FALSE(bob.ended());
  const std::uint64_t turns = server_->stats().turns;
  scheduler_.RunFor(absl::Seconds(5));
  EXPECT_EQ(server_->stats().turns, turns);  // it waits without turns
  journal_.Allow(3);
  Run();
  EXPECT_EQ(bob.entities().back(), "OK...^.^");
  EXPECT_THAT(HeardBy(bob), ElementsAre("[ Bob ] : last\n"));
  EXPECT_TRUE(bob.ended());
}

TEST_F(ServerJournalTest, ADiskThatDoesNotAnswerHoldsTheRoomUpAndLosesNothing) {
  ServerOptions options;
  options.backlog_bytes = 64 << 10;
  journal_.limit = 0;
  Start({.end = {7, 0}}, options);
  RawPeer& bob = Add("Bob");
  journal_.Allow(1);
  Run();
  constexpr int kTexts = 200;
  for (int i = 0; i < kTexts; ++i) {
    bob.Send(RawRequest("POST", "Bob", absl::StrCat(i, std::string(1'000, 'x'), "\n")));
  }
  scheduler_.RunFor(absl::Seconds(10));
  EXPECT_LT(journal_.count, 64U);
  while (journal_.limit < kTexts + 1) {
    journal_.Allow(journal_.count);
    Run();
  }
  const std::vector<std::string> heard = HeardBy(bob);
  ASSERT_EQ(heard.size(), std::size_t{kTexts});
  for (int i = 0; i < kTexts; ++i) {
    EXPECT_EQ(heard[static_cast<std::size_t>(i)],
              absl::StrCat("[ Bob ] : ", i, std::string(1'000, 'x'), "\n"));
  }
  EXPECT_EQ(server_->stats().evicted, 0U);
}

TEST_F(ServerJournalTest, AfterARestartMembersWithSessionsComeBackAndTheOthersLeave) {
  Start();
  RawPeer& before = Add("Alice", "Session: new\n");
  const std::string token = *HeaderOf(*WelcomeOf(before), "Session");
  Start(Past(before));
  EXPECT_THAT(Members(), ElementsAre("Alice"));
  EXPECT_EQ(journal_.lines.back(), "left Bob ");
  EXPECT_EQ(server_->away(), 1U);
  EXPECT_EQ(server_->position(), (Position{9, 5}));
  RawPeer& alice = Add("Alice", absl::StrCat("Session: ", token, "\nSince: 7.3\n"));
  EXPECT_EQ(HeaderOf(*WelcomeOf(alice), "Replay"), "2");
  EXPECT_EQ(HeaderOf(*WelcomeOf(alice), "Position"), "9.5");
  EXPECT_FALSE(HeaderOf(*WelcomeOf(alice), "Gap"));
  EXPECT_THAT(HeardBy(alice),
              ElementsAre("[ Bob ] : two\n", "Bob has just left the chat room...\n"));
  EXPECT_NE(alice.received().find("1970-01-01 00:16:40"), std::string::npos);  // its own time
  // The numbers of new connections are not those of members that are away.
  RawPeer& carol = Add("Carol");
  EXPECT_EQ(carol.last_code(), 200);
  EXPECT_THAT(Members(), ElementsAre("Alice", "Carol"));
}

TEST_F(ServerJournalTest, WhatWasHeardAndLostIsAnUnknownGap) {
  Start();
  RawPeer& before = Add("Alice", "Session: new\n");
  const std::string token = *HeaderOf(*WelcomeOf(before), "Session");
  Start(Past(before));
  RawPeer& alice = Add("Alice", absl::StrCat("Session: ", token, "\nSince: 7.5\n"));
  EXPECT_EQ(HeaderOf(*WelcomeOf(alice), "Gap"), "unknown");
  EXPECT_EQ(HeaderOf(*WelcomeOf(alice), "Session"), token);
  EXPECT_THAT(HeardBy(alice), IsEmpty());
}

TEST_F(ServerJournalTest, ThoseWhoDoNotComeBackLeaveOnce) {
  Start();
  RawPeer& before = Add("Alice", "Session: new\n");
  Start(Past(before));
  scheduler_.RunFor(absl::Seconds(119));
  EXPECT_THAT(Members(), ElementsAre("Alice"));
  scheduler_.RunFor(absl::Seconds(2));
  EXPECT_THAT(Members(), IsEmpty());
  EXPECT_EQ(std::count(journal_.lines.begin(), journal_.lines.end(), "left Alice "), 1);
}

TEST_F(ServerJournalTest, WhoIsAwayByARestartTakesNobodysPlace) {
  Start();
  RawPeer& before = Add("Alice", "Session: new\n");
  ServerOptions options;
  options.room.members = 4;  // so one of them may be away
  Start(Past(before), options);
  ASSERT_EQ(server_->away(), 1U);
  RawPeer& carol = Add("Carol", "Session: new\n");
  ASSERT_TRUE(HeaderOf(*WelcomeOf(carol), "Session"));
  carol.Reset();
  Run();
  EXPECT_THAT(Members(), ElementsAre("Alice", "Carol"));
}

TEST_F(ServerJournalTest, HistorySurvivesARestart) {
  Start();
  RawPeer& before = Add("Alice", "Session: new\n");
  ServerOptions options;
  options.history = 10;
  Start(Past(before), options);
  RawPeer& carol = Add("Carol", "History: 3\n");
  EXPECT_THAT(HeardBy(carol), ElementsAre("[ Bob ] : one\n", "[ Bob ] : two\n",
                                          "Bob has just left the chat room...\n"));
}

}  // namespace
}  // namespace chathttp
