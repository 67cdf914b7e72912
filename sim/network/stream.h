// A ByteStream over one end of a simulated connection. The stream adds the contract of ByteStream
// to the connection: edge-triggered notices, sticky end-of-stream and errors, reasons.
//
// All calls and notices enter the digest. The connection and its scheduler outlive the stream; see
// sim_network.h, which makes both. Not thread-safe.
#ifndef CHATHTTP_SIM_NETWORK_STREAM_H_
#define CHATHTTP_SIM_NETWORK_STREAM_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "chathttp/sim/network/connection.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::sim {

// One descriptor of a host; its destruction returns the descriptor.
struct ReturnDescriptor {
  void operator()(std::size_t* in_use) const { --*in_use; }
};
using Descriptor = std::unique_ptr<std::size_t, ReturnDescriptor>;

class SimStream final : public ByteStream, private ConnectionUser {
 public:
  // `local`: the endpoint of this end, as its peer sees it; empty for a server's end.
  SimStream(SimConnection& connection, Side side, std::string_view local);
  ~SimStream() override;

  // Holds `descriptor` until the stream is destroyed.
  void Hold(Descriptor descriptor) { descriptor_ = std::move(descriptor); }

  void Observe(StreamObserver& observer) override;
  IoResult Read(std::span<char> buffer) override;
  IoResult Write(std::span<const std::string_view> pieces) override;
  void ShutdownWrite() override;
  void Reset() override;
  std::string_view broken_reason() const override { return broken_reason_; }

  const std::string& local() const { return local_; }

  // Adds a call or notice of this stream to the digest.
  void Record(Crossing crossing) const;

 private:
  void OnArrival() override;
  void OnReset() override;
  void OnRoom() override;
  void ScheduleReadable();
  TimerId ScheduleNotice(Scheduler::Task notice);
  bool HasInput() const;
  void MaybeNotifySpuriously();
  void NotifyReadable();
  void NotifyWritable();
  IoResult TryRead(std::span<char> buffer);
  IoResult TryWrite(std::span<const std::string_view> pieces);
  IoResult Broken(std::string_view reason);
  void CancelNotices();

  SimConnection& connection_;
  Side side_;
  std::string local_;
  DrawSequence tie_draws_;
  DrawSequence spurious_draws_;
  Descriptor descriptor_;
  StreamObserver* observer_ = nullptr;
  bool wants_readable_ = true;  // the next input causes a notice
  bool wants_writable_ = false;
  bool write_shut_ = false;
  bool reset_ = false;  // by this side
  std::string_view broken_reason_;
  TimerId readable_notice_ = kNoTimer;
  TimerId writable_notice_ = kNoTimer;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_STREAM_H_
