#include "chathttp/transport/codec/start_line.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace chathttp {
namespace {

StartLine Broken(std::size_t position) {
  StartLine line;
  line.error_position = position;
  return line;
}

}  // namespace

StartLine SplitStartLine(std::string_view line, ThirdPart third) {
  const std::size_t first_end = line.find(' ');
  if (first_end == std::string_view::npos) return Broken(line.size());
  if (first_end == 0) return Broken(0);
  const std::size_t second_at = first_end + 1;
  const std::size_t second_end = line.find(' ', second_at);
  if (second_end == std::string_view::npos) return Broken(line.size());
  if (second_end == second_at) return Broken(second_at);
  const std::size_t third_at = second_end + 1;
  if (third == ThirdPart::kOneWord) {
    const std::size_t space = line.find(' ', third_at);
    if (space != std::string_view::npos) return Broken(space);
    if (third_at == line.size()) return Broken(third_at);
  }
  return {true, 0, line.substr(0, first_end), line.substr(second_at, second_end - second_at),
          line.substr(third_at)};
}

std::size_t VersionMismatch(std::string_view seen) {
  const auto mismatch =
      std::mismatch(seen.begin(), seen.end(), kHttpVersion.begin(), kHttpVersion.end());
  return static_cast<std::size_t>(mismatch.first - seen.begin());
}

}  // namespace chathttp
