// All implementations of the ports that the contract suite runs over.
#ifndef CHATHTTP_TESTS_CONTRACT_CONTRACT_WORLDS_H_
#define CHATHTTP_TESTS_CONTRACT_CONTRACT_WORLDS_H_

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/contract/contract_world.h"

namespace chathttp {

std::vector<ContractWorldMaker> AllContractWorlds();

inline std::string ContractWorldName(const testing::TestParamInfo<ContractWorldMaker>& info) {
  return info.param.name;
}

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_CONTRACT_CONTRACT_WORLDS_H_
