#include "apps/client/line_reader.h"

#include <array>

namespace chathttp {

LineReader::LineReader(ByteStream& stream, Turn& turn, std::size_t max_line_bytes)
    : stream_(stream), turn_(turn), max_line_bytes_(max_line_bytes) {
  stream_.Observe(*this);
}

LineReader::Status LineReader::Next(std::string& line) {
  std::array<char, 4096> buffer;
  for (;;) {
    const std::size_t end = unread_.find('\n', scanned_);
    if (end != std::string::npos) return TakeLine(line, end, end + 1);
    if (unread_.size() > max_line_bytes_ + 1) {  // a CR may follow the longest line
      too_long_ = true;
      unread_.clear();
    }
    scanned_ = unread_.size();
    if (ended_) {
      if (unread_.empty() && !too_long_) return Status::kEnd;
      return TakeLine(line, unread_.size(), unread_.size());
    }
    const IoResult result = stream_.Read(buffer);
    if (result.status == IoStatus::kWouldBlock) return Status::kNothing;
    ended_ = result.status != IoStatus::kProgress;
    unread_.append(buffer.data(), result.bytes);
  }
}

LineReader::Status LineReader::TakeLine(std::string& line, std::size_t size,
                                        std::size_t with_line_end) {
  line.assign(unread_, 0, size);
  if (line.ends_with('\r')) line.pop_back();
  unread_.erase(0, with_line_end);
  scanned_ = 0;
  const bool too_long = too_long_ || line.size() > max_line_bytes_;
  too_long_ = false;
  return too_long ? Status::kTooLong : Status::kLine;
}

}  // namespace chathttp
