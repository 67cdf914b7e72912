// The contract suite over loopback sockets and real time.
#ifndef CHATHTTP_TESTS_CONTRACT_POSIX_CONTRACT_WORLD_H_
#define CHATHTTP_TESTS_CONTRACT_POSIX_CONTRACT_WORLD_H_

#include "tests/contract/contract_world.h"

namespace chathttp {

ContractWorldMaker PosixContractWorldMaker();

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_CONTRACT_POSIX_CONTRACT_WORLD_H_
