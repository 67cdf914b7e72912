#include "chathttp/sim/world/server_tap.h"

#include <algorithm>
#include <span>
#include <string>

#include "chathttp/sim/world/heap_count.h"
#include "chathttp/transport/ports/ip_address.h"

namespace chathttp::sim {
namespace {

void AppendTransfer(std::string& bytes, std::vector<Transfer>& transfers, std::string_view piece) {
  bytes.append(piece);
  transfers.back().end = bytes.size();
}

}  // namespace

std::optional<SessionLogin> SessionOf(const Command& command) {
  return command.session == nullptr ? std::nullopt : std::optional(*command.session);
}

// ---- Scheduler --------------------------------------------------------------------------------

class ServerTap::TappedScheduler final : public Scheduler,
                                         public std::enable_shared_from_this<TappedScheduler> {
 public:
  explicit TappedScheduler(ServerTap& tap) : tap_(tap) {}

  absl::Time Now() const override { return tap_.inner_scheduler_.Now(); }
  absl::Time WallNow() const override { return tap_.inner_scheduler_.WallNow(); }
  TimerId RunAt(absl::Time when, Task task) override {
    const HeapCount::Outside outside;
    ++tap_.port_calls_;
    return tap_.inner_scheduler_.RunAt(
        when, [&calls = tap_.port_calls_, work = std::move(task)]() mutable {
          ++calls;
          const HeapCount::Inside inside;
          work();
        });
  }
  void Cancel(TimerId timer) override {
    const HeapCount::Outside outside;
    ++tap_.port_calls_;
    tap_.inner_scheduler_.Cancel(timer);
  }
  void AtEndOfTurn(Task task) override {
    const HeapCount::Outside outside;
    tasks_.push_back(std::move(task));
    if (tasks_.size() == 1) RequestTurn();
  }

  void RequestTurn() {
    // The tap may be destroyed before the turn ends.
    tap_.inner_scheduler_.AtEndOfTurn([weak = weak_from_this()] {
      const std::shared_ptr<TappedScheduler> self = weak.lock();
      if (self == nullptr || self->tap_.PutsOff()) return;
      std::swap(self->tasks_, self->running_);
      self->tap_.RunTurn(self->running_);
      self->running_.clear();
    });
  }

 private:
  ServerTap& tap_;
  std::vector<Task> tasks_;
  std::vector<Task> running_;
};

void ServerTap::RunTurn(std::vector<Scheduler::Task>& tasks) {
  record_.turns.push_back(
      {.at = inner_scheduler_.Now() - start_, .wall = inner_scheduler_.WallNow()});
  in_turn_ = true;
  {
    const HeapCount::Inside inside;
    for (Scheduler::Task& task : tasks) task();
  }
  in_turn_ = false;
  if (server_ != nullptr) {
    record_.turns.back().held_bytes = server_->held_bytes();
    record_.turns.back().partial_bytes = server_->partial_bytes();
  }
  if (log_ != nullptr) NoteRoom();
  record_.turns.back().waits_for_journal = IsBehindInJournal();
  record_.turns.back().heap_bytes = HeapCount::bytes() - heap_base_;
  std::uint64_t work = port_calls_ + (server_ != nullptr ? server_->stats().requests : 0);
  // The members of a server that is gone leave without a call.
  if (log_ != nullptr && server_ != nullptr) work += server_->stats().broadcasts;
  record_.turns.back().idle = std::exchange(work_before_, work) == work;
}

bool ServerTap::PutsOff() {
  if (!paused_) return false;
  turn_waits_ = true;
  ++turns_put_off_;
  return true;
}

void ServerTap::SetPaused(bool paused) {
  const absl::Duration now = inner_scheduler_.Now() - start_;
  if (paused && !paused_) record_.pauses.emplace_back(now, absl::InfiniteDuration());
  if (!paused && paused_) record_.pauses.back().second = now;
  paused_ = paused;
  if (!paused && std::exchange(turn_waits_, false)) scheduler_->RequestTurn();
}

// ---- The ordered log --------------------------------------------------------------------------

class ServerTap::TappedLog final : public OrderedLog {
 public:
  TappedLog(ServerTap& tap, OrderedLog& inner) : tap_(tap), inner_(inner) { NoteNumber(); }
  ~TappedLog() override {
    inner_.Observe([] {});
  }  // `inner` goes on

