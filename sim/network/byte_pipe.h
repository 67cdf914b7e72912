// A byte pipe: one direction of a simulated TCP connection, from the send buffer of the writer
// over a link into the receive buffer of the reader.
//
//   BytePipe pipe(scheduler, link, seed, entity, callbacks);
//   std::string_view hello = "hello";
//   pipe.Write({&hello, 1});   // travels in pieces of drawn sizes
//   pipe.Finish();             // the end follows the bytes
//   pipe.SendReset();          // a reset overtakes them
//
// As in TCP, the bytes in flight fit into the receive buffer: a reader that does not read stops the
// writer. on_arrival and on_reset run only from scheduler events, as the last act of the event;
// on_room also runs from Read. Not thread-safe.
#ifndef CHATHTTP_SIM_NETWORK_BYTE_PIPE_H_
#define CHATHTTP_SIM_NETWORK_BYTE_PIPE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/network/link.h"
#include "chathttp/sim/network/virtual_scheduler.h"

namespace chathttp::sim {

class BytePipe final : private LinkUser {
 public:
  struct Callbacks {
    std::function<void()> on_arrival;  // for the reader: bytes or the end arrived
    std::function<void()> on_reset;    // for the reader
    std::function<void()> on_room;     // for the writer: Write takes bytes again
  };

  // `scheduler` and `link` outlive the pipe. `entity` keys the draws.
  BytePipe(VirtualScheduler& scheduler, Link& link, std::uint64_t seed, std::uint64_t entity,
           Callbacks callbacks);
  BytePipe(const BytePipe&) = delete;
  BytePipe& operator=(const BytePipe&) = delete;
  ~BytePipe();

  // The writer's end. Write takes as many bytes as the send buffer has room for and returns their
  // number; it must not follow Finish. SendReset drops the unsent bytes; nothing follows a reset.
  std::size_t Write(std::span<const std::string_view> pieces);
  void Finish();
  void SendReset();

  // Drops everything in flight or unsent except a reset, and sends nothing more.
  void Abort();

  // The reader's end. Read moves bytes that have arrived into `buffer` and returns their number.
  std::size_t Read(std::span<char> buffer);
  void Discard();
  std::size_t readable_bytes() const { return readable_bytes_; }
  bool finished() const { return finish_ == Stage::kArrived; }  // all bytes have arrived

  // Nothing is in flight or unsent.
  bool idle() const;

 private:
  enum class Stage { kNone, kRequested, kOnTheWay, kArrived };
  struct Chunk {
    std::size_t bytes;  // 0: the end
    absl::Time arrival;
  };

  void OnFaultEnd() override;
  void Pump();
  void Launch(std::size_t bytes);
  bool IsHeldUp(absl::Time due);
  void ScheduleArrival();
  void Arrive();
  void ScheduleReset();
  void ArriveReset();

  VirtualScheduler& scheduler_;
  Link& link_;
  DrawSequence chunk_draws_;
  DrawSequence latency_draws_;
  DrawSequence tie_draws_;
  Callbacks callbacks_;

  // The bytes written and not yet read: readable bytes, bytes in flight, unsent bytes.
  std::string bytes_;
  std::size_t head_ = 0;  // offset of the first readable byte
  std::size_t readable_bytes_ = 0;
  std::size_t travelling_bytes_ = 0;
  std::size_t unsent_bytes_ = 0;

  std::deque<Chunk> chunks_;  // in flight, in order
  absl::Time last_arrival_;
  absl::Time busy_until_ = absl::InfinitePast();
  Stage finish_ = Stage::kNone;
  Stage reset_ = Stage::kNone;
  absl::Time reset_arrival_;
  TimerId arrival_timer_ = kNoTimer;
  TimerId reset_timer_ = kNoTimer;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_BYTE_PIPE_H_
