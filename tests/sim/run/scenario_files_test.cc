// Every file of tests/scenarios parses, runs, and breaks no invariant.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chathttp/sim/run/run.h"
#include "chathttp/sim/scenario/parser.h"
#include "chathttp/sim/scenario/printer.h"
#include "chathttp/sim/scenario/scenario.h"
#include "gtest/gtest.h"
#include "tests/source_path.h"

namespace chathttp::sim {
namespace {

struct ScenarioFile {
  std::string name;  // of the file, as a test name
  std::string text;
};

void PrintTo(const ScenarioFile& file, std::ostream* out) { *out << file.name; }

std::vector<ScenarioFile> AllFiles() {
  std::vector<ScenarioFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(SourcePath("tests/scenarios"))) {
    std::ifstream in(entry.path(), std::ios::binary);
    ScenarioFile file{.name = "File" + entry.path().stem().string(),
                      .text = std::string(std::istreambuf_iterator<char>(in), {})};
    std::replace(file.name.begin(), file.name.end(), '-', '_');
    files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(),
            [](const ScenarioFile& a, const ScenarioFile& b) { return a.name < b.name; });
  return files;
}

class ScenarioFileTest : public ::testing::TestWithParam<ScenarioFile> {
 protected:
  static Scenario Parsed() {
    absl::StatusOr<Scenario> scenario = ParseScenario(GetParam().text, GetParam().name);
    EXPECT_TRUE(scenario.ok()) << scenario.status();
    return scenario.ok() ? *std::move(scenario) : Scenario();
  }
};

TEST_P(ScenarioFileTest, MeansTheSameWhenPrinted) {
  const std::string printed = PrintScenario(Parsed());
  const absl::StatusOr<Scenario> again = ParseScenario(printed, "printed");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(PrintScenario(*again), printed);
}

TEST_P(ScenarioFileTest, BreaksNoInvariant) {
  const RunResult result = sim::Run(Parsed());
  for (const Violation& violation : result.violations) {
    ADD_FAILURE() << violation.invariant << ": " << violation.message;
  }
}

// The seed determines only chunks, latencies and ties: expectations hold for every seed.
TEST_P(ScenarioFileTest, BreaksNoInvariantWithOtherSeeds) {
  Scenario scenario = Parsed();
  for (std::uint64_t seed = 2; seed <= 9; ++seed) {
    scenario.seed = seed;
    for (const Violation& violation : sim::Run(scenario).violations) {
      ADD_FAILURE() << "seed " << seed << ": " << violation.invariant << ": " << violation.message;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, ScenarioFileTest, ::testing::ValuesIn(AllFiles()),
                         [](const auto& file) { return file.param.name; });

}  // namespace
}  // namespace chathttp::sim
