// Printing and parsing a random scenario gives the same scenario, for every verb, option and byte.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/scenario/parser.h"
#include "chathttp/sim/scenario/printer.h"
#include "chathttp/sim/scenario/scenario.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

// Generates random valid scenarios.
class Drawer {
 public:
  explicit Drawer(std::uint64_t seed) : draws_(seed, Purpose::kChunk, 1) {}

  Scenario Draw() {
    Scenario scenario;
    if (Flip()) scenario.name = "drawn-" + absl::StrCat(Below(1000));
    scenario.seed = draws_.Bits();
    scenario.mode = Flip() ? Mode::kFaulty : Mode::kHostile;
    scenario.clients = {"alice", "ALICE", "d1", "d2", "d3", "d04", "d5"};
    scenario.peers = {"p9", "p10", "p11", "bob.-_"};
    if (Flip()) scenario.sessions = {"eve", "s1", "s2", "s3"};
    if (Flip()) scenario.programs = {"bot", "p12"};
    servers_ = Flip() ? kMaxServers : 1;
    for (const LimitWord& limit : Limits()) {
      if (limit.word == kServersLimit) {
        scenario.limits.push_back({"servers", static_cast<std::int64_t>(servers_)});
      }
      if (limit.word == kTextLimit || limit.word == kServersLimit || Flip()) continue;
      const std::int64_t least = limit.word == kBacklogLimit ? 32 << 10 : limit.bounds.min;
      scenario.limits.push_back(
          {std::string(limit.word), Number({limit.bounds.unit, least, limit.bounds.max})});
    }
    if (servers_ == 1) {
      scenario.journal = {OneOf(SyncWords()).sync, Time(kLatencyBounds),
                          Number(kJournalFileBounds)};
    }
    if (Flip()) scenario.exempt = {"10.0.0.0/8", "2001:db8::/32"};
    for (std::uint64_t n = Below(4); n > 0; --n) AddNet(scenario);
    for (std::uint64_t n = Below(20); n > 0; --n) scenario.steps.push_back(DrawStep());
    if (Flip()) scenario.heal = absl::Hours(1000);
    if (Flip()) scenario.settle = Time(kTimeBounds);
    for (std::uint64_t n = Below(4); n > 0; --n) scenario.expectations.push_back(DrawFinal());
    return scenario;
  }

 private:
  std::uint64_t Below(std::uint64_t limit) { return draws_.Uniform(0, limit - 1); }
  bool Flip() { return Below(2) == 0; }
  template <class T>
  const T& OneOf(std::span<const T> choices) {
    return choices[Below(choices.size())];
  }
  std::string Who() {
    static const std::vector<std::string> kWho = {"alice", "*", "d*", "d[1..3],bob.-_", "ALICE,p9"};
    return OneOf<std::string>(kWho);
  }

  // Covers all magnitudes and both bounds.
  std::int64_t Number(const Bounds& bounds) {
    if (Below(8) == 0) return Flip() ? bounds.min : bounds.max;
    const auto range = static_cast<std::uint64_t>(bounds.max - bounds.min);
    const std::uint64_t wide = draws_.Uniform(0, range);
    const std::uint64_t offset = wide >> Below(64);
    return bounds.min + static_cast<std::int64_t>(offset);
  }
  absl::Duration Time(const Bounds& bounds) { return absl::Nanoseconds(Number(bounds)); }

  std::string Bytes(std::size_t least) {
    std::string bytes;
    for (std::uint64_t n = least + Below(12); n > 0; --n) bytes += static_cast<char>(Below(256));
    return bytes;
  }

  Latency DrawLatency() {
    Latency latency;
    latency.kind = static_cast<Latency::Kind>(Below(4));
    latency.first = Time(kLatencyBounds);
    if (latency.kind != Latency::Kind::kFixed) latency.second = Time(kLatencyBounds);
    if (latency.kind == Latency::Kind::kUniform && latency.second < latency.first) {
      std::swap(latency.first, latency.second);
    }
    if (latency.kind == Latency::Kind::kBimodal) latency.percent = Number(kPercentBounds);
    return latency;
  }

  void AddNet(Scenario& scenario) {
    NetSetting net;
    net.from = Who();
    net.to = "server";
    if (Flip()) std::swap(net.from, net.to);
    if (Flip()) net.latency = DrawLatency();
    if (Flip()) {
      net.min_chunk_bytes = Number(kChunkBounds);
      net.max_chunk_bytes = Number({Unit::kBytes, *net.min_chunk_bytes, kChunkBounds.max});
    }
    for (const NetOption& option : NetOptions()) {
      if (Flip()) net.*option.field = Number(option.bounds);
    }
    if (!net.latency && !net.min_chunk_bytes) net.send_buffer_bytes = 1;
    NetSetting back = net;
    std::swap(back.from, back.to);
    if (net.to == "server" && Flip()) net.address = Flip() ? "192.0.2.7" : "::ffff:10.1.2.3";
    if (net.to == "server" && Flip()) DrawProxy(net);
    if (net.to == "server" && Flip()) net.via = ServerName(Below(servers_));
    scenario.nets.push_back(net);
    if (Flip()) scenario.nets.push_back(back);
  }

