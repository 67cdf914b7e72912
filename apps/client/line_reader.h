// Reads lines from a byte stream, such as the standard input.
//
//   LineReader reader(in, turn, 8192);
//   while (reader.Next(line) == LineReader::Status::kLine) Handle(line);
//
// Requests `turn` when there is more to read. Not thread-safe.
#ifndef CHATHTTP_APPS_CLIENT_LINE_READER_H_
#define CHATHTTP_APPS_CLIENT_LINE_READER_H_

#include <cstddef>
#include <string>

#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/ports/turn.h"

namespace chathttp {

class LineReader final : private StreamObserver {
 public:
  enum class Status {
    kLine,     // a line, without its LF or CR LF; the last one may lack it
    kTooLong,  // a line of more than max_line_bytes was dropped
    kNothing,  // no complete line yet
    kEnd,      // no more lines: the stream ended or broke
  };

  // `stream` and `turn` outlive the object; `max_line_bytes` > 0.
  LineReader(ByteStream& stream, Turn& turn, std::size_t max_line_bytes);

  // Takes the next line. Reads no more than it needs, so back-pressure reaches the peer if the
  // caller stops.
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
