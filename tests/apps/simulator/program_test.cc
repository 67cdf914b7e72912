// chat_sim: its commands and their exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

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
  EXPECT_THAT(run.out, HasSubstr("expectation: "));
}

TEST_F(SimProgram, AnErrorInAFileNamesItsPlace) {
  const std::string path = FileOf("clients alice\n@0 alice sing\n");
  const Ended run = RunSim({"run", path});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr(path + ":2:10: "));
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
                                                     {"census", "extra"}};
  for (const std::vector<std::string>& arguments : bad) {
    const Ended run = RunSim(arguments);
    EXPECT_EQ(run.code, 2) << testing::PrintToString(arguments);
    EXPECT_EQ(LinesOf(run.err), 1U) << run.err;
  }
}

TEST_F(SimProgram, WhatItGeneratesCanBeRun) {
  const Ended generated = RunSim({"gen", "12"});
  EXPECT_EQ(generated.code, 0);
  EXPECT_THAT(generated.out, StartsWith("scenario seed-12\nseed 12\n"));
  const Ended run = RunSim({"trace", FileOf(generated.out)});
  EXPECT_EQ(run.code, 0) << run.err;
}

TEST_F(SimProgram, AFailureIsShrunkToTheLinesThatMatter) {
  const Ended shrunk =
      RunSim({"shrink", FileOf(std::string(kConversation) + "expect bob sees 9 messages\n")});
  EXPECT_EQ(shrunk.code, 1);
  EXPECT_THAT(shrunk.out, StartsWith("# expectation: "));
  EXPECT_THAT(shrunk.out, HasSubstr("expect bob sees "));
  EXPECT_LT(LinesOf(shrunk.out), 8U) << shrunk.out;
}

TEST_F(SimProgram, ATraceFitsIntoItsWidth) {
  const Ended trace = RunSim({"trace", FileOf(kConversation), "--width=60"});
  EXPECT_EQ(trace.code, 0);
  std::istringstream lines(trace.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 60U) << line;
  EXPECT_THAT(trace.out, HasSubstr("> ADD alice"));
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

TEST_F(SimProgram, FaultsNeedTheSimulator) {
  const Ended run =
      RunSim({"run", "--real", FileOf("clients alice\n@0 alice connect\n@1s alice reset\n")});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("reset is a fault"));
}

}  // namespace
}  // namespace chathttp