  void DrawProxy(NetSetting& net) {
    net.proxy = OneOf(ProxyWords()).form;
    if (net.proxy == ProxyForm::kNone) net.proxy = ProxyForm::kV1;  // for peers only
  }

  std::string WhoOf(Subject subject) {
    switch (subject) {
      case Subject::kAnyone:
      case Subject::kSet:
        return Who();
      case Subject::kDisk:
      case Subject::kOperator:
        return "server";
      case Subject::kServer:
        return std::string(ServerName(Below(servers_)));
      case Subject::kLink:
        return Flip() ? Who() + "->server" : "server->" + Who();
      case Subject::kPeers:
      case Subject::kSomePeers:
        return Flip() ? "p[9..11]" : "bob.-_,p[9..10]";
      case Subject::kSides:
        return Flip() ? "server|*" : "alice,d*|p10,server";
    }
    return "";
  }

  // One server has a journal here, and several have a log.
  const VerbShape& DrawVerb() {
    for (;;) {
      const VerbShape& shape = OneOf(Verbs());
      const bool of_log = shape.verb >= Verb::kPause && shape.verb <= Verb::kLogRestart;
      const bool of_journal = shape.verb >= Verb::kPowerCut && shape.verb <= Verb::kDiskFailSync;
      if (servers_ == 1 ? !of_log : !of_journal) return shape;
    }
  }

  Step DrawStep() {
    const VerbShape& shape = DrawVerb();
    Step step;
    step.at = Time(kTimeBounds);
    step.verb = shape.verb;
    step.who = WhoOf(shape.subject);
    for (const Argument& argument : shape.arguments) DrawArgument(argument, step);
    if (Flip()) DrawTrigger(step);
    if (!shape.has_reply || Flip()) return step;
    step.expected.emplace();
    if (shape.subject == Subject::kAnyone && Flip()) step.expected->who = step.who;
    step.expected->code = OneOf<int>(kReplyCodes);
    if (Flip()) step.expected->entity = Bytes(0);
    step.expected->then_end = Flip();
    if (Flip()) DrawReplyTime(*step.expected);
    for (std::uint64_t n = Below(3); n > 0; --n) {
      step.expected->fields.push_back(
          {std::string(OneOf<std::string_view>(ReplyFields())), Bytes(0)});
    }
    return step;
  }

  void DrawSpan(absl::Duration& least, absl::Duration& most) {
    least = Time(kTimeBounds);
    if (Flip()) most = Time(kTimeBounds);
    if (most <= least) most = absl::ZeroDuration();
  }

  void DrawTrigger(Step& step) {
    step.when = Trigger{Who(), Bytes(0), Flip()};
    if (Flip()) step.at = absl::ZeroDuration();
  }

  void DrawReplyTime(Expectation& expected) {
    expected.at_most = Time(kTimeBounds);
    if (Flip()) expected.at_least = Time({Unit::kDuration, 0, kMaxTime});
    if (expected.at_least > expected.at_most) std::swap(expected.at_least, expected.at_most);
  }

  void DrawArgument(const Argument& argument, Step& step) {
    switch (argument.field) {
      case Argument::Field::kName:
        if (Flip()) step.text = Bytes(1);
        return;
      case Argument::Field::kText:
        step.text = Bytes(0);
        return;
      case Argument::Field::kRepeat:
        if (Flip()) step.count = Number(kRepeatBounds);
        if (Flip()) DrawSpan(step.every, step.max_every);
        return;
      case Argument::Field::kStagger:
        if (Flip()) DrawSpan(step.stagger, step.max_stagger);
        return;
      case Argument::Field::kDuration:
        step.duration = Time(argument.bounds);
        return;
      case Argument::Field::kAmount:
        step.amount = Number(argument.bounds);
        return;
      case Argument::Field::kSettings:
        for (const LimitWord& limit : ReloadedLimits()) {
          if (!step.settings.empty() && Flip()) continue;
          step.settings.push_back({std::string(limit.word), Number(limit.bounds)});
        }
        return;
      default:
        DrawSession(argument, step.session);
        if (step.session != SessionRequest{}) step.who = WhoOf(Subject::kPeers);
    }
  }

  void DrawSession(const Argument& argument, SessionRequest& session) {
    if (Flip()) return;
    switch (argument.field) {
      case Argument::Field::kSession:
        session.session = true;
        return;
      case Argument::Field::kOf:
        session.of = Flip() ? "bob.-_" : "p10";
        return;
      case Argument::Field::kToken:
        session.token = Bytes(0);
        return;
      case Argument::Field::kSince:
        session.since = Bytes(0);
        return;
      default:
        session.history = Number(argument.bounds);
    }
  }

