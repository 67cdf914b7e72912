// The implementations of the ports in this tree, for the contract suite.
#ifndef CHATHTTP_TESTS_CONTRACT_WORLDS_WORLDS_H_
#define CHATHTTP_TESTS_CONTRACT_WORLDS_WORLDS_H_

#include <functional>
#include <memory>
#include <string>

#include "chathttp/contract/contract_world.h"

namespace chathttp {

// Loopback sockets, in real time.
void RegisterSocketTests();

// MemoryNetwork with HostScheduler: with buffers of the default size, and with tiny ones.
void RegisterMemoryTests();

// Simulated networks: a fast one, one with single bytes and tiny buffers, and a slow one whose
// timers fire late.
void RegisterSimTests();

using MakeWorld = std::function<std::unique_ptr<ContractWorld>()>;

// Registers the suite twice: over the world, and over connections that start with a PROXY header,
// whose 15 bytes the first Write must take.
void RegisterAlsoBehindProxy(const std::string& name, const MakeWorld& make);

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_CONTRACT_WORLDS_WORLDS_H_
