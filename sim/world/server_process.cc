#include "chathttp/sim/world/server_process.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/world/heap_count.h"
#include "chathttp/sim/world/raw_codec.h"
#include "chathttp/transport/ports/memory_stream.h"

namespace chathttp::sim {
namespace {

constexpr std::size_t kWitnessBufferBytes = 256 << 20;  // more than one turn writes

}  // namespace

// Logs in, and reads whatever comes.
class ServerProcess::Witness final : private StreamObserver {
 public:
  explicit Witness(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {
    stream_->Observe(*this);
    const std::string add = RawRequest("ADD", kWitnessName);
    const std::string_view pieces[] = {add};
    static_cast<void>(stream_->Write(pieces));
  }

 private:
  void OnReadable() override {
    std::array<char, 4096> buffer;
    IoStatus status = IoStatus::kProgress;
    while (status == IoStatus::kProgress) status = stream_->Read(buffer).status;
    if (status != IoStatus::kWouldBlock) stream_->ShutdownWrite();
  }
  void OnWritable() override {}

  std::unique_ptr<ByteStream> stream_;
};

ServerProcess::ServerProcess(Network& network, Scheduler& scheduler, absl::Time start,
                             const ServerOptions& options)
    : network_(network), scheduler_(scheduler), start_(start), options_(options) {}

ServerProcess::~ServerProcess() = default;

absl::Status ServerProcess::Start(const Endpoint& endpoint) {
  if (server_ != nullptr) return absl::OkStatus();
  tap_ = std::make_unique<ServerTap>(network_, scheduler_, start_);
  tap_->SetOnEnd(on_end_);
  tap_->record().options = options_;
  tap_->record().heap_is_counted = HeapCount::works();
  heap_before_ = HeapCount::bytes();
  {
    const HeapCount::Inside inside;
    server_ = std::make_unique<ChatServer>(tap_->network(), tap_->scheduler(), options_);
  }
  tap_->Attach(*server_);
  StreamPair pair = MakeStreamPair(scheduler_, kWitnessBufferBytes);
  if (absl::Status status = Admit(std::move(pair.first)); !status.ok()) return status;
  witness_ = std::make_unique<Witness>(std::move(pair.second));
  const HeapCount::Inside inside;
  return server_->Listen(endpoint);
}

absl::Status ServerProcess::Admit(std::unique_ptr<ByteStream> witness) {
  auto tapped = tap_->Adopt(std::move(witness), kWitnessName);
  const HeapCount::Inside inside;
  return server_->Accept(std::move(tapped), kWitnessName).status();
}

void ServerProcess::Stop() {
  if (server_ == nullptr || stopping()) return;
  tap_->SetOnEnd(nullptr);
  tap_->record().stop = tap_->Now();
  const HeapCount::Inside inside;
  server_->Stop([this] { tap_->record().stopped = tap_->Now(); });
}

void ServerProcess::Crash() {
  if (server_ == nullptr) return;
  tap_->record().crash = tap_->Now();
  End();
}

void ServerProcess::Finish() {
  if (server_ != nullptr) End();
}

void ServerProcess::End() {
  tap_->record().stats = server_->stats();
  tap_->Detach();
  server_.reset();
  witness_.reset();
  records_.push_back(tap_->TakeRecord());
  tap_.reset();
  records_.back().heap_bytes_left = HeapCount::bytes() - heap_before_;
}

bool ServerProcess::stopping() const { return tap_ != nullptr && tap_->record().stop.has_value(); }

bool ServerProcess::stopped() const {
  return tap_ == nullptr || tap_->record().stopped.has_value();
}

bool ServerProcess::witness_is_in() const {
  return server_ != nullptr && !server_->room().members().empty();
}

void ServerProcess::NotePopulation() {
  if (server_ == nullptr) return;
  tap_->record().members_at_end = server_->room().members().size();
  tap_->record().connections_at_end = server_->connections();
}

std::vector<ServerRecord> ServerProcess::TakeRecords() {
  Finish();
  return std::move(records_);
}

}  // namespace chathttp::sim
