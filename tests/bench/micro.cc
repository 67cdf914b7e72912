// Microbenchmarks: micro [--quick] [codec|room|log]; see docs/performance.md.
#include <iostream>
#include <string_view>

#include "tests/bench/micro_harness.h"

int main(int argc, char* argv[]) {
  using namespace std::string_view_literals;
  chathttp::MicroEffort effort = chathttp::MicroEffort::kFull;
  std::string_view only;
  for (int i = 1; i < argc; ++i) {
    if (argv[i] == "--quick"sv) {
      effort = chathttp::MicroEffort::kQuick;
    } else if (argv[i] == "codec"sv || argv[i] == "room"sv || argv[i] == "log"sv) {
      only = argv[i];
    } else {
      std::cerr << "micro: usage: micro [--quick] [codec|room|log]" << std::endl;
      return 2;
    }
  }
  if (only.empty() || only == "codec") chathttp::MeasureCodec(effort);
  if (only.empty() || only == "room") chathttp::MeasureRoom(effort);
  if (only.empty() || only == "log") chathttp::MeasureLog(effort);
  return 0;
}
