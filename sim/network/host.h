// A host of the simulated network. It has a name, an address, ports and descriptors, and is the
// Network of the processes on it.
//
//   SimHost& alice = network.host("alice");
//   alice.SetDescriptorLimit(3);   // a fault: at most three descriptors from now on
//
// Endpoints refer to hosts by name or numeric address. Not thread-safe.
#ifndef CHATHTTP_SIM_NETWORK_HOST_H_
#define CHATHTTP_SIM_NETWORK_HOST_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "chathttp/sim/network/stream.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp::sim {

class SimListener;
class SimNetwork;

class SimHost final : public Network {
 public:
  // Use SimNetwork::host.
  SimHost(SimNetwork& network, std::size_t index, std::string name, std::string address);

  absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                   Acceptor& acceptor) override;
  std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint, ConnectCallback done) override;

  const std::string& name() const { return name_; }
  const std::string& address() const { return address_; }
  // Connects from this numeric address from now on, which other hosts may have, too.
  void SetAddress(std::string address);
  // Whether a connection came from here, by its endpoint as an acceptor gets it.
  bool IsEndpoint(std::string_view peer) const;
  std::size_t index() const { return index_; }

  // Limits the listeners, attempts and streams that exist at once. Existing ones stay.
  void SetDescriptorLimit(std::size_t limit) { descriptor_limit_ = limit; }
  std::size_t descriptors_in_use() const { return descriptors_in_use_; }
  // Number of TakeDescriptor calls that returned null.
  std::uint64_t descriptors_refused() const { return descriptors_refused_; }

  // For listeners and attempts. TakeDescriptor returns null when all are in use.
  Descriptor TakeDescriptor();
  absl::Status NoDescriptor() const;
  SimListener* ListenerAt(std::uint16_t port) const;
  void CloseListener(std::uint16_t port) { listeners_.erase(port); }
  std::uint16_t NextPort();
  SimNetwork& network() { return network_; }

 private:
  SimNetwork& network_;
  std::size_t index_;
  std::string name_;
  std::string address_;
  std::size_t descriptor_limit_;
  std::size_t descriptors_in_use_ = 0;
  std::uint64_t descriptors_refused_ = 0;
  std::map<std::uint16_t, SimListener*> listeners_;
  bool shares_address_ = false;  // perhaps: its ports are then those of no other host
  std::set<std::uint16_t> shared_ports_;
  std::uint16_t last_port_;
  std::uint64_t attempts_ = 0;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_HOST_H_
