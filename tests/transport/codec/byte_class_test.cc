#include "chathttp/transport/codec/byte_class.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "tests/transport/codec/guarded_bytes.h"

namespace chathttp {
namespace {

// Scanning eight bytes at a time finds the same byte as one at a time, at each position and at each
// distance from the end of readable memory.
template <typename Skip>
void ExpectSameAsOneByOne(ByteClass wanted, const std::string& filling, Skip skip) {
  GuardedBytes memory(64);
  for (std::size_t size = 0; size < 20; ++size) {
    for (std::size_t at = 0; at < size + 1; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string bytes;
        while (bytes.size() < size) bytes += filling;
        bytes.resize(size);
        if (at < size) bytes[at] = static_cast<char>(byte);
        const std::string_view placed = memory.Place(bytes);
        const char* const found = skip(placed.data(), placed.data() + placed.size());
        ASSERT_EQ(static_cast<std::size_t>(found - placed.data()), CountLeading(placed, wanted))
            << testing::PrintToString(bytes);
      }
    }
  }
}

TEST(ByteClassTest, SkipTokenFindsTheFirstByteThatIsNotOfAToken) {
  for (const char* const filling : {"Content_", "azAZ_-09", "!#$%&'*+"}) {
    ExpectSameAsOneByOne(ByteClass::kToken, filling, SkipToken);
  }
}

TEST(ByteClassTest, SkipTextFindsTheFirstByteThatIsNotOfTheClass) {
  for (const ByteClass wanted : {ByteClass::kText, ByteClass::kValue}) {
    for (const char* const filling : {"a value ", " ~\x80\xff!09z"}) {
      ExpectSameAsOneByOne(wanted, filling, [wanted](const char* at, const char* end) {
        return SkipText(at, end, wanted);
      });
    }
  }
}

}  // namespace
}  // namespace chathttp
