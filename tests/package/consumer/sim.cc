// Virtual time.
#include <iostream>

#include "absl/time/time.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "domain/limits.h"

int main() {
  chathttp::sim::VirtualScheduler scheduler({.seed = 1});
  int runs = 0;
  scheduler.RunAt(scheduler.Now() + absl::Hours(1), [&] { ++runs; });
  scheduler.RunFor(absl::Hours(2));
  std::cout << runs << " task\n";
  return runs == kMembersOfConsumer ? 0 : 1;
}
