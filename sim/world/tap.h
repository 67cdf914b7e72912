// A tap: the Network of one participant, which records all bytes that cross the port.
//
//   Recorder recorder(scheduler);
//   TapNetwork tap(network.host("alice"), recorder, "alice", RealClient{false});
//   auto attempt = tap.Connect({"server", 9994}, done);
//   recorder.connections().back()->sent.bytes   // all bytes that alice's stream has accepted
//
// A tap outlives its attempts and streams, the recorder its taps, the scheduler the recorder. Not
// thread-safe.
#ifndef CHATHTTP_SIM_WORLD_TAP_H_
#define CHATHTTP_SIM_WORLD_TAP_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/world/client_record.h"
#include "chathttp/sim/world/raw_codec.h"
#include "chathttp/sim/world/record.h"
#include "chathttp/sim/world/trace_event.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::sim {

// The connections of a run, and its clock.
class Recorder {
 public:
  using TraceSink = std::function<void(const TraceEvent&)>;

  using LocalOf = std::function<std::string(const ByteStream&)>;

  // `local_of` gives ConnectionRecord::local.
  Recorder(const Scheduler& scheduler, LocalOf local_of, TraceSink trace = nullptr)
      : scheduler_(scheduler),
        start_(scheduler.Now()),
        local_of_(std::move(local_of)),
        trace_(std::move(trace)) {}

  // Time since the construction of the recorder.
  absl::Duration now() const { return scheduler_.Now() - start_; }
  absl::Time start() const { return start_; }
  absl::Time wall_now() const { return scheduler_.WallNow(); }
  std::string LocalEndpoint(const ByteStream& stream) const { return local_of_(stream); }

  ConnectionRecord& Add(std::string_view who);
  // Calls `on_add` with each new record.
  void SetOnAdd(std::function<void(ConnectionRecord&)> on_add) { on_add_ = std::move(on_add); }
  const std::vector<std::unique_ptr<ConnectionRecord>>& connections() const { return connections_; }
  std::vector<ConnectionRecord> Take();

  // Bytes that crossed the ports of all participants, in both directions.
  std::uint64_t moved_bytes() const { return moved_bytes_; }
  void AddMovedBytes(std::size_t bytes) { moved_bytes_ += bytes; }

  // `listener` is called at each complete response that a participant receives.
  using ResponseListener = std::function<void(std::string_view who, std::string_view entity)>;
  void SetListener(ResponseListener listener) { listener_ = std::move(listener); }
  bool listening() const { return listener_ != nullptr; }
  void Hear(std::string_view who, std::string_view entity) const {
    if (listener_) listener_(who, entity);
  }

  bool tracing() const { return trace_ != nullptr; }
  void Trace(std::string_view who, std::string_view what, std::string_view detail = "",
             std::string_view peer = "") const;

 private:
  const Scheduler& scheduler_;
  absl::Time start_;
  LocalOf local_of_;
  TraceSink trace_;
  std::function<void(ConnectionRecord&)> on_add_;
  ResponseListener listener_;
  std::uint64_t moved_bytes_ = 0;
  std::vector<std::unique_ptr<ConnectionRecord>> connections_;
};

// The first line of a message, for traces.
std::string Gist(const RawResponse& response);
std::string Gist(const RawRequestView& request);

class TapStream;

class TapNetwork final : public Network {
 public:
  TapNetwork(Network& network, Recorder& recorder, std::string who, bool real_client);

  // Forwards without a record: participants do not listen.
  absl::StatusOr<std::unique_ptr<Listener>> Listen(const Endpoint& endpoint,
                                                   Acceptor& acceptor) override {
    return network_.Listen(endpoint, acceptor);
  }
  // One connection or attempt at a time.
  std::unique_ptr<ConnectAttempt> Connect(const Endpoint& endpoint, ConnectCallback done) override;

  const std::string& who() const { return who_; }

  // The record of the current connection or attempt, or null.
  ConnectionRecord* current() const { return current_; }

  // Records whether the participant reads. Notices of input while it does not read are unread.
  void SetReading(bool reading);
  std::uint64_t unread_notices() const { return unread_notices_; }

  // Also appends each use of the port to `journal`, which outlives the tap.
  void SetJournal(ClientEntries& journal) { journal_ = &journal; }

  // Act on the participant's stream without its knowledge, as a kernel may. Return false if there
  // is no stream.
  bool ShutdownWrite();
  bool Reset();

 private:
  friend class TapAttempt;
  friend class TapStream;

  std::unique_ptr<ByteStream> Connected(std::unique_ptr<ByteStream> stream);
  void End(ConnectionRecord::End end);
  void Note(PortEvent event);

  Network& network_;
  Recorder& recorder_;
  std::string who_;
  bool real_client_;
  bool reading_ = true;
  std::size_t connections_ = 0;
  std::uint64_t unread_notices_ = 0;
  ConnectionRecord* current_ = nullptr;
  TapStream* stream_ = nullptr;
  ClientEntries* journal_ = nullptr;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_TAP_H_
