// Several servers of one room, whose log delays and merges their commands: each peer must hear one
// order, with its own replies in their places, and each name must leave once.
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/network/sim_log.h"
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/transport/server/chat_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/raw_peer.h"
#include "tests/transport/server/room_truth.h"

namespace chathttp {
namespace {

using sim::DrawSequence;

// A server of the room, on a host of its own.
struct Server final : ServerEvents {
  Server(sim::SimNetwork& network, sim::VirtualScheduler& scheduler, sim::SimLog& log,
         ServerNumber its_number)
      : number(its_number), endpoint{absl::StrCat("server-", static_cast<int>(its_number)), 9994} {
    chat.emplace(network.host(endpoint.host), scheduler, ServerOptions(), log.AddServer(number));
    chat->Subscribe(*this);
    EXPECT_TRUE(chat->Listen(endpoint).ok());
  }

  void OnServerEvent(const ServerEvent& event) override {
    if (event.kind == ServerEvent::Kind::kAccepted) {
      ids[std::string(event.peer.substr(0, event.peer.find(':')))] = event.connection;
    }
    if (event.kind == ServerEvent::Kind::kLeft) ++left[event.connection];
    if (event.kind == ServerEvent::Kind::kEntered) ++entered[event.connection];
  }

  bool serves() const { return chat.has_value() && !stopping; }

  const ServerNumber number;
  const Endpoint endpoint;
  std::optional<ChatServer> chat;
  bool stopping = false;
  absl::btree_map<std::string, ConnectionId> ids;  // by address
  absl::btree_map<ConnectionId, int> entered;
  absl::btree_map<ConnectionId, int> left;
};

struct Peer {
  std::string host;
  std::string address;
  Server* server;
  std::unique_ptr<RawPeer> raw;
  std::string name;  // that it uses in requests
  std::vector<PeerRequest> requests;
  bool half_closed = false;
  bool reset = false;

  void Send(const std::string& method, const std::string& text = "") {
    requests.push_back({method, text});
    raw->Send(RawRequest(method, name, text.empty() ? "" : text + "\n"));
  }
};

class SeveralServers {
 public:
  explicit SeveralServers(std::uint64_t seed)
      : draws_(seed, sim::Purpose::kGenerate, 0),
        scheduler_({.seed = seed, .max_wake_delay = Milliseconds(0, 2)}),
        network_(scheduler_, {.seed = seed, .link = Link()}),
        log_(scheduler_,
             {.seed = seed, .max_delay = Milliseconds(0, 30), .window = draws_.Uniform(1, 32)}) {
    const std::uint64_t count = draws_.Uniform(1, 4);
    for (std::uint64_t i = 1; i <= count; ++i) {
      servers_.push_back(std::make_unique<Server>(network_, scheduler_, log_,
                                                  ServerNumber{static_cast<std::uint32_t>(i)}));
    }
  }

  void Run() {
    for (int step = 0; step < 80; ++step) {
      Act();
      scheduler_.RunFor(Milliseconds(0, draws_.Uniform(0, 9) == 0 ? 200 : 20));
    }
    for (const auto& server : servers_) {
      if (server->chat) log_.Heal(server->number);
    }
    scheduler_.RunFor(absl::Seconds(5));
  }

  // A line for each thing that is wrong; empty if nothing is.
  std::string Check() {
    const Truth truth(log_.entries());
    for (const auto& server : servers_) CheckServer(*server, truth);
    for (const auto& peer : peers_) CheckPeer(*peer, truth);
    for (const ChatRoom::Member& member : truth.room.members()) {
      if (!IsServed(ServerOf(member.id))) continue;
      if (!members_.contains(member.id)) Wrong(member.name, " is a member without a connection");
    }
    for (const MemberId member : members_) {
      if (!truth.room.NameOf(member)) Wrong("a peer is no member any more without knowing it");
    }
    return absl::StrJoin(wrong_, "\n");
  }

  std::uint64_t commands() const { return log_.entries().size(); }
  // The peers whose responses were compared.
  std::uint64_t checked() const { return checked_; }

 private:
  absl::Duration Milliseconds(int min, int max) {
    return sim::UniformDuration(draws_, absl::Milliseconds(min), absl::Milliseconds(max));
  }

  sim::LinkOptions Link() {
    sim::LinkOptions link;
    link.max_chunk_bytes = draws_.Uniform(0, 1) == 0 ? 40 : 4000;
    link.latency = sim::UniformLatency(absl::Microseconds(10), Milliseconds(1, 20));
    return link;
  }

  Server* AnyServer() {
    std::vector<Server*> serving;
    for (const auto& server : servers_) {
      if (server->serves()) serving.push_back(server.get());
    }
    return serving.empty() ? nullptr : serving[draws_.Uniform(0, serving.size() - 1)];
  }

