// The contract suite of the ports: tests whether an implementation of ByteStream, Network and
// Scheduler keeps every promise of their headers, which servers and clients rely on.
//
//   class MyWorld final : public chathttp::ContractWorld { ... };   // over your ports
//
//   int main(int argc, char** argv) {
//     testing::InitGoogleTest(&argc, argv);
//     chathttp::RegisterContractTests("Mine", [] { return std::make_unique<MyWorld>(); });
//     return RUN_ALL_TESTS();
//   }
//
// That makes nearly 90 tests with names like Contract/Mine.StreamContract.BytesTravelBothWays, which
// CMake's gtest_discover_tests finds. The library is chathttp::contract; it needs GoogleTest and
// GoogleMock. Not thread-safe.
//
// The suite assumes of a world, beyond the promises of the ports:
//   - in 100 ms of the loop's clock, written bytes, resets and notices arrive; and in 20 s, 200 KB;
//   - a connection takes at least 6 bytes in its first Write, and less than 64 MiB in all until the
//     peer reads;
//   - 100 connections to one listener may be started at once: 201 descriptors;
//   - nothing but the suite causes notices: a quiet stream gives none.
#ifndef CHATHTTP_CONTRACT_CONTRACT_WORLD_H_
#define CHATHTTP_CONTRACT_CONTRACT_WORLD_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

// One implementation of the ports, and the loop that runs it. Each test makes a world of its own,
// and destroys it after all streams, listeners and attempts.
class ContractWorld {
 public:
  virtual ~ContractWorld() = default;

  // Both stay the same, and live as long as the world.
  virtual Network& network() = 0;
  virtual Scheduler& scheduler() = 0;

  // An endpoint for Listen, with a free port: two listeners may listen there at once, if port is 0.
  virtual Endpoint free_endpoint() = 0;
  // An endpoint without a listener: connections to it are refused.
  virtual Endpoint refusing_endpoint() = 0;

  // Runs the loop until `done` returns true, or for `limit` on the loop's own clock if it does not.
  // Returns whether it did. Calls `done` before the first turn and after each, and not again once it
  // has returned true, since it may read from a stream.
  virtual bool Run(absl::FunctionRef<bool()> done, absl::Duration limit) = 0;
};

// Registers the tests of the suite with GoogleTest; each calls `make` for its world. Call it in
// main, before RUN_ALL_TESTS, once for each world. `name` becomes a part of the tests' names: use
// letters and digits, and another name for each world. `make` must not be empty (asserted).
void RegisterContractTests(const std::string& name,
                           const std::function<std::unique_ptr<ContractWorld>()>& make);

}  // namespace chathttp

#endif  // CHATHTTP_CONTRACT_CONTRACT_WORLD_H_
