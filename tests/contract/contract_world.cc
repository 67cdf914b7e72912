#include "chathttp/contract/contract_world.h"

#include <cassert>
#include <utility>

#include "chathttp/contract/contract_fixture.h"
#include "gtest/gtest.h"

namespace chathttp {

void RegisterContractTests(const std::string& name,
                           const std::function<std::unique_ptr<ContractWorld>()>& make) {
  assert(make);
  for (const auto* tests : {&contract::StreamContractTests(), &contract::EndContractTests(),
                            &contract::NoticeContractTests(), &contract::NetworkContractTests(),
                            &contract::SchedulerContractTests()}) {
    for (const contract::ContractTest& test : *tests) {
      const std::string suite = "Contract/" + name + "." + test.fixture;
      testing::RegisterTest(suite.c_str(), test.name, nullptr, nullptr, test.file, test.line,
                            [make, create = test.make] {
                              contract::Contract* const created = create();
                              created->Enter(make());
                              return created;
                            });
    }
  }
}

}  // namespace chathttp
