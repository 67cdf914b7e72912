#include "chathttp/contract/contract_fixture.h"

#include <utility>

namespace chathttp::contract {

std::unique_ptr<Listener> Contract::Listen(Acceptor& acceptor) {
  auto listener = network().Listen(world().free_endpoint(), acceptor);
  EXPECT_TRUE(listener.ok()) << listener.status();
  return listener.ok() ? *std::move(listener) : nullptr;
}

void StreamContract::SetUp() {
  listener = Listen(acceptor);
  ASSERT_NE(listener, nullptr);
  Join(client, server);
}

void StreamContract::Join(std::unique_ptr<ByteStream>& client_end,
                          std::unique_ptr<ByteStream>& server_end) {
  const std::unique_ptr<Attempt> attempt = Connect(listener->local());
  ASSERT_TRUE(RunUntil([&] { return attempt->answers > 0 && !acceptor.streams.empty(); }));
  ASSERT_TRUE(attempt->status.ok()) << attempt->status;
  client_end = std::move(attempt->stream);
  server_end = std::move(acceptor.streams.back());
  acceptor.streams.pop_back();
}

void StreamContract::ObserveBoth() {
  client->Observe(client_observer);
  server->Observe(server_observer);
}

IoResult StreamContract::ReadSome(ByteStream& stream, std::span<char> buffer) {
  IoResult result{IoStatus::kWouldBlock};
  EXPECT_TRUE(RunUntil([&] {
    result = stream.Read(buffer);
    return result.status != IoStatus::kWouldBlock;
  }));
  return result;
}

IoStatus StreamContract::ReadByte(ByteStream& stream) {
  char byte = 0;
  return ReadSome(stream, {&byte, 1}).status;
}

}  // namespace chathttp::contract
