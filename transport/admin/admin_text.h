// The protocol of the admin socket: a command is a line; an answer is lines, and a line with a dot
// alone behind them. A line of an answer that starts with a dot has another dot in front.
//
//   EncodeAnswer("unbanned 10.0.0.0/8\n")  ->  "unbanned 10.0.0.0/8\n.\n"
//
// The answer to a command that could not be done is one line, "error: COMMAND: why".
#ifndef CHATHTTP_TRANSPORT_ADMIN_ADMIN_TEXT_H_
#define CHATHTTP_TRANSPORT_ADMIN_ADMIN_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace chathttp {

inline constexpr std::size_t kMaxCommandBytes = 1 << 10;  // of a line, without its end
inline constexpr std::size_t kMaxAnswerBytes = 4 << 20;   // longer answers are cut behind a line

// The bytes of an answer. Each line of `lines` ends with LF, the last one perhaps without.
std::string EncodeAnswer(std::string_view lines);

bool IsError(std::string_view answer);

// Puts an answer together from pieces of any size.
class AnswerDecoder {
 public:
  // Returns whether the answer is complete. Bytes behind it are ignored.
  bool Take(std::string_view bytes);
  // The lines so far, as EncodeAnswer got them.
  const std::string& lines() const { return lines_; }

 private:
  std::string line_;  // not complete yet
  std::string lines_;
  bool complete_ = false;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_ADMIN_ADMIN_TEXT_H_
