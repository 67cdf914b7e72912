// A server that is killed, crashed with its machine, or stopped, again and again, on a disk with faults:
//
//   epoch    no position has two broadcasts
//   durable  with `always`, what anybody heard is in the journal after any crash
//   journal  what is recovered is what was said, in order
//   resume   nobody misses or repeats a broadcast without being told of a gap; with `always`, and a disk
//            without faults, nobody is told of one
#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/network/sim_disk.h"
#include "chathttp/sim/network/sim_journal.h"
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/transport/codec/entity.h"
#include "chathttp/transport/journal/recovery.h"
#include "chathttp/transport/server/chat_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/returner.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using sim::SimJournal;

constexpr const char* kMembers[] = {"Alice", "Bob", "Carl"};

std::string EntityOf(const PastBroadcast& broadcast) {
  switch (broadcast.kind) {
    case Broadcast::Kind::kEntered:
      return broadcast.name + std::string(kEnteredEnding);
    case Broadcast::Kind::kLeft:
      return broadcast.name + std::string(kLeftEnding);
    case Broadcast::Kind::kSaid:
      break;
  }
  return absl::StrCat(AbslView(kSaidOpening), broadcast.name, AbslView(kSaidMiddle), broadcast.text,
                      "\n");
}

// One run of a seed.
class Restarts {
 public:
  explicit Restarts(std::uint64_t seed)
      : seed_(seed),
        dice_(static_cast<unsigned>(seed)),
        scheduler_({.seed = seed}),
        network_(scheduler_, {.seed = seed, .link = AllWorldKinds()[Draw(1) * 2].link}),
        disk_({.seed = seed}),
        sync_(static_cast<SimJournal::Sync>(Draw(2))),
        has_faults_(Draw(2) == 0) {}

  void Run() {
    Start();
    for (const char* name : kMembers) {
      members_.push_back(
          std::make_unique<Returner>([this]() -> RawPeer& { return Connect(); }, name, 0));
      members_.back()->OnHeard(
          [this](const Position& at, const std::string& entity) { Hear(at, entity); });
      RunFor(500);
    }
    const int lives = 3 + Draw(3);
    for (int life = 0; life < lives; ++life) {
      Live();
      End();
      Start();
      for (const auto& member : members_) member->Lose(4);
      RunFor(1500);
    }
    Settle();
  }

  const std::vector<std::string>& wrong() const { return wrong_; }
  bool is_exact() const { return sync_ == SimJournal::Sync::kAlways && !has_faults_; }

  int crashes = 0;
  int gaps = 0;
  int repairs = 0;
  int heard = 0;
  int failures = 0;

 private:
  int Draw(int most) { return static_cast<int>(dice_() % (static_cast<unsigned>(most) + 1U)); }
  void RunFor(int milliseconds) {
    scheduler_.RunFor(absl::Milliseconds(milliseconds));
    for (const auto& member : members_) member->Read();
  }
  template <typename... Parts>
  void Wrong(const Parts&... parts) {
    if (wrong_.size() < 5) wrong_.push_back(absl::StrCat(parts...));
  }

  RawPeer& Connect() {
    peers_.push_back(std::make_unique<RawPeer>(network_.host(absl::StrCat("peer-", peers_.size())),
                                               ServerWorld::endpoint()));
    scheduler_.RunFor(absl::Milliseconds(60));
    return *peers_.back();
  }

  void Hear(const Position& at, const std::string& entity) {
    ++heard;
    const auto [known, is_new] = truth_.emplace(at, entity);
    if (!is_new && known->second != entity) {
      Wrong("epoch: ", ToString(at), " is ", known->second, " and ", entity);
    }
    if (at.epoch == epoch_) most_heard_ = std::max(most_heard_, at.count);
  }

  // Recovers, and compares what came back with what was heard.
  void Start() {
    RecoveryOptions options;
    options.fresh_epoch = static_cast<std::uint64_t>(absl::ToUnixMillis(scheduler_.WallNow()));
    options.broadcast_bytes = std::size_t{1} << 20;
    options.journal.segment_bytes = 2'000;
    auto recovery = Recover(disk_, options);
    // What an operator does: repairs what is corrupt, and tries again if a sync fails.
    for (int attempt = 0; !recovery.ok() && attempt < 3; ++attempt) {
      if (absl::IsDataLoss(recovery.status())) {
        if (!flipped_) Wrong("journal: ", recovery.status().ToString());
        ++repairs;
        options.repair = true;
      }
      recovery = Recover(disk_, options);
    }
    ASSERT_TRUE(recovery.ok()) << recovery.status();
    const PastRoom& past = recovery->past;
    for (const PastBroadcast& broadcast : past.broadcasts) {
      const auto said = truth_.find({epoch_, broadcast.count});
      if (said != truth_.end() && said->second != EntityOf(broadcast)) {
        Wrong("journal: broadcast ", broadcast.count, " was ", said->second, ", recovered ",
              EntityOf(broadcast));
      }
    }
    const bool excused = journal_failed_ || flipped_;
    if (sync_ == SimJournal::Sync::kAlways && !excused && past.end.count < most_heard_) {
      Wrong("durable: ", most_heard_, " were heard, the journal has ", past.end.count);
    }
    if (past.end.epoch <= epoch_ && !past.clean) Wrong("epoch: ", epoch_, " was kept");
    epoch_ = past.end.epoch;
    most_heard_ = past.clean ? std::min(most_heard_, past.end.count) : 0;
    flipped_ = journal_failed_ = false;
    journal_.emplace(scheduler_, disk_, std::move(recovery->writer),
                     SimJournal::Options{.seed = seed_,
                                         .entity = ++life_,
                                         .sync = sync_,
                                         .max_latency = absl::Milliseconds(Draw(40))});
    server_.emplace(network_.host("server"), scheduler_);
    server_->UseSessions(entropy_);
    server_->SetJournal(*journal_);
    server_->Restore(past);
    ASSERT_TRUE(server_->Listen(ServerWorld::endpoint()).ok());
  }

