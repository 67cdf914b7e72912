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
  for (const auto& [name, value] : StatValuesOf(server)) values[name] = value;
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

TEST(StatValuesTest, NamesArePlainWordsAndDifferent) {
  const ServerWorld world(AllWorldKinds().front());
  std::set<std::string> names;
  for (const auto& [name, value] : StatValuesOf(*world.server)) {
    EXPECT_THAT(name, MatchesRegex("[a-z0-9_]+"));
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

}  // namespace
}  // namespace chathttp
