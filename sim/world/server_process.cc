#include "chathttp/sim/world/server_process.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/world/heap_count.h"
#include "chathttp/sim/world/options.h"
#include "chathttp/sim/world/raw_codec.h"
#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/ports/memory_stream.h"

namespace chathttp::sim {
namespace {

constexpr std::size_t kWitnessBufferBytes = 256 << 20;  // more than one turn writes

}  // namespace

// Logs in, and reads whatever comes.
class ServerProcess::Witness final : private StreamObserver {
 public:
  Witness(std::unique_ptr<ByteStream> stream, std::string_view name) : stream_(std::move(stream)) {
    stream_->Observe(*this);
    const std::string add = RawRequest("ADD", name);
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

// What the scheduler holds for the commands of the operator is not the server's.
class ServerProcess::OperatorScheduler final : public Scheduler {
 public:
  explicit OperatorScheduler(Scheduler& scheduler) : scheduler_(scheduler) {}

  absl::Time Now() const override { return scheduler_.Now(); }
  absl::Time WallNow() const override { return scheduler_.WallNow(); }
  TimerId RunAt(absl::Time when, Task task) override {
    const HeapCount::Outside outside;
    return scheduler_.RunAt(when, std::move(task));
  }
  void Cancel(TimerId timer) override {
    const HeapCount::Outside outside;
    scheduler_.Cancel(timer);
  }
  void AtEndOfTurn(Task task) override {
    const HeapCount::Outside outside;
    scheduler_.AtEndOfTurn(std::move(task));
  }

 private:
  Scheduler& scheduler_;
};

ServerProcess::ServerProcess(Network& network, Scheduler& scheduler, absl::Time start,
                             const ServerOptions& options, bool has_operator)
    : network_(network),
      scheduler_(scheduler),
      operator_scheduler_(std::make_unique<OperatorScheduler>(scheduler)),
      start_(start),
      options_(options),
      has_operator_(has_operator),
      name_(kServerName) {}

ServerProcess::ServerProcess(Network& network, Scheduler& scheduler, absl::Time start,
                             const ServerOptions& options, bool has_operator, std::string_view name,
                             SimLog& log)
    : ServerProcess(network, scheduler, start, options, has_operator) {
  name_ = name;
  log_ = &log;
}

ServerProcess::~ServerProcess() = default;

void ServerProcess::UseJournal(SimDisk& disk, const JournalSetting& setting, std::uint64_t seed) {
  disk_ = &disk;
  journal_setting_ = setting;
  seed_ = seed;
}

absl::Status ServerProcess::Start(const Endpoint& endpoint, const Endpoint& proxy_listener,
                                  bool repair) {
  if (server_ != nullptr) return absl::OkStatus();
  if (absl::Status status = OpenJournal(repair); !status.ok()) return status;
  tap_ = std::make_unique<ServerTap>(network_, scheduler_, start_);
  tap_->SetOnEnd(on_end_);
  tap_->record().name = name_;
  tap_->record().options = options_;
  // Of several servers, the bytes of one are not known; nor of one whose past comes from a disk.
  tap_->record().heap_is_counted = HeapCount::works() && log_ == nullptr && disk_ == nullptr;
  if (log_ != nullptr) Join();
  heap_before_ = HeapCount::bytes();
  {
    const HeapCount::Inside inside;
    server_ =
        shared_ == nullptr
            ? std::make_unique<ChatServer>(tap_->network(), tap_->scheduler(), options_)
            : std::make_unique<ChatServer>(tap_->network(), tap_->scheduler(), options_, *shared_);
    if (entropy_ != nullptr) server_->UseSessions(*entropy_);
  }
  tap_->Attach(*server_);
  if (journal_ != nullptr) GiveJournal();
  tap_->NoteEpoch();
  tap_->record().has_operator = has_operator_;
  if (has_operator_) {
    commands_ = std::make_unique<AdminCommands>(*server_, *operator_scheduler_,
                                                AdminActions{.stop = [this] { Stop(); }});
  }
  StreamPair pair = MakeStreamPair(scheduler_, kWitnessBufferBytes);
  if (absl::Status status = Admit(std::move(pair.first)); !status.ok()) return status;
  witness_ = std::make_unique<Witness>(std::move(pair.second), WitnessName());
  const HeapCount::Inside inside;
  absl::Status status = server_->Listen(endpoint);
  if (!status.ok() || proxy_listener.host.empty()) return status;
  return server_->Listen(tap_->proxies(), proxy_listener);
}

RecoveryOptions ServerProcess::RecoveryOptionsNow(bool repair) const {
  RecoveryOptions options;
  options.fresh_epoch = FreshEpoch(scheduler_.WallNow());
  options.broadcast_bytes = options_.backlog_bytes;
  options.repair = repair;
  options.journal.segment_bytes = static_cast<std::uint64_t>(journal_setting_.file_bytes);
  return options;
}

absl::Status ServerProcess::OpenJournal(bool repair) {
  if (disk_ == nullptr) return absl::OkStatus();
  const RecoveryOptions options = RecoveryOptionsNow(repair);
  absl::StatusOr<Recovery> recovery = Recover(*disk_, options);
  if (!recovery.ok()) {
    refused_.push_back({scheduler_.Now() - start_, records_.size(), recovery.status().code(),
                        repair, std::string(recovery.status().message())});
    return recovery.status();
  }
  recovered_ = {std::move(recovery->past), repair, options.fresh_epoch, options.broadcast_bytes};
  journal_ = std::make_unique<SimJournal>(
      scheduler_, *disk_, std::move(recovery->writer),
      SimJournal::Options{.seed = seed_,
                          .entity = EntityOf(absl::StrCat(name_, "/", records_.size())),
                          .sync = static_cast<SimJournal::Sync>(journal_setting_.sync),
                          .max_latency = journal_setting_.latency});
  return absl::OkStatus();
}

void ServerProcess::GiveJournal() {
  server_->SetJournal(tap_->Share(*journal_));
  server_->Restore(recovered_->past);
  tap_->record().recovered = std::exchange(recovered_, std::nullopt);
}

std::optional<RecoveredRoom> ServerProcess::ReadJournal() {
  if (disk_ == nullptr) return std::nullopt;
  const RecoveryOptions options = RecoveryOptionsNow(false);
  absl::StatusOr<Recovery> recovery = Recover(*disk_, options);
  if (!recovery.ok()) return std::nullopt;
  return RecoveredRoom{std::move(recovery->past), false, options.fresh_epoch,
                       options.broadcast_bytes};
}

// The first server has the number 1.
void ServerProcess::Join() {
  number_ = log_->NextNumber();
  OrderedLog& log = log_->AddServerLate(*number_);
  const std::size_t first = log_->taken(*number_);
  shared_ = &tap_->Share(log, first);
  tap_->record().replayed = log_->entries().size() - first;
}

// Each life has another one, since the witness of the last may still be a member.
std::string ServerProcess::WitnessName() const {
  const bool first = !number_ || *number_ == ServerNumber{1};
  return first ? std::string(kWitnessName)
               : absl::StrCat(AbslView(kWitnessName), static_cast<std::uint32_t>(*number_));
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
  server_->Stop([this] {
    tap_->record().stopped = tap_->Now();
    const HeapCount::Outside outside;
    if (journal_ != nullptr) static_cast<void>(journal_->Close());
  });
}

void ServerProcess::Crash(absl::Duration later) {
  if (server_ == nullptr) return;
  tap_->record().crash = tap_->Now();
  if (log_ != nullptr) log_->Kill(*number_, later);
  End();
}

void ServerProcess::SetPaused(bool paused) {
  if (tap_ != nullptr) tap_->SetPaused(paused);
}

std::uint64_t ServerProcess::turns_put_off() const {
  return tap_ == nullptr ? 0 : tap_->turns_put_off();
}

void ServerProcess::Reload(const std::vector<LimitSetting>& changes) {
  if (server_ == nullptr) return;
  const Moment now = tap_->Now();
  const ServerOptions options = Reloaded(server_->options(), changes);
  std::string error;
  {
    const HeapCount::Inside inside;
    const auto kept = server_->Reconfigure(options);
    const HeapCount::Outside outside;
    if (!kept.ok()) error = std::string(kept.status().message());
  }
  tap_->record().reloads.push_back({now, changes, error, server_->options()});
}

void ServerProcess::Command(const std::string& line) {
  if (server_ == nullptr) return;
  const Moment now = tap_->Now();
  ReportedCommand command{now, line, ""};
  {
    const HeapCount::Inside inside;
    const std::string answer = commands_->Run(line);
    const HeapCount::Outside outside;
    command.answer.assign(answer);
  }
  tap_->record().commands.push_back(std::move(command));
}

void ServerProcess::Finish() {
  if (server_ != nullptr) End();
}

void ServerProcess::End() {
  // What it has appended before it stopped comes to the log, its end included.
  if (log_ != nullptr && tap_->record().stopped) log_->Heal(*number_);
  tap_->record().stats = server_->stats();
  tap_->record().journal_failed = journal_ != nullptr && journal_->failed();
  tap_->Detach();
  commands_.reset();
  server_.reset();
  witness_.reset();
  journal_.reset();
  records_.push_back(tap_->TakeRecord());
  tap_.reset();
  shared_ = nullptr;
  number_.reset();
  if (log_ == nullptr) records_.back().heap_bytes_left = HeapCount::bytes() - heap_before_;
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
  tap_->record().away_at_end = server_->away();
  if (log_ == nullptr) return;
  tap_->record().taken_at_end = tap_->record().taken.size();
  for (const ChatRoom::Member& member : server_->room().members()) {
    tap_->record().room_at_end.emplace_back(member.name);
  }
}

std::vector<ServerRecord> ServerProcess::TakeRecords() {
  Finish();
  return std::move(records_);
}

}  // namespace chathttp::sim
