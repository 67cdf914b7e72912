#include "apps/console/history.h"

#include <algorithm>

namespace chathttp {

void History::Add(std::string_view line) {
  if (!line.empty() && (lines_.empty() || lines_.back() != line)) {
    lines_.emplace_back(line);
    if (lines_.size() > max_lines_) lines_.pop_front();
  }
  at_ = lines_.size();
  edits_.clear();
}

std::optional<std::string> History::Up(std::string_view current) {
  if (at_ == 0) return std::nullopt;
  Keep(current);
  return At(--at_);
}

std::optional<std::string> History::Down(std::string_view current) {
  if (at_ == lines_.size()) return std::nullopt;
  Keep(current);
  return At(++at_);
}

std::optional<std::string> History::Find(std::string_view part, bool older) {
  std::size_t end = std::min(at_ + (older ? 0 : 1), lines_.size());
  while (end > 0 && At(end - 1).find(part) == std::string::npos) --end;
  if (end == 0) return std::nullopt;
  at_ = end - 1;
  return At(at_);
}

std::string History::BackToDraft() {
  at_ = lines_.size();
  return At(at_);
}

std::string History::At(std::size_t place) const {
  const auto edited = edits_.find(place);
  if (edited != edits_.end()) return edited->second;
  return place < lines_.size() ? lines_[place] : "";
}

}  // namespace chathttp
