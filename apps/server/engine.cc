#include "apps/server/engine.h"

#include <unistd.h>

#include <array>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"

namespace chathttp {
namespace {

// Tells operators where a server runs: "chat-1.example.org/4711", with the process.
std::string OwnName() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '?';
  return absl::StrCat(host.data(), "/", getpid());
}

}  // namespace

Engine::Engine(Network& network, Scheduler& scheduler, posix::Logger& logger,
               const EngineSettings& settings)
    : scheduler_(scheduler),
      log_(network, scheduler,
           {.room = settings.room,
            .password = settings.password,
            .server_name = OwnName(),
            .create = settings.create,
            .random = [this] { return std::uint64_t{random_()}; }}) {
  log_.OnNote([&logger](std::string_view note) {
    logger.Log(posix::LogLevel::kWarning, "engine", {{"note", note}});
  });
}

void Engine::Serve(ChatServer& server, std::function<void()> ready,
                   std::function<void(const Failure&)> failed) {
  log_.SetRoom(server.room(), [&server] { return server.past(); });
  log_.OnFailure(std::move(failed));
  log_.OnReady([ready = std::move(ready), is_first = true]() mutable {
    if (std::exchange(is_first, false)) ready();
  });
}

EngineFigures Engine::figures() const {
  const redis::RedisLog::Figures figures = log_.figures();
  return {.reachable = figures.reachable && figures.ready,
          .lag_seconds = absl::ToDoubleSeconds(figures.lag),
          .round_trip_seconds = absl::ToDoubleSeconds(figures.round_trip),
          .window = figures.window,
          .position = figures.index,
          .resends = figures.resends,
          .connects = figures.connects,
          .restarts = figures.restarts};
}

std::string Engine::Servers() const {
  const auto servers = log_.servers();
  std::string lines = absl::StrCat("servers: ", servers.size(), "\n");
  absl::StrAppendFormat(&lines, "%-8s %-40s %s\n", "NUMBER", "NAME", "HEARD, SECONDS AGO");
  for (const redis::RedisLog::Server& server : servers) {
    absl::StrAppendFormat(
        &lines, "%-8d %-40s %s\n", static_cast<std::uint32_t>(server.number), Visible(server.name),
        server.self ? "this server"
                    : absl::StrFormat(
                          "%.1f", absl::ToDoubleSeconds(scheduler_.WallNow() - server.last_heard)));
  }
  return lines;
}

}  // namespace chathttp
