#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "chathttp/contract/contract_world.h"
#include "chathttp/transport/proxy/proxy_network.h"
#include "chathttp/transport/proxy/resumed_stream.h"
#include "gtest/gtest.h"
#include "tests/contract/worlds/worlds.h"

namespace chathttp {
namespace {

// Listens as a ProxyNetwork, and connects as a proxy. The header is in one piece.
class ProxyingNetwork final : public Network {
 public:
  ProxyingNetwork(Network& network, Scheduler& scheduler)
      : scheduler_(scheduler),
        network_(network, scheduler, {.from = {IpNetwork()}},
                 [](std::string_view /*peer*/, std::string_view /*reason*/) {}) {}

  absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                   Acceptor& acceptor) override {
    return network_.Listen(endpoint, acceptor);
  }

  std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint, ConnectCallback done) override {
    return network_.Connect(endpoint, [this, done = std::move(done)](auto connected) mutable {
      // Called from here, since it may destroy the attempt.
      ConnectCallback call = std::move(done);
      if (!connected.ok()) return call(connected.status());
      constexpr std::string_view kHeader = "PROXY UNKNOWN\r\n";
      auto stream = std::make_unique<ResumedStream>(scheduler_, *std::move(connected));
      EXPECT_EQ(stream->Write({&kHeader, 1}).bytes, kHeader.size());
      call(std::move(stream));
    });
  }

 private:
  Scheduler& scheduler_;
  ProxyNetwork network_;
};

class ProxyContractWorld final : public ContractWorld {
 public:
  explicit ProxyContractWorld(std::unique_ptr<ContractWorld> world)
      : world_(std::move(world)), network_(world_->network(), world_->scheduler()) {}

  Network& network() override { return network_; }
  Scheduler& scheduler() override { return world_->scheduler(); }
  Endpoint free_endpoint() override { return world_->free_endpoint(); }
  Endpoint refusing_endpoint() override { return world_->refusing_endpoint(); }
  bool Run(absl::FunctionRef<bool()> done, absl::Duration limit) override {
    return world_->Run(done, limit);
  }

 private:
  const std::unique_ptr<ContractWorld> world_;
  ProxyingNetwork network_;
};

}  // namespace

void RegisterAlsoBehindProxy(const std::string& name, const MakeWorld& make) {
  RegisterContractTests(name, make);
  RegisterContractTests(name + "BehindProxy",
                        [make] { return std::make_unique<ProxyContractWorld>(make()); });
}

}  // namespace chathttp
