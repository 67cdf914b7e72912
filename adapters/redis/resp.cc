#include "chathttp/adapters/redis/resp.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::redis {
namespace {

constexpr std::size_t kQuotedBytes = 200;

std::string Quoted(std::string_view text) {
  return absl::StrCat("'", absl::CHexEscape(AbslView(text.substr(0, kQuotedBytes))), "'");
}

// A decimal number as Redis writes it: no sign but '-', no leading zeros.
bool ParseNumber(std::string_view digits, std::int64_t& number) {
  std::string_view magnitude = digits;
  if (magnitude.starts_with('-')) magnitude.remove_prefix(1);
  if (magnitude.empty() || (magnitude.starts_with('0') && digits.size() > 1)) return false;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!std::all_of(magnitude.begin(), magnitude.end(), is_digit)) return false;
  return absl::SimpleAtoi(AbslView(digits), &number);
}

}  // namespace

std::string Describe(const RespValue& value) {
  switch (value.type) {
    case RespValue::Type::kSimple:
      return absl::StrCat("the status ", Quoted(value.text));
    case RespValue::Type::kError:
      return absl::StrCat("the error ", Quoted(value.text));
    case RespValue::Type::kInteger:
      return absl::StrCat("the number ", value.integer);
    case RespValue::Type::kBulk:
      return absl::StrCat("a text of ", value.text.size(), " bytes");
    case RespValue::Type::kArray:
      return absl::StrCat("an array of ", value.elements.size());
    case RespValue::Type::kNull:
      break;
  }
  return "null";
}

void AppendCommand(std::span<const std::string_view> arguments, std::string& out) {
  absl::StrAppend(&out, "*", arguments.size(), "\r\n");
  for (const std::string_view argument : arguments) {
    absl::StrAppend(&out, "$", argument.size(), "\r\n", AbslView(argument), "\r\n");
  }
}

RespDecoder::Result RespDecoder::Decode(std::string_view input) {
  assert(!input.empty() && state_ != State::kReply);
  const std::size_t offered = input.size();
  while (state_ == State::kLine || state_ == State::kBulk) {
    if (input.empty()) return {Status::kNeedMore, offered};
    std::size_t part;
    if (state_ == State::kBulk) {
      part = std::min(bulk_bytes_ + 2 - token_.size(), input.size());
    } else {
      const std::size_t end = input.find('\n');
      part = end == input.npos ? input.size() : end + 1;
    }
    token_.append(input.substr(0, part));
    input.remove_prefix(part);
    reply_bytes_ += part;
    if (reply_bytes_ > limits_.reply_bytes) {
      Fail(absl::StrCat("a reply may have ", limits_.reply_bytes, " bytes, this one has more"));
    } else if (state_ == State::kLine) {
      if (token_.size() > limits_.line_bytes) {
        Fail(absl::StrCat("a line may have ", limits_.line_bytes, " bytes, this one has more"));
      } else if (token_.ends_with('\n')) {
        const std::string line = std::exchange(token_, {});
        TakeLine(line);
      }
    } else if (token_.size() == bulk_bytes_ + 2) {
      if (!token_.ends_with("\r\n")) {
        Fail(absl::StrCat("a text of ", bulk_bytes_, " bytes must end with CR LF"));
      } else {
        token_.resize(bulk_bytes_);
        state_ = State::kLine;
        Complete({.type = RespValue::Type::kBulk, .text = std::exchange(token_, {})});
      }
    }
  }
  return {state_ == State::kReply ? Status::kReply : Status::kError, offered - input.size()};
}

RespValue RespDecoder::TakeReply() {
  assert(state_ == State::kReply);
  state_ = State::kLine;
  reply_bytes_ = 0;
  return std::exchange(reply_, {});
}

bool RespDecoder::TakeLine(std::string_view line) {
  if (!line.ends_with("\r\n"))
    return Fail(absl::StrCat("a line must end with CR LF: ", Quoted(line)));
  line.remove_suffix(2);
  if (line.empty()) return Fail("a reply must begin with its type, but the line is empty");
  if (line.find('\r') != line.npos) {
    return Fail(absl::StrCat("a line must have no CR inside: ", Quoted(line)));
  }
  const std::string_view rest = line.substr(1);
  std::int64_t number = 0;
  switch (line.front()) {
    case '+':
      return Complete({.type = RespValue::Type::kSimple, .text = std::string(rest)});
    case '-':
      return Complete({.type = RespValue::Type::kError, .text = std::string(rest)});
    case ':':
      if (!ParseNumber(rest, number)) return Fail(absl::StrCat("no number: ", Quoted(line)));
      return Complete({.type = RespValue::Type::kInteger, .integer = number});
    case '$':
      if (!TakeLength(rest, limits_.bulk_bytes, "bytes of a text", number)) return false;
      if (number < 0) return Complete({});
      bulk_bytes_ = static_cast<std::size_t>(number);
      state_ = State::kBulk;
      return true;
    case '*':
      if (!TakeLength(rest, limits_.elements, "elements of an array", number)) return false;
      if (number < 0) return Complete({});
      if (number == 0) return Complete({.type = RespValue::Type::kArray});
      if (levels_.size() == limits_.depth) {
        return Fail(absl::StrCat("arrays may be ", limits_.depth, " deep, these are deeper"));
      }
      levels_.push_back({{.type = RespValue::Type::kArray}, static_cast<std::size_t>(number)});
      return true;
    default:
      return Fail(absl::StrCat("a reply begins with one of + - : $ *, this one is ", Quoted(line)));
  }
}

bool RespDecoder::TakeLength(std::string_view digits, std::size_t most, std::string_view what,
                             std::int64_t& length) {
  if (!ParseNumber(digits, length) || length < -1) {
    return Fail(absl::StrCat("no number of ", AbslView(what), ": ", Quoted(digits)));
  }
  if (length <= static_cast<std::int64_t>(most)) return true;
  return Fail(absl::StrCat("at most ", most, " ", AbslView(what), " are allowed, not ", length));
}

// A value is complete, and so are the arrays whose last element it is.
bool RespDecoder::Complete(RespValue value) {
  while (!levels_.empty()) {
    Level& level = levels_.back();
    level.array.elements.push_back(std::move(value));
    if (--level.missing > 0) return true;
    value = std::move(level.array);
    levels_.pop_back();
  }
  reply_ = std::move(value);
  state_ = State::kReply;
  return true;
}

bool RespDecoder::Fail(std::string error) {
  error_ = std::move(error);
  state_ = State::kError;
  return false;
}

}  // namespace chathttp::redis
