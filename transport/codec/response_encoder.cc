#include "chathttp/transport/codec/response_encoder.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "chathttp/transport/codec/head_format.h"
#include "chathttp/transport/codec/message.h"

namespace chathttp {
namespace {

constexpr std::string_view kVersionAndSpace = "HTTP/1.1 ";
constexpr std::string_view kDatetimeName = "\nDatetime: ";
constexpr std::size_t kReasonRoomBytes = 24;
constexpr std::size_t kStartLineRoomBytes =
    kVersionAndSpace.size() + kCodeDigits + 1 + kReasonRoomBytes;
constexpr std::size_t kDatetimeAt = kStartLineRoomBytes + kDatetimeName.size();
constexpr std::size_t kLengthRoomBytes = std::numeric_limits<std::size_t>::digits10 + 1;

}  // namespace

ResponseEncoder::ResponseEncoder(std::string_view developer, std::string_view server,
                                 absl::TimeZone zone)
    : buffer_(kStartLineRoomBytes, ' '), zone_(zone) {
  buffer_ += kDatetimeName;
  buffer_.append(kDatetimeBytes, '0');
  buffer_ += "\nDeveloper: ";
  buffer_ += developer;
  buffer_ += "\nServer: ";
  buffer_ += server;
  buffer_ += "\nContent_Length: ";
  length_at_ = buffer_.size();
  buffer_.append(kLengthRoomBytes + kHeadEnding.size(), ' ');
}

std::string_view ResponseEncoder::Head(StatusCode code, std::size_t entity_bytes, absl::Time wall) {
  SetDatetime(wall);
  const std::string_view reason = ReasonPhrase(code);
  char* const start = buffer_.data() + kReasonRoomBytes - std::min(reason.size(), kReasonRoomBytes);
  char* at = std::copy(kVersionAndSpace.begin(), kVersionAndSpace.end(), start);
  at = std::to_chars(at, at + kCodeDigits, static_cast<int>(code)).ptr;
  *at++ = ' ';
  std::copy(reason.begin(), reason.end(), at);
  char* const length = buffer_.data() + length_at_;
  char* end = std::to_chars(length, length + kLengthRoomBytes, entity_bytes).ptr;
  end = std::copy(kHeadEnding.begin(), kHeadEnding.end(), end);
  return {start, static_cast<std::size_t>(end - start)};
}

void ResponseEncoder::Append(StatusCode code, std::string_view entity, absl::Time wall,
                             std::string& out) {
  const std::string_view head = Head(code, entity.size(), wall);
  out.reserve(out.size() + head.size() + entity.size());
  out += head;
  out += entity;
}

void ResponseEncoder::SetDatetime(absl::Time wall) {
  const std::int64_t second = absl::ToUnixSeconds(wall);
  if (second_ == second) return;
  second_ = second;
  WriteDatetime(wall, zone_,
                std::span<char, kDatetimeBytes>(buffer_.data() + kDatetimeAt, kDatetimeBytes));
}

}  // namespace chathttp
