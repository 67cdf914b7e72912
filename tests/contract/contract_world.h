// What the contract suite needs of an implementation of the ports. The suite itself is in the
// *_contract_test.cc files; sockets and simulator each bring a ContractWorld.
#ifndef CHATHTTP_TESTS_CONTRACT_CONTRACT_WORLD_H_
#define CHATHTTP_TESTS_CONTRACT_CONTRACT_WORLD_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "transport/ports/network.h"
#include "transport/ports/scheduler.h"

namespace chathttp {

class ContractWorld {
 public:
  virtual ~ContractWorld() = default;

  virtual Network& network() = 0;
  virtual Scheduler& scheduler() = 0;

  // Where to listen: some free port of this world.
  virtual Endpoint free_endpoint() = 0;
  // Where nobody listens, so that a connection is refused.
  virtual Endpoint refusing_endpoint() = 0;

  // Turns the loop until `done`; false if that did not come within a generous bound.
  virtual bool RunUntil(absl::FunctionRef<bool()> done) = 0;
  // Turns the loop for `duration` of its own time.
  virtual void RunFor(absl::Duration duration) = 0;
};

struct ContractWorldMaker {
  std::string name;
  std::function<std::unique_ptr<ContractWorld>()> make;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_CONTRACT_CONTRACT_WORLD_H_
