// chat_sim: its commands and their exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/apps/process.h"

namespace chathttp {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kConversation[] =
    "mode clean\n"
    "clients alice\n"
    "peers bob\n"
    "@0 alice,bob connect\n"
    "@0 alice,bob add\n"
    "@100ms alice say \"Hello\"\n"
    "@200ms bob list\n"
    "settle 1s\n";

struct Ended {
  int code;
  std::string out;
  std::string err;
};

Ended RunSim(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), CHATHTTP_CHAT_SIM);
  Process process(arguments);
  process.CloseInput();
  const int code = process.Wait();
  return {code, process.out(), process.err()};
}

// The output without its last line, which has the speed.
std::string WithoutPace(const std::string& out) {
  return out.substr(0, out.rfind('\n', out.size() - 2) + 1);
}

std::size_t LinesOf(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

class SimProgram : public testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        std::filesystem::path(testing::TempDir()) /
        (std::string("chat_sim-") + testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string FileOf(const std::string& text) {
    const std::filesystem::path path = directory_ / "test.chat";
    std::ofstream(path) << text;
    return path.string();
  }

 private:
  std::filesystem::path directory_;
};

TEST_F(SimProgram, AScenarioThatHoldsExitsWithZero) {
  const Ended run = RunSim({"run", FileOf(kConversation)});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr(": ok, digest "));
}

TEST_F(SimProgram, ABrokenExpectationExitsWithOne) {
  const Ended run =
      RunSim({"run", FileOf(std::string(kConversation) + "expect bob sees 9 messages\n")});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out,
              HasSubstr("expectation: line 9: bob: expected 9 messages, got 1\nreplay it with: "));
}

TEST_F(SimProgram, AnErrorInAFileNamesItsPlace) {
  const std::string path = FileOf("clients alice\n@0 alice sing\n");
  const Ended run = RunSim({"run", path});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr(path + ":2:10: "));
  EXPECT_THAT(run.err, testing::Not(HasSubstr("--help")));
  EXPECT_EQ(LinesOf(run.err), 1U) << run.err;
}

TEST_F(SimProgram, AFileThatIsNotThereIsBadUsage) {
  EXPECT_EQ(RunSim({"run", "/nonexistent.chat"}).code, 2);
}

TEST_F(SimProgram, BadUsageExitsWithTwo) {
  const std::vector<std::vector<std::string>> bad = {{},
                                                     {"dance"},
                                                     {"run"},
                                                     {"gen", "x"},
                                                     {"gen", "1", "2"},
                                                     {"swarm", "--seeds=5..1"},
                                                     {"swarm", "--jobs=0"},
                                                     {"swarm", "--mode=mean"},
                                                     {"census", "extra"},
                                                     {"gen", "1", "--json"},
                                                     {"swarm", "--real"},
                                                     {"run", "--jobs=2", "x.chat"},
                                                     {"run", "--real", "--seeds=1..2", "x.chat"}};
  for (const std::vector<std::string>& arguments : bad) {
    const Ended run = RunSim(arguments);
    EXPECT_EQ(run.code, 2) << testing::PrintToString(arguments);
    EXPECT_EQ(LinesOf(run.err), 1U) << run.err;
  }
}

TEST_F(SimProgram, AFlagOfAnotherCommandIsNamed) {
  EXPECT_THAT(RunSim({"run", "--jobs=2", "x.chat"}).err,
              HasSubstr("run has no --jobs, it is a flag of: swarm, census"));
}

TEST_F(SimProgram, AFileWithoutAStepIsBadUsage) {
  for (const char* const text : {"", "# nothing\n", "clients alice\n"}) {
    const Ended run = RunSim({"run", FileOf(text)});
    EXPECT_EQ(run.code, 2) << text;
    EXPECT_THAT(run.err, HasSubstr("has no step to play")) << text;
  }
}

TEST_F(SimProgram, AProgramOfTheEmbedderIsNotThere) {
  const Ended run = RunSim({"run", FileOf(std::string(kConversation) + "programs robot\n")});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr(": chat_sim has no program robot: "));
}

TEST_F(SimProgram, AFileIsPlayedWithSeveralSeeds) {
  const Ended well = RunSim({"run", "--seeds=1..5", FileOf(kConversation)});
  EXPECT_EQ(well.code, 0) << well.out << well.err;
  EXPECT_THAT(well.out, EndsWith(": 5 seeds, 0 failed\n"));
  EXPECT_EQ(LinesOf(well.out), 1U);
  const Ended badly = RunSim(
      {"run", "--seeds=3..4", FileOf(std::string(kConversation) + "expect bob sees 9 messages\n")});
  EXPECT_EQ(badly.code, 1);
  EXPECT_THAT(badly.out, HasSubstr(", seed 3: expectation: "));
  EXPECT_THAT(badly.out, HasSubstr("replay it with: chat_sim run --seeds=3..3 "));
  EXPECT_THAT(badly.out, EndsWith(": 2 seeds, 2 failed\n"));
}

// Among them are scenarios in which a fault takes no effect: no violation, as in a swarm.
TEST_F(SimProgram, WhatItGeneratesCanBeRun) {
  for (const char* const seed : {"1", "2", "3", "4", "5", "6", "7", "8", "9", "12"}) {
    const Ended generated = RunSim({"gen", seed});
    EXPECT_EQ(generated.code, 0);
    EXPECT_THAT(generated.out, StartsWith(std::string("scenario seed-") + seed + "\n"));
    const Ended run = RunSim({"run", FileOf(generated.out)});
    EXPECT_EQ(run.code, 0) << run.out << run.err;
  }
}

