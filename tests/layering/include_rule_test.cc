// Checks the dependency rule on #include lines: domain <- transport <- adapters | sim <- apps, and
// within each layer the order of rooms.h. Includes in comments count, too, so that no include can
// escape the rule.
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/layering/rooms.h"
#include "tests/source_path.h"

namespace chathttp::layering {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace fs = std::filesystem;

using FileTexts = std::map<std::string, std::string>;  // by path relative to the project root

std::string FolderOf(std::string_view path) {
  return std::string(path.substr(0, path.find_last_of('/')));
}

// The path from the project root of an included file: of "chathttp/domain/text.h" it is
// "domain/text.h". Empty if the name is in no layer and not in apps.
std::string PathOf(const std::string& include) {
  constexpr std::string_view kLayers = "chathttp/";
  if (include.starts_with("apps/")) return include;
  return include.starts_with(kLayers) ? include.substr(kLayers.size()) : "";
}

bool HasWord(std::string_view list, const std::string& word) {
  return std::string(" ").append(list).append(" ").find(" " + word + " ") != std::string::npos;
}

// Whether `list` has the name, or a folder of it ("sys/").
bool HasNameOrFolder(std::string_view list, const std::string& name) {
  return HasWord(list, name) || HasWord(list, name.substr(0, name.find('/') + 1));
}

std::string StandardProblem(Outside outside, const std::string& name) {
  if (HasWord(kPureStandardHeaders, name)) return "";
  if (outside != Outside::kMachine) return "is not among the headers that know no machine";
  const bool plain = name.find('/') == std::string::npos;
  return plain || HasNameOrFolder(kSystemFolders, name) ? "" : "is neither standard nor POSIX";
}

std::string AbseilProblem(Outside outside, const std::string& name) {
  const bool allowed = outside == Outside::kMachine || HasNameOrFolder(kPureAbseil, name) ||
                       (outside == Outside::kTime && HasWord(kAbseilTime, name));
  return allowed ? "" : "is a part of Abseil that this room must not know";
}

// Why a file of the room must not have this include; empty if it may.
std::string IncludeProblem(const Room& room, const std::string& include) {
  const std::string name = include.substr(1, std::max<std::size_t>(include.size(), 2) - 2);
  if (include.starts_with('<')) return StandardProblem(room.outside, name);
  if (!include.starts_with('"')) return "names no file";
  if (name.starts_with("absl/")) return AbseilProblem(room.outside, name.substr(5));
  if (name == "chathttp/version.h") return "";
  const std::string path = PathOf(name);
  if (path.empty()) return "is neither in a layer, as chathttp/LAYER/..., nor in apps";
  const std::string folder = FolderOf(path);
  const bool allowed = folder == room.folder || HasWord(room.may_include, folder) ||
                       HasWord(room.may_include, folder.substr(0, folder.find('/')));
  return allowed ? "" : "is in a folder that this room must not know";
}

// What `text` includes, with the quotes or brackets: `"a.h"`, `<string>`, or the rest of the line
// if it has neither.
std::vector<std::string> IncludesOf(const std::string& text) {
  constexpr std::string_view kBlanks = " \t";
  constexpr std::string_view kDirective = "include";
  std::vector<std::string> includes;
  for (std::size_t hash = text.find('#'); hash != text.npos; hash = text.find('#', hash + 1)) {
    const std::size_t word = text.find_first_not_of(kBlanks, hash + 1);
    if (word == text.npos || text.compare(word, kDirective.size(), kDirective) != 0) continue;
    const std::size_t begin = text.find_first_not_of(kBlanks, word + kDirective.size());
    if (begin == text.npos) continue;
    std::size_t end = std::min(text.find('\n', begin), text.size());
    if (text[begin] == '"' || text[begin] == '<') {
      const std::size_t closing = text.find(text[begin] == '<' ? '>' : '"', begin + 1);
      if (closing < end) end = closing + 1;
    }
    includes.push_back(text.substr(begin, end - begin));
  }
  return includes;
}

std::vector<std::string> Problems(const std::string& path, const std::string& text) {
  const auto* const room =
      std::find_if(std::begin(kRooms), std::end(kRooms),
                   [&](const Room& each) { return each.folder == FolderOf(path); });
  if (room == std::end(kRooms)) return {path + " is in no folder of rooms.h"};
  std::vector<std::string> problems;
  for (const std::string& include : IncludesOf(text)) {
    const std::string problem = IncludeProblem(*room, include);
    if (!problem.empty()) problems.push_back(absl::StrCat(path, ": ", include, " ", problem));
  }
  return problems;
}

std::string Read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

constexpr std::string_view kNoSources = ".txt .sh .in .service .socket .flags";  // extensions

// The sources of all rooms.
FileTexts Sources() {
  const fs::path root = SourcePath("");
  FileTexts sources;
  for (const char* const top : {"domain", "transport", "adapters", "sim", "apps"}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / top)) {
      const std::string extension = entry.path().extension().string();
      if (entry.is_directory() || HasWord(kNoSources, extension)) continue;
      EXPECT_TRUE(extension == ".h" || extension == ".cc") << entry.path() << " escapes the rule";
      sources[entry.path().lexically_relative(root).generic_string()] = Read(entry.path());
    }
  }
  return sources;
}

