// The end of a byte stream: half-close, close, reset.
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "chathttp/contract/contract_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::contract {
namespace {

ContractTests tests;

using testing::AnyOf;

class EndContract : public StreamContract {};

CONTRACT_TEST(EndContract, TheEndOfTheStreamComesAfterTheLastByte) {
  Peer sender(std::move(client));
  Peer reader(std::move(server));
  const std::string bytes = Pattern(5000);
  sender.Send(bytes);
  sender.SendEnd();
  ASSERT_TRUE(RunUntil([&] { return reader.state() != IoStatus::kWouldBlock; }));
  EXPECT_EQ(reader.state(), IoStatus::kEndOfStream);
  EXPECT_TRUE(reader.input() == bytes) << reader.input().size();
}

CONTRACT_TEST(EndContract, TheEndOfTheStreamStays) {
  ObserveBoth();
  client->ShutdownWrite();
  ASSERT_EQ(ReadByte(*server), IoStatus::kEndOfStream);
  client.reset();
  RunAWhile();
  EXPECT_EQ(ReadByte(*server), IoStatus::kEndOfStream);
}

CONTRACT_TEST(EndContract, TheEndOfTheStreamStaysWhenThePeerResets) {
  ObserveBoth();
  client->ShutdownWrite();
  ASSERT_EQ(ReadByte(*server), IoStatus::kEndOfStream);
  client->Reset();
  RunAWhile();
  EXPECT_EQ(ReadByte(*server), IoStatus::kEndOfStream);
}

CONTRACT_TEST(EndContract, AfterHalfCloseReadingGoesOn) {
  Peer closer(std::move(client));
  Peer other(std::move(server));
  closer.SendEnd();
  ASSERT_TRUE(RunUntil([&] { return other.state() == IoStatus::kEndOfStream; }));
  other.Send("still here");
  EXPECT_TRUE(RunUntil([&] { return closer.input() == "still here"; })) << closer.input();
}

CONTRACT_TEST(EndContract, BothSidesMayHalfClose) {
  Peer one(std::move(client));
  Peer other(std::move(server));
  one.Send("bye");
  one.SendEnd();
  other.Send("good bye");
  other.SendEnd();
  ASSERT_TRUE(RunUntil([&] {
    return one.state() != IoStatus::kWouldBlock && other.state() != IoStatus::kWouldBlock;
  }));
  EXPECT_EQ(one.state(), IoStatus::kEndOfStream);
  EXPECT_EQ(other.state(), IoStatus::kEndOfStream);
  EXPECT_EQ(one.input(), "good bye");
  EXPECT_EQ(other.input(), "bye");
}

CONTRACT_TEST(EndContract, HalfCloseTwiceIsHalfCloseOnce) {
  ObserveBoth();
  ASSERT_EQ(WriteTo(*client, "x").bytes, 1U);
  client->ShutdownWrite();
  client->ShutdownWrite();
  EXPECT_EQ(ReadByte(*server), IoStatus::kProgress);
  EXPECT_EQ(ReadByte(*server), IoStatus::kEndOfStream);
}

CONTRACT_TEST(EndContract, WriteAfterHalfCloseIsBroken) {
  ObserveBoth();
  client->ShutdownWrite();
  EXPECT_EQ(WriteTo(*client, "x").status, IoStatus::kBroken);
  EXPECT_NE(client->broken_reason(), "");
  EXPECT_EQ(ReadByte(*server), IoStatus::kEndOfStream);
}

CONTRACT_TEST(EndContract, ReadGoesOnAfterAWriteThatWasBrokenByHalfClose) {
  ObserveBoth();
  client->ShutdownWrite();
  EXPECT_EQ(WriteTo(*client, "x").status, IoStatus::kBroken);
  ASSERT_EQ(WriteTo(*server, "y").status, IoStatus::kProgress);
  EXPECT_EQ(ReadByte(*client), IoStatus::kProgress);
}

CONTRACT_TEST(EndContract, CloseDeliversWhatWasWritten) {
  Peer reader(std::move(server));
  client->Observe(client_observer);
  const std::string written = Fill(*client);
  client.reset();
  ASSERT_TRUE(RunUntil([&] { return reader.state() != IoStatus::kWouldBlock; }));
  EXPECT_EQ(reader.state(), IoStatus::kEndOfStream);
  EXPECT_TRUE(reader.input() == written) << reader.input().size() << " of " << written.size();
}

CONTRACT_TEST(EndContract, AStreamMayBeClosedWithoutEverBeingObserved) {
  Peer reader(std::move(server));
  client.reset();
  EXPECT_TRUE(RunUntil([&] { return reader.state() == IoStatus::kEndOfStream; }));
}

CONTRACT_TEST(EndContract, CloseWithUnreadInputEndsOrResetsThePeer) {
  ObserveBoth();
  ASSERT_EQ(WriteTo(*client, "unread").status, IoStatus::kProgress);
  RunAWhile();
  server.reset();
  EXPECT_THAT(ReadByte(*client), AnyOf(IoStatus::kEndOfStream, IoStatus::kBroken));
}

CONTRACT_TEST(EndContract, BytesBeforeACloseWithUnreadInputAreReadFromTheFront) {
  Peer reader(std::move(client));
  server->Observe(server_observer);
  reader.Send("unread");
  RunAWhile();
  const std::string bytes = Pattern(3000);
  const std::size_t taken = WriteTo(*server, bytes).bytes;
  server.reset();
  ASSERT_TRUE(RunUntil([&] { return reader.state() != IoStatus::kWouldBlock; }));
  EXPECT_LE(reader.input().size(), taken);
  EXPECT_EQ(reader.input(), bytes.substr(0, reader.input().size()));
}

CONTRACT_TEST(EndContract, WritingToAClosedPeerBreaksInTheEnd) {
  ObserveBoth();
  server.reset();
  IoStatus status = IoStatus::kProgress;
  for (int i = 0; i < 100 && status != IoStatus::kBroken; ++i) {
    status = WriteTo(*client, "x").status;
    RunAWhile();
  }
  EXPECT_EQ(status, IoStatus::kBroken);
  EXPECT_NE(client->broken_reason(), "");
}

CONTRACT_TEST(EndContract, AWriterIsToldThatThePeerHasClosed) {
  ObserveBoth();
  Fill(*client);
  server.reset();
  EXPECT_TRUE(RunUntil([&] {
    return client_observer.writable > 0 && WriteTo(*client, "x").status == IoStatus::kBroken;
  }));
}

CONTRACT_TEST(EndContract, AResetIsSeenByThePeer) {
  ObserveBoth();
  client->Reset();
  EXPECT_EQ(ReadByte(*server), IoStatus::kBroken);
  EXPECT_NE(server->broken_reason(), "");
  EXPECT_EQ(WriteTo(*server, "x").status, IoStatus::kBroken);
}

CONTRACT_TEST(EndContract, AResetBreaksReadAndWriteOfItsOwnSide) {
  ObserveBoth();
  ASSERT_EQ(WriteTo(*server, "x").status, IoStatus::kProgress);
  RunAWhile();
  client->Reset();
  EXPECT_EQ(ReadByte(*client), IoStatus::kBroken);
  EXPECT_EQ(WriteTo(*client, "x").status, IoStatus::kBroken);
  EXPECT_NE(client->broken_reason(), "");
}

CONTRACT_TEST(EndContract, AResetBreaksReadAfterTheEndOfTheStream) {
  ObserveBoth();
  client->ShutdownWrite();
  ASSERT_EQ(ReadByte(*server), IoStatus::kEndOfStream);
  server->Reset();
  EXPECT_EQ(ReadByte(*server), IoStatus::kBroken);
}

CONTRACT_TEST(EndContract, ResetTwiceIsResetOnce) {
  ObserveBoth();
  client->Reset();
  client->Reset();
  client->ShutdownWrite();
  EXPECT_EQ(ReadByte(*client), IoStatus::kBroken);
  EXPECT_EQ(ReadByte(*server), IoStatus::kBroken);
}

CONTRACT_TEST(EndContract, BrokenStays) {
  ObserveBoth();
  client->Reset();
  ASSERT_EQ(ReadByte(*server), IoStatus::kBroken);
  const std::string reason(server->broken_reason());
  RunAWhile();
  EXPECT_EQ(ReadByte(*server), IoStatus::kBroken);
  EXPECT_EQ(WriteTo(*server, "x").status, IoStatus::kBroken);
  EXPECT_EQ(server->broken_reason(), reason);
}

CONTRACT_TEST(EndContract, BytesBeforeAResetAreReadFromTheFront) {
  Peer reader(std::move(server));
  client->Observe(client_observer);
  const std::string bytes = Pattern(3000);
  const std::size_t taken = WriteTo(*client, bytes).bytes;
  client->Reset();
  ASSERT_TRUE(RunUntil([&] { return reader.state() != IoStatus::kWouldBlock; }));
  EXPECT_EQ(reader.state(), IoStatus::kBroken);
  EXPECT_LE(reader.input().size(), taken);
  EXPECT_EQ(reader.input(), bytes.substr(0, reader.input().size()));
}

CONTRACT_TEST(EndContract, AResetAfterHalfCloseIsSeenByAReaderThatHasNotReadTheEnd) {
  ObserveBoth();
  client->ShutdownWrite();
  client->Reset();
  EXPECT_THAT(ReadByte(*server), AnyOf(IoStatus::kEndOfStream, IoStatus::kBroken));
}

CONTRACT_TEST(EndContract, AResetReachesASideThatHasHalfClosed) {
  ObserveBoth();
  server->ShutdownWrite();
  ASSERT_EQ(ReadByte(*client), IoStatus::kEndOfStream);
  client->Reset();
  EXPECT_EQ(ReadByte(*server), IoStatus::kBroken);
}

}  // namespace

const ContractTests& EndContractTests() { return tests; }

}  // namespace chathttp::contract
