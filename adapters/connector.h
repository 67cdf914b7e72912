// Makes one connection: looks up the addresses of the host and tries each in turn. Call it from the
// thread of the loop.
#ifndef CHATHTTP_ADAPTERS_CONNECTOR_H_
#define CHATHTTP_ADAPTERS_CONNECTOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/adapters/resolver.h"
#include "chathttp/adapters/socket_address.h"
#include "chathttp/adapters/tcp_options.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::posix {

class Connector final : public ConnectAttempt, private Watcher {
 public:
  // Starts connecting; `done` is called as Network::Connect says. If every address fails, it gets
  // the last failure.
  Connector(EventLoop& loop, Resolver& resolver, const Endpoint& endpoint, ConnectCallback done,
            const TcpOptions& options = {});
  // The same with known addresses, at least one. An address may take `timeout` to answer; the last
  // one may take as long as the platform allows.
  Connector(EventLoop& loop, std::vector<SocketAddress> addresses, absl::Duration timeout,
            ConnectCallback done, const TcpOptions& options = {});
  ~Connector() override;

 private:
  void OnReady(std::uint32_t events) override;
  void OnAddresses(absl::StatusOr<std::vector<SocketAddress>> addresses);
  // Tries addresses from next_ on until one of them would block.
  void TryNext();
  int StartConnecting(const SocketAddress& address);
  // Closes the current socket and tries the next address.
  void Failed(int error);
  void GiveUpSocket();
  // Ends the attempt. `this` may be destroyed when it returns.
  void Finish(absl::StatusOr<std::unique_ptr<ByteStream>> result);

  EventLoop& loop_;
  ConnectCallback done_;
  const absl::Duration timeout_;
  const TcpOptions options_;
  WatchId watch_ = kNoWatch;  // watches socket_
  std::vector<SocketAddress> addresses_;
  std::size_t next_ = 0;
  FileDescriptor socket_;
  TimerId timer_ = kNoTimer;
  absl::Status failure_;
  std::unique_ptr<Lookup> lookup_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_CONNECTOR_H_
