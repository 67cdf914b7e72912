// Simulated networks for the contract suite: a fast one, one with single bytes and tiny buffers,
// and a slow one whose timers fire late.
#ifndef CHATHTTP_TESTS_CONTRACT_SIM_CONTRACT_WORLD_H_
#define CHATHTTP_TESTS_CONTRACT_SIM_CONTRACT_WORLD_H_

#include <vector>

#include "tests/contract/contract_world.h"

namespace chathttp {

std::vector<ContractWorldMaker> SimContractWorldMakers();

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_CONTRACT_SIM_CONTRACT_WORLD_H_
