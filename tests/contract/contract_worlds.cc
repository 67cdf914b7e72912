#include "tests/contract/contract_worlds.h"

#include "tests/contract/posix_contract_world.h"
#include "tests/contract/sim_contract_world.h"

namespace chathttp {

std::vector<ContractWorldMaker> AllContractWorlds() {
  std::vector<ContractWorldMaker> worlds = SimContractWorldMakers();
  worlds.push_back(PosixContractWorldMaker());
  return worlds;
}

}  // namespace chathttp
