// The oracle: checks the record of a run against docs/protocol.md, with an independent model of the
// room. It does not depend on the implementation of the server.
//
//   for (const Violation& violation : Judge(scenario, record)) Print(violation);
//
// It hears both ends of each connection. At the server's ports it knows what was read and when, so
// what is due is exact: a model of the room replays the requests of each connection along G, the list
// of all broadcasts, and each stream that the server wrote must be, byte for byte, the front of what
// the model writes. Then it checks that the network carried these bytes, and that the clients and
// sessions of the project told their users what they heard.
//
// kChecks in oracle.cc is the table of all checks; docs/simulation.md explains each invariant. In
// mode hostile nothing is asked for that faults may prevent. No violation is ever reported of a
// correct server. A pure function.
#ifndef CHATHTTP_SIM_ORACLE_ORACLE_H_
#define CHATHTTP_SIM_ORACLE_ORACLE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "chathttp/sim/oracle/violation.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/record.h"

namespace chathttp::sim {

// `deliveries`, if not null: the broadcasts that were checked. O(bytes recorded).
std::vector<Violation> Judge(const Scenario& scenario, const WorldRecord& record,
                             std::uint64_t* deliveries = nullptr);

// The names of all invariants that the oracle checks.
std::vector<std::string_view> Invariants();

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_ORACLE_H_
