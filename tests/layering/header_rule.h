// Public and private headers: each header of a layer is listed as one or the other, and a public
// one needs no private one, or it would not compile where the project is installed.
//
//   HeaderList list = ParseHeaderList("public domain/chat_room.h\nprivate domain/secret.h\n");
#ifndef CHATHTTP_TESTS_LAYERING_HEADER_RULE_H_
#define CHATHTTP_TESTS_LAYERING_HEADER_RULE_H_

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/layering/source_tree.h"

namespace chathttp::layering {

// Paths as in SourceFile.
struct HeaderList {
  std::set<std::string> public_headers;
  std::set<std::string> private_headers;
};

// Reads lines of "public PATH" and "private PATH"; others are left out.
HeaderList ParseHeaderList(std::string_view text);

// One line for each header that is listed twice, not at all, or not there; and for each include of
// a private header by a public one. `sources` are those of layers that have public headers.
std::vector<std::string> CheckHeaders(const HeaderList& list, std::span<const SourceFile> sources);

}  // namespace chathttp::layering

#endif  // CHATHTTP_TESTS_LAYERING_HEADER_RULE_H_
