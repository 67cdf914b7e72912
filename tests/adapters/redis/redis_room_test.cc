// Chat servers that share a room through a Redis server which stalls, cuts, loses and repeats: each
// peer must hear one order, with its own replies in their places, and each name must leave once.
#include <cstdlib>
#include <deque>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "chathttp/adapters/redis/redis_log.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/transport/server/chat_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapters/redis/fake_redis.h"
#include "tests/adapters/redis/room_parts.h"
#include "tests/transport/server/raw_peer.h"
#include "tests/transport/server/room_truth.h"

namespace chathttp::redis {
namespace {

using sim::DrawSequence;

constexpr const char* kLog = "{room}:log";
constexpr const char* kSnap = "{room}:snap";

class RedisRoom {
 public:
  explicit RedisRoom(std::uint64_t seed)
      : seed_(seed),
        draws_(seed, sim::Purpose::kGenerate, 1),
        scheduler_({.seed = seed, .max_wake_delay = Milliseconds(0, 2)}),
        network_(scheduler_, {.seed = seed, .link = Link()}),
        redis_(network_.host("redis"), scheduler_, {"redis", 6379}),
        snapshot_every_(draws_.Uniform(8, 80)) {
    const std::uint64_t count = draws_.Uniform(1, 4);
    for (std::uint64_t i = 0; i < count; ++i) {
      StartProcess(i == 0);
      scheduler_.RunFor(absl::Milliseconds(300));
    }
  }

  void Run() {
    for (int step = 0; step < 120; ++step) {
      Act();
      const std::uint64_t pace = draws_.Uniform(0, 29);
      scheduler_.RunFor(Milliseconds(0, pace == 0 ? 4000 : pace < 4 ? 300 : 20));
    }
    redis_.Go();
    for (const auto& process : processes_) Heal(process->host);
    scheduler_.RunFor(absl::Seconds(40));
  }

  // A line for each thing that is wrong; empty if nothing is.
  std::string Check() {
    const Past& all = redis_.all(kLog);
    for (const auto& entry : all) epochs_.insert(entry.id.epoch);
    const std::uint64_t last_epoch = all.back().id.epoch;
    const Truth truth(CommandsOf(EpochOf(all, last_epoch)));
    for (const auto& process : processes_) CheckProcess(*process, truth, all.back().id);
    for (const auto& peer : peers_) CheckPeer(*peer, truth, last_epoch);
    for (const ChatRoom::Member& member : truth.room.members()) {
      if (AnyProcess() == nullptr) break;  // nobody can miss the last server
      if (!members_.contains(member.id)) Wrong(member.name, " is a member without a connection");
    }
    for (const MemberId member : members_) {
      if (!truth.room.NameOf(member)) Wrong("a peer is no member any more without knowing it");
    }
    if (wrong_.empty()) return "";
    wrong_.push_back(notes());
    return absl::StrJoin(wrong_, "\n");
  }

  std::string notes() const {
    std::string all;
    for (const auto& process : processes_) {
      absl::StrAppend(&all, absl::StrJoin(process->notes, "\n"), "\n");
    }
    return all;
  }
  std::size_t entries() { return redis_.all(kLog).size(); }
  std::uint64_t checked() const { return checked_; }
  std::size_t restarts() const { return epochs_.size() - 1; }
  std::size_t losses() const { return losses_; }
  std::size_t trims() const { return redis_.trims().size(); }
  std::size_t rejoins() const {
    std::size_t rejoins = 0;
    for (const auto& process : processes_) {
      if (process->lives.size() > 1) rejoins += process->lives.size() - 1;
    }
    return rejoins;
  }

 private:
  absl::Duration Milliseconds(int min, int max) {
    return sim::UniformDuration(draws_, absl::Milliseconds(min), absl::Milliseconds(max));
  }

  sim::LinkOptions Link() {
    sim::LinkOptions link;
    link.max_chunk_bytes = draws_.Uniform(0, 1) == 0 ? 100 : 4000;
    link.latency = sim::UniformLatency(absl::Microseconds(10), Milliseconds(1, 20));
    return link;
  }

  void StartProcess(bool create) {
    RedisLog::Options options;
    options.create = create;
    options.snapshot_every = snapshot_every_;
    options.random =
        [draws = std::make_shared<DrawSequence>(seed_, sim::Purpose::kSession, processes_.size())] {
          return draws->Bits();
        };
    processes_.push_back(std::make_unique<Process>(
        network_, scheduler_, static_cast<int>(processes_.size()) + 1, options));
  }