  ServerNumber self() const override { return inner_.self(); }
  std::uint64_t epoch() const override { return inner_.epoch(); }
  bool MayAppend() const override {
    const bool may = inner_.MayAppend();
    if (!may && tap_.in_turn_) tap_.record_.turns.back().log_full = true;
    return may;
  }

  Order Append(const Command& command) override {
    const HeapCount::Outside outside;
    ++tap_.port_calls_;
    NoteNumber();
    tap_.record_.appended.push_back({tap_.Now(), command.kind, NumberOf(command.member),
                                     static_cast<std::uint32_t>(command.server), command.wall,
                                     std::string(command.text), !inner_.MayAppend(),
                                     static_cast<std::uint64_t>(command.member), command.returns,
                                     SessionOf(command)});
    return inner_.Append(command);
  }

  bool Next(Command& command) override {
    const HeapCount::Outside outside;
    ++tap_.port_calls_;
    NoteNumber();
    if (!inner_.Next(command)) return false;
    tap_.record_.taken.push_back(tap_.Now());
    return true;
  }

  void Observe(Scheduler::Task ready) override {
    const HeapCount::Outside outside;
    inner_.Observe([&calls = tap_.port_calls_, work = std::move(ready)]() mutable {
      ++calls;
      const HeapCount::Inside inside;
      work();
    });
  }

 private:
  void NoteNumber() {
    const auto number = static_cast<std::uint32_t>(inner_.self());
    std::vector<ServerNumbered>& numbers = tap_.record_.numbers;
    if (numbers.empty() || numbers.back().number != number) numbers.push_back({tap_.Now(), number});
  }

  ServerTap& tap_;
  OrderedLog& inner_;
};

OrderedLog& ServerTap::Share(OrderedLog& log, std::size_t first) {
  record_.first_taken = first;
  log_ = std::make_unique<TappedLog>(*this, log);
  return *log_;
}

// ---- The journal ------------------------------------------------------------------------------

class ServerTap::TappedJournal final : public Journal {
 public:
  TappedJournal(ServerTap& tap, SimJournal& inner) : tap_(tap), inner_(inner) {}

  void Append(const JournalRecord& record) override {
    const HeapCount::Outside outside;
    ++tap_.port_calls_;
    inner_.Append(record);
  }
  void HandOver() override { inner_.HandOver(); }
  std::uint64_t durable() const override { return inner_.durable(); }
  bool failed() const override { return inner_.failed(); }
  void Observe(Scheduler::Task changed) override {
    const HeapCount::Outside outside;
    inner_.Observe([&calls = tap_.port_calls_, work = std::move(changed)]() mutable {
      if (!work) return;
      ++calls;
      const HeapCount::Inside inside;
      work();
    });
  }

  bool IsBehind() const { return inner_.durable() < inner_.count(); }

 private:
  ServerTap& tap_;
  SimJournal& inner_;
};

Journal& ServerTap::Share(SimJournal& journal) {
  journal_ = std::make_unique<TappedJournal>(*this, journal);
  return *journal_;
}

bool ServerTap::IsBehindInJournal() const { return journal_ != nullptr && journal_->IsBehind(); }

void ServerTap::NoteRoom() {
  record_.turns.back().taken = record_.taken.size();
  if (server_ != nullptr) record_.turns.back().members = server_->room().members().size();
}

// ---- Streams ----------------------------------------------------------------------------------

class ServerTap::TappedStream final : public ByteStream, private StreamObserver {
 public:
  TappedStream(ServerTap& tap, ServerConnection& record, std::unique_ptr<ByteStream> stream)
      : tap_(tap), record_(record), stream_(std::move(stream)) {}
  ~TappedStream() override {
    const HeapCount::Outside outside;
    ++tap_.port_calls_;
    record_.closed = tap_.Now();
    stream_.reset();
  }

  void Observe(StreamObserver& observer) override {
    const HeapCount::Outside outside;
    observer_ = &observer;
    stream_->Observe(*this);
  }

  IoResult Read(std::span<char> buffer) override {
    const HeapCount::Outside outside;
    ++tap_.port_calls_;
    const IoResult result = stream_->Read(buffer);
    const Moment now = tap_.Now();
    switch (result.status) {
      case IoStatus::kProgress:
        record_.reads.push_back({.end = 0, .when = now});
        AppendTransfer(record_.in, record_.reads, {buffer.data(), result.bytes});
        break;
      case IoStatus::kWouldBlock:
        record_.empty_reads.push_back(now);
        break;
      case IoStatus::kEndOfStream:
        if (!record_.read_end) record_.read_end = now;
        break;
      case IoStatus::kBroken:
        NoteBroken(now);
        break;
    }
    return result;
  }

