// Lines from a byte stream, for programs that a person or a pipe feeds.
//
//   LineReader reader(in, turn, 8192);
//   while (reader.Next(line) == LineReader::Status::kLine) Handle(line);
//
// Requests `turn` when there is more to read. Not thread-safe.
#ifndef CHATHTTP_APPS_CLIENT_LINE_READER_H_
#define CHATHTTP_APPS_CLIENT_LINE_READER_H_

#include <cstddef>
#include <string>

#include "transport/ports/byte_stream.h"
#include "transport/ports/turn.h"

namespace chathttp {

class LineReader final : private StreamObserver {
 public:
  enum class Status {
    kLine,     // a line, without its LF or CR LF; the last one may lack it
    kTooLong,  // a line of more than max_line_bytes, which was thrown away
    kNothing,  // none yet
    kEnd,      // none any more: the stream ended or broke
  };

  // `stream` and `turn` outlive the object; `max_line_bytes` > 0.
  LineReader(ByteStream& stream, Turn& turn, std::size_t max_line_bytes);

  // The next line. Reads no further than it must, so a reader that is not asked holds up the peer.
  Status Next(std::string& line);

 private:
  void OnReadable() override { turn_.Request(); }
  void OnWritable() override {}
  Status TakeLine(std::string& line, std::size_t size, std::size_t with_line_end);

  ByteStream& stream_;
  Turn& turn_;
  const std::size_t max_line_bytes_;
  std::string unread_;
  std::size_t scanned_ = 0;  // bytes of unread_ without a line feed
  bool too_long_ = false;    // the line in unread_ has lost its front
  bool ended_ = false;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CLIENT_LINE_READER_H_
