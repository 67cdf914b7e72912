#include "tests/transport/server/server_world.h"

#include <algorithm>

namespace chathttp {
void EventRecorder::OnServerEvent(const ServerEvent& event) {
  std::string line(ToString(event.kind));
  for (const std::string_view part : {event.name, event.reason}) {
    if (part.empty()) continue;
    line += ' ';
    line += part;
  }
  lines_.push_back(std::move(line));
  if (event.kind == ServerEvent::Kind::kClosed) bytes_out_.push_back(event.bytes_out);
}

void CountingEntropy::Fill(std::span<char> bytes) {
  ++calls_;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(calls_ * 37 + i);
}

std::size_t EventRecorder::CountOf(std::string_view line) const {
  return static_cast<std::size_t>(std::count(lines_.begin(), lines_.end(), line));
}

std::vector<WorldKind> AllWorldKinds() {
  return {{"Instant", {}},
          {"SingleBytes",
           {.max_chunk_bytes = 1,
            .latency = sim::UniformLatency(absl::Microseconds(1), absl::Microseconds(1)),
            .send_buffer_bytes = 700,
            .receive_buffer_bytes = 300}},
          {"Latency",
           {.max_chunk_bytes = 100,
            .latency = sim::UniformLatency(absl::Milliseconds(1), absl::Milliseconds(20))}}};
}

std::vector<WorldKind> FastWorldKinds() {
  std::vector<WorldKind> kinds = AllWorldKinds();
  kinds[1].name = "SmallPieces";
  kinds[1].link.max_chunk_bytes = 60;
  return kinds;
}

const Endpoint& ServerWorld::endpoint() {
  static const Endpoint endpoint{"server", 9994};
  return endpoint;
}

ServerWorld::ServerWorld(const WorldKind& kind, const ServerOptions& options, std::uint64_t seed)
    : scheduler({.seed = seed}), network(scheduler, {.seed = seed, .link = kind.link}) {
  server.emplace(network.host("server"), scheduler, options);
  server->Subscribe(events);
  server->UseSessions(entropy);
  EXPECT_TRUE(server->Listen(endpoint()).ok());
}

RawPeer& ServerWorld::Connect() { return ConnectFrom("peer-" + std::to_string(peers.size())); }

RawPeer& ServerWorld::ConnectFrom(const std::string& host) {
  peers.push_back(std::make_unique<RawPeer>(network.host(host), endpoint()));
  RawPeer& peer = *peers.back();
  EXPECT_TRUE(scheduler.RunUntil([&] { return !peer.responses().empty() || peer.ended(); },
                                 absl::Seconds(5)));
  return peer;
}

RawPeer& ServerWorld::Join(const std::string& name) {
  RawPeer& peer = Connect();
  peer.Send(RawRequest("ADD", name));
  EXPECT_TRUE(scheduler.RunUntil([&] { return peer.responses().size() >= 2 || peer.ended(); },
                                 absl::Seconds(5)));
  EXPECT_EQ(peer.last_code(), 200) << name;
  return peer;
}

}  // namespace chathttp
