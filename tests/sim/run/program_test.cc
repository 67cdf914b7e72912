// Programs of the embedder as participants of a scenario.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/run/run.h"
#include "chathttp/sim/scenario/printer.h"
#include "chathttp/sim/search/generator.h"
#include "chathttp/sim/search/shrinker.h"
#include "chathttp/sim/search/swarm.h"
#include "chathttp/transport/client/chat_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

// Repeats what others say.
class Echo final : public OwnParticipant, private ClientObserver {
 public:
  Echo(Network& network, Scheduler& scheduler) : client_(network, scheduler, *this) {}

  void Connect(const Endpoint& server) override { client_.Connect(server).IgnoreError(); }
  void Close() override { client_.Drop(); }

 private:
  void OnClientEvent(const ClientEvent& event) override {
    using Kind = ClientEvent::Kind;
    if (event.kind == Kind::kConnected) client_.Login("Echo").IgnoreError();
    if (event.kind == Kind::kMessage && !event.own) client_.Say(event.text).IgnoreError();
  }
  ChatClient client_;
};

// Sets a timer and forgets it.
class Leaky final : public OwnParticipant {
 public:
  Leaky(Network&, Scheduler& scheduler) : scheduler_(scheduler) {}
  void Connect(const Endpoint&) override {
    scheduler_.RunAt(scheduler_.Now() + absl::Hours(1), [] {});
  }
  void Close() override {}

 private:
  Scheduler& scheduler_;
};

template <class Program>
RunOptions OptionsWith(const std::string& name) {
  RunOptions options;
  options.programs[name] = [](Network& network, Scheduler& scheduler) {
    return std::make_unique<Program>(network, scheduler);
  };
  return options;
}

constexpr char kTalk[] = R"(
peers alice
programs echo
@0   * connect
@1s  alice add
@2s  alice say "Hi"
expect alice hears "[ alice ] : Hi" "[ Echo ] : Hi"
)";

TEST(Program, TakesPart) {
  EXPECT_THAT(RunScenario(kTalk, OptionsWith<Echo>("echo")).violations, IsEmpty());
}

TEST(Program, IsTraced) {
  RunOptions options = OptionsWith<Echo>("e*");
  std::vector<std::string> lines;
  options.trace = [&](const TraceEvent& event) {
    if (event.who == "echo" && event.what == "sent") lines.push_back(event.detail);
  };
  RunScenario(kTalk, options);
  EXPECT_THAT(lines, ElementsAre("ADD Echo ", "POST Echo Hi"));
}

TEST(Program, NeedsAFactory) {
  EXPECT_THAT(RunScenario(kTalk, OptionsWith<Echo>("bot")).violations,
              ElementsAre(Field(&Violation::message, HasSubstr("for \"echo\", got none"))));
}

TEST(Program, LeavesNoTimerBehind) {
  EXPECT_THAT(
      RunScenario("programs leaky\n@0 leaky connect\n", OptionsWith<Leaky>("leaky")).violations,
      Contains(Field(&Violation::invariant, "drain")));
}

TEST(Program, IsSearchedInTheRoleOfAClient) {
  const RunOptions options = OptionsWith<Echo>("echo");
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Scenario scenario = WithProgram(Generate(seed), "echo");
    EXPECT_THAT(RunTwice(scenario, options).violations, IsEmpty()) << PrintScenario(scenario);
  }
}

TEST(Program, ItsFailureIsShrunk) {
  const RunOptions options = OptionsWith<Leaky>("leaky");
  const Scenario shrunk = Shrink(WithProgram(Generate(7), "leaky"), [&](const Scenario& candidate) {
    return Breaks(candidate, "drain", options);
  });
  EXPECT_THAT(shrunk.programs, ElementsAre("leaky"));
  EXPECT_THAT(shrunk.steps, testing::SizeIs(1));
  EXPECT_THAT(shrunk.clients, IsEmpty());
}

TEST(RunScenario, NamesLinesOfTheSourceFile) {
  const int line = __LINE__ + 1;
  const RunResult result = RunScenario(R"(
clients alice
@0  alice connect
expect alice sees 5 messages
)");
  ASSERT_THAT(result.violations, testing::SizeIs(1));
  EXPECT_EQ(result.violations[0].line, 4);
  EXPECT_EQ(result.violations[0].file_line, line + 3);
  EXPECT_THAT(result.violations[0].file, EndsWith("program_test.cc"));
  EXPECT_THAT(Describe(result.violations[0]),
              HasSubstr(absl::StrCat("program_test.cc:", line + 3, ": line 4: alice: expected 5")));
}

TEST(RunScenario, KnowsItsCaller) {
  const CallSite site = CallSite::Here();
  EXPECT_THAT(site.file, EndsWith("program_test.cc"));
  EXPECT_EQ(site.line, __LINE__ - 2);
}

}  // namespace
}  // namespace chathttp::sim
