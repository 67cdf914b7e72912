#include "transport/message_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "transport/byte_class.h"
#include "transport/decode_reason.h"
#include "transport/decode_result.h"
#include "transport/field_name.h"
#include "transport/head_scanner.h"

namespace chathttp {
namespace {

constexpr std::size_t kMaxLengthDigits = 10;

std::string_view Trim(std::string_view value) {
  const std::size_t first = std::min(value.find_first_not_of(" \t"), value.size());
  value.remove_prefix(first);
  return value.substr(0, value.find_last_not_of(" \t") + 1);
}

// Clears and gives the memory back, which clear() and assignment do not promise.
void Release(std::string& text) { std::string().swap(text); }

bool OwnsMemory(const std::string& text) { return text.capacity() > std::string().capacity(); }

}  // namespace

MessageReader::Event MessageReader::Next(std::string_view& input) {
  if (state_ == State::kBetween) {
    if (input.empty()) return Event::kNeedMore;
    BeginMessage();
  }
  return state_ == State::kHead ? NextLine(input) : TakeEntity(input);
}

void MessageReader::Restart(std::uint64_t stream_offset) {
  BeginMessage();
  state_ = State::kBetween;
  offset_ = stream_offset;
  Release(error_.reason);
}

void MessageReader::Pass(std::size_t bytes, std::size_t examined_bytes) {
  offset_ += bytes;
  work_ += examined_bytes;
  if (bytes > 0 && OwnsMemory(kept_)) Release(kept_);
}

void MessageReader::BeginMessage() {
  state_ = State::kHead;
  work_ += scanner_.examined_bytes();
  scanner_ = HeadScanner(start_line_);
  content_length_.reset();
  entity_left_bytes_ = 0;
  entity_ = {};
  held_ = {};
  Release(kept_);
  partial_at_ = 0;
  line_kept_ = false;
}

MessageReader::Event MessageReader::NextLine(std::string_view& input) {
  if (line_kept_) kept_.resize(partial_at_);
  line_kept_ = false;
  const HeadScanner::Scan scan = scanner_.Next(input, offset_, limits_, error_);
  const std::string_view text = Take(input, scan.taken).substr(0, scan.text_bytes);
  if (scan.found == HeadScanner::Found::kError) return Event::kError;
  if (scan.found == HeadScanner::Found::kNothing) return NeedMore(text);

  line_kept_ = kept_.size() > partial_at_;
  line_ = Joined(text);
  line_offset_ = offset_ - scanner_.line_end_bytes() - line_.size();
  work_ += line_.size();
  if (scanner_.is_start_line()) return Event::kStartLine;
  return scanner_.is_head_end() ? Event::kHeadEnd : TakeField();
}

MessageReader::Event MessageReader::TakeField() {
  const std::size_t name_bytes = scanner_.name_bytes();
  field_ = FieldOf(line_.substr(0, name_bytes));
  value_ = Trim(line_.substr(name_bytes + 1));
  if (field_ == Field::kContentLength) return TakeContentLength();
  if (field_ == Field::kForbidden) {
    return Fail(DecodeRule::kForbiddenHeader, line_offset_,
                DecodeReason("header: no Transfer_Encoding, Origin or Sec_Fetch_* allowed",
                             line_.substr(0, name_bytes)));
  }
  return Event::kField;
}

MessageReader::Event MessageReader::TakeContentLength() {
  if (content_length_) {
    return Fail(DecodeRule::kContentLengthTwice, line_offset_,
                DecodeReason("Content_Length: only once", value_));
  }
  const std::size_t digits = CountLeading(value_.substr(0, kMaxLengthDigits), ByteClass::kDigit);
  if (digits == 0 || digits < value_.size()) {
    return Fail(DecodeRule::kContentLength, value_offset() + digits,
                DecodeReason("Content_Length: 1 to 10 digits expected", value_));
  }
  std::uint64_t length = 0;
  for (const char digit : value_) length = length * 10 + static_cast<std::uint64_t>(digit - '0');
  content_length_ = length;
  entity_left_bytes_ = length;
  length_offset_ = value_offset();
  return Event::kField;
}

std::uint64_t MessageReader::value_offset() const {
  return OffsetOf(static_cast<std::size_t>(value_.data() - line_.data()));
}

MessageReader::Event MessageReader::TakeEntity(std::string_view& input) {
  const std::uint64_t bytes = std::min<std::uint64_t>(entity_left_bytes_, input.size());
  std::string_view part = Take(input, static_cast<std::size_t>(bytes));
  entity_left_bytes_ -= bytes;
  if (state_ == State::kSkipped) part = {};
  if (entity_left_bytes_ > 0) return NeedMore(part);
  entity_ = Joined(part);
  state_ = State::kBetween;
  return Event::kMessage;
}

bool MessageReader::CheckEntityBytes(std::uint64_t limit) {
  if (content_length() <= limit) return true;
  error_ = {DecodeRule::kEntityTooLong, length_offset_,
            DecodeReason("entity: at most " + std::to_string(limit) + " bytes",
                         std::to_string(content_length()))};
  return false;
}

MessageReader::Event MessageReader::Fail(DecodeRule rule, std::uint64_t offset,
                                         std::string reason) {
  error_ = {rule, offset, std::move(reason)};
  return Event::kError;
}

void MessageReader::Hold(std::size_t slot, std::string_view part) {
  Part& held = held_[slot];
  held.held = true;
  held.bytes = part.size();
  if (line_kept_) {
    held.in_input = nullptr;
    held.kept_at = static_cast<std::size_t>(part.data() - kept_.data());
    partial_at_ = std::max(partial_at_, held.kept_at + part.size());
  } else {
    held.in_input = part.data();
  }
}

std::optional<std::string_view> MessageReader::held(std::size_t slot) const {
  const Part& part = held_[slot];
  if (!part.held) return std::nullopt;
  if (part.in_input != nullptr) return std::string_view(part.in_input, part.bytes);
  return std::string_view(kept_).substr(part.kept_at, part.bytes);
}

// The input is about to go: what lies in it and is needed still goes to kept_.
MessageReader::Event MessageReader::NeedMore(std::string_view partial) {
  for (Part& part : held_) {
    if (part.in_input == nullptr) continue;
    part.kept_at = kept_.size();
    Keep({part.in_input, part.bytes});
    part.in_input = nullptr;
    partial_at_ = kept_.size();
  }
  Keep(partial);
  return Event::kNeedMore;
}

std::string_view MessageReader::Take(std::string_view& input, std::size_t bytes) {
  const std::string_view taken = input.substr(0, bytes);
  input.remove_prefix(bytes);
  offset_ += bytes;
  return taken;
}

void MessageReader::Keep(std::string_view bytes) {
  kept_ += bytes;
  work_ += bytes.size();
}

// The partial line or entity in kept_ with its last piece; the piece itself if it is all there is.
std::string_view MessageReader::Joined(std::string_view last_piece) {
  if (kept_.size() == partial_at_) return last_piece;
  Keep(last_piece);
  return std::string_view(kept_).substr(partial_at_);
}

}  // namespace chathttp