  Process* AnyProcess() {
    std::vector<Process*> serving;
    for (const auto& process : processes_) {
      if (process->serves()) serving.push_back(process.get());
    }
    return serving.empty() ? nullptr : serving[draws_.Uniform(0, serving.size() - 1)];
  }

  void Act() {
    const std::uint64_t choice = draws_.Uniform(0, 99);
    if (peers_.empty() || choice < 14) return Connect();
    if (choice < 28) return Disturb();
    RoomPeer& peer = *peers_[draws_.Uniform(0, peers_.size() - 1)];
    if (peer.half_closed || peer.reset || !peer.raw->connected() || peer.raw->ended()) return;
    if (choice < 45) return peer.Send("ADD");
    if (choice < 66) return Say(peer);
    if (choice < 74) return peer.Send("GET");
    if (choice < 78) return peer.Send("DELETE");
    if (choice < 90) {
      for (int i = 0; i < 5; ++i) Say(peer);
      peer.Send("GET");
      return Say(peer);
    }
    if (choice < 94) {
      peer.Send("ADD");
      peer.Send("DELETE");
      return peer.Send("ADD");
    }
    if (choice < 97) {
      if (choice == 95) peer.Send("ADD");
      peer.reset = true;
      return peer.raw->Reset();
    }
    Say(peer);
    peer.half_closed = true;
    peer.raw->ShutdownWrite();
  }

  void Say(RoomPeer& peer) { peer.Send("POST", absl::StrCat("text ", ++texts_)); }

  void Connect() {
    Process* const process = AnyProcess();
    if (process == nullptr) return;
    auto peer = std::make_unique<RoomPeer>();
    peer->host = absl::StrCat("peer-", peers_.size());
    peer->address = network_.host(peer->host).address();
    peer->server = process;
    peer->raw = std::make_unique<RawPeer>(network_.host(peer->host), process->endpoint);
    peer->name = absl::StrCat("name", draws_.Uniform(0, 5));
    if (draws_.Uniform(0, 3) > 0) peer->Send("ADD");
    peers_.push_back(std::move(peer));
  }

  void Heal(const std::string& host) {
    for (const auto& [one, other] : std::exchange(paused_[host], {})) network_.Resume(one, other);
  }

  void Pause(const std::string& one, const std::string& other, const std::string& host) {
    network_.Pause(one, other);
    paused_[host].emplace_back(one, other);
  }

  void Disturb() {
    Process* const process = AnyProcess();
    if (process == nullptr) return;
    const std::string& host = process->host;
    switch (draws_.Uniform(0, 15)) {
      case 0:
        return redis_.Cut();
      case 1:
        redis_.Stall();
        scheduler_.RunFor(Milliseconds(0, 9000));
        return redis_.Go();
      case 2:
      case 3:
        Pause(host, "redis", host);
        return Pause("redis", host, host);
      case 4:
        return Pause(host, "redis", host);
      case 5:
        return Pause("redis", host, host);
      case 6:
      case 7:
        return Heal(host);
      case 8:
        return redis_.FailAppends(kLog, static_cast<int>(draws_.Uniform(1, 3)),
                                  "OOM command not allowed when used memory > 'maxmemory'.");
      case 9:
        return redis_.SwallowAppends(kLog, static_cast<int>(draws_.Uniform(1, 2)));
      case 10:
        return redis_.DoubleAppends(kLog, static_cast<int>(draws_.Uniform(1, 4)));
      case 11:
        return Lose();
      case 12:
        if (--spare_ < 0) return;
        return process->Kill();
      case 13:
        if (--spare_ < 0) return;
        process->stopping = true;
        process->chat->Stop({});
        return;
      case 14:
        if (processes_.size() < 7) StartProcess(false);
        return;
      default:
        return redis_.SendBytes("-what is this\r\n");
    }
  }

