// A connection: what the kernels at both ends of a simulated TCP connection know of it, whether or
// not a process still holds a stream to it. After Linux:
//
// - closing sends what was written and then the end; closing with unread input sends a reset, and
//   so does a byte that arrives where nobody holds the stream any more;
// - a reset drops what is on the way or unsent in both directions; what has arrived stays readable.
//
// Lives until both streams are closed and nothing is on the way. One thread.
#ifndef CHATHTTP_SIM_NETWORK_CONNECTION_H_
#define CHATHTTP_SIM_NETWORK_CONNECTION_H_

#include <array>
#include <cstdint>
#include <functional>

#include "sim/network/byte_pipe.h"
#include "sim/network/digest.h"
#include "sim/network/link.h"
#include "sim/network/virtual_scheduler.h"

namespace chathttp::sim {

// The stream at one end, as far as its connection knows it.
class ConnectionUser {
 public:
  // Bytes or the end arrived: the last act of an event, so the stream may be destroyed.
  virtual void OnArrival() = 0;
  // From calls too, not from events only.
  virtual void OnReset() = 0;
  virtual void OnRoom() = 0;  // the send buffer has room

 protected:
  ~ConnectionUser() = default;
};

// Numbers the two ends.
enum class Side : std::size_t { kClient = 0, kServer = 1 };

// Notices without cause.
struct Spurious {
  std::uint64_t one_in = 0;  // reads that find nothing; 0: none at all
  std::uint64_t notices = 0;
};

class SimConnection {
 public:
  struct Environment {
    VirtualScheduler& scheduler;
    Digest& digest;
    Spurious& spurious;
    std::uint64_t seed;
  };

  // `number` names it in the digest, `entity` keys its draws. `on_finished` tells that it may be
  // destroyed, but not yet inside that call.
  SimConnection(const Environment& environment, std::uint64_t number, std::uint64_t entity,
                Link& to_server, Link& to_client, std::function<void()> on_finished);
  SimConnection(const SimConnection&) = delete;
  SimConnection& operator=(const SimConnection&) = delete;

  // From one end's stream: Open once, Reset at most once, and Close as its last word.
  void Open(Side side, ConnectionUser& user) {
    user_of(side) = &user;
    held_[static_cast<std::size_t>(side)] = true;
  }
  void Close(Side side);
  void Reset(Side side);

  // Whether some process holds a stream that no reset has reached.
  bool live() const {
    return (users_[0] != nullptr && !broken_[0]) || (users_[1] != nullptr && !broken_[1]);
  }

  // Sends a reset to both ends, as a box between them would.
  void Cut();

  BytePipe& input(Side side) { return pipes_[side == Side::kServer ? 0 : 1]; }
  BytePipe& output(Side side) { return pipes_[side == Side::kServer ? 1 : 0]; }

  // Whether a reset has arrived at `side`.
  bool broken(Side side) const { return broken_[static_cast<std::size_t>(side)]; }

  const Environment& environment() const { return environment_; }
  std::uint64_t number() const { return number_; }
  std::uint64_t entity() const { return entity_; }

 private:
  BytePipe::Callbacks CallbacksFor(Side reader);
  void OnArrival(Side reader);
  void OnReset(Side reader);
  void OnRoom(Side writer);
  void FinishIfDone();
  ConnectionUser*& user_of(Side side) { return users_[static_cast<std::size_t>(side)]; }

  Environment environment_;
  std::uint64_t number_;
  std::uint64_t entity_;
  std::function<void()> on_finished_;
  std::array<ConnectionUser*, 2> users_{};  // null once closed or reset
  std::array<bool, 2> held_{};              // by a stream that is not closed
  std::array<bool, 2> broken_{};
  std::array<BytePipe, 2> pipes_;  // to the server, to the client
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_CONNECTION_H_
