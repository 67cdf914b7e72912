// The contract suite of the ordered log: tests whether an implementation of OrderedLog keeps the
// promises of its header.
//
//   class MyLogs final : public chathttp::LogContractWorld { ... };
//
//   chathttp::RegisterLogContractTests("Mine", [] { return std::make_unique<MyLogs>(); });   // in main
//
// As the suite of the other ports (contract_world.h), it is in the library chathttp::contract.
#ifndef CHATHTTP_CONTRACT_LOG_CONTRACT_H_
#define CHATHTTP_CONTRACT_LOG_CONTRACT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "chathttp/transport/ports/ordered_log.h"

namespace chathttp {

// One ordered log, and the loop that runs its servers. Each test makes a world of its own.
class LogContractWorld {
 public:
  virtual ~LogContractWorld() = default;

  // The log of one more server, which has a number and knows the epoch, and has given no other command
  // yet. Valid as long as the world. The tests take commands only when they call Next, and add at most
  // three servers, all before the first command.
  virtual OrderedLog& AddServer() = 0;

  // Whether commands come back by Next. If not, there is one server.
  virtual bool is_shared() const = 0;

  // Runs the loop until `done` returns true, or for `limit` on the loop's own clock if it does not.
  // Returns whether it did.
  virtual bool Run(absl::FunctionRef<bool()> done, absl::Duration limit) = 0;
};

// Registers the tests of the suite with GoogleTest, as RegisterContractTests does.
void RegisterLogContractTests(const std::string& name,
                              const std::function<std::unique_ptr<LogContractWorld>()>& make);

}  // namespace chathttp

#endif  // CHATHTTP_CONTRACT_LOG_CONTRACT_H_
