// A network in memory: connects the parts of one process that share a scheduler, for instance a bot
// with a server, or a test with the program that it tests.
//
//   MemoryNetwork network(scheduler);                    // HostScheduler, EventLoop, ...
//   auto listener = network.Listen({"chat", 1}, acceptor);
//   auto attempt = network.Connect({"chat", 1}, [](auto stream) { ... });
//
// Hosts are names: each exists, and "chat" and "127.0.0.1" are equally good. Streams are those of
// memory_stream.h. Connections are made in the next turn; peers have the host of the endpoint that
// they connected to, and ports that count up: "chat:49152". "unix:PATH" is a name without a port, and
// needs no file. There is no limit of connections, and nothing takes time, gets lost or fails by
// itself: chathttp/sim/ simulates that.
//
// Not thread-safe. The scheduler must outlive the network and all streams. The network must outlive
// its listeners (asserted) and connection attempts; streams may outlive it.
#ifndef CHATHTTP_TRANSPORT_PORTS_MEMORY_NETWORK_H_
#define CHATHTTP_TRANSPORT_PORTS_MEMORY_NETWORK_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "chathttp/transport/ports/memory_stream.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

class MemoryNetwork final : public Network {
 public:
  // `buffer_bytes` (> 0, asserted) is that of each stream: see MakeStreamPair.
  explicit MemoryNetwork(Scheduler& scheduler, std::size_t buffer_bytes = kMemoryBufferBytes);
  ~MemoryNetwork() override;

  // Port 0 means the lowest free port from 49152 on. Errors: AlreadyExists, and ResourceExhausted
  // if none of those ports is free.
  absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                   Acceptor& acceptor) override;

  // Error: Unavailable, if nobody listens at `endpoint` in the next turn.
  std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint, ConnectCallback done) override;

 private:
  class MemoryListener;
  class MemoryAttempt;
  using Key = std::pair<std::string, std::uint16_t>;

  absl::StatusOr<std::unique_ptr<ByteStream>> Open(const Endpoint& endpoint);
  // What the acceptor is told about a peer that connects to `endpoint`.
  std::string NextPeer(const Endpoint& endpoint);

  Scheduler& scheduler_;
  const std::size_t buffer_bytes_;
  std::map<Key, MemoryListener*> listeners_;
  std::uint16_t next_peer_port_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_MEMORY_NETWORK_H_
