#include "chathttp/sim/run/trace.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

TraceEvent Event(absl::Duration at, const std::string& who, const std::string& what,
                 const std::string& detail) {
  return {at, who, what, detail};
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

TEST(LaneChart, HasALaneForEachParticipant) {
  LaneChart chart({"alice", "bob"}, 60);
  chart.Add(Event(absl::Milliseconds(10), "alice", "connected", ""));
  chart.Add(Event(absl::Milliseconds(20), "bob", "sent", "ADD"));
  EXPECT_EQ(chart.TakeText(),
            "        time  alice                   bob\n"
            "        10ms  connected               .\n"
            "        20ms  .                       > ADD\n");
}

TEST(LaneChart, SaysATimeOnce) {
  LaneChart chart({"alice"}, 40);
  chart.TakeText();
  chart.Add(Event(absl::Seconds(1), "alice", "sent", "ADD"));
  chart.Add(Event(absl::Seconds(1), "alice", "sent", "GET"));
  EXPECT_THAT(LinesOf(chart.TakeText()),
              testing::ElementsAre("          1s  > ADD", "              > GET"));
}

TEST(LaneChart, FitsTheTerminal) {
  LaneChart chart({"a", "b", "c", "d", "e", "f", "g", "h"}, 80);
  for (const char* who : {"a", "d", "h", "server"}) {
    chart.Add(Event(absl::Seconds(1), who, "received", std::string(300, 'x')));
  }
  for (const std::string& line : LinesOf(chart.TakeText())) EXPECT_LE(line.size(), 80U) << line;
}

TEST(LaneChart, ThoseWithoutALaneShareTheLast) {
  LaneChart chart({"a", "b", "c", "d", "e", "f"}, 60);
  chart.Add(Event(absl::Seconds(1), "f", "eof", ""));
  const std::vector<std::string> lines = LinesOf(chart.TakeText());
  EXPECT_THAT(lines[0], EndsWith("others"));
  EXPECT_THAT(lines[1], EndsWith("f: eof"));
}

TEST(LaneChart, ANarrowTerminalHasOneLane) {
  LaneChart chart({"alice", "bob"}, 1);
  chart.Add(Event(absl::Seconds(1), "bob", "eof", ""));
  EXPECT_THAT(chart.TakeText(), HasSubstr("bob: eof"));
}

TEST(LaneChart, BytesThatDriveTerminalsAreEscaped) {
  LaneChart chart({"alice"}, 60);
  chart.Add(Event(absl::Seconds(1), "alice", "sent", "\x1b[2J"));
  EXPECT_THAT(chart.TakeText(), HasSubstr("> \\x1b[2J"));
}

TEST(TraceJson, IsOneObject) {
  EXPECT_EQ(TraceJson(Event(absl::Milliseconds(1), "alice", "sent", "say \"hi\\\"\n")),
            R"({"at_ns":1000000,"who":"alice","what":"sent","detail":"say \"hi\\\"\u000a"})");
}

TEST(TraceJson, WhatTheServerReadsHasItsPeer) {
  TraceEvent event = Event(absl::ZeroDuration(), "server", "read", "GET alice");
  event.peer = "alice";
  EXPECT_THAT(TraceJson(event), EndsWith(R"("detail":"GET alice","peer":"alice"})"));
}

TEST(LaneChart, OmitsWhatTheServerReads) {
  LaneChart chart({"alice"}, 60);
  chart.TakeText();
  TraceEvent event = Event(absl::ZeroDuration(), "server", "read", "GET alice");
  event.peer = "alice";
  chart.Add(event);
  EXPECT_EQ(chart.TakeText(), "");
}

TEST(TraceJson, BytesThatAreNoAsciiAreEscaped) {
  EXPECT_THAT(TraceJson(Event(absl::ZeroDuration(), "a", "sent", "\xC3\xA9")),
              HasSubstr(R"("\u00c3\u00a9")"));
}

}  // namespace
}  // namespace chathttp::sim
