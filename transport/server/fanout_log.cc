#include "chathttp/transport/server/fanout_log.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace chathttp {

FanoutLog::FanoutLog(std::size_t capacity_bytes, std::uint64_t start)
    : capacity_bytes_(capacity_bytes),
      ring_(std::make_unique_for_overwrite<char[]>(capacity_bytes)),
      start_(start),
      end_(start) {
  assert(capacity_bytes > 0);
}

void FanoutLog::Append(std::initializer_list<std::string_view> pieces) {
  for (const std::string_view piece : pieces) AppendPiece(piece);
}

void FanoutLog::AppendPiece(std::string_view piece) {
  assert(piece.size() <= capacity_bytes_);
  const std::size_t at = end_ % capacity_bytes_;
  const std::size_t before_wrap = std::min(piece.size(), capacity_bytes_ - at);
  if (before_wrap > 0) std::memcpy(ring_.get() + at, piece.data(), before_wrap);
  const std::string_view wrapped = piece.substr(before_wrap);
  if (!wrapped.empty()) std::memcpy(ring_.get(), wrapped.data(), wrapped.size());
  end_ += piece.size();
}

std::array<std::string_view, 2> FanoutLog::Read(std::uint64_t from, std::uint64_t to) const {
  assert(begin() <= from && from <= to && to <= end_);
  const std::size_t size = to - from;
  const std::size_t at = from % capacity_bytes_;
  const std::size_t before_wrap = std::min(size, capacity_bytes_ - at);
  return {std::string_view(ring_.get() + at, before_wrap),
          std::string_view(ring_.get(), size - before_wrap)};
}

}  // namespace chathttp
