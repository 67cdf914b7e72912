#include "chathttp/sim/world/options.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/scenario/quantity.h"
#include "chathttp/transport/ports/ip_address.h"

namespace chathttp::sim {
namespace {

struct SizeLimit {
  std::string_view word;
  std::size_t ServerOptions::*field;
};
constexpr auto kSizes = std::to_array<SizeLimit>({
    {kBacklogLimit, &ServerOptions::backlog_bytes},
    {"private", &ServerOptions::private_bytes},
    {"lists", &ServerOptions::list_bytes},
    {"partial", &ServerOptions::partial_bytes},
    {"connections", &ServerOptions::max_connections},
    {"turn-requests", &ServerOptions::turn_requests},
    {"per-address", &ServerOptions::per_address},
    {"refusals", &ServerOptions::max_refusals},
    {"turn-read", &ServerOptions::turn_read_bytes},
    {"turn-write", &ServerOptions::turn_write_bytes},
    {"turn-broadcast", &ServerOptions::turn_broadcast_bytes},
});

constexpr std::string_view kLogStart = "log-start";

struct RoomLimit {
  std::string_view word;
  std::size_t RoomLimits::*field;
};
constexpr auto kRoomSizes = std::to_array<RoomLimit>(
    {{"members", &RoomLimits::members}, {kTextLimit, &RoomLimits::text_bytes}});

struct TimeLimit {
  std::string_view word;
  absl::Duration ServerOptions::*field;
};
constexpr auto kTimes = std::to_array<TimeLimit>({
    {"login", &ServerOptions::login_limit},
    {"relogin", &ServerOptions::relogin_limit},
    {"request", &ServerOptions::request_limit},
    {"stall", &ServerOptions::stall_limit},
    {"brake", &ServerOptions::brake_limit},
    {"linger", &ServerOptions::linger_limit},
    {"stop", &ServerOptions::stop_limit},
    {"flood-limit", &ServerOptions::flood_limit},
});

struct ClientCount {
  std::string_view word;
  std::size_t ClientOptions::*field;
};
constexpr auto kClientCounts =
    std::to_array<ClientCount>({{"client-in-flight", &ClientOptions::max_in_flight},
                                {"client-waiting", &ClientOptions::max_waiting}});

struct ClientTime {
  std::string_view word;
  absl::Duration ClientOptions::*field;
};
constexpr auto kClientTimes =
    std::to_array<ClientTime>({{"client-connect", &ClientOptions::connect_limit},
                               {"client-reply", &ClientOptions::reply_limit}});

// With any of these the participants are strangers.
constexpr std::array<std::string_view, 5> kForStrangers = {"flood", "flood-limit", "per-address",
                                                           "connects", "refusals"};

constexpr std::string_view kOriginalServer = "Python Socket Server";

void Apply(const NetSetting& net, LinkOptions& link) {
  const auto set = [](const std::optional<std::int64_t>& value, auto& field) {
    if (value) field = static_cast<std::remove_reference_t<decltype(field)>>(*value);
  };
  if (net.latency) link.latency = *net.latency;
  set(net.min_chunk_bytes, link.min_chunk_bytes);
  set(net.max_chunk_bytes, link.max_chunk_bytes);
  set(net.send_buffer_bytes, link.send_buffer_bytes);
  set(net.receive_buffer_bytes, link.receive_buffer_bytes);
  set(net.bytes_per_second, link.bytes_per_second);
}

// Fixed, not the current version: expectations of scenarios depend on the size of heads.
constexpr char kSimulatedServer[] = "chathttp/1.0";

}  // namespace

ServerOptions Reloaded(ServerOptions options, const std::vector<LimitSetting>& changes) {
  for (const LimitSetting& limit : changes) {
    const auto size = static_cast<std::size_t>(limit.value);
    if (const auto* entry = FindWord(kSizes, limit.key)) options.*entry->field = size;
    if (const auto* entry = FindWord(kRoomSizes, limit.key)) options.room.*entry->field = size;
    if (const auto* entry = FindWord(kTimes, limit.key)) {
      options.*entry->field = absl::Nanoseconds(limit.value);
    }
    if (limit.key == "flood") {
      options.flood = {static_cast<std::uint32_t>(RateOf(limit.value).per_second),
                       static_cast<std::uint32_t>(RateOf(limit.value).burst)};
    }
    if (limit.key == "connects") options.connect_rate.connects = static_cast<std::uint32_t>(size);
  }
  return options;
}

ServerOptions ServerOptionsOf(const Scenario& scenario) {
  ServerOptions options;
  options.server = kSimulatedServer;
  options = Reloaded(std::move(options), scenario.limits);
  if (!scenario.exempt.empty()) options.exempt = {};
  for (const LimitSetting& limit : scenario.limits) {
    if (std::find(kForStrangers.begin(), kForStrangers.end(), limit.key) != kForStrangers.end())
      options.exempt = {};
    if (limit.key == kLogStart) options.log_start = static_cast<std::size_t>(limit.value);
    if (limit.key == "original" && limit.value == 1) options.server = kOriginalServer;
  }
  for (const std::string& network : scenario.exempt) {
    options.exempt.push_back(*ParseIpNetwork(network));
  }
  return options;
}

Origin OriginOf(const Scenario& scenario, const std::string& name) {
  Origin origin;
  origin.server = kServerName;
  for (const NetSetting& net : scenario.nets) {
    if (net.to != kServerName || (net.address.empty() && !net.proxy && net.via.empty())) continue;
    if (ExpandNames(net.from, {name}).empty()) continue;
    if (!net.via.empty()) origin.server = net.via;
    if (!net.address.empty()) origin.address = net.address;
    if (net.proxy) origin.proxy = net.proxy;
  }
  return origin;
}

std::string ServerOf(const Scenario& scenario, const std::string& name) {
  return ServersOf(scenario) == 1 ? std::string(kServerName) : OriginOf(scenario, name).server;
}

SimLog::Options LogOptionsOf(const Scenario& scenario) {
  SimLog::Options options{.seed = scenario.seed};
  for (const LimitSetting& limit : scenario.limits) {
    const auto time = absl::Nanoseconds(limit.value);
    if (limit.key == "log-delay") options.max_delay = time;
    if (limit.key == "log-window") options.window = static_cast<std::size_t>(limit.value);
    if (limit.key == "away") options.away = time;
  }
  return options;
}

ClientOptions ClientOptionsOf(const Scenario& scenario) {
  ClientOptions options;
  options.limits = ServerOptionsOf(scenario).room;
  for (const LimitSetting& limit : scenario.limits) {
    if (const auto* entry = FindWord(kClientCounts, limit.key)) {
      options.*entry->field = static_cast<std::size_t>(limit.value);
    }
    if (const auto* entry = FindWord(kClientTimes, limit.key)) {
      options.*entry->field = absl::Nanoseconds(limit.value);
    }
    if (limit.key == "client-heartbeat") {
      options.heartbeat_seconds = static_cast<std::uint16_t>(limit.value);
    }
  }
  return options;
}

SessionOptions SessionOptionsOf(const Scenario& scenario) {
  SessionOptions options;
  options.client = ClientOptionsOf(scenario);
  // Both differ, so that it shows which one is in force.
  std::swap(options.answer_limit, options.client.reply_limit);
  options.resume = false;  // the oracle's model of a session comes back as a new member
  for (const LimitSetting& limit : scenario.limits) {
    const auto time = absl::Nanoseconds(limit.value);
    if (limit.key == "session-silence") options.silence_limit = time;
    if (limit.key == "session-leave") options.leave_limit = time;
    if (limit.key == "session-waiting") options.max_waiting = static_cast<std::size_t>(limit.value);
  }
  return options;
}

std::size_t DescriptorsOf(const Scenario& scenario, std::size_t otherwise) {
  for (const LimitSetting& limit : scenario.limits) {
    if (limit.key == "descriptors") otherwise = static_cast<std::size_t>(limit.value);
  }
  return otherwise;
}

void SetLinks(const Scenario& scenario, const std::vector<std::string>& names,
              SimNetwork& network) {
  for (const NetSetting& net : scenario.nets) {
    const bool to_server = net.to == kServerName;
    for (const std::string& name : ExpandNames(to_server ? net.from : net.to, names)) {
      const std::string server = ServerOf(scenario, name);
      Link& link =
          to_server ? network.LinkBetween(name, server) : network.LinkBetween(server, name);
      LinkOptions options = link.options();
      Apply(net, options);
      link.SetOptions(options);
    }
  }
}

}  // namespace chathttp::sim
