// The oracle: checks the record of a run against docs/protocol.md, with an independent model of the
// room. It does not depend on the implementation of the server.
//
//   for (const Violation& violation : Judge(scenario, record)) Print(violation);
//
// G is the list of broadcasts that the witness received; a login opens a window in it, a logout
// closes it. The invariants, by the names of their violations:
//
//   order            what a member heard is one contiguous slice of G, byte for byte
//   complete         a healthy member's slice is its whole window, any other's the front of it
//   invention        each item of G comes from exactly one ADD, POST or end of a login, and back
//   sender-order     the POSTs of one connection appear as they were sent
//   one-reply        each complete request has exactly one reply, in order; none follows a last
//                    word
//   greeting         comes first, and once
//   enter-say-leave  in that order, and nobody hears of its own
//   one-left         each login ends with exactly one "left", however it ends
//   handover         a name is free before its "left" is heard
//   nothing-after-leave  a logout ends what its connection hears
//   unique-names     no two members have one name, and 401 has a reason
//   list             what GET shows is the model's list at that point of G
//   isolation        nobody's trouble delays what a healthy member hears
//   memory           what the server holds, and how far a slow consumer falls behind, is bounded
//   last-words       a peer that keeps reading hears why its connection ends
//   time-limits      fire in time and not before
//   spin             turns have work to do
//   conservation     the server's counters equal what its peers saw
//   drain            a stop leaves nothing behind, and tells everyone
//
// Two more judge the scenario itself: "expectation" and "effect". In mode hostile nothing is asked
// for that faults may prevent. Where evidence is not whole (a reset ate a reply), what is possible
// passes: no violation is ever reported of a correct server. A pure function.
#ifndef CHATHTTP_SIM_ORACLE_ORACLE_H_
#define CHATHTTP_SIM_ORACLE_ORACLE_H_

#include <cstdint>
#include <vector>

#include "chathttp/sim/oracle/violation.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/record.h"

namespace chathttp::sim {

// `deliveries`, if not null: the broadcasts that were checked. O(bytes recorded), but for names
// that log in many times: there each login is tried with each session.
std::vector<Violation> Judge(const Scenario& scenario, const WorldRecord& record,
                             std::uint64_t* deliveries = nullptr);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_ORACLE_H_
