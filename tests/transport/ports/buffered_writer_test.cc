#include "chathttp/transport/ports/buffered_writer.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/transport/ports/console_world.h"

namespace chathttp {
namespace {

TEST(BufferedWriter, WritesAllInOrderAsTheStreamTakesIt) {
  ConsoleWorld world(/*chunk_bytes=*/3);
  std::unique_ptr<BufferedWriter> writer;
  Turn turn(world.scheduler, [&] { writer->Flush(); });
  writer = std::make_unique<BufferedWriter>(*world.out, turn);
  std::string expected;
  for (int i = 0; i < 500; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    writer->Append(line);
    expected += line;
  }
  writer->Flush();
  EXPECT_GT(writer->waiting_bytes(), 0u);
  world.scheduler.RunFor(absl::Seconds(5));
  EXPECT_EQ(writer->waiting_bytes(), 0u);
  EXPECT_EQ(world.shown(), expected);
}

TEST(BufferedWriter, ToNobodyIsBrokenAndHoldsNothing) {
  ConsoleWorld world(/*chunk_bytes=*/3);
  std::unique_ptr<BufferedWriter> writer;
  Turn turn(world.scheduler, [&] { writer->Flush(); });
  writer = std::make_unique<BufferedWriter>(*world.out, turn);
  world.CloseOutput();
  for (int i = 0; i < 50 && !writer->broken(); ++i) {
    writer->Append("line\n");
    writer->Flush();
    world.scheduler.RunFor(absl::Seconds(1));
  }
  EXPECT_TRUE(writer->broken());
  EXPECT_EQ(writer->waiting_bytes(), 0u);
}

}  // namespace
}  // namespace chathttp
