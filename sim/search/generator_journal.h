// A journal, and the crashes, restarts and faults of its disk. Used by Generate.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_JOURNAL_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_JOURNAL_H_

#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/search/generator_plan.h"

namespace chathttp::sim {

// Gives the server a journal, and further lives with returns to them. Only of one server. Behind
// WriteSessions.
void WriteJournal(const Plan& plan, Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_JOURNAL_H_
