// The commands of chat_sim: each does its work, prints to stdout and returns the exit code.
//
//   return RunFiles({"a.chat", "b.chat"}, false, std::nullopt);
//
// sim/search/report.h judges and describes the results.
#ifndef CHATHTTP_APPS_SIMULATOR_COMMANDS_H_
#define CHATHTTP_APPS_SIMULATOR_COMMANDS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/simulator/search.h"
#include "chathttp/sim/run/sequence_chart.h"
#include "chathttp/sim/search/seeds.h"

namespace chathttp {

// Plays each file twice in simulation or, if `real`, once against a server on the loopback
// interface. With `seeds`, plays it twice with each of them instead of its own, and prints the runs
// that fail and a summary; needs !real.
[[nodiscard]] int RunFiles(const std::vector<std::string>& paths, bool real,
                           const std::optional<sim::SeedRange>& seeds);

// Prints the scenario of a seed. For `mode` here and below see Generate.
[[nodiscard]] int PrintGenerated(const std::string& seed, std::optional<sim::Mode> mode);

// Prints the smallest scenario found that breaks the same invariant, and in a comment what it breaks.
[[nodiscard]] int ShrinkOne(const std::string& path_or_seed, std::optional<sim::Mode> mode);

struct TraceOptions {
  std::optional<sim::Mode> mode;
  bool json = false;             // JSON lines instead of a chart
  bool svg = false;              // an SVG document instead of a chart
  sim::ChartWindow window = {};  // of the document
  std::size_t width = 0;         // of the chart, in columns
};

// Prints one run.
[[nodiscard]] int TraceOne(const std::string& path_or_seed, const TraceOptions& options);

// Searches; writes findings to directory `keep` unless that is empty.
[[nodiscard]] int RunSwarm(const SearchOptions& options, const std::string& keep);

// Searches; prints the marks that were reached and how often.
[[nodiscard]] int PrintCensus(const SearchOptions& options);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SIMULATOR_COMMANDS_H_
