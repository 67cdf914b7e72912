// The part of the generator that writes where participants come from, and what an operator does. Part
// of the generator.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_OPERATOR_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_OPERATOR_H_

#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/search/generator_plan.h"

namespace chathttp::sim {

// Draws addresses and proxies. The lives of the participants are written already: a peer that sends
// its header itself does so behind each of its connects.
void WriteOrigins(const Plan& plan, Scenario& scenario);

// Draws commands and changes of the options.
void WriteOperator(const Plan& plan, Scenario& scenario);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_OPERATOR_H_
