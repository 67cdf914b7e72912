#include "apps/console/history.h"

namespace chathttp {

void History::Add(std::string_view line) {
  if (!line.empty() && (lines_.empty() || lines_.back() != line)) {
    lines_.emplace_back(line);
    if (lines_.size() > max_lines_) lines_.pop_front();
  }
  at_ = lines_.size();
  draft_.clear();
}

std::optional<std::string> History::Up(std::string_view draft) {
  if (at_ == 0) return std::nullopt;
  if (at_ == lines_.size()) draft_ = draft;
  --at_;
  return lines_[at_];
}

std::optional<std::string> History::Down() {
  if (at_ == lines_.size()) return std::nullopt;
  ++at_;
  return at_ == lines_.size() ? draft_ : lines_[at_];
}

}  // namespace chathttp
