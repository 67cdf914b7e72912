#include "chathttp/transport/codec/message_decoder.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/transport/codec/byte_class.h"
#include "chathttp/transport/codec/decode_reason.h"
#include "chathttp/transport/codec/decode_result.h"
#include "chathttp/transport/codec/field_name.h"
#include "chathttp/transport/codec/head_scanner.h"
#include "chathttp/transport/codec/held_value.h"

namespace chathttp {
namespace {

constexpr std::size_t kMaxLengthDigits = 10;

std::string_view Trim(std::string_view value) {
  while (!value.empty() && IsBlank(value.front())) value.remove_prefix(1);
  while (!value.empty() && IsBlank(value.back())) value.remove_suffix(1);
  return value;
}

// Sets `value` to an empty value and frees its memory, which assignment does not guarantee.
template <typename Value>
void Release(Value& value) {
  Value empty;
  std::swap(value, empty);
}

}  // namespace

DecodeResult MessageDecoder::Decode(std::string_view input) {
  if (state_ == State::kFailed) return {DecodeStatus::kError, 0};
  if (state_ == State::kBetween) {
    if (input.empty()) return {DecodeStatus::kNeedMore, 0};
    Forget();
    const CanonicalRead read = ReadCanonical(input);
    work_ += read.examined_bytes;
    offset_ += read.message_bytes;
    if (read.message_bytes > 0) return {DecodeStatus::kMessage, read.message_bytes};
    ClearMessage();
    message_offset_ = offset_;
    state_ = State::kStartLine;
  }
  const std::uint64_t start = offset_;
  const auto consumed = [&] { return static_cast<std::size_t>(offset_ - start); };
  DecodeStatus status = DecodeStatus::kMessage;
  if (state_ == State::kStartLine || state_ == State::kFields) status = ReadHead(input);
  if (status == DecodeStatus::kMessage) status = ReadEntity(input.substr(consumed()));
  return {status, consumed()};
}

std::size_t MessageDecoder::partial_bytes() const {
  if (!mid_message()) return 0;
  const std::uint64_t skipped =
      state_ == State::kSkipped ? content_length() - entity_left_bytes_ : 0;
  return static_cast<std::size_t>(offset_ - message_offset_ - skipped);
}

void MessageDecoder::Restart(std::uint64_t stream_offset) {
  Forget();
  ClearMessage();
  state_ = State::kBetween;
  offset_ = stream_offset;
  Release(error_);
}

// Resets the state of the last message.
void MessageDecoder::Forget() {
  scanner_ = HeadScanner(start_line_);
  header_lines_ = 0;
  content_length_.reset();
  if (owns_memory_) {
    Release(held_);
    Release(partial_);
    owns_memory_ = false;
  } else {
    for (HeldValue& value : held_) value.Drop();
  }
}

// Returns kMessage if the head is complete.
DecodeStatus MessageDecoder::ReadHead(std::string_view input) {
  HeadScanner scanner = scanner_;  // a copy, which the compiler can keep in registers
  while (state_ == State::kStartLine || state_ == State::kFields) {
    const std::string_view allowed =
        input.substr(0, limits_.head_bytes - static_cast<std::size_t>(offset_ - message_offset_));
    if (scanner.at_line_start() && IsOneLineTooMany(allowed)) {
      return FailHeadTooLong(limits_.head_lines, "header lines");
    }
    const HeadScanner::Scan scan = scanner.Next(allowed);
    const std::string_view text = input.substr(0, scan.text_bytes);
    input.remove_prefix(scan.taken);
    offset_ += scan.taken;
    if (scan.found == HeadScanner::Found::kError) {
      return Fail(scanner.ErrorAt(input.front(), Joined(text), offset_));
    }
    if (scan.found == HeadScanner::Found::kNothing) {
      scanner_ = scanner;
      work_ += text.size();
      return input.empty() ? KeepPartial(text) : FailHeadTooLong(limits_.head_bytes, "bytes");
    }
    const std::string_view line = Joined(text);
    line_offset_ = offset_ - scan.line_end_bytes - line.size();
    work_ += text.size() + line.size();  // bytes scanned and parsed
    if (!TakeLine(line, scan.name_bytes)) return DecodeStatus::kError;
    if (!partial_.empty()) {
      OwnValues();
      partial_.clear();
    }
  }
  return DecodeStatus::kMessage;
}

// Whether `input` starts a header line beyond the limit.
bool MessageDecoder::IsOneLineTooMany(std::string_view input) const {
  return state_ == State::kFields && header_lines_ == limits_.head_lines && !input.empty() &&
         input.front() != '\r' && input.front() != '\n';
}

bool MessageDecoder::TakeLine(std::string_view line, std::size_t name_bytes) {
  if (state_ == State::kStartLine) {
    state_ = State::kFields;
    return TakeStartLine(line);
  }
  if (line.empty()) return TakeHeadEnd();
  ++header_lines_;
  const Field field = FieldOf(line.substr(0, name_bytes));
  return field == Field::kOther || TakeKnownField(field, line, name_bytes);
}

bool MessageDecoder::TakeKnownField(Field field, std::string_view line, std::size_t name_bytes) {
  if (field == Field::kForbidden) {
    return FailLine(DecodeRule::kForbiddenHeader, 0,
                    "header: no Transfer_Encoding, Origin or Sec_Fetch_* allowed",
                    line.substr(0, name_bytes));
  }
  const std::string_view value = Trim(line.substr(name_bytes + 1));
  if (field != Field::kContentLength) return TakeField(field, value);
  return TakeContentLength(value, static_cast<std::size_t>(value.data() - line.data()));
}

bool MessageDecoder::TakeContentLength(std::string_view value, std::size_t position) {
  if (content_length_) {
    return FailLine(DecodeRule::kContentLengthTwice, 0, "Content_Length: only once", value);
  }
  const std::size_t digits = CountLeading(value.substr(0, kMaxLengthDigits), ByteClass::kDigit);
  if (digits == 0 || digits < value.size()) {
    return FailLine(DecodeRule::kContentLength, position + digits,
                    "Content_Length: 1 to 10 digits expected", value);
  }
  std::uint64_t length = 0;
  for (const char digit : value) length = length * 10 + static_cast<std::uint64_t>(digit - '0');
  content_length_ = length;
  length_offset_ = line_offset_ + position;
  return true;
}

bool MessageDecoder::BeginEntity(State state, std::uint64_t limit) {
  state_ = state;
  entity_left_bytes_ = content_length();
  if (entity_left_bytes_ <= limit) return true;
  Fail({DecodeRule::kEntityTooLong, length_offset_,
        absl::StrCat("entity: at most ", limit, " bytes"),
        QuoteStart(absl::StrCat(entity_left_bytes_))});
  return false;
}

DecodeStatus MessageDecoder::ReadEntity(std::string_view input) {
  std::string_view part = input.substr(0, entity_left_bytes_);
  offset_ += part.size();
  entity_left_bytes_ -= part.size();
  if (state_ == State::kSkipped) part = {};
  if (entity_left_bytes_ > 0) return KeepPartial(part);
  state_ = State::kBetween;
  TakeMessage(Joined(part));
  return DecodeStatus::kMessage;
}

// Copies the parts of the input that are needed later, before the input becomes invalid.
DecodeStatus MessageDecoder::KeepPartial(std::string_view partial) {
  OwnValues();
  Keep(partial);
  return DecodeStatus::kNeedMore;
}

std::string_view MessageDecoder::AppendToPartial(std::string_view last_piece) {
  Keep(last_piece);
  return partial_;
}

void MessageDecoder::Keep(std::string_view bytes) {
  owns_memory_ = true;
  partial_ += bytes;
  work_ += bytes.size();
}

void MessageDecoder::OwnValues() {
  owns_memory_ = true;
  for (HeldValue& value : held_) work_ += value.Own();
}

bool MessageDecoder::FailLine(DecodeRule rule, std::size_t position, std::string rule_text,
                              std::string_view seen) {
  Fail({rule, line_offset_ + position, std::move(rule_text), QuoteStart(seen)});
  return false;
}

DecodeStatus MessageDecoder::Fail(DecodeError error) {
  error_ = std::move(error);
  state_ = State::kFailed;
  return DecodeStatus::kError;
}

DecodeStatus MessageDecoder::FailHeadTooLong(std::size_t limit, const char* unit) {
  return Fail({DecodeRule::kHeadTooLong, offset_, absl::StrCat("head: at most ", limit, " ", unit),
               absl::StrCat("at least ", limit + 1)});
}

}  // namespace chathttp
