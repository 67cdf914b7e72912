// The simulated network: hosts by name, links between them, connections. Each host is a Network
// for the processes on it.
//
//   VirtualScheduler scheduler({.seed = 4711});
//   SimNetwork network(scheduler, {.seed = 4711, .link = {.max_chunk_bytes = 100}});
//   auto listener = network.host("server").Listen({"server", 9994}, acceptor);
//   auto attempt = network.host("alice").Connect({"server", 9994}, done);
//   network.Pause("alice", "server");   // a fault
//
// The same seed and the same calls give the same run, byte for byte and nanosecond for nanosecond:
// see digest(). The network outlives its listeners, attempts and streams; the scheduler outlives
// the network. Not thread-safe.
#ifndef CHATHTTP_SIM_NETWORK_SIM_NETWORK_H_
#define CHATHTTP_SIM_NETWORK_SIM_NETWORK_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/network/connection.h"
#include "chathttp/sim/network/digest.h"
#include "chathttp/sim/network/host.h"
#include "chathttp/sim/network/link.h"
#include "chathttp/sim/network/stream.h"
#include "chathttp/sim/network/virtual_scheduler.h"

namespace chathttp::sim {

struct NetworkOptions {
  std::uint64_t seed = 1;
  LinkOptions link = {};  // of every link
  // Additional random delay of the packet that opens a connection.
  absl::Duration min_connect_delay = absl::ZeroDuration();
  absl::Duration max_connect_delay = absl::ZeroDuration();
  std::size_t backlog = 4096;        // connections in the accept queue of a listener
  std::size_t descriptors = 65'536;  // of each host, for listeners, attempts and streams
};

class SimNetwork {
 public:
  SimNetwork(VirtualScheduler& scheduler, const NetworkOptions& options);
  SimNetwork(const SimNetwork&) = delete;
  SimNetwork& operator=(const SimNetwork&) = delete;
  ~SimNetwork();

  // The host `name`; the first call creates it. Numeric addresses are 10.0.0.1, 10.0.0.2, ...
  SimHost& host(std::string_view name);

  // The host with this name or numeric address, or null. O(hosts).
  SimHost* FindHost(std::string_view name_or_address) const;

  // The host from which a connection came, by its endpoint as an acceptor gets it; null if there is
  // none. O(hosts).
  const SimHost* FindPeer(std::string_view peer) const;

  // The link from one host to another. It starts with NetworkOptions::link.
  Link& LinkBetween(std::string_view from, std::string_view to) {
    return link(host(from), host(to));
  }

  // Clogs a link, and ends the clog. A clogged link loses no bytes; connection attempts over it
  // retry, as after a lost packet.
  void Pause(std::string_view from, std::string_view to) { LinkBetween(from, to).Begin({}); }
  void Resume(std::string_view from, std::string_view to) { LinkBetween(from, to).End({}); }

  // Pauses both links between two hosts, and ends that.
  void Partition(std::string_view one, std::string_view other) {
    Pause(one, other);
    Pause(other, one);
  }
  void Heal(std::string_view one, std::string_view other) {
    Resume(one, other);
    Resume(other, one);
  }

  // Resets all live connections between two hosts at both ends. Returns their number.
  std::size_t ResetBetween(std::string_view one, std::string_view other);

  // From now on, one in `one_in` empty reads causes a spurious notice at most 5 ms later. 0, the
  // default: none does.
  void SetSpurious(std::uint64_t one_in) { spurious_.one_in = one_in; }
  std::uint64_t spurious_notices() const { return spurious_.notices; }

  // The digest of all calls, results, notices, bytes and times at the ports of all hosts.
  std::uint64_t digest() const { return digest_.value(); }

  // Connections that a process holds or that have bytes in flight.
  std::size_t open_connections() const { return connections_.size(); }

  const NetworkOptions& options() const { return options_; }

  // For hosts, listeners and attempts.
  VirtualScheduler& scheduler() { return scheduler_; }
  Link& link(const SimHost& from, const SimHost& to);
  struct Streams {
    std::unique_ptr<SimStream> client;
    std::unique_ptr<SimStream> server;
  };
  // `local`: see SimStream::local.
  Streams Establish(const SimHost& client, const SimHost& server, std::uint64_t entity,
                    std::string_view local);
  void Record(Crossing crossing, std::uint64_t value);
  // Of the hosts whose address was set.
  std::uint16_t& last_shared_port() { return last_shared_port_; }

 private:
  struct Established {
    const SimHost& client;
    const SimHost& server;
    std::unique_ptr<SimConnection> connection;
  };

  void Finish(std::uint64_t connection);

  VirtualScheduler& scheduler_;
  NetworkOptions options_;
  Digest digest_;
  Spurious spurious_;
  std::vector<std::unique_ptr<SimHost>> hosts_;
  std::map<std::pair<std::size_t, std::size_t>, Link> links_;  // by the indices of the hosts
  std::map<std::uint64_t, Established> connections_;           // by number
  std::uint64_t last_connection_ = 0;
  std::uint16_t last_shared_port_ = 0;
  std::vector<std::uint64_t> finished_;
  TimerId removal_ = kNoTimer;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_SIM_NETWORK_H_
