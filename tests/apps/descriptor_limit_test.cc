// The real server with very few descriptors.
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <iostream>
#include <string>
#include <vector>

#include "tests/apps/process_figures.h"
#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

constexpr std::uint64_t kDescriptors = 16;

class FewDescriptors : public testing::Test {
 protected:
  FewDescriptors() {
    members_.push_back(Join(server_.port(), "Member0"));
    // Joins members until the server refuses one.
    while (members_.size() <= kDescriptors) {
      WirePeer next(server_.port());
      refusal_ = next.Receive();
      if (refusal_.code != 202) {
        after_refusal_ = next.Receive();
        return;
      }
      next.Send(MakeRequest("ADD", "Member" + std::to_string(members_.size())));
      EXPECT_EQ(next.Receive().code, 200);
      members_.push_back(std::move(next));
    }
  }

  ServerProcess server_{{}, {.descriptors = kDescriptors}};
  std::vector<WirePeer> members_;
  Received refusal_;
  Received after_refusal_;
};

TEST_F(FewDescriptors, OnePeerTooManyIsToldSo) {
  EXPECT_EQ(refusal_.start_line, "HTTP/1.1 500 Internal Server Error");
  EXPECT_EQ(refusal_.entity, "Server is out of descriptors, try again later");
  EXPECT_EQ(after_refusal_.entity, kEnd);
  std::cout << members_.size() << " members with " << kDescriptors << " descriptors\n";
  RecordProperty("members", static_cast<int>(members_.size()));
}

TEST_F(FewDescriptors, ManyPeersTooManyAreAllToldSo) {
  std::vector<WirePeer> crowd;
  crowd.reserve(100);
  for (int i = 0; i < 100; ++i) crowd.emplace_back(server_.port());
  for (WirePeer& peer : crowd) {
    EXPECT_EQ(peer.Receive().code, 500);
    EXPECT_EQ(peer.Receive().entity, kEnd);
  }
}

TEST_F(FewDescriptors, MembersGoOnToTalk) {
  members_.back().Send(
      MakeRequest("POST", "Member" + std::to_string(members_.size() - 1), "Hello\n"));
  EXPECT_EQ(members_.back().Receive().entity,
            MessageFrom("Member" + std::to_string(members_.size() - 1), "Hello"));
}

TEST_F(FewDescriptors, WaitingCostsNoProcessorTime) {
  std::vector<WirePeer> crowd;
  crowd.reserve(20);
  for (int i = 0; i < 20; ++i) crowd.emplace_back(server_.port());
  for (WirePeer& peer : crowd) EXPECT_EQ(peer.Receive().code, 500);
  const auto begin = std::chrono::steady_clock::now();
  const double before = ProcessorSeconds(server_.pid());
  WirePeer& last = members_.back();  // no one joined after it
  EXPECT_TRUE(last.StaysSilent(1000));
  const double used = ProcessorSeconds(server_.pid()) - before;
  const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - begin;
  std::cout << used << " s of processor time in " << waited.count() << " s of waiting\n";
  RecordProperty("processor_ms", static_cast<int>(used * 1000));
  EXPECT_LT(used, waited.count() / 2);
}

TEST_F(FewDescriptors, PlaceThatIsFreeAgainIsGiven) {
  const std::string name = "Member" + std::to_string(members_.size() - 1);
  WirePeer watcher = std::move(members_[members_.size() - 2]);
  members_.back().Close();
  EXPECT_EQ(watcher.Receive().entity, Entered(name));
  EXPECT_EQ(watcher.Receive().entity, Left(name));
  Join(server_.port(), name);
}

TEST(TooFewDescriptors, ForTheConnectionsThatAreAllowedAreAWarning) {
  ServerProcess server({"--max_connections=200"}, {.descriptors = 263});
  server.Kill(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
  EXPECT_NE(server.err().find("level=warning event=limits descriptors=263 connections=200 "
                              "reason=\"--max_connections=200 needs 264 descriptors: "),
            std::string::npos)
      << server.err();
}

TEST(TooFewDescriptors, ToBeginWithIsAClearLineAndAFailure) {
  if (kSanitized) GTEST_SKIP() << "the sanitizers need descriptors of their own";
  Process server(ServerCommand({"--log_level=error"}), {.descriptors = 4});
  EXPECT_EQ(server.Wait(), 1);
  EXPECT_TRUE(IsOneLine(server.err())) << server.err();
  EXPECT_EQ(server.err().find("chat_server: "), 0U) << server.err();
}

}  // namespace
}  // namespace chathttp
