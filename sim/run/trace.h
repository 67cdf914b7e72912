// Formats the trace of a run: as a chart with a lane for each participant and time running down, or
// as one JSON object per line.
//
//   LaneChart chart({"alice", "bob"}, 80);
//   Run(scenario, {.trace = [&](const TraceEvent& event) { chart.Add(event); }});
//   std::cout << chart.TakeText();
//
//        time  alice                          bob
//        10ms  connected                      .
//        20ms  > ADD                          .
//
// Not thread-safe.
#ifndef CHATHTTP_SIM_RUN_TRACE_H_
#define CHATHTTP_SIM_RUN_TRACE_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "chathttp/sim/world/trace_event.h"

namespace chathttp::sim {

class LaneChart {
 public:
  // Each name has its own lane as long as the lanes fit into `width` columns; the other names share
  // the last one. Text that does not fit into a lane is truncated.
  LaneChart(std::vector<std::string> names, std::size_t width);

  // Omits what the server reads and writes.
  void Add(const TraceEvent& event);

  // The lines since the last call, the heading first.
  std::string TakeText() { return std::exchange(text_, {}); }

 private:
  std::size_t LaneOf(const std::string& who) const;
  void AppendLine(const std::string& time, std::size_t lane, const std::string& cell);

  std::vector<std::string> names_;
  std::size_t lanes_;       // including a shared one
  std::size_t lane_width_;  // columns
  std::string last_time_;
  std::string text_;
};

// {"at_ns":10000000,"who":"alice","what":"sent","detail":"ADD"}, without a line end. Bytes outside
// printable ASCII are escaped as \u00XX.
[[nodiscard]] std::string TraceJson(const TraceEvent& event);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_RUN_TRACE_H_
