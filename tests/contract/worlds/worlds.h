// The implementations of the ports in this tree, for the contract suite.
#ifndef CHATHTTP_TESTS_CONTRACT_WORLDS_WORLDS_H_
#define CHATHTTP_TESTS_CONTRACT_WORLDS_WORLDS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/contract/contract_world.h"
#include "chathttp/contract/log_contract.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

// Loopback sockets, in real time.
void RegisterSocketTests();

// MemoryNetwork with HostScheduler: with buffers of the default size, and with tiny ones.
void RegisterMemoryTests();

// Simulated networks: a fast one, one with single bytes and tiny buffers, and a slow one whose
// timers fire late.
void RegisterSimTests();

// LocalLog, SimLog and SharedLog.
void RegisterLogTests();

// RedisLog, over a Redis in memory and, if there is a redis-server in PATH, over that.
void RegisterRedisTests();

// A world of logs whose scheduler is at hand, so that chat servers can run on it.
class RoomWorld : public LogContractWorld {
 public:
  virtual Scheduler& scheduler() = 0;
};
using MakeRoomWorld = std::function<std::unique_ptr<RoomWorld>()>;

// Registers the contract suite of logs and, for a log that servers share, the tests of room_tests.cc:
// chat servers that share it.
void RegisterLogAndRoomTests(const std::string& name, const MakeRoomWorld& make);

// A loop for logs, and its turns until `done` returns true; see LogContractWorld::Run.
std::unique_ptr<posix::EventLoop> MakeLogLoop();
bool RunLoop(posix::EventLoop& loop, absl::FunctionRef<bool()> done, absl::Duration limit);

using MakeWorld = std::function<std::unique_ptr<ContractWorld>()>;

// Registers the suite twice: over the world, and over connections that start with a PROXY header,
// whose 15 bytes the first Write must take.
void RegisterAlsoBehindProxy(const std::string& name, const MakeWorld& make);

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_CONTRACT_WORLDS_WORLDS_H_
