// When a byte stream notifies its observer, and when not.
#include <array>
#include <memory>
#include <string>

#include "chathttp/contract/contract_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::contract {
namespace {

ContractTests tests;

class MockObserver : public StreamObserver {
 public:
  MOCK_METHOD(void, OnReadable, (), (override));
  MOCK_METHOD(void, OnWritable, (), (override));
};

class NoticeContract : public StreamContract {};

// Reads until the stream has nothing more.
void Drain(ByteStream& stream) {
  std::array<char, 4096> buffer;
  while (stream.Read(buffer).status == IoStatus::kProgress) {
  }
}

CONTRACT_TEST(NoticeContract, OnReadableComesForBytesThatWereThereAtObserve) {
  client->Observe(client_observer);
  ASSERT_EQ(WriteTo(*client, "x").status, IoStatus::kProgress);
  RunAWhile();
  server->Observe(server_observer);
  EXPECT_TRUE(RunUntil([&] { return server_observer.readable > 0; }));
  EXPECT_EQ(ReadByte(*server), IoStatus::kProgress);
}

CONTRACT_TEST(NoticeContract, OnReadableComesForTheFirstBytesAfterObserve) {
  ObserveBoth();
  RunAWhile();
  EXPECT_EQ(server_observer.readable, 0);
  ASSERT_EQ(WriteTo(*client, "x").status, IoStatus::kProgress);
  EXPECT_TRUE(RunUntil([&] { return server_observer.readable > 0; }));
}

CONTRACT_TEST(NoticeContract, OnReadableComesAfterReadWouldBlock) {
  ObserveBoth();
  Drain(*server);
  ASSERT_EQ(WriteTo(*client, "x").status, IoStatus::kProgress);
  ASSERT_TRUE(RunUntil([&] { return server_observer.readable > 0; }));
  Drain(*server);
  const int before = server_observer.readable;
  ASSERT_EQ(WriteTo(*client, "y").status, IoStatus::kProgress);
  EXPECT_TRUE(RunUntil([&] { return server_observer.readable > before; }));
}

CONTRACT_TEST(NoticeContract, OnReadableComesOnceHoweverManyBytesFollow) {
  testing::StrictMock<MockObserver> observer;
  EXPECT_CALL(observer, OnReadable()).Times(1);
  server->Observe(observer);
  client->Observe(client_observer);
  for (const char* bytes : {"one", "two", "three"}) {
    EXPECT_NE(WriteTo(*client, bytes).status, IoStatus::kBroken);
    RunAWhile();
  }
}

CONTRACT_TEST(NoticeContract, OnReadableTellsTheEndOfTheStream) {
  ObserveBoth();
  Drain(*server);
  client->ShutdownWrite();
  EXPECT_TRUE(RunUntil([&] { return server_observer.readable > 0; }));
  EXPECT_EQ(ReadByte(*server), IoStatus::kEndOfStream);
}

CONTRACT_TEST(NoticeContract, OnReadableTellsAReset) {
  ObserveBoth();
  Drain(*server);
  client->Reset();
  EXPECT_TRUE(RunUntil([&] { return server_observer.readable > 0; }));
  EXPECT_EQ(ReadByte(*server), IoStatus::kBroken);
}

CONTRACT_TEST(NoticeContract, OnWritableComesWhenThereIsRoomAfterAShortWrite) {
  ObserveBoth();
  Fill(*client);
  server_observer.on_readable = [&] { Drain(*server); };
  EXPECT_TRUE(RunUntil([&] {
    return client_observer.writable > 0 && WriteTo(*client, "x").status == IoStatus::kProgress;
  }));
}

CONTRACT_TEST(NoticeContract, OnWritableDoesNotComeAfterAWriteOfAll) {
  testing::StrictMock<MockObserver> observer;
  client->Observe(observer);
  server->Observe(server_observer);
  ASSERT_EQ(WriteTo(*client, "x").bytes, 1U);
  ASSERT_EQ(ReadByte(*server), IoStatus::kProgress);
  RunAWhile();
}

CONTRACT_TEST(NoticeContract, OnWritableTellsAReset) {
  ObserveBoth();
  Fill(*client);
  server->Reset();
  EXPECT_TRUE(RunUntil([&] { return client_observer.writable > 0; }));
}

CONTRACT_TEST(NoticeContract, NothingIsToldInsideACall) {
  server->Observe(server_observer);
  ASSERT_EQ(WriteTo(*server, "x").status, IoStatus::kProgress);
  RunAWhile();
  client->Observe(client_observer);
  EXPECT_EQ(client_observer.readable, 0);
  Drain(*client);
  Fill(*client);
  Drain(*server);
  client->ShutdownWrite();
  server->ShutdownWrite();
  server->Reset();
  EXPECT_EQ(client_observer.readable + client_observer.writable, 0);
  EXPECT_EQ(server_observer.readable + server_observer.writable, 0);
}

CONTRACT_TEST(NoticeContract, NothingIsToldAfterReset) {
  ObserveBoth();
  Drain(*client);
  Fill(*client);
  ASSERT_EQ(WriteTo(*server, "x").status, IoStatus::kProgress);
  client->Reset();
  const int before = client_observer.readable + client_observer.writable;
  server->Reset();
  RunAWhile();
  server.reset();
  RunAWhile();
  EXPECT_EQ(client_observer.readable + client_observer.writable, before);
}

CONTRACT_TEST(NoticeContract, NothingIsToldAfterDestruction) {
  ObserveBoth();
  Drain(*client);
  Fill(*client);
  ASSERT_EQ(WriteTo(*server, "x").status, IoStatus::kProgress);
  client.reset();
  const int before = client_observer.readable + client_observer.writable;
  RunAWhile();
  EXPECT_EQ(client_observer.readable + client_observer.writable, before);
}

CONTRACT_TEST(NoticeContract, AStreamMayBeDestroyedInItsOwnOnReadable) {
  ObserveBoth();
  server_observer.on_readable = [&] { server.reset(); };
  ASSERT_EQ(WriteTo(*client, "xyz").status, IoStatus::kProgress);
  EXPECT_TRUE(RunUntil([&] { return server == nullptr; }));
  RunAWhile();
  EXPECT_EQ(server_observer.readable, 1);
}

CONTRACT_TEST(NoticeContract, AStreamMayBeDestroyedInItsOwnOnWritable) {
  ObserveBoth();
  Fill(*client);
  client_observer.on_writable = [&] { client.reset(); };
  server_observer.on_readable = [&] { Drain(*server); };
  EXPECT_TRUE(RunUntil([&] { return client == nullptr; }));
  RunAWhile();
  EXPECT_EQ(client_observer.writable, 1);
}

CONTRACT_TEST(NoticeContract, AStreamMayBeDestroyedInTheNoticeOfAnother) {
  std::unique_ptr<ByteStream> other_client;
  std::unique_ptr<ByteStream> other_server;
  Join(other_client, other_server);
  ObserveBoth();
  CountingObserver other_observer;
  other_server->Observe(other_observer);
  server_observer.on_readable = [&] { other_server.reset(); };
  other_observer.on_readable = [&] { server.reset(); };
  for (ByteStream* stream : {client.get(), other_client.get()}) {
    EXPECT_EQ(WriteTo(*stream, "x").status, IoStatus::kProgress);
  }
  RunAWhile();
  EXPECT_EQ(server_observer.readable + other_observer.readable, 1);
}

CONTRACT_TEST(NoticeContract, WritingInsideOnReadableIsAllowed) {
  Peer asker(std::move(client));
  server->Observe(server_observer);
  server_observer.on_readable = [&] {
    Drain(*server);
    EXPECT_EQ(WriteTo(*server, "yes").bytes, 3U);
    server_observer.on_readable = [] {};
  };
  asker.Send("?");
  EXPECT_TRUE(RunUntil([&] { return asker.input() == "yes"; })) << asker.input();
}

}  // namespace

const ContractTests& NoticeContractTests() { return tests; }

}  // namespace chathttp::contract
