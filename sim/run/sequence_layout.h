// The layout of a sequence chart: which events of a trace share a row, and which rows the arrows,
// connections and faults of each lane connect. Part of sequence_chart.h.
//
// Lanes are the participants in their order. A row holds events of one instant and one kind, at most
// one of each lane, so that rows keep the order of causes and effects. Not thread-safe.
#ifndef CHATHTTP_SIM_RUN_SEQUENCE_LAYOUT_H_
#define CHATHTTP_SIM_RUN_SEQUENCE_LAYOUT_H_

#include <cstddef>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/world/trace_event.h"

namespace chathttp::sim {

inline constexpr std::size_t kNoRow = static_cast<std::size_t>(-1);
inline constexpr std::size_t kServerLane = static_cast<std::size_t>(-1);

// A message between a participant and the server.
struct ChartArrow {
  std::size_t lane = 0;  // of the participant
  bool to_server = false;
  std::size_t begin = 0;     // row
  std::size_t end = kNoRow;  // row; kNoRow: it did not arrive
  std::string text;
};

// A short text beside a lane.
struct ChartNote {
  std::size_t lane = 0;
  std::size_t row = 0;
  std::string text;
};

// An interval of a lane: a connection, or a fault with its name.
struct ChartSpan {
  std::size_t lane = 0;
  std::size_t begin = 0;
  std::size_t end = kNoRow;  // kNoRow: to the end of the run
  std::string text;
};

class SequenceLayout {
 public:
  explicit SequenceLayout(std::vector<std::string> names) : names_(std::move(names)) {}

  // Events come in order of time. Events of unknown participants are ignored.
  void Add(const TraceEvent& event);
  // Returns the row of a mark on a lane.
  std::size_t AddMark(absl::Duration at, std::size_t lane);

  std::size_t LaneOf(std::string_view who) const;  // kServerLane if it is no participant
  const std::vector<std::string>& names() const { return names_; }
  const std::vector<absl::Duration>& rows() const { return rows_; }  // the time of each
  const std::vector<ChartArrow>& arrows() const { return arrows_; }
  const std::vector<ChartNote>& notes() const { return notes_; }
  const std::vector<ChartSpan>& connections() const { return connections_; }
  const std::vector<ChartSpan>& faults() const { return faults_; }

 private:
  enum class Kind { kSent, kReceived, kRead, kWritten, kNote };

  std::size_t RowFor(absl::Duration at, Kind kind, std::size_t lane);
  void AddMessage(const TraceEvent& event, std::size_t lane);
  void AddAtServer(const TraceEvent& event);
  void AddFault(const TraceEvent& event, std::size_t lane);
  void AddConnectionEvent(const TraceEvent& event, std::size_t lane);

  std::vector<std::string> names_;
  std::vector<absl::Duration> rows_;
  Kind row_kind_ = Kind::kNote;
  std::set<std::size_t> row_lanes_;
  std::vector<ChartArrow> arrows_;
  std::vector<ChartNote> notes_;
  std::vector<ChartSpan> connections_;
  std::vector<ChartSpan> faults_;
  bool server_events_ = false;
  std::map<std::size_t, std::deque<std::size_t>> to_server_;  // arrows under way, by lane
  std::map<std::size_t, std::deque<std::size_t>> to_peer_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_RUN_SEQUENCE_LAYOUT_H_
