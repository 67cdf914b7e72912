// The state that the parts of the oracle share: the scenario, the record, time bounds, the
// guarantees for each connection, and the violations.
#ifndef CHATHTTP_SIM_ORACLE_EVIDENCE_H_
#define CHATHTTP_SIM_ORACLE_EVIDENCE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/network/link.h"
#include "chathttp/sim/oracle/violation.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/record.h"

namespace chathttp::sim {

// The witness may hear of something this much later than the server did it.
inline constexpr absl::Duration kWitnessDelay = absl::Seconds(1);

// What everything may take, on links without latency.
inline constexpr absl::Duration kBaseSlack = absl::Seconds(1);

// For messages: " at 1.5s".
std::string At(absl::Duration time);

class Evidence {
 public:
  // Both outlive the object.
  Evidence(const Scenario& scenario, const WorldRecord& record);

  // Notes a violation; of each invariant only the first few.
  void Report(Violation violation);
  void Report(std::string_view invariant, std::string message) {
    Report(Violation{std::string(invariant), std::move(message)});
  }
  void Report(std::string_view invariant, const ConnectionRecord& connection,
              std::string_view message);
  std::vector<Violation> TakeViolations() { return std::move(violations_); }

  // When the server ceased to serve: the scenario stopped it, or the drain began.
  absl::Duration end() const { return end_; }

  // No fault touched it and it never stopped reading.
  static bool Healthy(const ConnectionRecord& connection) {
    return !connection.faulted && !connection.stopped_reading;
  }

  // A bound, generous, for the way of everything that is or was under way on a connection.
  absl::Duration SlackOf(const ConnectionRecord& connection) const;

  // From when on its links are clean and it reads; nothing: never, or only safety is judged.
  std::optional<absl::Duration> OwedFrom(const ConnectionRecord& connection) const;

  // Whether it must have taken effect at the other end, before the end of the connection and of the
  // service, what was ready at `time`.
  bool Owed(const ConnectionRecord& connection, absl::Duration time) const {
    return Owed(connection, time, LifeEnd(connection));
  }
  // The same when only the end of the service counts.
  bool OwedByEnd(const ConnectionRecord& connection, absl::Duration time) const {
    return Owed(connection, time, absl::InfiniteDuration());
  }
  static absl::Duration LifeEnd(const ConnectionRecord& connection);
  // When the participant ended its side, if it did so before the whole connection ended.
  static std::optional<absl::Duration> FinOf(const ConnectionRecord& connection);

  // The server may have refused connections for want of room or of descriptors.
  bool MayTurnAway() const { return may_turn_away_; }

  // What the socket buffers and the link from the server to its peer can hold at most.
  std::uint64_t BufferBytesOf(const ConnectionRecord& connection) const;
  // How long bytes may be on their way to a peer that reads, once they have left the send buffer.
  absl::Duration WayTo(const ConnectionRecord& connection) const;
  bool has_bandwidth_limit() const { return bytes_per_second_ > 0; }

  const Scenario& scenario;
  const WorldRecord& record;

 private:
  bool Owed(const ConnectionRecord& connection, absl::Duration time, absl::Duration life_end) const;
  void NoteNets();
  void NoteBuffers(const NetSetting& net);
  LinkOptions BuffersOf(const ConnectionRecord& connection) const;
  void NoteTraffic();
  void NotePauses();
  void NoteCrowd();

  absl::Duration end_;
  absl::Duration latency_;  // the longest that is credible
  std::uint64_t receive_bytes_ = 0;
  std::uint64_t bytes_per_second_ = 0;
  std::map<std::string, LinkOptions> buffers_;  // from the server, by who; else the default ones
  bool may_turn_away_ = false;
  std::map<std::string, std::uint64_t> carried_bytes_;  // by who
  std::map<std::string, absl::Duration> resumed_;       // by who; InfiniteDuration(): still paused
  std::vector<Violation> violations_;
  std::map<std::string, int, std::less<>> reported_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_EVIDENCE_H_
