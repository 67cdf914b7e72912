#include "chathttp/sim/run/sequence_chart.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TraceEvent Event(double seconds, const std::string& who, const std::string& what,
                 const std::string& detail = "", const std::string& peer = "") {
  return {absl::Seconds(seconds), who, what, detail, peer};
}

std::size_t CountOf(std::string_view part, std::string_view text) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// The y of the start and end of each arrow: "100->120".
std::vector<std::string> ArrowsOf(const std::string& svg) {
  std::vector<std::string> arrows;
  for (auto end = svg.find("marker-end"); end != svg.npos; end = svg.find("marker-end", end + 1)) {
    const std::size_t begin = svg.rfind("<line", end);
    const auto value = [&](const std::string& name) {
      const std::size_t from = svg.find(name + "=\"", begin) + name.size() + 2;
      return svg.substr(from, svg.find('"', from) - from);
    };
    arrows.push_back(value("y1") + "->" + value("y2"));
  }
  return arrows;
}

SequenceChart Talk() {
  SequenceChart chart("talk", {"alice", "bob"});
  chart.Add(Event(0, "alice", "connecting"));
  chart.Add(Event(0, "alice", "connected"));
  chart.Add(Event(1, "alice", "sent", "POST alice Hi"));
  chart.Add(Event(1, "alice", "received", "200 [ alice ] : Hi"));
  chart.Add(Event(1, "bob", "received", "200 [ alice ] : Hi"));
  chart.Add(Event(60, "alice", "eof"));
  return chart;
}

TEST(SequenceChart, IsADocumentWithALaneForEveryone) {
  const std::string svg = Talk().Svg({});
  EXPECT_THAT(svg, AllOf(StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\""),
                         HasSubstr(">alice</text>"), HasSubstr(">bob</text>"),
                         HasSubstr(">server</text>"), Not(HasSubstr("<script"))));
  EXPECT_EQ(CountOf("<svg", svg), CountOf("</svg>", svg));
  EXPECT_EQ(CountOf("<text", svg), CountOf("</text>", svg));
}

TEST(SequenceChart, MessagesAreArrowsWithTheirText) {
  const std::string svg = Talk().Svg({});
  EXPECT_EQ(ArrowsOf(svg).size(), 3U);
  EXPECT_THAT(svg, HasSubstr(">POST alice Hi</text>"));
  EXPECT_EQ(CountOf(">200 [ alice ] : Hi</text>", svg), 2U);
}

TEST(SequenceChart, ABroadcastIsOneRowBelowItsCause) {
  const std::vector<std::string> arrows = ArrowsOf(Talk().Svg({}));
  EXPECT_EQ(arrows[1], arrows[2]);
  EXPECT_NE(arrows[0], arrows[1]);
}

TEST(SequenceChart, AMessageSpansItsTimeIfTheServerIsTraced) {
  SequenceChart chart("slow", {"alice"});
  chart.Add(Event(1, "alice", "sent", "GET alice"));
  chart.Add(Event(2, "server", "read", "GET alice", "alice"));
  chart.Add(Event(2, "server", "wrote", "200 Online users:", "alice"));
  chart.Add(Event(3, "alice", "received", "200 Online users:"));
  chart.Add(Event(4, "alice", "sent", "GET alice"));
  chart.Add(Event(5, "alice", "closed"));
  const std::string svg = chart.Svg({});
  for (const std::string& arrow : ArrowsOf(svg)) {
    const std::size_t middle = arrow.find("->");
    EXPECT_NE(arrow.substr(0, middle), arrow.substr(middle + 2));
  }
  EXPECT_EQ(ArrowsOf(svg).size(), 3U);
  EXPECT_EQ(CountOf("stroke-dasharray=\"4 3\"", svg), 1U);  // the last request was lost
}

TEST(SequenceChart, AFaultIsAShadedInterval) {
  SequenceChart chart("clog", {"alice"});
  chart.Add(Event(1, "alice", "fault", "clog"));
  chart.Add(Event(2, "alice", "fault-over", "clog"));
  chart.Add(Event(3, "alice", "fault", "cut"));
  const std::string svg = chart.Svg({});
  EXPECT_THAT(svg, AllOf(HasSubstr(">clog</text>"), HasSubstr(">cut</text>")));
  EXPECT_EQ(CountOf("width=\"32\"", svg), 1U);
}

