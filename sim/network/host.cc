#include "chathttp/sim/network/host.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "chathttp/sim/network/attempt.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/network/listener.h"
#include "chathttp/sim/network/sim_network.h"

namespace chathttp::sim {
namespace {

// The ephemeral ports of Linux.
constexpr std::uint16_t kFirstPort = 32'768;
constexpr std::uint16_t kLastPort = 60'999;

}  // namespace

SimHost::SimHost(SimNetwork& network, std::size_t index, std::string name, std::string address)
    : network_(network),
      index_(index),
      name_(std::move(name)),
      address_(std::move(address)),
      descriptor_limit_(network.options().descriptors),
      last_port_(kLastPort) {}

absl::StatusOr<std::unique_ptr<Listener>> SimHost::Listen(const Endpoint& endpoint,
                                                          Acceptor& acceptor) {
  network_.Record(Crossing::kListen, endpoint.port);
  if (network_.FindHost(endpoint.host) != this) {
    return absl::NotFoundError(absl::StrCat("no such address on ", name_, ": ", endpoint.host));
  }
  const std::uint16_t port = endpoint.port == 0 ? NextPort() : endpoint.port;
  if (listeners_.contains(port)) {
    return absl::AlreadyExistsError(absl::StrCat("address in use: ", ToString(endpoint)));
  }
  Descriptor descriptor = TakeDescriptor();
  if (descriptor == nullptr) return NoDescriptor();
  auto listener = std::make_unique<SimListener>(*this, port, acceptor, std::move(descriptor));
  listeners_.emplace(port, listener.get());
  return listener;
}

std::unique_ptr<ConnectAttempt> SimHost::Connect(const Endpoint& endpoint, ConnectCallback done) {
  network_.Record(Crossing::kConnect, endpoint.port);
  const std::uint64_t entity =
      Draw(network_.options().seed, Purpose::kConnection, EntityOf(name_), ++attempts_);
  return std::make_unique<SimAttempt>(*this, endpoint, entity, std::move(done));
}

Descriptor SimHost::TakeDescriptor() {
  if (descriptors_in_use_ >= descriptor_limit_) {
    ++descriptors_refused_;
    return nullptr;
  }
  ++descriptors_in_use_;
  return Descriptor(&descriptors_in_use_);
}

absl::Status SimHost::NoDescriptor() const {
  return absl::ResourceExhaustedError(absl::StrCat("descriptors of ", name_, ": the limit is ",
                                                   descriptor_limit_, ", in use are ",
                                                   descriptors_in_use_));
}

SimListener* SimHost::ListenerAt(std::uint16_t port) const {
  const auto found = listeners_.find(port);
  return found == listeners_.end() ? nullptr : found->second;
}

// The next ephemeral port without a listener. A host has few listeners, so the loop is short.
std::uint16_t SimHost::NextPort() {
  std::uint16_t& last = shares_address_ ? network_.last_shared_port() : last_port_;
  do {
    last =
        last >= kLastPort || last < kFirstPort ? kFirstPort : static_cast<std::uint16_t>(last + 1);
  } while (listeners_.contains(last));
  if (shares_address_) shared_ports_.insert(last);
  return last;
}

void SimHost::SetAddress(std::string address) {
  address_ = std::move(address);
  shares_address_ = true;
}

bool SimHost::IsEndpoint(std::string_view peer) const {
  const std::size_t colon = std::min(peer.rfind(':'), peer.size());
  std::uint16_t port = 0;
  std::from_chars(peer.data() + std::min(colon + 1, peer.size()), peer.data() + peer.size(), port);
  return ToString({address_, port}) == peer && (!shares_address_ || shared_ports_.contains(port));
}

}  // namespace chathttp::sim
