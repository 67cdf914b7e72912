// Chat servers and peers of a room in Redis, and the commands that a log of it has.
#ifndef CHATHTTP_TESTS_ADAPTERS_REDIS_ROOM_PARTS_H_
#define CHATHTTP_TESTS_ADAPTERS_REDIS_ROOM_PARTS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/str_cat.h"
#include "chathttp/adapters/redis/entry.h"
#include "chathttp/adapters/redis/redis_log.h"
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/sim/world/sim_entropy.h"
#include "chathttp/transport/server/chat_server.h"
#include "gtest/gtest.h"
#include "tests/adapters/redis/fake_redis.h"
#include "tests/transport/server/raw_peer.h"
#include "tests/transport/server/room_truth.h"

namespace chathttp::redis {

using Past = std::vector<FakeRedis::StoredEntry>;

// A server process on a host of its own. It has another number each time that it joins.
struct Process final : ServerEvents {
  struct Life {
    std::uint64_t epoch;
    ServerNumber number;
  };

  Process(sim::SimNetwork& network, sim::VirtualScheduler& scheduler, int its_id,
          RedisLog::Options options)
      : host(absl::StrCat("server-", its_id)), endpoint{host, 9994}, entropy(1, host) {
    options.room.endpoint = {"redis", 6379};
    options.room.room = "room";
    options.server_name = host;
    log.emplace(network.host(host), scheduler, options);
    // A peer may wait long for a server without a number.
    ServerOptions patient;
    patient.login_limit = patient.relogin_limit = patient.request_limit = absl::Hours(1);
    chat.emplace(network.host(host), scheduler, patient, *log);
    chat->UseSessions(entropy);
    chat->Subscribe(*this);
    log->SetRoom(chat->room(), [this] { return chat->past(); });
    log->OnReady([this] {
      lives.push_back({log->figures().epoch, log->self()});
      if (chat->endpoints().empty() && !stopping) {
        EXPECT_TRUE(chat->Listen(endpoint).ok());
      }
    });
    log->OnFailure([this](const RedisLog::Failure& its) { failure = its.message; });
    log->OnNote([this, &scheduler](std::string_view line) {
      notes.push_back(
          absl::StrCat(host, " ", absl::FormatTime(scheduler.Now()), " ", std::string(line)));
    });
  }

  void OnServerEvent(const ServerEvent& event) override {
    if (event.kind == ServerEvent::Kind::kAccepted) {
      ids[std::string(event.peer.substr(0, event.peer.find(':')))] = event.connection;
    }
    if (event.kind == ServerEvent::Kind::kLeft) ++left[event.connection];
    if (event.kind == ServerEvent::Kind::kEntered) ++entered[event.connection];
  }

  // As kill -9 does.
  void Kill() {
    chat.reset();
    log.reset();
  }
  bool serves() const { return chat.has_value() && !stopping; }

  const std::string host;
  const Endpoint endpoint;
  sim::SimEntropy entropy;
  std::optional<RedisLog> log;
  std::optional<ChatServer> chat;
  bool stopping = false;
  std::vector<Life> lives;
  std::string failure;
  std::vector<std::string> notes;
  absl::btree_map<std::string, ConnectionId> ids;  // by address
  absl::btree_map<ConnectionId, int> entered;
  absl::btree_map<ConnectionId, int> left;
};

struct RoomPeer {
  std::string host;
  std::string address;
  Process* server;
  std::unique_ptr<RawPeer> raw;
  std::string name;
  std::vector<PeerRequest> requests;
  bool half_closed = false;
  bool reset = false;

  void Send(const std::string& method, const std::string& text = "") {
    requests.push_back({method, text});
    raw->Send(RawRequest(method, name, text.empty() ? "" : text + "\n"));
  }
};

// The commands that have an effect in one epoch, by a reading of the entries of its own.
inline std::vector<sim::SimLog::Entry> CommandsOf(const Past& past) {
  struct Known {
    std::uint64_t nonce;
    std::uint64_t n = 0;
    Position heard;
  };
  std::vector<sim::SimLog::Entry> commands;
  absl::btree_map<ServerNumber, Known> servers;
  std::uint32_t count = 0;
  for (const FakeRedis::StoredEntry& stored : past) {
    const std::string payload = stored.payload();
    const absl::StatusOr<Entry> entry = DecodeEntry(payload);
    EXPECT_TRUE(entry.ok()) << entry.status();
    if (entry->kind == Entry::Kind::kServerUp) {
      bool is_known = false;
      for (const auto& [number, known] : servers) is_known |= known.nonce == entry->nonce;
      if (!is_known) servers[ServerNumber{++count}] = {entry->nonce, 0, stored.id};
    }
    if (entry->kind != Entry::Kind::kBatch || !servers.contains(entry->server)) continue;
    Known& known = servers[entry->server];
    known.heard = stored.id;
    if (entry->n != known.n + 1) continue;
    known.n = entry->n;
    for (const BatchCommand& each : entry->commands) {
      Command command{.server = entry->server, .member = each.member, .returns = each.returns};
      if (each.kind == BatchCommand::Kind::kTick) continue;
      command.kind = each.kind == BatchCommand::Kind::kLogin ? Command::Kind::kLogin
                     : each.kind == BatchCommand::Kind::kSay ? Command::Kind::kSay
                                                             : Command::Kind::kLogout;
      if (each.kind == BatchCommand::Kind::kGone) {
        const auto gone = servers.find(each.gone);
        const bool is_gone = gone != servers.end() &&
                             (each.gone == entry->server || gone->second.heard == each.heard);
        if (!is_gone) continue;
        servers.erase(gone);
        command = {.kind = Command::Kind::kServerGone, .server = each.gone};
      }
      commands.push_back({command, std::string(each.text)});
      if (!servers.contains(entry->server)) break;
    }
  }
  return commands;
}

}  // namespace chathttp::redis

#endif  // CHATHTTP_TESTS_ADAPTERS_REDIS_ROOM_PARTS_H_
