// The interface between the contract suite (the *_contract_test.cc files) and an implementation of
// the ports. Sockets and simulator each implement a ContractWorld.
#ifndef CHATHTTP_TESTS_CONTRACT_CONTRACT_WORLD_H_
#define CHATHTTP_TESTS_CONTRACT_CONTRACT_WORLD_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

class ContractWorld {
 public:
  virtual ~ContractWorld() = default;

  virtual Network& network() = 0;
  virtual Scheduler& scheduler() = 0;

  // An endpoint for Listen, with a free port.
  virtual Endpoint free_endpoint() = 0;
  // An endpoint without a listener: connections to it are refused.
  virtual Endpoint refusing_endpoint() = 0;

  // Runs the loop until `done` returns true; false after a generous time limit.
  virtual bool RunUntil(absl::FunctionRef<bool()> done) = 0;
  // Runs the loop for `duration` on its own clock.
  virtual void RunFor(absl::Duration duration) = 0;
};

struct ContractWorldMaker {
  std::string name;
  std::function<std::unique_ptr<ContractWorld>()> make;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_CONTRACT_CONTRACT_WORLD_H_
