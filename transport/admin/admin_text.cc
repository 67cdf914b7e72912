#include "chathttp/transport/admin/admin_text.h"

#include <algorithm>

namespace chathttp {
namespace {

// The lines that fit into kMaxAnswerBytes, and whether these are all.
std::string_view Fitting(std::string_view lines) {
  if (lines.size() <= kMaxAnswerBytes) return lines;
  return lines.substr(0, lines.rfind('\n', kMaxAnswerBytes - 1) + 1);
}

}  // namespace

std::string EncodeAnswer(std::string_view lines) {
  const std::string_view fitting = Fitting(lines);
  std::string bytes;
  for (std::string_view rest = fitting; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (line.starts_with('.')) bytes += '.';
    bytes.append(line).push_back('\n');
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  if (fitting.size() < lines.size()) bytes += "(the rest is cut)\n";
  return bytes + ".\n";
}

bool IsError(std::string_view answer) { return answer.starts_with("error: "); }

bool AnswerDecoder::Take(std::string_view bytes) {
  for (const char byte : bytes) {
    if (complete_) break;
    line_ += byte;
    if (byte != '\n') continue;
    complete_ = line_ == ".\n";
    if (!complete_) lines_.append(line_, line_.starts_with('.') ? 1 : 0);
    line_.clear();
  }
  return complete_;
}

}  // namespace chathttp