TEST(IncludeRule, HoldsForEveryFile) {
  std::set<std::string> seen;
  for (const auto& [path, text] : Sources()) {
    EXPECT_THAT(Problems(path, text), IsEmpty());
    if (!IncludesOf(text).empty()) seen.insert(FolderOf(path));
  }
  for (const Room& room : kRooms) EXPECT_THAT(seen, Contains(std::string(room.folder)));
}

TEST(IncludeRule, FindsEachKindOfBadInclude) {
  const std::pair<std::string, std::vector<std::string>> kBad[] = {
      {"domain/a.h",
       {"\"chathttp/transport/ports/network.h\"", "<iostream>", "\"absl/time/time.h\""}},
      {"transport/ports/a.h", {"\"chathttp/transport/codec/message.h\"", "<chrono>", "<thread>"}},
      {"transport/codec/a.h",
       {"\"chathttp/adapters/event_loop.h\"", "<sys/socket.h>", "<absl/x.h>"}},
      {"transport/server/a.h",
       {"\"chathttp/transport/client/chat_client.h\"", "\"limits.h\"", "\"domain/limits.h\""}},
      {"adapters/a.h",
       {"\"chathttp/sim/network/sim_network.h\"", "<boost/asio.hpp>", "\"../domain/a.h\""}},
      {"sim/world/a.h",
       {"\"chathttp/sim/run/run.h\"", "\"absl/time/clock.h\"", "\"absl/random/random.h\""}},
      {"apps/terminal/a.h", {"\"apps/console/app.h\"", "<unistd.h>"}},
      {"apps/console/a.h", {"\"chathttp/adapters/posix_terminal.h\"", "\"apps/client/screen.h\""}},
      {"apps/load/a.cc", {"\"gtest/gtest.h\"", "HEADER"}},
      {"extra/a.cc", {"<string>"}},
  };
  for (const auto& [path, includes] : kBad) {
    for (const std::string& include : includes) {
      EXPECT_THAT(Problems(path, "/* no */  #\tinclude " + include + "\r\n"), SizeIs(1)) << include;
    }
  }
}

// ---- Public and private headers ----------------------------------------------------------------

// One line for each header that is not listed exactly once, as public or private, and for each
// public header that includes a private one: the installed header would not compile. `list` has
// lines "public PATH" and "private PATH".
std::vector<std::string> HeaderProblems(const std::string& list, const FileTexts& sources) {
  const auto is = [&](const std::string& kind, const std::string& path) {
    return list.find(kind + " " + path + "\n") != std::string::npos;
  };
  std::vector<std::string> problems;
  for (const auto& [path, text] : sources) {
    if (path.starts_with("apps/") || !path.ends_with(".h")) continue;
    if (is("public", path) == is("private", path)) problems.push_back(path + " is not listed once");
    for (const std::string& include : IncludesOf(text)) {
      if (is("public", path) && is("private", PathOf(include.substr(1, include.size() - 2)))) {
        problems.push_back(absl::StrCat(path, " is public and includes ", include));
      }
    }
  }
  return problems;
}

TEST(HeaderRule, HoldsForEveryHeader) {
  EXPECT_THAT(HeaderProblems(Read(CHATHTTP_HEADER_LIST), Sources()), IsEmpty());
}

TEST(HeaderRule, FindsEachKindOfBadHeader) {
  const FileTexts sources = {{"sim/a.h", "#include \"chathttp/sim/b.h\""}, {"sim/b.h", ""}};
  EXPECT_THAT(HeaderProblems("private sim/a.h\nprivate sim/b.h\n", sources), IsEmpty());
  EXPECT_THAT(HeaderProblems("public sim/a.h\nprivate sim/b.h\n", sources), SizeIs(1));
  EXPECT_THAT(HeaderProblems("public sim/a.h\n", sources), SizeIs(1));
  EXPECT_THAT(HeaderProblems("public sim/a.h\npublic sim/b.h\nprivate sim/b.h\n", sources),
              SizeIs(2));
}

}  // namespace
}  // namespace chathttp::layering
