#include "tests/layering/header_rule.h"

#include <sstream>

#include "tests/layering/include_rule.h"

namespace chathttp::layering {
namespace {

void CheckPublicHeader(const HeaderList& list, const SourceFile& header,
                       std::vector<std::string>& problems) {
  for (const Include& include : FindIncludes(header.text)) {
    if (!include.name.starts_with('"')) continue;
    const std::string path = include.name.substr(1, include.name.size() - 2);
    if (list.private_headers.contains(path)) {
      problems.push_back(header.path + " is public and includes " + path + ", which is not");
    }
  }
}

}  // namespace

HeaderList ParseHeaderList(std::string_view text) {
  HeaderList list;
  std::istringstream stream{std::string(text)};
  std::string kind;
  std::string path;
  while (stream >> kind >> path) {
    if (kind == "public") list.public_headers.insert(path);
    if (kind == "private") list.private_headers.insert(path);
  }
  return list;
}

std::vector<std::string> CheckHeaders(const HeaderList& list, std::span<const SourceFile> sources) {
  std::vector<std::string> problems;
  std::set<std::string> missing = list.public_headers;
  missing.insert(list.private_headers.begin(), list.private_headers.end());
  for (const SourceFile& file : sources) {
    if (!file.path.ends_with(".h")) continue;
    const bool is_public = list.public_headers.contains(file.path);
    const bool is_private = list.private_headers.contains(file.path);
    if (is_public && is_private) problems.push_back(file.path + " is public and private");
    if (!is_public && !is_private) {
      problems.push_back(file.path + " is in neither HEADERS nor PRIVATE_HEADERS of its layer");
    }
    if (is_public) CheckPublicHeader(list, file, problems);
    missing.erase(file.path);
  }
  for (const std::string& path : missing) problems.push_back(path + " is listed but not there");
  return problems;
}

}  // namespace chathttp::layering
