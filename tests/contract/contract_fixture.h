// Fixtures for the contract tests: a world, a listener, and the two ends of a connection.
#ifndef CHATHTTP_TESTS_CONTRACT_CONTRACT_FIXTURE_H_
#define CHATHTTP_TESTS_CONTRACT_CONTRACT_FIXTURE_H_

#include <memory>
#include <span>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/ports/network.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_world.h"
#include "tests/contract/contract_worlds.h"
#include "tests/contract/peer.h"

namespace chathttp {

// Long enough for an unexpected notice to come.
inline constexpr absl::Duration kAWhile = absl::Milliseconds(100);

class Contract : public testing::TestWithParam<ContractWorldMaker> {
 protected:
  Contract() : world_(GetParam().make()) {}

  ContractWorld& world() { return *world_; }
  Network& network() { return world_->network(); }
  Scheduler& scheduler() { return world_->scheduler(); }

  bool RunUntil(absl::FunctionRef<bool()> done) { return world_->RunUntil(done); }
  void RunAWhile() { world_->RunFor(kAWhile); }

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

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_CONTRACT_CONTRACT_FIXTURE_H_
