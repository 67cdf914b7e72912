// The files of the project, for tests that read them.
//
//   for (const SourceFile& file : ReadFolder(root, "domain")) Check(file.path, file.text);
#ifndef CHATHTTP_TESTS_LAYERING_SOURCE_TREE_H_
#define CHATHTTP_TESTS_LAYERING_SOURCE_TREE_H_

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace chathttp::layering {

// The folders that the dependency rule is about, each before those that build on it.
inline constexpr std::array<std::string_view, 5> kLayers = {"domain", "transport", "adapters",
                                                            "sim", "apps"};

struct SourceFile {
  std::string path;  // from the root of the project, with slashes: "domain/chat_room.h"
  std::string text;
};

// All regular files below root/folder, in order of their paths; none if there is no such folder.
std::vector<SourceFile> ReadFolder(const std::filesystem::path& root, std::string_view folder);

// The files that the dependency rule is about, of all layers: *.h and *.cc.
std::vector<SourceFile> ReadSources(const std::filesystem::path& root);

std::string ReadFile(const std::filesystem::path& path);

// The part before the first slash.
std::string_view LayerOf(std::string_view path);

}  // namespace chathttp::layering

#endif  // CHATHTTP_TESTS_LAYERING_SOURCE_TREE_H_
