#include "tests/layering/source_tree.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

namespace chathttp::layering {

namespace fs = std::filesystem;

std::vector<SourceFile> ReadFolder(const fs::path& root, std::string_view folder) {
  std::vector<SourceFile> files;
  if (!fs::is_directory(root / folder)) return files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / folder)) {
    if (!entry.is_regular_file()) continue;
    files.push_back({entry.path().lexically_relative(root).generic_string(),  //
                     ReadFile(entry.path())});
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

std::vector<SourceFile> ReadSources(const fs::path& root) {
  std::vector<SourceFile> sources;
  for (const std::string_view layer : kLayers) {
    for (SourceFile& file : ReadFolder(root, layer)) {
      if (file.path.ends_with(".h") || file.path.ends_with(".cc")) {
        sources.push_back(std::move(file));
      }
    }
  }
  return sources;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::string_view LayerOf(std::string_view path) { return path.substr(0, path.find('/')); }

}  // namespace chathttp::layering
