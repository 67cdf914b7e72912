#include "chathttp/transport/journal/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace chathttp {
namespace {

// RFC 3720, appendix B.4.
TEST(Crc32c, IsThatOfTheRfc) {
  std::string bytes(32, '\0');
  EXPECT_EQ(Crc32c(bytes), 0x8a9136aaU);
  bytes.assign(32, '\xff');
  EXPECT_EQ(Crc32c(bytes), 0x62a8ab43U);
  for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<char>(i);
  EXPECT_EQ(Crc32c(bytes), 0x46dd794eU);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283U);
}

TEST(Crc32c, MayBeMadeInPieces) {
  const std::string text = "a text of more than eight bytes, and of no whole eights";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(Crc32c(text.substr(cut), Crc32c(text.substr(0, cut))), Crc32c(text)) << cut;
  }
}

}  // namespace
}  // namespace chathttp
