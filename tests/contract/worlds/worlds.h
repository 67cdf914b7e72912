// The implementations of the ports in this tree, for the contract suite.
#ifndef CHATHTTP_TESTS_CONTRACT_WORLDS_WORLDS_H_
#define CHATHTTP_TESTS_CONTRACT_WORLDS_WORLDS_H_

namespace chathttp {

// Loopback sockets, in real time.
void RegisterSocketTests();

// MemoryNetwork with HostScheduler: with buffers of the default size, and with tiny ones.
void RegisterMemoryTests();

// Simulated networks: a fast one, one with single bytes and tiny buffers, and a slow one whose
// timers fire late.
void RegisterSimTests();

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_CONTRACT_WORLDS_WORLDS_H_
