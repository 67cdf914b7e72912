#include "apps/load/order.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "apps/load/options.h"
#include "chathttp/domain/escape.h"
#include "chathttp/transport/codec/entity.h"

namespace chathttp {
namespace {

constexpr std::size_t kMinMessageBytes = 128;  // less than the smallest response of any server
constexpr std::size_t kShownBytes = 80;

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

bool RoomOrder::Append(std::string_view bytes) {
  if (bytes.size() > bytes_.capacity_bytes()) {
    problem_ = absl::StrCat("received ", bytes.size(), " bytes at once");
    return false;
  }
  const std::uint64_t base = end();
  bytes_.Append({bytes});
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    const DecodeResult result = decoder_.Decode(bytes.substr(taken));
    taken += result.consumed;
    if (result.status == DecodeStatus::kError) {
      problem_ = absl::StrCat("the server sent invalid ChatHTTP: ", decoder_.error().reason());
      return false;
    }
    if (result.status == DecodeStatus::kMessage) AddMessage(base + taken, decoder_.response());
  }
  return true;
}

void RoomOrder::AddMessage(std::uint64_t end, const ResponseView& response) {
  const std::size_t bytes = static_cast<std::size_t>(end - StartOf(count_));
  RoomMessage& message = at(count_++);
  message = {.end = end};
  if (response.code != static_cast<int>(StatusCode::kOk)) {
    if (refused_++ == 0) refusal_ = Visible(response.entity, kShownBytes);
    return;
  }
  const Entity entity = ClassifyEntity(response.entity);
  if (!NumberOf(entity.name, message.member)) return;
  if (entity.kind == Entity::Kind::kEntered) message.kind = RoomMessage::Kind::kEntered;
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
    lost_ += message.sequence - next;
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
