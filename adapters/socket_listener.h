// Listens on a TCP socket and accepts from it in batches, one batch a turn.
//
// When descriptors run out, a spare one is given up for a moment so that peers who wait can be
// told why they are turned away. If not even that works, accepting pauses for a while: never a
// spin, never a listener that is dead for good.
// One thread, that of the loop.
#ifndef CHATHTTP_ADAPTERS_SOCKET_LISTENER_H_
#define CHATHTTP_ADAPTERS_SOCKET_LISTENER_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/event_loop.h"
#include "adapters/file_descriptor.h"
#include "adapters/socket_address.h"
#include "transport/ports/network.h"

namespace chathttp::posix {

class SocketListener final : public Listener, private Watcher {
 public:
  // Listens at the first of the addresses of `endpoint` where that can be done. A host name is
  // looked up at once, which may block; addresses in numbers never do. "::" takes IPv4 peers too.
  // "*" is every address of both families, or of IPv4 if the kernel has no IPv6. Errors as
  // Network::Listen.
  static absl::StatusOr<std::unique_ptr<Listener>> Open(EventLoop& loop, const Endpoint& endpoint,
                                                        Acceptor& acceptor);
  ~SocketListener() override;

  Endpoint local() const override { return SocketAddress::LocalOf(socket_.get()).endpoint(); }

 private:
  // What came of one try to accept.
  enum class Step {
    kGoOn,     // there may be more; the listener may be gone
    kNoPeer,   // nobody waits
    kBackOff,  // nothing can be done for whoever waits
  };

  SocketListener(EventLoop& loop, FileDescriptor socket, Acceptor& acceptor);
  void OnReady(std::uint32_t events) override;
  void AcceptBatch();
  Step AcceptOne();
  Step TurnAwayOne();
  static Step AfterError(int error);
  void BackOff();

  EventLoop& loop_;
  const FileDescriptor socket_;
  Acceptor& acceptor_;
  FileDescriptor spare_;
  WatchId watch_ = kNoWatch;
  TimerId retry_ = kNoTimer;  // while backing off
  absl::Duration next_delay_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SOCKET_LISTENER_H_
