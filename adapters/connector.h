// Makes one connection: finds the addresses of the host and tries each in turn.
// One thread, that of the loop.
#ifndef CHATHTTP_ADAPTERS_CONNECTOR_H_
#define CHATHTTP_ADAPTERS_CONNECTOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/event_loop.h"
#include "adapters/file_descriptor.h"
#include "adapters/resolver.h"
#include "adapters/socket_address.h"
#include "transport/ports/network.h"

namespace chathttp::posix {

class Connector final : public ConnectAttempt, private Watcher {
 public:
  // Starts; `done` as Network::Connect says. If every address fails, the last failure is told.
  Connector(EventLoop& loop, Resolver& resolver, const Endpoint& endpoint, ConnectCallback done);
  // The same with addresses that are known, at least one of them. An address that does not answer
  // is waited for for `patience`; the last one as long as the platform has it.
  Connector(EventLoop& loop, std::vector<SocketAddress> addresses, absl::Duration patience,
            ConnectCallback done);
  ~Connector() override;

 private:
  void OnReady(std::uint32_t events) override;
  void OnAddresses(absl::StatusOr<std::vector<SocketAddress>> addresses);
  // Tries addresses from next_ on until one of them needs waiting for.
  void TryNext();
  int StartConnecting(const SocketAddress& address);
  // Gives up the socket at hand, and goes on with the next address.
  void Failed(int error);
  void GiveUpSocket();
  // Ends the attempt; nothing of it may be touched afterwards.
  void Finish(absl::StatusOr<std::unique_ptr<ByteStream>> result);

  EventLoop& loop_;
  ConnectCallback done_;
  const absl::Duration patience_limit_;
  WatchId watch_ = kNoWatch;  // of socket_
  std::vector<SocketAddress> addresses_;
  std::size_t next_ = 0;
  FileDescriptor socket_;
  TimerId patience_ = kNoTimer;
  absl::Status failure_;
  std::unique_ptr<Lookup> lookup_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_CONNECTOR_H_
