#include "chathttp/adapters/system_entropy.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "chathttp/transport/codec/session_token.h"

namespace chathttp::posix {
namespace {

TEST(SystemEntropy, FillsAllBytesAndNeverTheSame) {
  SystemEntropy entropy;
  std::string bytes(100'000, '\0');
  entropy.Fill(bytes);
  EXPECT_EQ(std::set<char>(bytes.end() - 10'000, bytes.end()).size(), 256U);
  EXPECT_EQ(std::set<char>(bytes.begin(), bytes.begin() + 10'000).size(), 256U);
  std::set<std::string> tokens;
  for (int i = 0; i < 1000; ++i) tokens.insert(NewToken(entropy));
  EXPECT_EQ(tokens.size(), 1000U);
  entropy.Fill({});
}

}  // namespace
}  // namespace chathttp::posix
