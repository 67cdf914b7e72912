#include "apps/client/line_reader.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transport/ports/console_world.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;

// Reads all lines of an input that is split into reads at any place.
class LineReaderTest : public ::testing::Test {
 protected:
  std::vector<std::string> Lines(std::string_view typed, std::size_t max_bytes = 10) {
    ConsoleWorld world(/*chunk_bytes=*/1);
    std::vector<std::string> lines;
    Turn turn(world.scheduler, [&] {
      std::string line;
      for (;;) {
        switch (reader_->Next(line)) {
          case LineReader::Status::kLine:
            lines.push_back(line);
            break;
          case LineReader::Status::kTooLong:
            lines.push_back("(too long)");
            break;
          case LineReader::Status::kNothing:
            return;
          case LineReader::Status::kEnd:
            lines.push_back("(end)");
            return;
        }
      }
    });
    reader_ = std::make_unique<LineReader>(*world.in, turn, max_bytes);
    world.Type(typed);
    world.EndInput();
    world.scheduler.RunFor(absl::Seconds(5));
    reader_.reset();
    return lines;
  }
  std::unique_ptr<LineReader> reader_;
};

TEST_F(LineReaderTest, LinesEndWithLfOrCrLf) {
  EXPECT_THAT(Lines("one\ntwo\r\n\nfour\n"), ElementsAre("one", "two", "", "four", "(end)"));
}

TEST_F(LineReaderTest, LastLineMayLackItsEnd) {
  EXPECT_THAT(Lines("one\ntwo"), ElementsAre("one", "two", "(end)"));
}

TEST_F(LineReaderTest, LongestLineIsReadAndALongerOneThrownAway) {
  EXPECT_THAT(Lines("0123456789\r\n0123456789A\n" + std::string(100, 'x') + "\nlast\n"),
              ElementsAre("0123456789", "(too long)", "(too long)", "last", "(end)"));
  EXPECT_THAT(Lines(std::string(100, 'x')), ElementsAre("(too long)", "(end)"));
}

TEST_F(LineReaderTest, NoInputIsNoLine) { EXPECT_THAT(Lines(""), ElementsAre("(end)")); }

}  // namespace
}  // namespace chathttp
