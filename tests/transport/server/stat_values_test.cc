#include "chathttp/transport/server/stat_values.h"

#include <map>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {
namespace {

using ::testing::IsSupersetOf;
using ::testing::MatchesRegex;
using ::testing::Pair;

std::map<std::string, std::uint64_t> ValuesOf(const ChatServer& server) {
  std::map<std::string, std::uint64_t> values;
  for (const auto& [name, value] : StatValuesOf(FiguresOf(server))) values[name] = value;
  return values;
}

TEST(StatValuesTest, CountByNameAndLabel) {
  ServerWorld world(AllWorldKinds().front());
  world.Join("Alice");
  RawPeer& bob = world.Join("Bob");
  bob.Send(RawRequest("POST", "Bob", "text\n"));
  bob.Send(RawRequest("PUT", "Bob"));
  world.RunAWhile();
  EXPECT_THAT(ValuesOf(*world.server),
              IsSupersetOf({Pair("connections", 2), Pair("members", 2), Pair("logins", 2),
                            Pair("requests", 4), Pair("requests_add_200", 2),
                            Pair("requests_post_200", 1), Pair("requests_other_400", 1),
                            Pair("broadcasts_said", 1), Pair("refusals_method", 1)}));
}

// Each counter of the second server is added, but those of the room.
TEST(StatValuesTest, ThoseOfSeveralServersAddUp) {
  ServerWorld world(AllWorldKinds().front());
  world.Join("Alice").Send(RawRequest("POST", "Alice", "text\n") + RawRequest("PUT", "Alice"));
  world.Join("Bob").Send(RawRequest("GET", "Bob"));
  world.RunAWhile();
  ServerFigures figures = FiguresOf(*world.server);
  const std::vector<StatValue> once = StatValuesOf(figures);
  const std::uint64_t fanouts = figures.stats.fanout.count();
  figures.AddServer(FiguresOf(*world.server));
  const std::vector<StatValue> twice = StatValuesOf(figures);
  ASSERT_EQ(once.size(), twice.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    const bool of_the_room = once[i].name == "members" || once[i].name.starts_with("broadcasts");
    EXPECT_EQ(twice[i].value, once[i].value * (of_the_room ? 1 : 2)) << once[i].name;
  }
  EXPECT_EQ(figures.stats.fanout.count(), 2 * fanouts);
}

TEST(StatValuesTest, NamesArePlainWordsAndDifferent) {
  const ServerWorld world(AllWorldKinds().front());
  std::set<std::string> names;
  for (const auto& [name, value] : StatValuesOf(FiguresOf(*world.server))) {
    EXPECT_THAT(name, MatchesRegex("[a-z0-9_]+"));
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

}  // namespace
}  // namespace chathttp
