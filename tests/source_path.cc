#include "tests/source_path.h"

namespace chathttp {

std::string SourcePath(std::string_view file) {
  return std::string(CHATHTTP_SOURCE_DIR "/").append(file);
}

}  // namespace chathttp
