#include "chathttp/sim/network/sim_network.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace chathttp::sim {
namespace {

std::string AddressOf(std::size_t index) {
  const std::size_t number = index + 1;
  return absl::StrCat("10.", number >> 16 & 255, ".", number >> 8 & 255, ".", number & 255);
}

}  // namespace

SimNetwork::SimNetwork(VirtualScheduler& scheduler, const NetworkOptions& options)
    : scheduler_(scheduler), options_(options) {}

SimNetwork::~SimNetwork() { scheduler_.Cancel(removal_); }

SimHost& SimNetwork::host(std::string_view name) {
  if (SimHost* found = FindHost(name)) return *found;
  const std::size_t index = hosts_.size();
  return *hosts_.emplace_back(
      std::make_unique<SimHost>(*this, index, std::string(name), AddressOf(index)));
}

SimHost* SimNetwork::FindHost(std::string_view name_or_address) const {
  for (const auto& host : hosts_) {
    if (host->name() == name_or_address || host->address() == name_or_address) return host.get();
  }
  return nullptr;
}

const SimHost* SimNetwork::FindPeer(std::string_view peer) const {
  for (const auto& host : hosts_) {
    if (host->IsEndpoint(peer)) return host.get();
  }
  return nullptr;
}

std::size_t SimNetwork::ResetBetween(std::string_view one, std::string_view other) {
  const SimHost& first = host(one);
  const SimHost& second = host(other);
  std::size_t count = 0;
  for (auto& [number, established] : connections_) {
    const bool forth = &established.client == &first && &established.server == &second;
    const bool back = &established.client == &second && &established.server == &first;
    if ((!forth && !back) || !established.connection->live()) continue;
    established.connection->Cut();
    ++count;
  }
  return count;
}

Link& SimNetwork::link(const SimHost& from, const SimHost& to) {
  return links_.try_emplace({from.index(), to.index()}, options_.link).first->second;
}

SimNetwork::Streams SimNetwork::Establish(const SimHost& client, const SimHost& server,
                                          std::uint64_t entity, std::string_view local) {
  const std::uint64_t number = ++last_connection_;
  const SimConnection::Environment environment{scheduler_, digest_, spurious_, options_.seed};
  auto made =
      std::make_unique<SimConnection>(environment, number, entity, link(client, server),
                                      link(server, client), [this, number] { Finish(number); });
  SimConnection& connection = *made;
  connections_.emplace(number, Established{client, server, std::move(made)});
  Streams streams;
  streams.client = std::make_unique<SimStream>(connection, Side::kClient, local);
  streams.server = std::make_unique<SimStream>(connection, Side::kServer, "");
  return streams;
}

void SimNetwork::Record(Crossing crossing, std::uint64_t value) {
  digest_.Add(static_cast<std::uint64_t>(crossing));
  digest_.Add(value);
  digest_.Add(static_cast<std::uint64_t>(absl::ToUnixNanos(scheduler_.Now())));
}

// Destroys the connection in a later event: it is still on the call stack.
void SimNetwork::Finish(std::uint64_t connection) {
  finished_.push_back(connection);
  if (removal_ != kNoTimer) return;
  removal_ = scheduler_.RunAt(scheduler_.Now(), [this] {
    removal_ = kNoTimer;
    for (const std::uint64_t number : std::exchange(finished_, {})) connections_.erase(number);
  });
}

}  // namespace chathttp::sim
