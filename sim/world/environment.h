// Where the world of a run lives: its network, its time and its faults. The simulated environment is
// in sim_environment.h, the real one in run/live_run.cc.
#ifndef CHATHTTP_SIM_WORLD_ENVIRONMENT_H_
#define CHATHTTP_SIM_WORLD_ENVIRONMENT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/sim/network/sim_log.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/record.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::sim {

inline constexpr std::uint16_t kProxyPort = 9995;  // of the listener for proxies, if there is one

class Environment {
 public:
  // A fault, by its verb `word`, starts or ends for `who`, a participant or the server.
  using FaultListener =
      std::function<void(std::string_view who, std::string_view word, bool begins)>;

  Environment() = default;
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  virtual ~Environment() = default;

  virtual Scheduler& scheduler() = 0;
  // The network of a participant, or of the server by its name.
  virtual Network& NetworkOf(std::string_view who) = 0;
  // The participant with an address as in Acceptor::OnAccept; empty if it is not known.
  virtual std::string WhoIs(std::string_view peer) const = 0;
  // Where the server of this name shall listen.
  virtual Endpoint ListenerOf(std::string_view server) const = 0;
  // And where for proxies; no host: nowhere.
  virtual Endpoint ProxyListenerOf(std::string_view server) const = 0;
  // The log that several servers share, or null.
  virtual SimLog* log() { return nullptr; }
  // The endpoint of a participant's stream as the server sees it; empty if it is not known.
  virtual std::string LocalOf(const ByteStream& stream) const = 0;

  // Runs until `done` returns true. Returns false after `limit`, or if the run cannot go on.
  virtual bool RunUntil(absl::FunctionRef<bool()> done, absl::Duration limit) = 0;
  // Runs until nothing is under way any more, which it may tell by `progress`, a number that changes
  // while something is; or for `limit`, or until `done` returns true.
  virtual void Settle(absl::FunctionRef<std::uint64_t()> progress, absl::FunctionRef<bool()> done,
                      absl::Duration limit) = 0;
  // Runs `task` at `when`; of several at one time, the one with the smallest `order` first.
  virtual void RunInOrder(absl::Time when, std::uint64_t order, Scheduler::Task task) = 0;
  // Runs until all connections are gone, and returns what is left behind.
  virtual Leftover Finish(absl::Duration limit) = 0;
  virtual absl::Status status() const = 0;

  // Sets the links and faults of the scenario in motion. Called once, when the first server listens.
  virtual void Begin(FaultListener listener) = 0;
  // Takes a step that is about links, sets or the server's host.
  virtual void BeginFault(const Step& step, std::size_t index) = 0;
  virtual void EndFaults() = 0;
  virtual bool IsFaulted(std::string_view who) const = 0;
  // How often the fault of step `index` took effect.
  virtual std::uint64_t EffectsOf(std::size_t index) const = 0;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_ENVIRONMENT_H_
