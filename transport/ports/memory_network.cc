#include "chathttp/transport/ports/memory_network.h"

#include <cassert>
#include <deque>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace chathttp {
namespace {

// The ports that a system assigns by itself (RFC 6335).
constexpr std::uint16_t kFirstFreePort = 49152;
constexpr std::uint16_t kLastPort = std::numeric_limits<std::uint16_t>::max();

}  // namespace

class MemoryNetwork::MemoryListener final : public Listener {
 public:
  MemoryListener(MemoryNetwork& network, Endpoint local, Acceptor& acceptor)
      : network_(network), local_(std::move(local)), acceptor_(acceptor) {
    network_.listeners_.emplace(Key(local_.host, local_.port), this);
  }
  ~MemoryListener() override {
    network_.listeners_.erase(Key(local_.host, local_.port));
    network_.scheduler_.Cancel(accept_);
  }

  Endpoint local() const override { return local_; }

  void Enqueue(std::unique_ptr<ByteStream> stream, std::string peer) {
    waiting_.emplace_back(std::move(stream), std::move(peer));
    ScheduleAccept();
  }

 private:
  void ScheduleAccept() {
    if (waiting_.empty() || accept_ != kNoTimer) return;
    accept_ = network_.scheduler_.RunAt(absl::InfinitePast(), [this] { AcceptNext(); });
  }

  // The acceptor may destroy the listener.
  void AcceptNext() {
    accept_ = kNoTimer;
    auto [stream, peer] = std::move(waiting_.front());
    waiting_.pop_front();
    ScheduleAccept();
    acceptor_.OnAccept(std::move(stream), peer);
  }

  MemoryNetwork& network_;
  const Endpoint local_;
  Acceptor& acceptor_;
  std::deque<std::pair<std::unique_ptr<ByteStream>, std::string>> waiting_;
  TimerId accept_ = kNoTimer;
};

class MemoryNetwork::MemoryAttempt final : public ConnectAttempt {
 public:
  MemoryAttempt(MemoryNetwork& network, const Endpoint& endpoint, ConnectCallback done)
      : network_(network), done_(std::move(done)) {
    timer_ = network_.scheduler_.RunAt(absl::InfinitePast(), [this, endpoint] {
      timer_ = kNoTimer;
      // Called from here, since it may destroy the attempt.
      ConnectCallback connected = std::move(done_);
      connected(network_.Open(endpoint));
    });
  }
  ~MemoryAttempt() override { network_.scheduler_.Cancel(timer_); }

 private:
  MemoryNetwork& network_;
  ConnectCallback done_;
  TimerId timer_ = kNoTimer;
};

MemoryNetwork::MemoryNetwork(Scheduler& scheduler, std::size_t buffer_bytes)
    : scheduler_(scheduler), buffer_bytes_(buffer_bytes), next_peer_port_(kFirstFreePort) {
  assert(buffer_bytes > 0);
}

MemoryNetwork::~MemoryNetwork() { assert(listeners_.empty()); }

absl::StatusOr<std::unique_ptr<Listener>> MemoryNetwork::Listen(const Endpoint& endpoint,
                                                                Acceptor& acceptor) {
  const bool any_port = endpoint.port == 0 && UnixPath(endpoint).empty();
  Key key(endpoint.host, any_port ? kFirstFreePort : endpoint.port);
  while (any_port && listeners_.contains(key)) {
    if (key.second == kLastPort) {
      return absl::ResourceExhaustedError(
          absl::StrCat("cannot listen on ", ToString(endpoint), ": no free port"));
    }
    ++key.second;
  }
  if (listeners_.contains(key)) {
    return absl::AlreadyExistsError(
        absl::StrCat("cannot listen on ", ToString(endpoint), ": address in use"));
  }
  return std::make_unique<MemoryListener>(*this, Endpoint{key.first, key.second}, acceptor);
}

std::unique_ptr<ConnectAttempt> MemoryNetwork::Connect(const Endpoint& endpoint,
                                                       ConnectCallback done) {
  assert(done);
  return std::make_unique<MemoryAttempt>(*this, endpoint, std::move(done));
}

std::string MemoryNetwork::NextPeer(const Endpoint& endpoint) {
  if (!UnixPath(endpoint).empty()) return "unix";
  const Endpoint peer{endpoint.host, next_peer_port_};
  next_peer_port_ = peer.port == kLastPort ? kFirstFreePort : peer.port + 1;
  return ToString(peer);
}

absl::StatusOr<std::unique_ptr<ByteStream>> MemoryNetwork::Open(const Endpoint& endpoint) {
  const auto listener = listeners_.find(Key(endpoint.host, endpoint.port));
  if (listener == listeners_.end()) return absl::UnavailableError("connection refused");
  StreamPair pair = MakeStreamPair(scheduler_, buffer_bytes_);
  listener->second->Enqueue(std::move(pair.second), NextPeer(endpoint));
  return std::move(pair.first);
}

}  // namespace chathttp
