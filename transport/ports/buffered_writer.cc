#include "chathttp/transport/ports/buffered_writer.h"

namespace chathttp {

BufferedWriter::BufferedWriter(ByteStream& stream, Turn& turn) : stream_(stream), turn_(turn) {
  stream_.Observe(*this);
}

void BufferedWriter::Flush() {
  while (!waiting_.empty() && !broken_) {
    const std::string_view pieces[] = {waiting_};
    const IoResult result = stream_.Write(pieces);
    if (result.status == IoStatus::kWouldBlock) return;
    broken_ = result.status != IoStatus::kProgress;
    waiting_.erase(0, result.bytes);
  }
  if (broken_) waiting_.clear();
}

}  // namespace chathttp
