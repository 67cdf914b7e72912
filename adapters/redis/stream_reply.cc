#include "chathttp/adapters/redis/stream_reply.h"

#include <cstddef>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::redis {
namespace {

bool ParsePart(std::string_view digits, std::uint64_t& number) {
  if (digits.empty() || (digits.size() > 1 && digits.starts_with('0'))) return false;
  if (digits.find_first_not_of("0123456789") != digits.npos) return false;
  return absl::SimpleAtoi(AbslView(digits), &number);
}

}  // namespace

std::string ToString(const Position& position) {
  return absl::StrCat(position.epoch, "-", position.index);
}

std::optional<Position> ParsePosition(std::string_view text) {
  const std::size_t dash = text.find('-');
  Position position;
  if (dash == text.npos || !ParsePart(text.substr(0, dash), position.epoch) ||
      !ParsePart(text.substr(dash + 1), position.index)) {
    return std::nullopt;
  }
  return position;
}

std::optional<std::vector<StreamEntry>> TakeEntries(RespValue& reply) {
  if (reply.type != RespValue::Type::kArray) return std::nullopt;
  std::vector<StreamEntry> entries;
  entries.reserve(reply.elements.size());
  for (RespValue& entry : reply.elements) {
    if (entry.type != RespValue::Type::kArray || entry.elements.size() != 2) return std::nullopt;
    const RespValue& id = entry.elements[0];
    RespValue& fields = entry.elements[1];
    const std::optional<Position> position =
        id.type == RespValue::Type::kBulk ? ParsePosition(id.text) : std::nullopt;
    if (!position || fields.type != RespValue::Type::kArray || fields.elements.size() % 2 != 0) {
      return std::nullopt;
    }
    if (!entries.empty() && *position == entries.back().position) return std::nullopt;
    StreamEntry taken{*position, {}};
    for (std::size_t i = 0; i < fields.elements.size(); i += 2) {
      RespValue& value = fields.elements[i + 1];
      if (fields.elements[i].type != RespValue::Type::kBulk ||
          value.type != RespValue::Type::kBulk) {
        return std::nullopt;
      }
      if (fields.elements[i].text != "d") {
        taken.payload.clear();
        break;
      }
      if (i == 0) {
        taken.payload = std::move(value.text);
      } else {
        taken.payload += value.text;
      }
    }
    entries.push_back(std::move(taken));
  }
  return entries;
}

std::optional<std::vector<StreamEntry>> TakeReadEntries(RespValue& reply) {
  if (reply.type == RespValue::Type::kNull) return std::vector<StreamEntry>();
  if (reply.type != RespValue::Type::kArray || reply.elements.size() != 1) return std::nullopt;
  RespValue& stream = reply.elements[0];
  if (stream.type != RespValue::Type::kArray || stream.elements.size() != 2 ||
      stream.elements[0].type != RespValue::Type::kBulk) {
    return std::nullopt;
  }
  return TakeEntries(stream.elements[1]);
}

}  // namespace chathttp::redis
