// Fixtures for the contract tests: a world, a listener, and the two ends of a connection; and the
// macro that defines a test of the suite.
//
//   CONTRACT_TEST(StreamContract, BytesTravelBothWays) { ... }
//
// The tests are in a library, and GoogleTest learns of them only when RegisterContractTests is
// called. So each file of tests has a list of its own, named `tests`.
#ifndef CHATHTTP_CONTRACT_CONTRACT_FIXTURE_H_
#define CHATHTTP_CONTRACT_CONTRACT_FIXTURE_H_

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "chathttp/contract/contract_world.h"
#include "chathttp/contract/peer.h"
#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/ports/network.h"
#include "gtest/gtest.h"

namespace chathttp::contract {

// Long enough for an unexpected notice to come.
inline constexpr absl::Duration kAWhile = absl::Milliseconds(100);
// Long enough for anything that is expected.
inline constexpr absl::Duration kPatience = absl::Seconds(20);

class Contract : public testing::Test {
 public:
  // Gives the test its world, once, before SetUp.
  void Enter(std::unique_ptr<ContractWorld> world) {
    ASSERT_NE(world, nullptr) << "there is no world to test";
    world_ = std::move(world);
  }

 protected:
  ContractWorld& world() { return *world_; }
  Network& network() { return world_->network(); }
  Scheduler& scheduler() { return world_->scheduler(); }

  bool RunUntil(absl::FunctionRef<bool()> done) { return world_->Run(done, kPatience); }
  void RunAWhile() {
    world_->Run([] { return false; }, kAWhile);
  }

  // Starts to listen at a free endpoint. On an error the test fails, and the result is null.
  std::unique_ptr<Listener> Listen(Acceptor& acceptor);
  std::unique_ptr<Attempt> Connect(const Endpoint& endpoint) {
    return StartConnect(network(), endpoint);
  }

 private:
  std::unique_ptr<ContractWorld> world_;
};

// Has a connection; `client` and `server` are its ends, which are not observed yet.
class StreamContract : public Contract {
 protected:
  void SetUp() override;

  // Observes both ends with the counting observers.
  void ObserveBoth();

  // Runs until `stream` has something to read, and reads it.
  IoResult ReadSome(ByteStream& stream, std::span<char> buffer);
  IoStatus ReadByte(ByteStream& stream);

  // Makes another connection to the same listener, and returns its ends.
  void Join(std::unique_ptr<ByteStream>& client_end, std::unique_ptr<ByteStream>& server_end);

  CountingObserver client_observer;
  CountingObserver server_observer;
  CollectingAcceptor acceptor;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<ByteStream> client;
  std::unique_ptr<ByteStream> server;
};

// A test of the suite, and a function that makes its object.
struct ContractTest {
  const char* fixture;
  const char* name;
  const char* file;
  int line;
  Contract* (*make)();
};
using ContractTests = std::vector<ContractTest>;

inline bool Add(ContractTests& tests, const ContractTest& test) {
  tests.push_back(test);
  return true;
}

#define CONTRACT_TEST(fixture, name)                                                              \
  class fixture##_##name final : public fixture {                                                 \
    void TestBody() override;                                                                     \
  };                                                                                              \
  [[maybe_unused]] const bool fixture##_##name##_is_added = Add(                                  \
      tests,                                                                                      \
      {#fixture, #name, __FILE__, __LINE__, []() -> Contract* { return new fixture##_##name; }}); \
  void fixture##_##name::TestBody()

// The tests of each file.
const ContractTests& EndContractTests();
const ContractTests& NetworkContractTests();
const ContractTests& NoticeContractTests();
const ContractTests& SchedulerContractTests();
const ContractTests& StreamContractTests();

}  // namespace chathttp::contract

#endif  // CHATHTTP_CONTRACT_CONTRACT_FIXTURE_H_
