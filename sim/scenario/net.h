// Parses and prints the options of a `net` line of a scenario.
//
//   latency exp(20ms) min 1ms chunk 1..700 rcvbuf 8K
//
// A latency is a duration, or uniform(1ms..20ms), exp(20ms) with or without `min 1ms`, or
// bimodal(1ms,200ms,5%). Pure functions.
#ifndef CHATHTTP_SIM_SCENARIO_NET_H_
#define CHATHTTP_SIM_SCENARIO_NET_H_

#include <string>
#include <string_view>
#include <vector>

#include "chathttp/sim/scenario/line.h"
#include "chathttp/sim/scenario/scenario.h"

namespace chathttp::sim {

// The keywords that start an option.
[[nodiscard]] std::vector<std::string_view> NetWords();

// Takes one or more options up to the end of `line` into `net`, which has none yet.
void TakeNetOptions(ScenarioLine& line, NetSetting& net);

// The options of `net`, each with a leading space.
[[nodiscard]] std::string PrintNetOptions(const NetSetting& net);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SCENARIO_NET_H_
