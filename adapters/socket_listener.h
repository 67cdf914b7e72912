// Listens on a TCP or UNIX socket and accepts from it in batches, one batch a turn.
//
// When descriptors run out, the listener closes a spare one for a moment, to accept a waiting peer
// and call Acceptor::OnOverflow. If that fails too, it pauses: it never spins and never stops for
// good. Call it from the thread of the loop.
#ifndef CHATHTTP_ADAPTERS_SOCKET_LISTENER_H_
#define CHATHTTP_ADAPTERS_SOCKET_LISTENER_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/adapters/socket_address.h"
#include "chathttp/adapters/socket_file.h"
#include "chathttp/adapters/socket_router.h"
#include "chathttp/adapters/tcp_options.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::posix {

class SocketListener final : public Listener, private Watcher {
 public:
  // Listens at the first address of `endpoint` that works. Looks up a host name at once, which may
  // block; numeric addresses never block. "::" accepts IPv4 peers too. "*" means all addresses of
  // both families, or of IPv4 if the kernel has no IPv6. Errors as Network::Listen. A UNIX socket is
  // a file until the listener is destroyed: see socket_file.h. `router` may be null; else it must
  // outlive the listener.
  static absl::StatusOr<std::unique_ptr<Listener>> Open(EventLoop& loop, const Endpoint& endpoint,
                                                        const TcpOptions& options,
                                                        Acceptor& acceptor,
                                                        SocketRouter* router = nullptr);

  // The endpoint of a socket that another program has opened: InvalidArgument unless it is a
  // listening TCP socket, or a listening UNIX stream socket.
  static absl::StatusOr<Endpoint> EndpointOf(const FileDescriptor& socket);

  // Listens on `socket`, for which EndpointOf gives an endpoint, and makes it non-blocking and
  // close-on-exec. Programs that share the socket may accept from it too; connections that nobody
  // has accepted wait for them when this listener is destroyed. The file of a UNIX socket stays.
  // Error: ResourceExhausted.
  static absl::StatusOr<std::unique_ptr<Listener>> Adopt(EventLoop& loop, FileDescriptor socket,
                                                         const TcpOptions& options,
                                                         Acceptor& acceptor,
                                                         SocketRouter* router = nullptr);
  ~SocketListener() override;

  Endpoint local() const override { return SocketAddress::LocalOf(socket_.get()).endpoint(); }

 private:
  // The result of one attempt to accept.
  enum class Step {
    kGoOn,     // there may be more; the listener may be gone
    kNoPeer,   // no peer waits
    kBackOff,  // the peers that wait cannot be accepted now
  };

  SocketListener(EventLoop& loop, FileDescriptor socket, Acceptor& acceptor, SocketRouter* router);
  static absl::StatusOr<std::unique_ptr<Listener>> OpenUnix(EventLoop& loop,
                                                            const Endpoint& endpoint,
                                                            Acceptor& acceptor,
                                                            SocketRouter* router);
  void OnReady(std::uint32_t events) override;
  void AcceptBatch();
  Step AcceptOne();
  Step RejectOne();
  static Step AfterError(int error);
  void BackOff();

  EventLoop& loop_;
  const FileDescriptor socket_;
  SocketFile file_;  // destroyed before socket_
  Acceptor& acceptor_;
  SocketRouter* const router_;
  FileDescriptor spare_;
  WatchId watch_ = kNoWatch;
  TimerId retry_ = kNoTimer;  // while backing off
  absl::Duration next_delay_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SOCKET_LISTENER_H_
