#include "tests/layering/include_rule.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/layering/source_tree.h"

namespace chathttp::layering {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::string_view kRoot = CHATHTTP_SOURCE_DIR;

TEST(IncludeRule, HoldsForEveryFile) {
  for (const SourceFile& file : ReadSources(kRoot)) {
    EXPECT_THAT(CheckIncludes(file.path, file.text), IsEmpty());
  }
}

// The full-screen client decides in apps/terminal and apps/console, which run in the simulator
// too.
TEST(IncludeRule, TheConsoleKnowsNoMoreThanTransport) {
  std::size_t includes = 0;
  for (const SourceFile& file : ReadFolder(kRoot, "apps")) {
    const bool source = file.path.ends_with(".h") || file.path.ends_with(".cc");
    if (!source ||
        !(file.path.starts_with("apps/console/") || file.path.starts_with("apps/terminal/"))) {
      continue;
    }
    for (const Include& include : FindIncludes(file.text)) {
      ++includes;
      if (include.name.starts_with("\"apps/console/")) continue;
      if (include.name.starts_with("\"apps/terminal/")) continue;
      EXPECT_EQ(DescribeIncludeProblem("transport", include.name), "")
          << file.path << ": " << include.name;
    }
  }
  EXPECT_GT(includes, 0u);
}

TEST(IncludeRule, FindsFilesWithIncludesInEveryLayer) {
  std::vector<std::string_view> without;
  for (const std::string_view layer : kLayers) {
    std::size_t includes = 0;
    for (const SourceFile& file : ReadSources(kRoot)) {
      if (LayerOf(file.path) == layer) includes += FindIncludes(file.text).size();
    }
    if (includes == 0) without.push_back(layer);
  }
  EXPECT_THAT(without, IsEmpty());
}

TEST(IncludeRule, NoSourceEscapesByItsExtension) {
  constexpr std::array<std::string_view, 11> kOthers = {
      ".c", ".cpp", ".cxx", ".C", ".hh", ".hpp", ".hxx", ".inc", ".inl", ".ipp", ".tcc"};
  std::vector<std::string> escaped;
  for (const std::string_view layer : kLayers) {
    for (const SourceFile& file : ReadFolder(kRoot, layer)) {
      for (const std::string_view extension : kOthers) {
        if (file.path.ends_with(extension)) escaped.push_back(file.path);
      }
    }
  }
  EXPECT_THAT(escaped, IsEmpty());
}

TEST(IncludeRule, FolderThatIsNotThereHasNoFiles) {
  EXPECT_THAT(ReadFolder(kRoot, "no_such_folder"), IsEmpty());
}

TEST(IncludeRule, ProblemNamesFileLineIncludeAndReason) {
  EXPECT_THAT(CheckIncludes("domain/bad.cc", "// A file.\n#include <thread>\n"),
              ElementsAre("domain/bad.cc:2: <thread> is not on the list of headers that know "
                          "nothing of the machine"));
}

TEST(IncludeRule, EveryBadIncludeOfAFileIsTold) {
  constexpr std::string_view kBad =
      "#include <string>\n"
      "#include <unistd.h>\n"
      "#include \"transport/ports/network.h\"\n";
  EXPECT_THAT(CheckIncludes("domain/bad.h", kBad), SizeIs(2));
}

TEST(IncludeRule, GoodFileHasNoProblems) {
  constexpr std::string_view kGood =
      "#include \"transport/good.h\"\n"
      "\n"
      "#include <vector>\n"
      "\n"
      "#include \"absl/time/time.h\"\n"
      "#include \"domain/chat_room.h\"\n";
  EXPECT_THAT(CheckIncludes("transport/good.cc", kGood), IsEmpty());
}

TEST(IncludeRule, BlanksCarriageReturnsAndCommentsHideNoInclude) {
  constexpr std::string_view kOdd =
      "  #\tinclude\t<thread>\r\n"
      "/* why not */ #include<ctime>  // why\n"
      "// Example: #include <mutex>\n";
  EXPECT_THAT(CheckIncludes("sim/odd.h", kOdd), SizeIs(3));
}

TEST(IncludeRule, LastLineWithoutLineEndCounts) {
  EXPECT_THAT(CheckIncludes("sim/bad.h", "#include <chrono>"), SizeIs(1));
}

TEST(IncludeRule, WordIncludeAloneIsNoInclude) {
  EXPECT_THAT(FindIncludes("// to include <thread> would be wrong\n#define X 1\n"), IsEmpty());
}

TEST(IncludeRule, IncludeOfAMacroIsRefused) {
  EXPECT_THAT(CheckIncludes("apps/odd.cc", "#include HEADER\n"), SizeIs(1));
}

TEST(IncludeRule, FileOutsideTheLayersIsRefused) {
  EXPECT_THAT(CheckIncludes("extra/file.cc", "#include <string>\n"), SizeIs(1));
}

struct Case {
  std::string_view layer;
  std::string_view include;
};

void PrintTo(const Case& value, std::ostream* stream) {
  *stream << value.layer << " " << value.include;
}

class ForbiddenInclude : public testing::TestWithParam<Case> {};

TEST_P(ForbiddenInclude, IsAProblem) {
  EXPECT_THAT(DescribeIncludeProblem(GetParam().layer, GetParam().include), Not(IsEmpty()));
}

INSTANTIATE_TEST_SUITE_P(  //
    OfAnUpperLayer, ForbiddenInclude,
    testing::Values(Case{"domain", "\"transport/codec/message.h\""},
                    Case{"domain", "\"adapters/event_loop.h\""},
                    Case{"transport", "\"adapters/event_loop.h\""},
                    Case{"transport", "\"sim/network/sim_network.h\""},
                    Case{"transport", "\"apps/flags/command_line.h\""},
                    Case{"adapters", "\"sim/network/sim_network.h\""},
                    Case{"adapters", "\"apps/flags/command_line.h\""},
                    Case{"sim", "\"adapters/event_loop.h\""},
                    Case{"sim", "\"apps/flags/command_line.h\""}));

INSTANTIATE_TEST_SUITE_P(  //
    OfTheMachine, ForbiddenInclude,
    testing::Values(
        Case{"domain", "<unistd.h>"}, Case{"domain", "<time.h>"}, Case{"domain", "<iostream>"},
        Case{"domain", "<fstream>"}, Case{"domain", "<cstdio>"}, Case{"domain", "<cstdlib>"},
        Case{"domain", "\"absl/time/time.h\""}, Case{"transport", "<sys/socket.h>"},
        Case{"transport", "<chrono>"}, Case{"transport", "<ctime>"}, Case{"transport", "<thread>"},
        Case{"transport", "<mutex>"}, Case{"transport", "<atomic>"}, Case{"transport", "<random>"},
        Case{"transport", "<filesystem>"}, Case{"transport", "\"absl/time/clock.h\""},
        Case{"transport", "\"absl/synchronization/mutex.h\""},
        Case{"transport", "\"absl/random/random.h\""}, Case{"transport", "\"absl/flags/flag.h\""},
        Case{"sim", "<sys/epoll.h>"}, Case{"sim", "<chrono>"}, Case{"sim", "<thread>"},
        Case{"sim", "<random>"}, Case{"sim", "<fstream>"}, Case{"sim", "\"absl/time/clock.h\""}));

INSTANTIATE_TEST_SUITE_P(  //
    OfAnythingElse, ForbiddenInclude,
    testing::Values(Case{"domain", "<absl/strings/str_cat.h>"},
                    Case{"adapters", "<boost/asio.hpp>"}, Case{"adapters", "<openssl/ssl.h>"},
                    Case{"apps", "\"gtest/gtest.h\""},
                    Case{"apps", "\"tests/transport/codec/golden.h\""},
                    Case{"domain", "\"limits.h\""}, Case{"adapters", "\"../domain/limits.h\""},
                    Case{"apps", "\"domain/../sim/link.h\""}));

class AllowedInclude : public testing::TestWithParam<Case> {};

TEST_P(AllowedInclude, IsNoProblem) {
  EXPECT_EQ(DescribeIncludeProblem(GetParam().layer, GetParam().include), "");
}

INSTANTIATE_TEST_SUITE_P(  //
    OfTheTable, AllowedInclude,
    testing::Values(Case{"domain", "<string_view>"}, Case{"domain", "\"domain/limits.h\""},
                    Case{"domain", "\"absl/container/flat_hash_map.h\""},
                    Case{"transport", "\"domain/chat_room.h\""},
                    Case{"transport", "\"absl/time/time.h\""},
                    Case{"transport", "\"absl/functional/any_invocable.h\""},
                    Case{"adapters", "<sys/epoll.h>"}, Case{"adapters", "<unistd.h>"},
                    Case{"adapters", "<thread>"}, Case{"adapters", "\"absl/time/clock.h\""},
                    Case{"adapters", "\"transport/ports/network.h\""},
                    Case{"sim", "\"transport/ports/network.h\""},
                    Case{"sim", "\"domain/limits.h\""}, Case{"sim", "<map>"},
                    Case{"apps", "\"sim/network/sim_network.h\""},
                    Case{"apps", "\"adapters/event_loop.h\""}, Case{"apps", "<iostream>"},
                    Case{"apps", "\"absl/flags/flag.h\""}));

}  // namespace
}  // namespace chathttp::layering
