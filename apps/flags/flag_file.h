// A file of flags: one on a line, as on the command line, with blank lines and comments.
//
//   # how I like it
//   --user=Alice
//   --bell
//
//   auto lines = ReadFlagFile("/home/a/.config/chathttp/client");
//   if (!lines.ok()) ExitWithUsageError(lines.status().message());
//
// A file has at most 64 KiB. Thread-safe.
#ifndef CHATHTTP_APPS_FLAGS_FLAG_FILE_H_
#define CHATHTTP_APPS_FLAGS_FLAG_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace chathttp {

struct FlagLine {
  std::size_t number;  // from 1
  std::string text;    // without leading and trailing blanks
};

inline constexpr std::size_t kMaxFlagFileBytes = 64 << 10;

// Returns the lines that are neither blank nor comments. A blank is a space, HTAB or CR.
[[nodiscard]] std::vector<FlagLine> FlagLinesOf(std::string_view text);

enum class MissingFile {
  kHasNoLines,
  kIsAnError,
};

// Errors (unreadable, too large) name the file.
[[nodiscard]] absl::StatusOr<std::vector<FlagLine>> ReadFlagFile(
    const std::string& path, MissingFile missing = MissingFile::kHasNoLines);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_FLAGS_FLAG_FILE_H_