  void Live() {
    for (int round = 3 + Draw(12); round > 0; --round) {
      for (const auto& member : members_) {
        if (Draw(1) == 0) Say(*member);
        if (Draw(9) == 0) member->Lose(Draw(4));
      }
      if (has_faults_ && Draw(9) == 0) BreakDisk();
      RunFor(Draw(60));
    }
  }

  void Say(Returner& member) {
    member.peer().Send(RawRequest("POST", member.name(), absl::StrCat("text ", ++texts_, "\n")));
  }

  void BreakDisk() {
    switch (Draw(2)) {
      case 0:
        return disk_.FailSync();
      case 1:
        return disk_.Fill();
      default:
        return disk_.Stall(absl::Milliseconds(Draw(300)));
    }
  }

  // What is on its way to a peer is heard, though the process is gone.
  void End() {
    ++crashes;
    const int way = Draw(3);
    // It ends in the middle of a conversation, while writes are on their way.
    for (const auto& member : members_) Say(*member);
    RunFor(Draw(30));
    if (way == 0) {
      bool stopped = false;
      server_->Stop([&] { stopped = true; });
      for (int i = 0; i < 100 && !stopped; ++i) RunFor(100);
      if (!stopped) Wrong("the server does not stop");
      (void)journal_->Close();
      was_clean_ = true;
    }
    journal_failed_ = journal_->failed();
    failures += journal_failed_ ? 1 : 0;
    server_.reset();
    journal_.reset();
    if (way >= 2) disk_.Crash();
    disk_.SetCapacity(std::uint64_t{1} << 40);
    RunFor(300);
    if (!has_faults_ || Draw(3) > 0) return;
    flipped_ = true;
    // Without its last bytes, a journal can look like that of an earlier clean stop.
    const bool may_tear = Draw(1) == 0 && !was_clean_;
    may_tear ? void(disk_.Tear(static_cast<std::uint64_t>(Draw(200)))) : void(disk_.Flip());
  }

  // All come back, and hear what is said from now on.
  void Settle() {
    for (int i = 0; i < 4; ++i) {
      for (const auto& member : members_) {
        if (!member->chats() || member->peer().ended()) member->Lose(4);
      }
      RunFor(1500);
    }
    Say(*members_.front());
    RunFor(1500);
    const std::string last = absl::StrCat("[ Alice ] : text ", texts_, "\n");
    for (const auto& member : members_) {
      gaps += member->gaps();
      const std::vector<std::string>& all = member->heard();
      if (all.empty() || all.back() != last) Wrong("resume: ", member->name(), " is not back");
      if (!is_exact()) continue;
      if (member->gaps() > 0) Wrong("resume: ", member->name(), " was told of a gap");
      if (std::set<std::string>(all.begin(), all.end()).size() != all.size()) {
        Wrong("resume: ", member->name(), " heard something twice");
      }
    }
  }

  const std::uint64_t seed_;
  std::mt19937 dice_;
  sim::VirtualScheduler scheduler_;
  sim::SimNetwork network_;
  sim::SimDisk disk_;
  CountingEntropy entropy_;
  const SimJournal::Sync sync_;
  const bool has_faults_;
  std::optional<SimJournal> journal_;
  std::optional<ChatServer> server_;
  std::vector<std::unique_ptr<RawPeer>> peers_;
  std::vector<std::unique_ptr<Returner>> members_;
  std::map<Position, std::string> truth_;  // what was heard, by the position behind it
  std::uint64_t epoch_ = 0;                // of this life
  std::uint64_t most_heard_ = 0;           // in this epoch
  std::uint64_t life_ = 0;
  bool flipped_ = false;  // bytes on the disk were changed since the last start
  bool journal_failed_ = false;
  bool was_clean_ = false;  // one of the stops
  int texts_ = 0;
  std::vector<std::string> wrong_;
};

TEST(RestartProperty, NobodyIsLeftInDoubt) {
  const char* const given = std::getenv("CHATHTTP_SEEDS");
  int seeds = 150;
  ASSERT_TRUE(given == nullptr || absl::SimpleAtoi(given, &seeds));
  int crashes = 0;
  int gaps = 0;
  int repairs = 0;
  int heard = 0;
  int failures = 0;
  int exact = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(seed);
    Restarts run(static_cast<std::uint64_t>(seed));
    run.Run();
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_THAT(run.wrong(), ::testing::IsEmpty());
    crashes += run.crashes;
    gaps += run.gaps;
    repairs += run.repairs;
    heard += run.heard;
    failures += run.failures;
    exact += run.is_exact() ? 1 : 0;
  }
  EXPECT_GT(crashes, 3 * seeds);
  EXPECT_GT(gaps, seeds / 10);
  EXPECT_GT(repairs, seeds / 50);
  EXPECT_GT(failures, seeds / 20);
  EXPECT_GT(exact, seeds / 10);
  EXPECT_GT(heard, 50 * seeds);
  RecordProperty("heard", heard);
}

}  // namespace
}  // namespace chathttp
