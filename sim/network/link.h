// A link: the way from one host of the simulated network to another, one direction. It says how
// long things take on it, and carries faults; byte pipes run over it.
//
//   Link link({.latency = UniformLatency(absl::Milliseconds(1), absl::Milliseconds(20))});
//   const LinkFault clog{LinkFault::Kind::kClog};
//   link.Begin(clog);   // nothing arrives any more, nothing is lost
//   link.End(clog);     // what is overdue arrives at once
//
// One thread.
#ifndef CHATHTTP_SIM_NETWORK_LINK_H_
#define CHATHTTP_SIM_NETWORK_LINK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "sim/network/draw.h"
#include "sim/network/latency.h"

namespace chathttp::sim {

// Minima are at most their maxima, sizes at least 1.
struct LinkOptions {
  std::size_t min_chunk_bytes = 1;  // a stream travels in pieces of drawn sizes
  std::size_t max_chunk_bytes = 1460;
  Latency latency = {};                       // of each piece; a piece never overtakes another
  std::size_t send_buffer_bytes = 16'384;     // written and not yet on the way
  std::size_t receive_buffer_bytes = 65'536;  // on the way or not yet read
  std::int64_t bytes_per_second = 0;          // of each of its streams; 0: no limit
};

struct LinkFault {
  enum class Kind : std::size_t {
    kClog,       // nothing arrives
    kBandwidth,  // amount: bytes a second, at least 1
    kDelay,      // amount: nanoseconds more latency
  };
  Kind kind = Kind::kClog;
  std::int64_t amount = 0;
  friend bool operator==(const LinkFault&, const LinkFault&) = default;
};

// What has to be told when a fault of a link has ended.
class LinkUser {
 public:
  virtual void OnLinkBetter() = 0;

 protected:
  ~LinkUser() = default;
};

class Link {
 public:
  explicit Link(const LinkOptions& options) : options_(options) {}
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  const LinkOptions& options() const { return options_; }
  // For what is put on the way from now on.
  void SetOptions(const LinkOptions& options) { options_ = options; }

  // Faults may overlap: the link moves when no clog is left, at the least of the bandwidths, with
  // the sum of the delays. Each Begin has one End.
  void Begin(const LinkFault& fault);
  void End(const LinkFault& fault);

  // How often a kind of fault has really held something up so far.
  std::uint64_t effects(LinkFault::Kind kind) const {
    return effects_[static_cast<std::size_t>(kind)];
  }
  void NoteEffect(LinkFault::Kind kind) { ++effects_[static_cast<std::size_t>(kind)]; }

  bool clogged() const { return clogs_ > 0; }

  // How long a packet takes that carries no bytes.
  absl::Duration LatencyOfPacket(DrawSequence& draws);

  // When the next piece of a stream arrives, of so many bytes, if it is sent now. The stream keeps
  // `busy_until`, when the way is free for its next piece.
  absl::Time ArrivalOf(std::size_t bytes, absl::Time now, absl::Time& busy_until,
                       DrawSequence& draws);

  // `user` is told from now on until Leave, which it must call before it goes; neither is to be
  // called from OnLinkBetter. Leave is O(users).
  void Join(LinkUser& user) { users_.push_back(&user); }
  void Leave(LinkUser& user) { std::erase(users_, &user); }

 private:
  void Reckon();

  LinkOptions options_;
  std::vector<LinkFault> faults_;
  std::size_t clogs_ = 0;
  std::int64_t bytes_per_second_ = 0;  // of the faults; 0: no limit
  absl::Duration delay_;
  std::array<std::uint64_t, 3> effects_{};
  std::vector<LinkUser*> users_;  // in the order they came
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_NETWORK_LINK_H_
