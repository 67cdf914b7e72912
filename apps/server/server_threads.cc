#include "apps/server/server_threads.h"

#include <algorithm>
#include <utility>

namespace chathttp {

ServerThreads::ServerThreads(posix::EventLoop& loop, posix::Logger& logger, const Config& config)
    : loop_(loop), logger_(logger), config_(config) {
  if (config.threads == 1) return;
  shared_.emplace();
  first_order_ = shared_->order.AddServer(NumberOfThread(first_place()), loop);
}

ServerThreads::~ServerThreads() = default;

absl::Status ServerThreads::Start() {
  for (std::size_t i = 1; i < config_.threads; ++i) {
    auto thread = ServerThread::Start(config_, {.index = i, .count = config_.threads},
                                      shared_->order, shared_->customers, {loop_, logger_});
    if (!thread.ok()) return thread.status();
    threads_.push_back(*std::move(thread));
  }
  return absl::OkStatus();
}

SharedRoom ServerThreads::room() {
  if (!shared_) return {};
  return {.order = first_order_.get(), .customers = &shared_->customers};
}

void ServerThreads::Serve(const RoomServer& first, posix::PosixNetwork& network) {
  first_ = &first;
  if (shared_) network.RouteBy(*this);
}

absl::Status ServerThreads::Listen(const Endpoint& listener, bool behind_proxies) {
  absl::Status status;
  listeners_.push_back(listener);
  for (const auto& thread : threads_) {
    thread->Run([&] { status.Update(thread->Listen(listener, behind_proxies)); });
  }
  return status;
}

std::vector<OtherServer> ServerThreads::others() {
  std::vector<OtherServer> others;
  for (const auto& thread : threads_) {
    others.push_back(
        {.server = thread->chat(),
         .connections = thread->connections(),
         .run = [&thread = *thread](absl::FunctionRef<void()> task) { thread.Run(task); }});
  }
  return others;
}

void ServerThreads::AddFigures(ServerFigures& figures) {
  for (const auto& thread : threads_) {
    thread->Run([&] { figures.AddServer(FiguresOf(thread->chat())); });
  }
}

std::uint64_t ServerThreads::LogLinesDropped() {
  std::uint64_t lines = 0;
  for (const auto& thread : threads_) {
    thread->Run([&] { lines += thread->logger().dropped_total(); });
  }
  return lines;
}

absl::Status ServerThreads::Reconfigure(const ServerOptions& options) {
  absl::Status status;
  std::size_t index = 0;
  for (const auto& thread : threads_) {
    const ServerOptions share = ShareOf(options, {.index = ++index, .count = config_.threads});
    thread->Run([&] { status.Update(thread->chat().Reconfigure(share).status()); });
  }
  return status;
}

void ServerThreads::SetLogLevel(posix::LogLevel level) {
  for (const auto& thread : threads_) {
    thread->Run([&] { thread->logger().set_min_level(level); });
  }
}

void ServerThreads::Stop(std::function<void()> stopped) {
  if (shared_) shared_->order.EndTogether();
  for (const auto& thread : threads_) {
    thread->Run([&] {
      thread->chat().Stop([mailbox = loop_.mailbox(), stopped] { mailbox->Post(stopped); });
    });
  }
}

bool ServerThreads::Take(posix::AcceptedSocket& accepted, const Endpoint& listener) {
  const bool serves_members =
      std::find(listeners_.begin(), listeners_.end(), listener) != listeners_.end();
  if (!serves_members) return false;
  ServerThread* chosen = nullptr;
  std::size_t least = first_->load();
  for (const auto& thread : threads_) {
    const std::size_t load = thread->load();
    if (load >= least) continue;
    least = load;
    chosen = thread.get();
  }
  if (chosen == nullptr) return false;
  chosen->HandOver(std::move(accepted), listener);
  return true;
}

}  // namespace chathttp
