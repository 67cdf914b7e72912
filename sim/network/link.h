// A link: one direction of the path from one host of the simulated network to another. It has
// latency, bandwidth and faults; byte pipes run over it.
//
//   Link link({.latency = UniformLatency(absl::Milliseconds(1), absl::Milliseconds(20))});
//   const LinkFault clog{LinkFault::Kind::kClog};
//   link.Begin(clog);   // nothing arrives any more, nothing is lost
//   link.End(clog);     // overdue bytes arrive at once
//
// Not thread-safe.
#ifndef CHATHTTP_SIM_NETWORK_LINK_H_
#define CHATHTTP_SIM_NETWORK_LINK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/network/latency.h"

namespace chathttp::sim {

// Each minimum is at most its maximum; sizes are at least 1.
struct LinkOptions {
  std::size_t min_chunk_bytes = 1;  // a stream travels in pieces of random size
  std::size_t max_chunk_bytes = 1460;
  Latency latency = {};                       // of each piece; a piece never overtakes another
  std::size_t send_buffer_bytes = 16'384;     // written and not yet sent
  std::size_t receive_buffer_bytes = 65'536;  // in flight or not yet read
  std::int64_t bytes_per_second = 0;          // of each stream; 0: no limit
};

struct LinkFault {
  enum class Kind : std::size_t {
    kClog,       // nothing arrives
    kBandwidth,  // amount: bytes per second, at least 1
    kDelay,      // amount: additional latency in nanoseconds
  };
  Kind kind = Kind::kClog;
  std::int64_t amount = 0;
  friend bool operator==(const LinkFault&, const LinkFault&) = default;
};

// Receives a call when a fault of a link has ended.
class LinkUser {
 public:
  virtual void OnFaultEnd() = 0;

 protected:
  ~LinkUser() = default;
};

class Link {
 public:
  explicit Link(const LinkOptions& options) : options_(options) {}
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  const LinkOptions& options() const { return options_; }
  // Takes effect for pieces sent from now on.
  void SetOptions(const LinkOptions& options) { options_ = options; }

  // Faults may overlap: the link moves when no clog is left, at the lowest of the bandwidths, with
  // the sum of the delays. Each Begin has one End with an equal fault.
  void Begin(const LinkFault& fault);
  void End(const LinkFault& fault);

  // How often a kind of fault has delayed something so far.
  std::uint64_t effects(LinkFault::Kind kind) const {
    return effects_[static_cast<std::size_t>(kind)];
  }
  void CountEffect(LinkFault::Kind kind) { ++effects_[static_cast<std::size_t>(kind)]; }

  bool clogged() const { return clogs_ > 0; }

  // The latency of a packet without payload.
  absl::Duration LatencyOfPacket(DrawSequence& draws);

  // When a piece of `bytes` bytes that a stream sends at `now` arrives. `busy_until` is state of
  // the stream: the time at which the link can take its next piece.
  absl::Time ArrivalOf(std::size_t bytes, absl::Time now, absl::Time& busy_until,
                       DrawSequence& draws);

  // Registers `user` until Leave, which must precede its destruction. Neither may be called from
  // OnFaultEnd. Leave is O(users).
  void Join(LinkUser& user) { users_.push_back(&user); }
  void Leave(LinkUser& user) { std::erase(users_, &user); }

 private:
  void Recompute();

  LinkOptions options_;
  std::vector<LinkFault> faults_;
  std::size_t clogs_ = 0;
  std::int64_t bytes_per_second_ = 0;  // lowest of the faults; 0: no limit
  absl::Duration delay_;
  std::array<std::uint64_t, 3> effects_{};
  std::vector<LinkUser*> users_;  // in order of Join
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_LINK_H_
