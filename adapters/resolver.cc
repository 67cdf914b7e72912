#include "chathttp/adapters/resolver.h"

#include <pthread.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include "chathttp/adapters/mailbox.h"
#include "chathttp/adapters/signals_blocked.h"

namespace chathttp::posix {

struct Lookup::State {
  Endpoint endpoint;
  std::atomic<bool> wanted = true;
  LookupCallback done;  // used only by the thread of the loop
};

// Shared by the resolver and its threads.
struct Resolver::Pool {
  std::shared_ptr<Mailbox> mailbox;
  std::mutex mutex;
  std::deque<std::shared_ptr<Lookup::State>> waiting;  // guarded by mutex
  int threads = 0;                                     // guarded by mutex
};

namespace {

void Finish(Lookup::State& lookup, absl::StatusOr<std::vector<SocketAddress>> result) {
  if (lookup.wanted.exchange(false)) std::exchange(lookup.done, nullptr)(std::move(result));
}

}  // namespace

Lookup::Lookup(std::shared_ptr<State> state) : state_(std::move(state)) {}

Lookup::~Lookup() {
  if (state_->wanted.exchange(false)) state_->done = nullptr;
}

Resolver::Resolver(EventLoop& loop) : pool_(std::make_shared<Pool>()) {
  pool_->mailbox = loop.mailbox();
}

std::unique_ptr<Lookup> Resolver::Resolve(const Endpoint& endpoint, LookupCallback done) {
  const auto state = std::make_shared<Lookup::State>();
  state->endpoint = endpoint;
  state->done = std::move(done);
  auto numeric = LookUp(endpoint, HostKind::kNumeric);
  if (numeric.ok()) {
    pool_->mailbox->Post(
        [state, result = std::move(numeric)]() mutable { Finish(*state, std::move(result)); });
    return std::make_unique<Lookup>(state);
  }
  const std::scoped_lock lock(pool_->mutex);
  std::erase_if(pool_->waiting, [](const auto& lookup) { return !lookup->wanted; });
  pool_->waiting.push_back(state);
  if (pool_->threads < kMaxThreads && StartThread()) ++pool_->threads;
  if (pool_->threads == 0) {
    pool_->waiting.pop_back();
    pool_->mailbox->Post([state] {
      Finish(*state, absl::ResourceExhaustedError("no thread left to look up the host"));
    });
  }
  return std::make_unique<Lookup>(state);
}

// std::thread would throw when there are too many threads.
bool Resolver::StartThread() {
  const SignalsBlocked blocked;
  pthread_attr_t detached;
  pthread_attr_init(&detached);
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  auto pool = std::make_unique<std::shared_ptr<Pool>>(pool_);
  pthread_t thread = {};
  const bool started = pthread_create(&thread, &detached, &Resolver::Work, pool.get()) == 0;
  if (started) static_cast<void>(pool.release());  // Work deletes it
  pthread_attr_destroy(&detached);
  return started;
}

void* Resolver::Work(void* argument) {
  const std::unique_ptr<std::shared_ptr<Pool>> owner(static_cast<std::shared_ptr<Pool>*>(argument));
  const std::shared_ptr<Pool>& pool = *owner;
  while (true) {
    std::shared_ptr<Lookup::State> lookup;
    {
      const std::scoped_lock lock(pool->mutex);
      if (pool->waiting.empty()) {
        --pool->threads;
        return nullptr;
      }
      lookup = std::move(pool->waiting.front());
      pool->waiting.pop_front();
    }
    if (!lookup->wanted) continue;
    auto result = LookUp(lookup->endpoint, HostKind::kAny);
    pool->mailbox->Post([lookup = std::move(lookup), result = std::move(result)]() mutable {
      Finish(*lookup, std::move(result));
    });
  }
}

}  // namespace chathttp::posix
