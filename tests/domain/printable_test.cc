#include "chathttp/domain/printable.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "chathttp/domain/text.h"

namespace chathttp {
namespace {

bool IsPrintableByte(int byte) { return byte >= 0x20 && byte <= 0x7e; }

TEST(Printable, EachByteCountsWhereverItStands) {
  for (std::size_t at = 0; at < 8; ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      for (const char other : {' ', '~', 'a'}) {
        std::string eight(8, other);
        eight[at] = static_cast<char>(byte);
        EXPECT_EQ(IsPrintable(LoadEight(eight.data())), IsPrintableByte(byte)) << at << " " << byte;
      }
    }
  }
}

TEST(Printable, BytesAreMarkedWhereTheyStand) {
  for (std::size_t at = 0; at < 8; ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      for (std::size_t other = at + 1; other <= 8; ++other) {
        std::string eight(8, '~');
        eight[at] = static_cast<char>(byte);
        if (other < 8) eight[other] = '\n';
        EXPECT_EQ(BytesBefore(UnprintableBits(LoadEight(eight.data()))),
                  IsPrintableByte(byte) ? other : at)
            << at << " " << byte << " " << other;
      }
    }
  }
}

TEST(Printable, NeighboursDoNotHideEachOther) {
  std::string eight(8, 'a');
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      eight[3] = static_cast<char>(first);
      eight[4] = static_cast<char>(second);
      EXPECT_EQ(IsPrintable(LoadEight(eight.data())),
                IsPrintableByte(first) && IsPrintableByte(second))
          << first << " " << second;
    }
  }
}

// An allowed or a forbidden byte, at each position of texts of each length.
TEST(Printable, TextIsCheckedTheSameWhereverAByteStands) {
  for (std::size_t size = 1; size < 26; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 128; ++byte) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(byte);
        const TextCheck check = CheckText(text, size);
        const bool line_break = byte >= '\n' && byte <= '\r';
        const bool sound = IsPrintableByte(byte) || byte == '\t';
        const bool blank = size == 1 && (byte == ' ' || byte == '\t');
        EXPECT_EQ(check.problem, blank        ? TextProblem::kBlank
                                 : sound      ? TextProblem::kNone
                                 : line_break ? TextProblem::kLineBreak
                                              : TextProblem::kControl)
            << size << " " << at << " " << byte;
        if (!sound) {
          EXPECT_EQ(check.offset, at);
        }
      }
    }
  }
}

TEST(Printable, BlankTextsOfAnyLengthAreBlank) {
  for (std::size_t size = 1; size < 40; ++size) {
    EXPECT_EQ(CheckText(std::string(size, ' '), size).problem, TextProblem::kBlank) << size;
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, ' ');
      text[at] = '.';
      EXPECT_EQ(CheckText(text, size).problem, TextProblem::kNone) << size << " " << at;
      text[at] = '\t';
      EXPECT_EQ(CheckText(text, size).problem, TextProblem::kBlank) << size << " " << at;
    }
  }
}

}  // namespace
}  // namespace chathttp
