// The simulator as worlds of the contract suite: one that is quick, one that cuts every stream into
// single bytes with hardly a buffer, one that is slow and wakes up late.
#ifndef CHATHTTP_TESTS_CONTRACT_SIM_CONTRACT_WORLD_H_
#define CHATHTTP_TESTS_CONTRACT_SIM_CONTRACT_WORLD_H_

#include <vector>

#include "tests/contract/contract_world.h"

namespace chathttp {

std::vector<ContractWorldMaker> SimContractWorldMakers();

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_CONTRACT_SIM_CONTRACT_WORLD_H_
