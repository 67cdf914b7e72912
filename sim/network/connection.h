// The kernel's state of a simulated TCP connection at both ends. A connection outlives the streams
// that processes hold to it. It behaves as on Linux:
//
// - close sends the unsent bytes and then the end. Close with unread input sends a reset, and so
//   does a byte that arrives at a closed stream;
// - a reset drops the bytes in flight and unsent in both directions; bytes that have arrived stay
//   readable.
//
// A connection lives until both streams are closed and nothing is in flight. Not thread-safe.
#ifndef CHATHTTP_SIM_NETWORK_CONNECTION_H_
#define CHATHTTP_SIM_NETWORK_CONNECTION_H_

#include <array>
#include <cstdint>
#include <functional>

#include "chathttp/sim/network/byte_pipe.h"
#include "chathttp/sim/network/digest.h"
#include "chathttp/sim/network/link.h"
#include "chathttp/sim/network/virtual_scheduler.h"

namespace chathttp::sim {

// The stream at one end, as its connection sees it.
class ConnectionUser {
 public:
  // Bytes or the end arrived. This is the last act of an event, so the stream may be destroyed.
  virtual void OnArrival() = 0;
  // May run inside a call to the connection, not only in an event.
  virtual void OnReset() = 0;
  virtual void OnRoom() = 0;  // the send buffer has room

 protected:
  ~ConnectionUser() = default;
};

// Numbers the two ends.
enum class Side : std::size_t { kClient = 0, kServer = 1 };

// Spurious notices.
struct Spurious {
  std::uint64_t one_in = 0;  // one in so many empty reads causes a notice; 0: none does
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

  // `number` identifies the connection in the digest, `entity` keys its draws. After a call of
  // `on_finished` the connection may be destroyed, but not inside that call.
  SimConnection(const Environment& environment, std::uint64_t number, std::uint64_t entity,
                Link& to_server, Link& to_client, std::function<void()> on_finished);
  SimConnection(const SimConnection&) = delete;
  SimConnection& operator=(const SimConnection&) = delete;

  // Each stream calls Open once, Reset at most once, and Close last.
  void Open(Side side, ConnectionUser& user) {
    user_of(side) = &user;
    held_[static_cast<std::size_t>(side)] = true;
  }
  void Close(Side side);
  void Reset(Side side);

  // Whether a process holds a stream that no reset has reached.
  bool live() const {
    return (users_[0] != nullptr && !broken_[0]) || (users_[1] != nullptr && !broken_[1]);
  }

  // Sends a reset to both ends, as a middlebox would.
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
  std::array<bool, 2> held_{};              // held by an open stream
  std::array<bool, 2> broken_{};
  std::array<BytePipe, 2> pipes_;  // to the server, to the client
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_CONNECTION_H_