  // Entries are lost; at most once in an epoch.
  void Lose() {
    const Past& all = redis_.all(kLog);
    if (all.size() < 5 || !lossy_epochs_.insert(all.back().id.epoch).second) return;
    const FakeRedis::Stream& log = *redis_.stream(kLog);
    // Not the first entry of the epoch, so that a loss is within one.
    std::size_t most = 0;
    while (most + 1 < log.entries.size() &&
           log.entries[log.entries.size() - 1 - most].id.index > 1) {
      ++most;
    }
    if (most == 0) return;
    ++losses_;
    if (draws_.Uniform(0, 3) == 0) {
      const std::size_t back = draws_.Uniform(0, std::min<std::size_t>(most, 5) - 1);
      redis_.DeleteEntry(kLog, log.entries[log.entries.size() - 1 - back].id);
      return;
    }
    redis_.LoseTail(kLog, draws_.Uniform(1, std::min<std::size_t>(most, 20)));
    FakeRedis::Stream* const snapshots = redis_.stream(kSnap);
    if (snapshots != nullptr && draws_.Uniform(0, 1) == 0) {
      // The snapshots are as old as the log.
      std::erase_if(snapshots->entries, [&](const auto& entry) { return entry.id > log.last_id; });
      snapshots->last_id = snapshots->entries.empty() ? Position{} : snapshots->entries.back().id;
    }
    redis_.Cut();  // a server that has lost entries was started again, or is another one
  }

  static Past EpochOf(const Past& all, std::uint64_t epoch) {
    Past past;
    for (const auto& entry : all) {
      if (entry.id.epoch == epoch) past.push_back(entry);
    }
    return past;
  }

  // The logs of an epoch that a server may have read: the last one, and each that was lost up to any
  // place, with what came behind that place instead.
  const std::deque<Truth>& Truths(std::uint64_t epoch) {
    auto& truths = truths_[epoch];
    if (truths != nullptr) return *truths;
    truths = std::make_unique<std::deque<Truth>>();
    std::vector<Past> pasts = {EpochOf(redis_.all(kLog), epoch)};
    for (const Past& lost : redis_.lost_pasts()) {
      const Past old = EpochOf(lost, epoch);
      const Past next = pasts.front();
      std::size_t same = 0;
      while (same < old.size() && same < next.size() &&
             old[same].payload() == next[same].payload()) {
        ++same;
      }
      if (same == old.size()) continue;
      for (std::size_t read = same + 1; read <= old.size(); ++read) {
        Past mixed(old.begin(), old.begin() + static_cast<std::ptrdiff_t>(read));
        for (std::size_t i = read; i < next.size(); ++i) mixed.push_back(next[i]);
        pasts.push_back(std::move(mixed));
      }
    }
    for (const Past& past : pasts) truths->emplace_back(CommandsOf(past));
    return *truths;
  }

  template <typename... Parts>
  void Wrong(const Parts&... parts) {
    wrong_.push_back(absl::StrCat(parts...));
  }

  void CheckProcess(const Process& process, const Truth& truth, const Position& top) {
    if (!process.failure.empty()) Wrong(process.host, " failed: ", process.failure);
    for (const auto& [connection, count] : process.entered) {
      const auto left = process.left.find(connection);
      if (left != process.left.end() && left->second > count) {
        Wrong(process.host, " reported more kLeft than kEntered");
      }
    }
    if (!process.serves()) return;
    const RedisLog::Figures figures = process.log->figures();
    // The last ticks may be on the way.
    if (figures.epoch != top.epoch || figures.index + 20 < top.index) {
      Wrong(process.host, " has read ", figures.epoch, "-", figures.index, " of ", ToString(top));
    }
    if (!process.log->ready() || !process.log->MayAppend() || !figures.reachable) {
      Wrong(process.host, " is not ready: number ", static_cast<int>(process.log->self()),
            ", ready ", process.log->ready(), ", reachable ", figures.reachable, ", window ",
            figures.window, ", connects ", figures.connects, ", unread ", figures.unread_bytes);
    }
    const std::string list = ListOf(process.chat->room());
    if (list != truth.lists.back()) Wrong(process.host, " has another room: ", list);
  }

  void Describe(const RoomPeer& peer, const std::vector<RawResponse>& responses) {
    for (const PeerRequest& request : peer.requests) Wrong("  ", request.method, request.text);
    for (const RawResponse& each : responses) Wrong("    ", each.code, " ", each.entity);
    for (const Process::Life& life : peer.server->lives) {
      Wrong("  ", peer.server->host, " was number ", static_cast<int>(life.number), " in epoch ",
            life.epoch);
    }
  }

