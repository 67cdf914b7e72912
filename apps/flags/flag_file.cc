#include "apps/flags/flag_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace chathttp {

std::vector<FlagLine> FlagLinesOf(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  std::vector<FlagLine> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t first = line.find_first_not_of(kBlank);
    if (first == std::string_view::npos || line[first] == '#') continue;
    line = line.substr(first, line.find_last_not_of(kBlank) - first + 1);
    lines.push_back({number, std::string(line)});
  }
  return lines;
}

absl::StatusOr<std::vector<FlagLine>> ReadFlagFile(const std::string& path, MissingFile missing) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  const bool is_missing = !file && (errno == ENOENT || errno == ENOTDIR);
  if (is_missing && missing == MissingFile::kHasNoLines) return std::vector<FlagLine>();
  std::string text(kMaxFlagFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || !file.eof()) {
    if (file.gcount() > static_cast<std::streamsize>(kMaxFlagFileBytes)) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": a flag file has at most ", kMaxFlagFileBytes, " bytes"));
    }
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": cannot be read: ", std::strerror(errno)));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return FlagLinesOf(text);
}

}  // namespace chathttp
