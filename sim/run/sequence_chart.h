// Draws the trace of a run as a sequence chart: an SVG document with a lane for the server and for
// each participant, and time running down.
//
//   SequenceChart chart("handover", {"alice", "bob"});
//   const RunResult result =
//       Run(scenario, {.trace = [&](const TraceEvent& event) { chart.Add(event); }});
//   file << chart.Svg(result.violations);
//
// Arrows are messages, thick lanes are connections, shaded intervals are faults, and red marks are
// violations. Long gaps between events are short in the chart. The document has no scripts and needs
// no other files. Not thread-safe.
#ifndef CHATHTTP_SIM_RUN_SEQUENCE_CHART_H_
#define CHATHTTP_SIM_RUN_SEQUENCE_CHART_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/oracle/violation.h"
#include "chathttp/sim/world/trace_event.h"

namespace chathttp::sim {

// The part of a run that is drawn. If it has more than `max_rows` rows, the rows around the first
// violation are drawn, or else the first ones; the chart says so.
struct ChartWindow {
  absl::Duration from = absl::ZeroDuration();
  absl::Duration to = absl::InfiniteDuration();
  std::size_t max_rows = 300;
  std::size_t max_lanes = 16;  // besides the server; the chart says how many are left out
};

class SequenceChart {
 public:
  SequenceChart(std::string title, std::vector<std::string> names)
      : title_(std::move(title)), names_(std::move(names)) {}

  // In order of time.
  void Add(const TraceEvent& event) { events_.push_back(event); }

  [[nodiscard]] std::string Svg(const std::vector<Violation>& violations,
                                const ChartWindow& window = {}) const;

 private:
  std::string title_;
  std::vector<std::string> names_;
  std::vector<TraceEvent> events_;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_RUN_SEQUENCE_CHART_H_
