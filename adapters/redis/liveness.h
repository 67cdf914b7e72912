// Which servers of a room are silent. Silence is counted in own signs of life that came back through
// the log, not in time: so a Redis server that stalls makes nobody silent.
//
//   for (const KnownServer* gone : liveness.OnOwnTick(replica.servers(), self)) Accuse(*gone);
//
// Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_REDIS_LIVENESS_H_
#define CHATHTTP_ADAPTERS_REDIS_LIVENESS_H_

#include <vector>

#include "absl/container/btree_map.h"
#include "absl/time/time.h"
#include "chathttp/adapters/redis/snapshot.h"

namespace chathttp::redis {

class Liveness {
 public:
  static constexpr int kSilentTicks = 6;

  // Forgets all servers.
  void Clear() { heard_.clear(); }

  // A sign of life of `self` came back. Returns the other servers that have had no entry for the
  // last six; each again after six more.
  std::vector<const KnownServer*> OnOwnTick(const std::vector<KnownServer>& servers,
                                            ServerNumber self) {
    std::vector<const KnownServer*> silent;
    for (const KnownServer& server : servers) {
      if (server.number == self) continue;
      Silence& silence = heard_[server.number].silence;
      if (silence.since != server.heard) silence = {server.heard, 0};
      if (++silence.ticks < kSilentTicks) continue;
      silence.ticks = 0;
      silent.push_back(&server);
    }
    return silent;
  }

  // An entry of the server came, at `wall`.
  void OnEntry(ServerNumber server, absl::Time wall) { heard_[server].last = wall; }
  absl::Time LastHeard(ServerNumber server) const {
    const auto heard = heard_.find(server);
    return heard == heard_.end() ? absl::InfinitePast() : heard->second.last;
  }
  void Forget(ServerNumber server) { heard_.erase(server); }

 private:
  struct Silence {
    Position since;
    int ticks = 0;
  };
  struct Heard {
    Silence silence = {};
    absl::Time last = absl::InfinitePast();
  };

  absl::btree_map<ServerNumber, Heard> heard_;
};

}  // namespace chathttp::redis

#endif  // CHATHTTP_ADAPTERS_REDIS_LIVENESS_H_
