#include "apps/history/history_files.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/transport/journal/segment.h"

namespace chathttp {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<std::vector<HistoryFile>> FilesOfDirectory(const std::string& path) {
  std::error_code error;
  fs::directory_iterator entries(path, error);
  std::vector<std::string> names;
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    std::string name = entries->path().filename().string();
    if (FirstCountOf(name)) names.push_back(std::move(name));
  }
  if (error) return absl::InternalError(absl::StrCat("cannot read the directory ", path));
  if (names.empty()) {
    return absl::NotFoundError(
        absl::StrCat("no file of a history in ", path, ": is it the --history_dir of a server?"));
  }
  std::sort(names.begin(), names.end());
  std::vector<HistoryFile> files;
  for (const std::string& name : names) {
    files.push_back({.path = (fs::path(path) / name).string(), .has_next = true});
  }
  files.back().has_next = false;
  return files;
}

}  // namespace

absl::StatusOr<std::vector<HistoryFile>> FindHistoryFiles(const std::vector<std::string>& paths) {
  std::vector<HistoryFile> files;
  for (const std::string& path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status))
      return absl::NotFoundError(absl::StrCat("no file or directory ", path));
    if (!fs::is_directory(status)) {
      files.push_back({.path = path});
      continue;
    }
    absl::StatusOr<std::vector<HistoryFile>> found = FilesOfDirectory(path);
    if (!found.ok()) return found.status();
    files.insert(files.end(), found->begin(), found->end());
  }
  return files;
}

absl::StatusOr<std::string> ReadHistoryFile(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return absl::InternalError(absl::StrCat("cannot read ", path, ": it is no regular file"));
  }
  const std::uintmax_t size = fs::file_size(path, error);
  if (!error && size > kMaxSegmentBytes) {
    return absl::InternalError(absl::StrCat(
        path, " has ", size, " bytes, and a file of a history at most ", kMaxSegmentBytes));
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes(error ? 0 : static_cast<std::size_t>(size), '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (error || file.bad() || !file.is_open()) {
    return absl::InternalError(
        absl::StrCat("cannot read ", path, ": are you the user of the server?"));
  }
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

}  // namespace chathttp
