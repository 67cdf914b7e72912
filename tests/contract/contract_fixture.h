// What the tests of the contract have in common: a world, a listener, and the two ends of a
// connection.
#ifndef CHATHTTP_TESTS_CONTRACT_CONTRACT_FIXTURE_H_
#define CHATHTTP_TESTS_CONTRACT_CONTRACT_FIXTURE_H_

#include <memory>
#include <span>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_world.h"
#include "tests/contract/contract_worlds.h"
#include "tests/contract/peer.h"
#include "transport/ports/byte_stream.h"
#include "transport/ports/network.h"

namespace chathttp {

// Long enough for whatever would come wrongly to come.
inline constexpr absl::Duration kAWhile = absl::Milliseconds(100);

class Contract : public testing::TestWithParam<ContractWorldMaker> {
 protected:
  Contract() : world_(GetParam().make()) {}

  ContractWorld& world() { return *world_; }
  Network& network() { return world_->network(); }
  Scheduler& scheduler() { return world_->scheduler(); }

  bool RunUntil(absl::FunctionRef<bool()> done) { return world_->RunUntil(done); }
  void RunAWhile() { world_->RunFor(kAWhile); }

  // Begins to listen at a free endpoint; null, and a failure of the test, if that did not work.
  std::unique_ptr<Listener> Listen(Acceptor& acceptor);
  std::unique_ptr<Attempt> Connect(const Endpoint& endpoint) {
    return StartConnect(network(), endpoint);
  }

 private:
  std::unique_ptr<ContractWorld> world_;
};

// With a connection: `client` and `server` are its ends, not observed yet.
class StreamContract : public Contract {
 protected:
  void SetUp() override;

  // Observes both ends; their notices are counted.
  void ObserveBoth();

  // Reads from `stream` as soon as there is something to read.
  IoResult ReadSome(ByteStream& stream, std::span<char> buffer);
  IoStatus ReadByte(ByteStream& stream);

  // Another connection to the same listener: its ends.
  void Join(std::unique_ptr<ByteStream>& client_end, std::unique_ptr<ByteStream>& server_end);

  CountingObserver client_observer;
  CountingObserver server_observer;
  CollectingAcceptor acceptor;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<ByteStream> client;
  std::unique_ptr<ByteStream> server;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_CONTRACT_CONTRACT_FIXTURE_H_
