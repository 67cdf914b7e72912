// The captured messages of tests/golden/, and the times in them.
#ifndef CHATHTTP_TESTS_TRANSPORT_CODEC_GOLDEN_H_
#define CHATHTTP_TESTS_TRANSPORT_CODEC_GOLDEN_H_

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "absl/time/time.h"
#include "tests/source_path.h"

namespace chathttp {

// Reads a file such as "request-add.bin". The test fails if it is missing or empty.
inline std::string Golden(const std::string& file) {
  std::ifstream in(SourcePath("tests/golden/" + file), std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_FALSE(bytes.empty()) << file;
  return bytes;
}

inline absl::TimeZone GoldenZone() { return absl::FixedTimeZone(8 * 3600); }

// "2015-11-29 10:07:40" in GoldenZone.
inline absl::Time GoldenTime(const char* datetime) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M:%S", datetime, GoldenZone(), &time, &error)) << error;
  return time;
}

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_CODEC_GOLDEN_H_