  FinalExpectation DrawHears() {
    using Kind = FinalExpectation::Kind;
    FinalExpectation expectation;
    expectation.kind = OneOf(HearsForms()).kind;
    expectation.who = Who();
    expectation.texts = {Bytes(0)};
    const bool in_order = expectation.kind == Kind::kHears;
    if ((in_order || expectation.kind == Kind::kHearsInAny) && Flip()) {
      expectation.texts.push_back(Bytes(0));
    } else if (in_order && Flip()) {
      expectation.count = Number(kHeardBounds);
    }
    return expectation;
  }

  FinalExpectation DrawFinal() {
    FinalExpectation expectation;
    if (Flip()) return DrawHears();
    expectation.kind = static_cast<FinalExpectation::Kind>(Below(5));
    if (expectation.kind == FinalExpectation::Kind::kSees) expectation.who = Who();
    if (expectation.kind == FinalExpectation::Kind::kEffect) {
      const std::vector<std::string_view> words = Effects();
      expectation.effects = {std::string(OneOf<std::string_view>(words))};
      if (Flip()) expectation.effects.emplace_back(OneOf<std::string_view>(words));
    } else {
      expectation.count = Number(kSeenBounds);
    }
    return expectation;
  }

  DrawSequence draws_;
  std::size_t servers_ = 1;
};

// The scenario without line numbers.
Scenario WithoutLines(Scenario scenario) {
  for (Step& step : scenario.steps) step.line = 0;
  for (FinalExpectation& expectation : scenario.expectations) expectation.line = 0;
  return scenario;
}

class RoundTripTest : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(RoundTripTest, WhatIsPrintedIsParsedAgain) {
  for (std::uint64_t seed = GetParam() * 250; seed < (GetParam() + 1) * 250; ++seed) {
    const Scenario drawn = Drawer(seed).Draw();
    const std::string text = PrintScenario(drawn);
    const absl::StatusOr<Scenario> parsed = ParseScenario(text, "drawn");
    ASSERT_TRUE(parsed.ok()) << parsed.status() << "\n" << text;
    ASSERT_TRUE(WithoutLines(*parsed) == drawn) << text;
    ASSERT_EQ(PrintScenario(*parsed), text);
    const absl::StatusOr<Scenario> again = ParseScenario(PrintScenario(*parsed), "again");
    ASSERT_TRUE(again.ok() && *again == *parsed) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RoundTripTest, ::testing::Range<std::uint64_t>(0, 4));

TEST(PrinterTest, AScenarioReadsAsItIsUsuallyWritten) {
  const std::string text =
      "scenario swizzle-while-bob-stalls\n"
      "seed 4711\n"
      "mode faulty\n"
      "limit backlog 32K\n"
      "journal always latency 20ms file 2K\n"
      "net * latency exp(20ms) min 1ms chunk 1..700 rcvbuf 8K\n"
      "net alice->server bandwidth 1M\n"
      "clients alice bob d[1..4]\n"
      "peers carol\n"
      "@0      * connect\n"
      "@10ms   alice,bob,carol add                     expect bob 200 \"OK...^.^\"\n"
      "@20ms   d* add\n"
      "@1s     bob pause-reading\n"
      "@1s     alice say \"Hello, everyone!\" x200 every 5ms\n"
      "@1.2s   link alice->server clog 300ms\n"
      "@1.3s   swizzle carol,d* over 2s\n"
      "@1.5s   raw carol \"POST h HTTP/1.1\\n\\n\"         expect 400 then eof\n"
      "@2.1s   server wall -1h\n"
      "@2.2s   server power-cut\n"
      "@2.2s   disk tear 7\n"
      "@2.25s  partition d*|server for 100ms\n"
      "@3s     link server->d* latency +2s for 1m\n"
      "@3.5s   d* say \"x\" x10 every 5ms..20ms stagger 1ms expect within 2s 200\n"
      "when bob hears \"*Hello*\" do carol list          expect 200 with Server \"Chat*\"\n"
      "when d1,d2 hears \"[ bob ] : *\" each time after 20ms do link d1->server clog 1s\n"
      "heal @4s\n"
      "settle 30s\n"
      "expect server evicted 1\n"
      "expect alice sees 200 messages\n"
      "expect effect clog,swizzle\n"
      "expect bob hears \"[ alice ] : Hi\" x3\n"
      "expect bob hears in any order \"A\" \"B\"\n"
      "expect exactly one of d* hears \"OK...^.^\"\n"
      "expect no alice hears \"*secret*\"\n";
  const absl::StatusOr<Scenario> scenario = ParseScenario(text, "text");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  EXPECT_EQ(PrintScenario(*scenario), text);
}

TEST(PrinterTest, AStepIsOneLine) {
  Step step;
  step.at = absl::Milliseconds(1500);
  step.who = "alice";
  step.verb = Verb::kSay;
  step.text = "a\n\"b\"";
  EXPECT_EQ(PrintStep(step), R"(@1.5s   alice say "a\n\"b\"")");
}

}  // namespace
}  // namespace chathttp::sim
