// A byte stream before its end: order of bytes, and back-pressure.
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/contract/contract_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::contract {
namespace {

ContractTests tests;

CONTRACT_TEST(StreamContract, ReadWithNothingThereWouldBlock) {
  ObserveBoth();
  std::array<char, 8> buffer;
  const IoResult result = server->Read(buffer);
  EXPECT_EQ(result.status, IoStatus::kWouldBlock);
  EXPECT_EQ(result.bytes, 0U);
}

CONTRACT_TEST(StreamContract, BytesArriveAsTheyWereWritten) {
  Peer sender(std::move(client));
  Peer reader(std::move(server));
  const std::string bytes("any \0 byte \xff\n", 13);
  sender.Send(bytes);
  EXPECT_TRUE(RunUntil([&] { return reader.input() == bytes; })) << reader.input();
}

CONTRACT_TEST(StreamContract, BytesTravelBothWays) {
  Peer one(std::move(client));
  Peer other(std::move(server));
  one.Send("there");
  other.Send("and back");
  EXPECT_TRUE(RunUntil([&] { return other.input() == "there" && one.input() == "and back"; }));
}

CONTRACT_TEST(StreamContract, ReadTakesNoMoreThanTheBufferHolds) {
  ObserveBoth();
  ASSERT_EQ(WriteTo(*client, "abcd").bytes, 4U);
  std::string read;
  while (read.size() < 4) {
    std::array<char, 3> buffer{'-', '-', '-'};
    ASSERT_EQ(ReadSome(*server, std::span(buffer).first(1)).bytes, 1U);
    EXPECT_EQ(buffer[1], '-');
    read.push_back(buffer[0]);
  }
  EXPECT_EQ(read, "abcd");
}

CONTRACT_TEST(StreamContract, WriteGathersItsPiecesInOrder) {
  Peer reader(std::move(server));
  client->Observe(client_observer);
  const std::vector<std::string_view> pieces = {"", "a", "", "bc", "def", ""};
  const IoResult result = client->Write(pieces);
  EXPECT_EQ(result.status, IoStatus::kProgress);
  EXPECT_EQ(result.bytes, 6U);
  EXPECT_TRUE(RunUntil([&] { return reader.input() == "abcdef"; })) << reader.input();
}

CONTRACT_TEST(StreamContract, WriteTakesSixtyFourPieces) {
  Peer reader(std::move(server));
  client->Observe(client_observer);
  const std::string bytes = Pattern(kMaxWritePieces);
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    pieces.push_back(std::string_view(bytes).substr(i, 1));
  }
  const std::size_t taken = client->Write(pieces).bytes;
  ASSERT_GT(taken, 0U);
  EXPECT_TRUE(RunUntil([&] { return reader.input() == bytes.substr(0, taken); }));
}

CONTRACT_TEST(StreamContract, WriteTakesAPartWhenThereIsNotRoomForAll) {
  ObserveBoth();
  const std::string much(64 << 20, 'x');
  const IoResult result = WriteTo(*client, much);
  EXPECT_EQ(result.status, IoStatus::kProgress);
  EXPECT_GT(result.bytes, 0U);
  EXPECT_LT(result.bytes, much.size());
}

CONTRACT_TEST(StreamContract, WriteWouldBlockWhileThePeerDoesNotRead) {
  ObserveBoth();
  EXPECT_FALSE(Fill(*client).empty());
  RunAWhile();
  Fill(*client);
  const IoResult result = WriteTo(*client, "more");
  EXPECT_EQ(result.status, IoStatus::kWouldBlock);
  EXPECT_EQ(result.bytes, 0U);
}

CONTRACT_TEST(StreamContract, ALongTransferStaysIntactUnderBackPressure) {
  server->Observe(server_observer);
  Peer sender(std::move(client));
  const std::string bytes = Fill(sender.stream()) + Pattern(65'536);
  sender.Send(std::string_view(bytes).substr(bytes.size() - 65'536));
  sender.SendEnd();
  RunAWhile();
  std::string read;
  std::array<char, 1000> buffer;
  IoResult result{IoStatus::kProgress};
  while (result.status == IoStatus::kProgress) {
    result = ReadSome(*server, buffer);
    read.append(buffer.data(), result.bytes);
  }
  EXPECT_EQ(result.status, IoStatus::kEndOfStream);
  EXPECT_TRUE(read == bytes) << read.size() << " bytes of " << bytes.size();
}

CONTRACT_TEST(StreamContract, LongTransfersBothWaysDoNotHinderEachOther) {
  Peer one(std::move(client));
  Peer other(std::move(server));
  const std::string bytes = Pattern(50'000);
  one.Send(bytes);
  other.Send(bytes);
  EXPECT_TRUE(RunUntil(
      [&] { return one.input().size() >= bytes.size() && other.input().size() >= bytes.size(); }));
  EXPECT_TRUE(one.input() == bytes);
  EXPECT_TRUE(other.input() == bytes);
}

CONTRACT_TEST(StreamContract, TheReasonIsEmptyWhileNothingIsBroken) {
  ObserveBoth();
  ASSERT_EQ(WriteTo(*client, "x").status, IoStatus::kProgress);
  ASSERT_EQ(ReadByte(*server), IoStatus::kProgress);
  EXPECT_EQ(client->broken_reason(), "");
  EXPECT_EQ(server->broken_reason(), "");
}

}  // namespace

const ContractTests& StreamContractTests() { return tests; }

}  // namespace chathttp::contract
