// A file of flags: one on a line, as on the command line, with blank lines and comments.
//
//   # how I like it
//   --user=Alice
//   --bell
//
//   auto lines = ReadFlagFile("/home/a/.config/chathttp/client");
//   if (!lines.ok()) ExitWithUsageError(lines.status().message());
//
// A file that is not there has no lines. At most 64 KiB. Any thread.
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
  std::string text;    // without blanks at both ends
};

inline constexpr std::size_t kMaxFlagFileBytes = 64 << 10;

// The lines that hold something. Blank is a space, a HTAB or a CR.
[[nodiscard]] std::vector<FlagLine> FlagLinesOf(std::string_view text);

// Errors name the file: it cannot be read, or is too large.
[[nodiscard]] absl::StatusOr<std::vector<FlagLine>> ReadFlagFile(const std::string& path);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_FLAGS_FLAG_FILE_H_
