// The man pages: every flag of --help has an entry, and every entry is a flag.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "tests/apps/programs.h"
#include "tests/source_path.h"

namespace chathttp {
namespace {

using testing::Contains;

std::string NameBehindDashes(const std::string& text) {
  const std::string name = text.substr(text.find("--") + 2);
  return name.substr(0, name.find_first_of(" =,"));
}

// Lines such as "  --port  (default: 9994)".
std::set<std::string> FlagsOfHelp(const std::string& help) {
  std::set<std::string> flags;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  --")) flags.insert(NameBehindDashes(line));
  }
  return flags;
}

// The line behind .TP, such as ".BI \-\-port= port".
std::set<std::string> FlagsOfManPage(const std::string& path) {
  std::set<std::string> flags;
  std::ifstream lines(path);
  bool entry = false;
  for (std::string line; std::getline(lines, line);) {
    for (std::size_t at = line.find("\\-"); at != std::string::npos; at = line.find("\\-")) {
      line.erase(at, 1);
    }
    if (entry && line.find(" --") != std::string::npos) flags.insert(NameBehindDashes(line));
    entry = line == ".TP";
  }
  return flags;
}

class ManPage : public testing::TestWithParam<Case> {};

TEST_P(ManPage, HasTheFlagsOfHelpAndNoOthers) {
  Process program(GetParam().given);
  ASSERT_EQ(program.Wait(), 0);
  const std::set<std::string> flags = FlagsOfHelp(program.out());
  EXPECT_THAT(flags, Contains("help"));
  EXPECT_EQ(FlagsOfManPage(SourcePath("docs/man/" + GetParam().words)), flags);
}

INSTANTIATE_TEST_SUITE_P(
    Programs, ManPage,
    testing::Values(Case{"Admin", {CHATHTTP_CHAT_ADMIN, "--help"}, "chat_admin.1"},
                    Case{"Client", {CHATHTTP_CHAT_CLIENT, "--help"}, "chat_client.1"},
                    Case{"History", {CHATHTTP_CHAT_HISTORY, "--help"}, "chat_history.1"},
                    Case{"Load", {CHATHTTP_CHAT_LOAD, "--help"}, "chat_load.1"},
                    Case{"Server", {CHATHTTP_CHAT_SERVER, "--help"}, "chat_server.1"},
                    Case{"Sim", {CHATHTTP_CHAT_SIM, "--help"}, "chat_sim.1"}),
    NameOfCase);

}  // namespace
}  // namespace chathttp
