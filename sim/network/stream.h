// A ByteStream over a simulated connection: what a process holds of it. Adds to the connection what
// the port promises: notices on edges, answers that stay, reasons.
//
// Everything that crosses the port enters the digest. The connection and its scheduler must outlive
// the stream; see sim_network.h, which makes both. One thread.
#ifndef CHATHTTP_SIM_NETWORK_STREAM_H_
#define CHATHTTP_SIM_NETWORK_STREAM_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "sim/network/connection.h"
#include "sim/network/draw.h"
#include "transport/ports/byte_stream.h"
#include "transport/ports/scheduler.h"

namespace chathttp::sim {

// One of the descriptors that a host may have in use; gives it back when destroyed.
struct GiveBack {
  void operator()(std::size_t* in_use) const { --*in_use; }
};
using Descriptor = std::unique_ptr<std::size_t, GiveBack>;

class SimStream final : public ByteStream, private ConnectionUser {
 public:
  SimStream(SimConnection& connection, Side side);
  ~SimStream() override;

  // Keeps `descriptor` in use as long as the stream lives.
  void Hold(Descriptor descriptor) { descriptor_ = std::move(descriptor); }

  void Observe(StreamObserver& observer) override;
  IoResult Read(std::span<char> buffer) override;
  IoResult Write(std::span<const std::string_view> pieces) override;
  void ShutdownWrite() override;
  void Reset() override;
  std::string_view broken_reason() const override { return broken_reason_; }

  // Adds a crossing of this stream to the digest.
  void Record(Crossing crossing) const;

 private:
  void OnArrival() override;
  void OnReset() override;
  void OnRoom() override;
  void NoticeInputSoon();
  TimerId Soon(Scheduler::Task notice);
  bool HasInput() const;
  void MaybeNoticeWithoutCause();
  void NoticeReadable();
  void NoticeWritable();
  IoResult TryRead(std::span<char> buffer);
  IoResult TryWrite(std::span<const std::string_view> pieces);
  IoResult Broken(std::string_view reason);
  void CancelNotices();

  SimConnection& connection_;
  Side side_;
  DrawSequence tie_draws_;
  DrawSequence spurious_draws_;
  Descriptor descriptor_;
  StreamObserver* observer_ = nullptr;
  bool wants_readable_ = true;  // a notice is owed for the next input
  bool wants_writable_ = false;
  bool write_shut_ = false;
  bool reset_ = false;  // by this side
  std::string_view broken_reason_;
  TimerId readable_notice_ = kNoTimer;
  TimerId writable_notice_ = kNoTimer;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_STREAM_H_
