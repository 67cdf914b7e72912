#include "apps/simulator/real.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "apps/flags/command_line.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/posix_network.h"
#include "chathttp/sim/run/live_run.h"

namespace chathttp {

sim::RunResult RunReal(const sim::Scenario& scenario) {
  if (const absl::Status status = sim::CheckLive(scenario); !status.ok()) {
    ExitWithInputError(absl::StrCat("--real: ", status.message()));
  }
  absl::StatusOr<std::unique_ptr<posix::EventLoop>> loop = posix::EventLoop::Create();
  if (!loop.ok()) ExitWithInputError(absl::StrCat("--real: ", loop.status().message()));
  posix::PosixNetwork network(**loop);
  return sim::RunLive(scenario,
                      {network, **loop, [&](absl::Duration max_wait) { (*loop)->Turn(max_wait); }});
}

}  // namespace chathttp
