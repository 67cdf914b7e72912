#include "tests/layering/header_rule.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/layering/source_tree.h"

namespace chathttp::layering {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// What CMake installs and what it does not.
HeaderList RealList() { return ParseHeaderList(ReadFile(CHATHTTP_HEADER_LIST)); }

TEST(HeaderRule, HoldsForEveryHeader) {
  std::vector<SourceFile> sources;
  for (SourceFile& file : ReadSources(CHATHTTP_SOURCE_DIR)) {
    if (LayerOf(file.path) != "apps") sources.push_back(std::move(file));  // no library
  }
  EXPECT_THAT(CheckHeaders(RealList(), sources), IsEmpty());
}

TEST(HeaderRule, ListHasPublicHeadersOfEveryLibrary) {
  const HeaderList list = RealList();
  EXPECT_THAT(list.public_headers, Contains("domain/chat_room.h"));
  EXPECT_THAT(list.public_headers, Contains("transport/server/chat_server.h"));
  EXPECT_THAT(list.public_headers, Contains("adapters/event_loop.h"));
  EXPECT_THAT(list.public_headers, Contains("sim/network/sim_network.h"));
}

TEST(HeaderRule, ListIsReadLineByLine) {
  const HeaderList list = ParseHeaderList("public a/b.h\nprivate a/c.h\npublic a/d.h\n");
  EXPECT_THAT(list.public_headers, ElementsAre("a/b.h", "a/d.h"));
  EXPECT_THAT(list.private_headers, ElementsAre("a/c.h"));
}

TEST(HeaderRule, HeaderThatIsNotListedIsAProblem) {
  const std::vector<SourceFile> sources = {{"domain/new.h", ""}};
  EXPECT_THAT(CheckHeaders({}, sources),
              ElementsAre("domain/new.h is in neither HEADERS nor PRIVATE_HEADERS of its layer"));
}

TEST(HeaderRule, HeaderThatIsListedTwiceIsAProblem) {
  const std::vector<SourceFile> sources = {{"domain/a.h", ""}};
  EXPECT_THAT(CheckHeaders({{"domain/a.h"}, {"domain/a.h"}}, sources),
              ElementsAre("domain/a.h is public and private"));
}

TEST(HeaderRule, HeaderThatIsNotThereIsAProblem) {
  EXPECT_THAT(CheckHeaders({{"domain/gone.h"}, {}}, {}),
              ElementsAre("domain/gone.h is listed but not there"));
}

TEST(HeaderRule, PublicHeaderThatIncludesAPrivateOneIsAProblem) {
  const std::vector<SourceFile> sources = {{"domain/a.h", "#include \"domain/b.h\"\n"},
                                           {"domain/b.h", ""}};
  EXPECT_THAT(CheckHeaders({{"domain/a.h"}, {"domain/b.h"}}, sources),
              ElementsAre("domain/a.h is public and includes domain/b.h, which is not"));
}

TEST(HeaderRule, PrivateHeadersAndSourcesMayIncludePrivateHeaders) {
  const std::vector<SourceFile> sources = {{"domain/a.cc", "#include \"domain/b.h\"\n"},
                                           {"domain/b.h", "#include \"domain/c.h\"\n"},
                                           {"domain/c.h", ""}};
  EXPECT_THAT(CheckHeaders({{}, {"domain/b.h", "domain/c.h"}}, sources), IsEmpty());
}

}  // namespace
}  // namespace chathttp::layering