TEST_F(SimProgram, ACrashNamesItsSeed) {
  Process process({CHATHTTP_CHAT_SIM, "swarm", "--seeds=1..100000000"});
  const std::filesystem::path tasks = absl::StrCat("/proc/", process.pid(), "/task");
  // The thread that runs the seeds is the second one.
  pid_t worker = 0;
  for (int tries = 0; worker == 0 && tries < 1'000; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    for (const auto& task : std::filesystem::directory_iterator(tasks)) {
      const pid_t id = std::stoi(task.path().filename().string());
      if (id != process.pid()) worker = id;
    }
  }
  ASSERT_NE(worker, 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  ASSERT_EQ(syscall(SYS_tgkill, process.pid(), worker, SIGSEGV), 0);
  EXPECT_EQ(process.Wait(), 128 + SIGSEGV);
  EXPECT_THAT(process.err(),
              testing::ContainsRegex("chat_sim: crashed in seed [0-9]+; replay it with: chat_sim"));
}

TEST_F(SimProgram, AFailureIsShrunkToTheLinesThatMatter) {
  const Ended shrunk =
      RunSim({"shrink", FileOf(std::string(kConversation) + "expect bob sees 9 messages\n")});
  EXPECT_EQ(shrunk.code, 1);
  EXPECT_THAT(shrunk.out, StartsWith("# expectation: "));
  EXPECT_THAT(shrunk.out, HasSubstr("expect bob sees "));
  const Ended again = RunSim({"run", FileOf(shrunk.out)});
  EXPECT_EQ(again.code, 1);
  const std::string report = shrunk.out.substr(2, shrunk.out.find('\n') - 2);
  EXPECT_THAT(again.out, HasSubstr(report + "\n"));
  EXPECT_THAT(shrunk.out, HasSubstr(" say \"x\""));
  EXPECT_LT(LinesOf(shrunk.out), 14U) << shrunk.out;
}

TEST_F(SimProgram, ATraceFitsIntoItsWidth) {
  const Ended trace = RunSim({"trace", FileOf(kConversation), "--width=60"});
  EXPECT_EQ(trace.code, 0);
  std::istringstream lines(trace.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 60U) << line;
  EXPECT_THAT(trace.out, HasSubstr("> ADD alice"));
}

TEST_F(SimProgram, ASeedMayHaveAnotherMode) {
  EXPECT_THAT(RunSim({"gen", "1", "--mode=hostile"}).out, HasSubstr("\nmode hostile\n"));
  EXPECT_EQ(RunSim({"trace", "1", "--mode=hostile"}).code, 0);
  EXPECT_EQ(RunSim({"trace", FileOf(kConversation), "--mode=hostile"}).code, 2);
}

TEST_F(SimProgram, ATraceCanBeASequenceChart) {
  const std::string path = FileOf(kConversation);
  const Ended trace = RunSim({"trace", "--svg", path});
  EXPECT_EQ(trace.code, 0) << trace.err;
  EXPECT_THAT(trace.out, testing::AllOf(StartsWith("<svg "), HasSubstr("POST alice Hello"),
                                        EndsWith("</svg>\n")));
  EXPECT_THAT(RunSim({"trace", "--svg", "--from=150ms", path}).out,
              testing::Not(HasSubstr("POST alice Hello")));
  EXPECT_EQ(RunSim({"trace", "--from=150ms", path}).code, 2);
  EXPECT_EQ(RunSim({"trace", "--svg", "--json", path}).code, 2);
  EXPECT_EQ(RunSim({"trace", "--svg", "--from=3s", "--to=1s", path}).code, 2);
  EXPECT_THAT(RunSim({"trace", "--svg", "--from=soon", path}).err,
              HasSubstr("--from cannot be \"soon\": give a duration such as 1.5s"));
}

TEST_F(SimProgram, ATraceCanBeJson) {
  const Ended trace = RunSim({"trace", FileOf(kConversation), "--json"});
  EXPECT_EQ(trace.code, 0);
  std::istringstream lines(trace.out);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_THAT(line, testing::AllOf(StartsWith("{\"at_ns\":"), EndsWith("}")));
  }
}

TEST_F(SimProgram, ASwarmIsTheSameForAnyNumberOfJobs) {
  const Ended one = RunSim({"swarm", "--seeds=1..50"});
  const Ended three = RunSim({"swarm", "--seeds=1..50", "--jobs=3"});
  EXPECT_EQ(one.code, 0) << one.out;
  EXPECT_EQ(WithoutPace(one.out), WithoutPace(three.out));
}

TEST_F(SimProgram, ACensusWithGapsExitsWithFour) {
  const Ended census = RunSim({"census", "--seeds=1..50", "--mode=clean", "--jobs=2"});
  EXPECT_EQ(census.code, 4);
  EXPECT_THAT(census.out, testing::ContainsRegex("effect  clog +0\n"));
}

TEST_F(SimProgram, AScenarioHoldsOnRealSocketsToo) {
  const Ended run = RunSim(
      {"run", "--real", FileOf(std::string(kConversation) + "expect bob sees 1 messages\n")});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

TEST_F(SimProgram, AReactionHappensOnRealSocketsToo) {
  const Ended run = RunSim(
      {"run", "--real",
       FileOf(std::string(kConversation) +
              "when bob hears \"[ alice ] : Hello\" after 20ms do bob say \"Hi\" expect within 5s "
              "200\n"
              "when alice hears \"[ bob ] : Hi\" do alice list x2 every 1ms..5ms expect 200\n"
              "expect alice hears \"[ alice ] : Hello\" \"[ bob ] : Hi\"\n")});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

TEST_F(SimProgram, FaultsNeedTheSimulator) {
  const Ended run =
      RunSim({"run", "--real", FileOf("clients alice\n@0 alice connect\n@1s alice reset\n")});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("reset is a fault"));
}

}  // namespace
}  // namespace chathttp
