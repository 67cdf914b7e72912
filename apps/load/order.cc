#include "apps/load/order.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "apps/load/options.h"
#include "chathttp/transport/codec/entity.h"

namespace chathttp {
namespace {

constexpr std::size_t kMinMessageBytes = 128;  // less than the smallest response of any server

template <typename Number>
bool ParseDigits(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

RoomOrder::RoomOrder(std::string prefix, std::size_t members, std::size_t capacity_bytes)
    : prefix_(std::move(prefix)),
      bytes_(capacity_bytes),
      ring_(capacity_bytes / kMinMessageBytes),
      next_sequence_(members) {}

std::uint64_t RoomOrder::begin() const {
  // Skips a message whose first bytes are overwritten.
  return std::max(bytes_.begin(), first() == 0 ? 0 : at(first()).end);
}

std::size_t RoomOrder::CountSame(std::uint64_t from, std::string_view bytes) const {
  const std::uint64_t to = std::min<std::uint64_t>(end(), from + bytes.size());
  std::size_t same = 0;
  for (const std::string_view piece : bytes_.Read(from, to)) {
    const std::string_view other = bytes.substr(same, piece.size());
    if (std::memcmp(piece.data(), other.data(), piece.size()) != 0) {
      const auto differs = std::mismatch(piece.begin(), piece.end(), other.begin()).first;
      return same + static_cast<std::size_t>(differs - piece.begin());
    }
    same += piece.size();
  }
  return same;
}

RoomOrder::Appended RoomOrder::Append(std::string_view bytes) {
  if (bytes.size() > bytes_.capacity_bytes()) {
    problem_ = absl::StrCat("received ", bytes.size(), " bytes at once");
    return Appended::kInvalid;
  }
  const std::uint64_t base = end();
  bytes_.Append(bytes);
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    const DecodeResult result = decoder_.Decode(bytes.substr(taken));
    taken += result.consumed;
    if (result.status == DecodeStatus::kError) {
      problem_ = absl::StrCat("the server sent invalid ChatHTTP: ", decoder_.error().reason());
      return Appended::kInvalid;
    }
    if (result.status != DecodeStatus::kMessage) continue;
    if (decoder_.response().code != static_cast<int>(StatusCode::kOk)) return Appended::kPrivate;
    AddMessage(base + taken, decoder_.response());
  }
  return Appended::kAll;
}

bool RoomOrder::Holds(std::uint64_t message) const {
  return (message > first() || first() == 0) && StartOf(message) >= bytes_.begin();
}

void RoomOrder::CutTo(std::uint64_t message) {
  assert(Holds(message));
  for (; count_ > message; --count_) {
    const RoomMessage& last = at(count_ - 1);
    if (last.kind != RoomMessage::Kind::kPost) continue;
    std::uint64_t& next = next_sequence_[last.member];
    if (last.sequence >= next) continue;
    SetInDoubt(last.member, last.sequence, next);
    next = last.sequence;
  }
  bytes_.CutTo(StartOf(count_));
  decoder_.Restart(0);
}

void RoomOrder::SkipTo(std::uint64_t message) {
  assert(count_ <= message && !mid_message());
  while (count_ < message) at(count_++) = {.end = end()};
}

void RoomOrder::SetInDoubt(std::uint32_t member, std::uint64_t from, std::uint64_t to) {
  if (from == to) return;
  std::vector<Range>& ranges = in_doubt_[member];
  // Most often just before or behind the latest range.
  if (!ranges.empty() && from <= ranges.back().second && ranges.back().first <= to) {
    ranges.back() = {std::min(from, ranges.back().first), std::max(to, ranges.back().second)};
  } else {
    ranges.emplace_back(from, to);
  }
}

std::uint64_t RoomOrder::CountMissing(std::uint32_t member, std::uint64_t from,
                                      std::uint64_t to) const {
  const auto ranges = in_doubt_.find(member);
  if (ranges == in_doubt_.end()) return to - from;
  std::uint64_t missing = 0;
  for (std::uint64_t sequence = from; sequence < to; ++sequence) {
    missing += std::none_of(ranges->second.begin(), ranges->second.end(), [&](const Range& range) {
      return range.first <= sequence && sequence < range.second;
    });
  }
  return missing;
}

void RoomOrder::AddMessage(std::uint64_t end, const ResponseView& response) {
  const std::size_t bytes = static_cast<std::size_t>(end - StartOf(count_));
  RoomMessage& message = at(count_++);
  message = {.end = end};
  const Entity entity = ClassifyEntity(response.entity);
  if (!NumberOf(entity.name, message.member)) return;
  if (entity.kind == Entity::Kind::kEntered) {
    message.kind = RoomMessage::Kind::kEntered;
    ++entered_;
  }
  if (entity.kind == Entity::Kind::kLeft) {
    message.kind = RoomMessage::Kind::kLeft;
    ++left_;
  }
  if (entity.kind != Entity::Kind::kMessage) return;
  if (!ParseDigits(entity.text.substr(0, kSequenceDigits), message.sequence)) return;
  message.kind = RoomMessage::Kind::kPost;
  post_bytes_ = bytes;
  ++posts_;
  std::uint64_t& next = next_sequence_[message.member];
  if (message.sequence < next) {
    ++repeated_;
  } else {
    lost_ += CountMissing(message.member, next, message.sequence);
    next = message.sequence + 1;
  }
}

bool RoomOrder::NumberOf(std::string_view name, std::uint32_t& member) const {
  return name.size() == prefix_.size() + kMemberDigits && name.starts_with(prefix_) &&
         ParseDigits(name.substr(prefix_.size()), member) && member < next_sequence_.size();
}

std::string RoomOrder::Bytes(std::uint64_t from, std::uint64_t to) const {
  const auto [first, second] = bytes_.Read(from, to);
  return std::string(first).append(second);
}

std::string RoomOrder::EntityOf(std::uint64_t message) const {
  const std::string bytes = Bytes(StartOf(message), at(message).end);
  ResponseDecoder decoder;
  if (decoder.Decode(bytes).status != DecodeStatus::kMessage) return {};
  return std::string(decoder.response().entity);
}

}  // namespace chathttp