  void Act() {
    const std::uint64_t choice = draws_.Uniform(0, 99);
    if (peers_.empty() || choice < 12) return Connect();
    if (choice < 18) return Disturb();
    Peer& peer = *peers_[draws_.Uniform(0, peers_.size() - 1)];
    if (peer.half_closed || peer.reset || !peer.raw->connected() || peer.raw->ended()) return;
    if (choice < 40) return peer.Send("ADD");
    if (choice < 65) return Say(peer);
    if (choice < 75) return peer.Send("GET");
    if (choice < 78) return peer.Send("DELETE");
    if (choice < 80) return Kick(peer);
    if (choice < 90) {
      for (int i = 0; i < 5; ++i) Say(peer);
      peer.Send("GET");
      return Say(peer);
    }
    if (choice < 93) {
      peer.Send("ADD");
      peer.Send("DELETE");
      return peer.Send("ADD");
    }
    if (choice < 95) {
      Say(peer);
      peer.requests.push_back({"BAD", ""});
      return peer.raw->Send("no request\n\n");
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

  void Kick(const Peer& peer) {
    const auto id = peer.server->ids.find(peer.address);
    if (id != peer.server->ids.end() && peer.server->chat) {
      peer.server->chat->Disconnect(id->second, "kicked");
    }
  }

  void Say(Peer& peer) { peer.Send("POST", absl::StrCat("text ", ++texts_)); }

  void Connect() {
    Server* const server = AnyServer();
    if (server == nullptr) return;
    auto peer = std::make_unique<Peer>();
    peer->host = absl::StrCat("peer-", peers_.size());
    peer->address = network_.host(peer->host).address();
    peer->server = server;
    peer->raw = std::make_unique<RawPeer>(network_.host(peer->host), server->endpoint);
    peer->name = absl::StrCat("name", draws_.Uniform(0, 5));
    if (draws_.Uniform(0, 3) > 0) peer->Send("ADD");
    peers_.push_back(std::move(peer));
  }

  // A fault of the log or of a server. At least one server goes on.
  void Disturb() {
    Server* const server = AnyServer();
    if (server == nullptr) return;
    switch (draws_.Uniform(0, 5)) {
      case 0:
      case 1:
        return log_.Cut(server->number);
      case 2:
      case 3:
        return log_.Heal(server->number);
      case 4:
        if (--spare_ < 0) return;
        log_.Kill(server->number, Milliseconds(1, 200));
        server->chat.reset();
        return;
      default:
        if (--spare_ < 0) return;
        server->stopping = true;
        server->chat->Stop({});
        return;
    }
  }

  bool IsServed(ServerNumber number) const {
    return servers_[static_cast<std::size_t>(number) - 1]->serves();
  }

  template <typename... Parts>
  void Wrong(const Parts&... parts) {
    wrong_.push_back(absl::StrCat(parts...));
  }

  void CheckServer(const Server& server, const Truth& truth) {
    const int number = static_cast<int>(server.number);
    for (const auto& [connection, count] : server.entered) {
      const auto left = server.left.find(connection);
      if (left != server.left.end() && left->second > count) {
        Wrong("server ", number, " reported more kLeft than kEntered");
      }
    }
    if (!server.serves()) return;
    if (log_.taken(server.number) != log_.entries().size()) {
      Wrong("server ", number, " took ", log_.taken(server.number), " of ", log_.entries().size());
    }
    const std::string list = ListOf(server.chat->room());
    if (list != truth.lists.back()) Wrong("server ", number, " has another room: ", list);
  }

  // Reads what a peer got along the truth.
  void CheckPeer(const Peer& peer, const Truth& truth) {
    const auto id = peer.server->ids.find(peer.address);
    if (id == peer.server->ids.end()) return;  // it never connected
    ++checked_;
    const MemberId self = MemberIdOf(peer.server->number, static_cast<std::uint64_t>(id->second));
    const Reading reading = ReadAlong(truth, self, peer.requests, peer.raw->responses());
    for (const auto& [at, head] : reading.heads) CheckHead(at, head);
    if (!reading.problem.empty()) return Wrong(peer.host, " ", reading.problem);
    if (!peer.server->serves() || peer.reset || reading.over) return;
    if (!reading.open.empty()) {
      Wrong(peer.host, " got no answer to ", reading.open.front().method);
    }
    const bool is_in = reading.is_in() && !peer.half_closed;
    if (is_in && reading.at != truth.said.size()) {
      Wrong(peer.host, " heard ", reading.at, " of ", truth.said.size());
    }
    if (is_in) members_.insert(self);
  }

  // All servers send the same bytes for a broadcast.
  void CheckHead(std::size_t at, const std::string& its_head) {
    const auto [head, is_new] = heads_.try_emplace(at, its_head);
    if (!is_new && head->second != its_head) Wrong("two heads of broadcast ", at);
  }

  DrawSequence draws_;
  sim::VirtualScheduler scheduler_;
  sim::SimNetwork network_;
  sim::SimLog log_;
  std::vector<std::unique_ptr<Server>> servers_;
  std::vector<std::unique_ptr<Peer>> peers_;
  int texts_ = 0;
  int spare_ = 2;  // servers that may still be killed or stopped
  absl::btree_map<std::size_t, std::string> heads_;
  std::vector<std::string> wrong_;
  std::uint64_t checked_ = 0;
  absl::btree_set<MemberId> members_;  // as the peers know
};

// CHATHTTP_SEEDS=20000 for a long run.
std::uint64_t Seeds() {
  std::uint64_t seeds = 400;
  const char* const given = std::getenv("CHATHTTP_SEEDS");
  EXPECT_TRUE(given == nullptr || absl::SimpleAtoi(given, &seeds)) << given;
  return seeds;
}

TEST(SeveralServersTest, PeersHearOneOrderWhateverTheLogDelays) {
  std::uint64_t commands = 0;
  std::uint64_t peers = 0;
  const std::uint64_t seeds = Seeds();
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SeveralServers servers(seed);
    servers.Run();
    ASSERT_EQ(servers.Check(), "") << "seed " << seed;
    commands += servers.commands();
    peers += servers.checked();
  }
  EXPECT_GT(commands, 20 * seeds);
  EXPECT_GT(peers, 5 * seeds);
}

}  // namespace
}  // namespace chathttp