  IoResult Write(std::span<const std::string_view> pieces) override {
    const HeapCount::Outside outside;
    ++tap_.port_calls_;
    const IoResult result = stream_->Write(pieces);
    if (result.status == IoStatus::kBroken) NoteBroken(tap_.Now());
    Transfer& write = record_.writes.emplace_back(
        Transfer{.end = 0, .pieces = pieces.size(), .when = tap_.Now()});
    std::size_t left = result.bytes;
    for (const std::string_view piece : pieces) {
      write.offered += piece.size();
      const std::string_view taken = piece.substr(0, left);
      record_.out.append(taken);
      left -= taken.size();
    }
    write.end = record_.out.size();
    return result;
  }

  void ShutdownWrite() override {
    const HeapCount::Outside outside;
    ++tap_.port_calls_;
    if (!record_.shut) record_.shut = tap_.Now();
    stream_->ShutdownWrite();
  }

  void Reset() override {
    const HeapCount::Outside outside;
    ++tap_.port_calls_;
    if (!record_.reset) record_.reset = tap_.Now();
    stream_->Reset();
  }

  std::string_view broken_reason() const override { return stream_->broken_reason(); }

 private:
  void OnReadable() override {
    ++tap_.port_calls_;
    record_.readable.push_back(tap_.Now());
    const HeapCount::Inside inside;
    observer_->OnReadable();
  }
  void OnWritable() override {
    ++tap_.port_calls_;
    record_.writable.push_back(tap_.Now());
    const HeapCount::Inside inside;
    observer_->OnWritable();
  }
  void NoteBroken(const Moment& now) {
    if (record_.broken) return;
    record_.broken = now;
    record_.broken_reason = stream_->broken_reason();
  }

  ServerTap& tap_;
  ServerConnection& record_;
  std::unique_ptr<ByteStream> stream_;
  StreamObserver* observer_ = nullptr;
};

// ---- Network ----------------------------------------------------------------------------------

class ServerTap::TappedListener final : public Listener, private Acceptor {
 public:
  TappedListener(ServerTap& tap, Acceptor& acceptor, bool proxied)
      : tap_(tap), acceptor_(acceptor), proxied_(proxied) {}

  absl::Status Listen(Network& network, const Endpoint& endpoint) {
    auto listener = network.Listen(endpoint, *this);
    if (!listener.ok()) return listener.status();
    listener_ = *std::move(listener);
    return absl::OkStatus();
  }
  Endpoint local() const override { return listener_->local(); }

 private:
  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) override {
    auto tapped = tap_.Adopt(std::move(stream), peer, proxied_);
    const HeapCount::Inside inside;
    acceptor_.OnAccept(std::move(tapped), peer);  // may destroy the listener
  }
  void OnOverflow(ByteStream& stream, std::string_view peer) override {
    ServerConnection& record = tap_.AddConnection(peer, proxied_);
    record.overflow = true;
    TappedStream tapped(tap_, record, std::make_unique<Borrowed>(stream));
    const HeapCount::Inside inside;
    acceptor_.OnOverflow(tapped, peer);
  }

  // A stream that somebody else owns.
  class Borrowed final : public ByteStream {
   public:
    explicit Borrowed(ByteStream& stream) : stream_(stream) {}
    void Observe(StreamObserver& observer) override { stream_.Observe(observer); }
    IoResult Read(std::span<char> buffer) override { return stream_.Read(buffer); }
    IoResult Write(std::span<const std::string_view> pieces) override {
      return stream_.Write(pieces);
    }
    void ShutdownWrite() override { stream_.ShutdownWrite(); }
    void Reset() override { stream_.Reset(); }
    std::string_view broken_reason() const override { return stream_.broken_reason(); }

   private:
    ByteStream& stream_;
  };

  ServerTap& tap_;
  Acceptor& acceptor_;
  const bool proxied_;
  std::unique_ptr<Listener> listener_;
};

class ServerTap::TappedNetwork final : public Network {
 public:
  TappedNetwork(ServerTap& tap, Network& inner, bool proxied)
      : tap_(tap), inner_(inner), proxied_(proxied) {}

  absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                   Acceptor& acceptor) override {
    const HeapCount::Outside outside;
    auto listener = std::make_unique<TappedListener>(tap_, acceptor, proxied_);
    if (absl::Status status = listener->Listen(inner_, endpoint); !status.ok()) return status;
    return listener;
  }
  // A server does not connect.
  std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint, ConnectCallback done) override {
    return inner_.Connect(endpoint, std::move(done));
  }

 private:
  ServerTap& tap_;
  Network& inner_;
  const bool proxied_;
};

// ---- Events -----------------------------------------------------------------------------------

class ServerTap::Events final : public ServerEvents {
 public:
  explicit Events(ServerTap& tap) : tap_(tap) {}
  void OnServerEvent(const ServerEvent& event) override {
    const HeapCount::Outside outside;
    const auto id = static_cast<std::uint64_t>(event.connection);
    // The first event about a connection names it.
    if (tap_.accepting_ != nullptr) std::exchange(tap_.accepting_, nullptr)->id = id;
    tap_.record_.events.push_back({event.kind, id, std::string(event.peer), std::string(event.name),
                                   std::string(event.reason), event.bytes_in, event.bytes_out,
                                   tap_.Now(), tap_.Broadcasts()});
    if (event.kind == ServerEvent::Kind::kClosed && tap_.on_end_) ReportEnd(id, event.reason);
  }

 private:
  void ReportEnd(std::uint64_t id, std::string_view reason) {
    for (const auto& connection : tap_.connections_) {
      if (connection->id == id) tap_.on_end_(connection->socket, reason);
    }
  }

  ServerTap& tap_;
};

// ---- The tap ----------------------------------------------------------------------------------

ServerTap::ServerTap(Network& network, Scheduler& scheduler, absl::Time start)
    : inner_scheduler_(scheduler),
      start_(start),
      arrivals_(network, [this] { return Now(); }),
      proxy_network_(arrivals_, scheduler,
                     {.from = {*ParseIpNetwork(kProxyNetwork)}, .header_limit = kProxyHeaderLimit},
                     [this](std::string_view peer, std::string_view reason) {
                       arrivals_.NoteRefusal(peer, reason);
                     }),
      network_(std::make_unique<TappedNetwork>(*this, network, false)),
      proxies_(std::make_unique<TappedNetwork>(*this, proxy_network_, true)),
      scheduler_(std::make_shared<TappedScheduler>(*this)),
      events_(std::make_unique<Events>(*this)) {}

ServerTap::~ServerTap() = default;

Network& ServerTap::network() { return *network_; }
Network& ServerTap::proxies() { return *proxies_; }
Scheduler& ServerTap::scheduler() { return *scheduler_; }

void ServerTap::Attach(ChatServer& server) {
  server_ = &server;
  record_.started = inner_scheduler_.Now() - start_;
  record_.began = inner_scheduler_.WallNow();
  {
    const HeapCount::Inside inside;
    server.Subscribe(*events_);
  }
  heap_base_ = HeapCount::bytes();
}

std::uint64_t ServerTap::Broadcasts() const {
  return server_ == nullptr ? 0 : server_->position().count;
}

void ServerTap::NoteEpoch() { record_.epoch = server_->position().epoch; }

void ServerTap::Detach() { server_ = nullptr; }

Moment ServerTap::Now() {
  return {record_.turns.size() - (in_turn_ ? 1 : 0), ++order_, inner_scheduler_.Now() - start_};
}

ServerConnection& ServerTap::AddConnection(std::string_view peer, bool proxied) {
  ServerConnection& record = *connections_.emplace_back(std::make_unique<ServerConnection>());
  record.peer = record.socket = peer;
  record.proxied = proxied;
  if (proxied && arrivals_.current()) {
    record.arrival = arrivals_.current();
    record.socket = arrivals_[*record.arrival].peer;
  }
  record.accepted = Now();
  record.accepted_wall = inner_scheduler_.WallNow();
  accepting_ = &record;
  return record;
}

std::unique_ptr<ByteStream> ServerTap::Adopt(std::unique_ptr<ByteStream> stream,
                                             std::string_view peer) {
  return Adopt(std::move(stream), peer, false);
}

std::unique_ptr<ByteStream> ServerTap::Adopt(std::unique_ptr<ByteStream> stream,
                                             std::string_view peer, bool proxied) {
  return std::make_unique<TappedStream>(*this, AddConnection(peer, proxied), std::move(stream));
}

ServerRecord ServerTap::TakeRecord() {
  for (auto& connection : connections_) record_.connections.push_back(std::move(*connection));
  connections_.clear();
  record_.arrivals = arrivals_.Take();
  return std::move(record_);
}

}  // namespace chathttp::sim
