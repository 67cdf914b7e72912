#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <utility>

#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/adapters/posix_network.h"
#include "chathttp/adapters/socket_address.h"
#include "chathttp/contract/contract_world.h"
#include "tests/contract/worlds/worlds.h"

namespace chathttp {
namespace {

std::unique_ptr<posix::EventLoop> MakeLoop() {
  auto loop = posix::EventLoop::Create();
  if (!loop.ok()) {
    std::cerr << loop.status() << '\n';
    std::abort();
  }
  return *std::move(loop);
}

// A port that is bound without a listener.
posix::FileDescriptor BindToLoopback() {
  posix::FileDescriptor bound(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(bound.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    std::cerr << "cannot bind to the loopback interface\n";
    std::abort();
  }
  return bound;
}

class PosixContractWorld final : public ContractWorld {
 public:
  PosixContractWorld() : loop_(MakeLoop()), network_(*loop_), bound_(BindToLoopback()) {}

  Network& network() override { return network_; }
  Scheduler& scheduler() override { return *loop_; }
  Endpoint free_endpoint() override { return {"127.0.0.1", 0}; }
  Endpoint refusing_endpoint() override {
    return posix::SocketAddress::LocalOf(bound_.get()).endpoint();
  }

  bool Run(absl::FunctionRef<bool()> done, absl::Duration limit) override {
    const absl::Time end = loop_->Now() + limit;
    while (!done()) {
      if (loop_->Now() >= end) return false;
      loop_->Turn(end - loop_->Now());
    }
    return true;
  }

 private:
  const std::unique_ptr<posix::EventLoop> loop_;
  posix::PosixNetwork network_;
  const posix::FileDescriptor bound_;
};

}  // namespace

void RegisterSocketTests() {
  RegisterAlsoBehindProxy("Sockets", [] { return std::make_unique<PosixContractWorld>(); });
}

}  // namespace chathttp