TEST(SequenceChart, TheLaneOfTheServerHasItsNotes) {
  SequenceChart chart("crash", {"alice"});
  chart.Add(Event(1, "server", "ended", "alice: slow consumer"));
  chart.Add(Event(2, "server", "crash"));
  chart.Add(Event(3, "server", "restart"));
  EXPECT_THAT(chart.Svg({}), AllOf(HasSubstr(">ended alice: slow consumer</text>"),
                                   HasSubstr(">crash</text>"), HasSubstr(">restart</text>")));
}

TEST(SequenceChart, AViolationIsMarkedAtItsTimeAndTold) {
  const std::string svg =
      Talk().Svg({{"order", "no place"}, {"list", "expected 2", 0, "bob", absl::Seconds(1)}});
  EXPECT_THAT(svg, AllOf(HasSubstr(">1 order: no place</text>"),
                         HasSubstr(">2 list: bob at 1s: expected 2</text>")));
  EXPECT_EQ(CountOf("r=\"10\" fill=\"#b42318\"", svg), 1U);
}

TEST(SequenceChart, LongGapsAreNamed) { EXPECT_THAT(Talk().Svg({}), HasSubstr(">+59s</text>")); }

TEST(SequenceChart, BytesAreEscaped) {
  SequenceChart chart("<&>", {"alice"});
  chart.Add(Event(1, "alice", "sent", "<b a=\"1\">&\x01\xEF\xBF\xBF"));
  const std::string svg = chart.Svg({});
  EXPECT_THAT(svg, HasSubstr(">&lt;&amp;&gt;</title>"));
  EXPECT_THAT(svg, HasSubstr("&lt;b a=&quot;1&quot;&gt;&amp;\\x01\\uffff"));
}

TEST(SequenceChart, ALongRunIsCutAroundItsViolation) {
  SequenceChart chart("long", {"alice"});
  for (int i = 0; i < 1000; ++i) chart.Add(Event(i, "alice", "sent", absl::StrCat("POST ", i)));
  EXPECT_THAT(chart.Svg({}), AllOf(HasSubstr("Rows 1 to 300 of 1000;"), HasSubstr(">POST 0<")));
  const std::string svg = chart.Svg({{"order", "here", 0, "alice", absl::Seconds(700)}});
  EXPECT_THAT(svg, AllOf(HasSubstr(" of 1001;"), HasSubstr(">POST 700<"),
                         Not(HasSubstr(">POST 0<")), HasSubstr("r=\"10\"")));
}

TEST(SequenceChart, AWindowDrawsAPart) {
  const std::string svg = Talk().Svg({}, {.from = absl::Seconds(30)});
  EXPECT_EQ(ArrowsOf(svg).size(), 0U);
  EXPECT_THAT(svg, HasSubstr(">end of stream</text>"));
  EXPECT_EQ(ArrowsOf(Talk().Svg({}, {.to = absl::Seconds(30)})).size(), 3U);
}

TEST(SequenceChart, ManyParticipantsAreLeftOutButThoseWithViolations) {
  std::vector<std::string> names;
  for (int i = 1; i <= 40; ++i) names.push_back(absl::StrCat("d", i));
  SequenceChart chart("crowd", names);
  chart.Add(Event(1, "d40", "sent", "GET d40"));
  chart.Add(Event(1, "d39", "sent", "GET d39"));
  const std::string svg = chart.Svg({{"order", "x", 0, "d40", absl::Seconds(1)}});
  EXPECT_THAT(svg, AllOf(HasSubstr(">d40</text>"), HasSubstr(">d15</text>"),
                         Not(HasSubstr(">d16</text>")), HasSubstr("Participants left out: 24.")));
}

TEST(SequenceChart, OfNothingIsADocumentToo) {
  EXPECT_THAT(SequenceChart("empty", {}).Svg({}), HasSubstr("</svg>"));
}

}  // namespace
}  // namespace chathttp::sim
