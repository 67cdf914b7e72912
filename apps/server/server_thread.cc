#include "apps/server/server_thread.h"

#include <cstdint>
#include <future>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/forwarding_output.h"
#include "chathttp/adapters/signals_blocked.h"
#include "chathttp/transport/ports/turn.h"
#include "chathttp/transport/server/server_event.h"

namespace chathttp {

// Says how many connections a server has, as of the end of each turn.
class ServerThread::LoadGauge final : private ServerEvents {
 public:
  LoadGauge(RoomServer& server, Scheduler& scheduler, std::atomic<std::uint64_t>& seen)
      : server_(server), seen_(seen), turn_(scheduler, [this] { Update(); }) {
    server_.chat().Subscribe(*this);
    server_.OnTurnedAway([this] { turn_.Request(); });
  }
  ~LoadGauge() {
    server_.OnTurnedAway([] {});
    server_.chat().Unsubscribe(*this);
  }

  // The server has seen one more connection that was handed over.
  void CountOne() {
    ++taken_;
    Update();
  }

 private:
  void OnServerEvent(const ServerEvent& event) override {
    if (event.kind == ServerEvent::Kind::kAccepted || event.kind == ServerEvent::Kind::kClosed) {
      turn_.Request();
    }
  }
  void Update() { seen_ = (std::uint64_t{taken_} << 32) | server_.load(); }

  RoomServer& server_;
  std::atomic<std::uint64_t>& seen_;
  std::uint32_t taken_ = 0;  // modulo 2^32
  Turn turn_;
};

struct ServerThread::Parts {
  Parts(posix::EventLoop& its_loop, const Config& config, ThreadPlace place,
        posix::SharedLog& shared_log, posix::SharedCustomers& customers, const LogPlace& log,
        std::atomic<std::uint64_t>& seen)
      : loop(its_loop),
        logger(std::make_unique<posix::ForwardingOutput>(log.loop.mailbox(), log.logger),
               log.logger.min_level(), loop),
        network(loop),
        order(shared_log.AddServer(NumberOfThread(place), loop)),
        server(network, loop, logger, config, place,
               {.order = order.get(), .customers = &customers}),
        connections(server.chat(), loop),
        gauge(server, loop, seen) {}

  posix::EventLoop& loop;
  posix::Logger logger;
  posix::HandoverNetwork network;
  const std::unique_ptr<OrderedLog> order;
  RoomServer server;
  ConnectionTable connections;
  LoadGauge gauge;
};

absl::StatusOr<std::unique_ptr<ServerThread>> ServerThread::Start(const Config& config,
                                                                  ThreadPlace place,
                                                                  posix::SharedLog& order,
                                                                  posix::SharedCustomers& customers,
                                                                  const LogPlace& log) {
  std::unique_ptr<ServerThread> thread(new ServerThread(log));
  std::promise<absl::Status> started;
  const posix::SignalsBlocked no_signals;  // the thread inherits that
  try {
    thread->thread_ = std::thread([&, self = thread.get()] {
      self->RunLoop(config, place, order, customers,
                    [&](absl::Status status) { started.set_value(std::move(status)); });
    });
  } catch (const std::system_error&) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no more thread can be started: lower --threads=", place.count,
                     " or raise the limit of the system (ulimit -u, TasksMax=)"));
  }
  absl::Status status = started.get_future().get();
  if (!status.ok()) return status;
  return thread;
}

void ServerThread::RunLoop(const Config& config, ThreadPlace place, posix::SharedLog& order,
                           posix::SharedCustomers& customers,
                           absl::FunctionRef<void(absl::Status)> started) {
  auto loop = posix::EventLoop::Create();
  if (!loop.ok()) return started(loop.status());
  Parts parts(**loop, config, place, order, customers, log_, seen_);
  parts_ = &parts;
  mailbox_ = (*loop)->mailbox();
  started(absl::OkStatus());
  (*loop)->Run();
}

ServerThread::~ServerThread() {
  if (mailbox_ != nullptr) {
    mailbox_->Post([this] { parts_->loop.Stop(); });
  }
  if (thread_.joinable()) thread_.join();
}

void ServerThread::Run(absl::FunctionRef<void()> task) {
  std::promise<void> done;
  mailbox_->Post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

void ServerThread::HandOver(posix::AcceptedSocket accepted, const Endpoint& listener) {
  ++handed_over_;
  parts_->network.HandOver(std::move(accepted), listener, [this] { parts_->gauge.CountOne(); });
}

ChatServer& ServerThread::chat() { return parts_->server.chat(); }

const ConnectionTable& ServerThread::connections() const { return parts_->connections; }

posix::Logger& ServerThread::logger() { return parts_->logger; }

absl::Status ServerThread::Listen(const Endpoint& listener, bool behind_proxies) {
  if (behind_proxies) return chat().Listen(parts_->server.behind_proxies(), listener);
  return chat().Listen(listener);
}

}  // namespace chathttp