  void CheckPeer(const RoomPeer& peer, const Truth& truth, std::uint64_t last_epoch) {
    const auto found = peer.server->ids.find(peer.address);
    if (found == peer.server->ids.end()) return;  // it never connected
    ++checked_;
    const auto id = static_cast<std::uint64_t>(found->second);
    const std::vector<RawResponse> responses = peer.raw->responses();
    std::string problem = "was served by no server with a number";
    bool is_right = false;
    for (const Process::Life& life : peer.server->lives) {
      for (const Truth& each : Truths(life.epoch)) {
        const Reading reading =
            ReadAlong(each, MemberIdOf(life.number, id), peer.requests, responses);
        if (reading.problem.empty()) is_right = true;
        problem = reading.problem;
      }
    }
    // A peer that has half-closed may get more broadcasts behind the end of its server's number.
    const bool has_ended = peer.server->lives.size() > 1 || !peer.server->serves();
    if (!is_right && peer.half_closed && has_ended) return;
    if (!is_right) {
      Wrong(peer.host, " of ", peer.server->host, " ", problem);
      Describe(peer, responses);
      return;
    }
    if (!peer.server->serves() || peer.reset || peer.raw->ended()) return;
    const Process::Life& now = peer.server->lives.back();
    if (now.epoch != last_epoch) return;
    const MemberId self = MemberIdOf(now.number, id);
    const Reading reading = ReadAlong(truth, self, peer.requests, responses);
    if (!reading.problem.empty()) {
      Describe(peer, responses);
      return Wrong(peer.host, " ", reading.problem);
    }
    if (reading.over) return;
    if (!reading.open.empty()) Wrong(peer.host, " got no answer to ", reading.open.front().method);
    const bool is_in = reading.is_in() && !peer.half_closed;
    if (is_in && reading.at != truth.said.size()) {
      Wrong(peer.host, " heard ", reading.at, " of ", truth.said.size());
    }
    if (is_in) members_.insert(self);
  }

  const std::uint64_t seed_;
  DrawSequence draws_;
  sim::VirtualScheduler scheduler_;
  sim::SimNetwork network_;
  FakeRedis redis_;
  const std::uint64_t snapshot_every_;
  std::vector<std::unique_ptr<Process>> processes_;
  std::vector<std::unique_ptr<RoomPeer>> peers_;
  absl::btree_map<std::string, std::vector<std::pair<std::string, std::string>>> paused_;
  int texts_ = 0;
  int spare_ = 2;  // processes that may still be killed or stopped
  std::size_t losses_ = 0;
  std::set<std::uint64_t> lossy_epochs_;
  std::set<std::uint64_t> epochs_;
  absl::btree_map<std::uint64_t, std::unique_ptr<std::deque<Truth>>> truths_;
  std::vector<std::string> wrong_;
  std::uint64_t checked_ = 0;
  std::set<MemberId> members_;  // as the peers know
};

// CHATHTTP_SEEDS=5000 for a long run, or FIRST..LAST.
std::pair<std::uint64_t, std::uint64_t> Seeds() {
  std::uint64_t first = 1;
  std::uint64_t last = 200;
  if (const char* const given = std::getenv("CHATHTTP_SEEDS")) {
    const std::string text = given;
    const std::size_t dots = text.find("..");
    const bool one = dots == text.npos;
    EXPECT_TRUE(absl::SimpleAtoi(one ? text : text.substr(dots + 2), &last)) << text;
    EXPECT_TRUE(one || absl::SimpleAtoi(text.substr(0, dots), &first)) << text;
  }
  return {first, last};
}

TEST(RedisRoomTest, PeersHearOneOrderWhateverRedisDoes) {
  std::uint64_t entries = 0;
  std::uint64_t peers = 0;
  std::uint64_t restarts = 0;
  std::uint64_t trims = 0;
  std::uint64_t rejoins = 0;
  const auto [first, last] = Seeds();
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    RedisRoom room(seed);
    room.Run();
    ASSERT_EQ(room.Check(), "") << "seed " << seed;
    EXPECT_LE(room.restarts(), room.losses()) << "seed " << seed << "\n" << room.notes();
    entries += room.entries();
    peers += room.checked();
    restarts += room.restarts();
    trims += room.trims();
    rejoins += room.rejoins();
  }
  const std::uint64_t seeds = last - first + 1;
  std::cerr << seeds << " seeds: " << entries << " entries, " << peers << " peers, " << restarts
            << " restarts, " << trims << " trims, " << rejoins << " rejoins\n";
  EXPECT_GT(entries, 40 * seeds);
  EXPECT_GT(peers, 5 * seeds);
}

}  // namespace
}  // namespace chathttp::redis
