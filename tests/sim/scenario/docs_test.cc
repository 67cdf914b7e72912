// docs/simulation.md documents every keyword of the language.
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/oracle.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/net.h"
#include "chathttp/sim/search/swarm.h"
#include "gtest/gtest.h"
#include "tests/source_path.h"

namespace chathttp::sim {
namespace {

bool Documented(const std::string& phrase) {
  static const std::string page = [] {
    std::ifstream in(SourcePath("docs/simulation.md"), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }();
  return page.find(phrase) != std::string::npos;
}

std::string Cell(std::string_view word) { return absl::StrCat("| `", AbslView(word)); }

TEST(SimulationPageTest, HasEachVerbAsItIsWritten) {
  for (const VerbShape& shape : Verbs()) {
    std::string usage = UsageOf(shape);
    // An unescaped bar would end the table cell.
    if (const std::size_t bar = usage.find('|'); bar != std::string::npos)
      usage.insert(bar, 1, '\\');
    EXPECT_TRUE(Documented(Cell(usage) + "` |")) << usage;
  }
}

TEST(SimulationPageTest, HasEachLimitWithItsBounds) {
  for (const LimitWord& limit : Limits()) {
    const std::string row = absl::StrCat(Cell(limit.word), "` | ", Describe(limit.bounds), " |");
    EXPECT_TRUE(Documented(row)) << row;
  }
}

TEST(SimulationPageTest, HasEachOptionOfANet) {
  for (const std::string_view word : NetWords()) EXPECT_TRUE(Documented(Cell(word))) << word;
}

TEST(SimulationPageTest, HasEachModeAndExpectation) {
  for (const ModeWord& mode : ModeWords()) EXPECT_TRUE(Documented(Cell(mode.word))) << mode.word;
  for (const ServerCount& count : ServerCounts()) {
    EXPECT_TRUE(Documented(absl::StrCat("expect server ", std::string(count.word))));
  }
}

TEST(SimulationPageTest, HasEachFormOfHears) {
  for (const HearsForm& form : HearsForms()) {
    EXPECT_TRUE(Documented(absl::StrCat("| `", UsageOf(form), "` |"))) << UsageOf(form);
  }
}

TEST(SimulationPageTest, HasEachFieldOfAReply) {
  for (const std::string_view field : ReplyFields()) {
    EXPECT_TRUE(Documented(absl::StrCat("`", AbslView(field), "`"))) << field;
  }
}

TEST(SimulationPageTest, HasEachInvariant) {
  EXPECT_GE(Invariants().size(), 26U);
  for (const std::string_view name : Invariants()) {
    EXPECT_TRUE(Documented(absl::StrCat("\n| **", AbslView(name), "** | "))) << name;
  }
  EXPECT_TRUE(Documented(absl::StrCat("\n| **", kDeterminism, "** | ")));
}

}  // namespace
}  // namespace chathttp::sim
