// The files of a journal, for reading only: a server may be writing them.
//
//   absl::StatusOr<std::vector<HistoryFile>> files = FindHistoryFiles({"/var/lib/chathttp/history"});
#ifndef CHATHTTP_APPS_HISTORY_HISTORY_FILES_H_
#define CHATHTTP_APPS_HISTORY_HISTORY_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace chathttp {

struct HistoryFile {
  std::string path;
  bool has_next = false;  // the next one of the result is its next one in the same directory
};

// Of each path in turn: the file, or all files of the directory whose names are those of a journal, in
// the order of their counts. Errors: NotFound if a path does not exist, or a directory has none.
absl::StatusOr<std::vector<HistoryFile>> FindHistoryFiles(const std::vector<std::string>& paths);

// Errors: Internal if it cannot be read, is no regular file, or is larger than any file of a journal.
absl::StatusOr<std::string> ReadHistoryFile(const std::string& path);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_HISTORY_HISTORY_FILES_H_
