#include "chathttp/sim/oracle/rules.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "chathttp/sim/world/raw_text.h"

namespace chathttp::sim {
namespace {

constexpr std::string_view kEntered = " has just entered the chat room...\n";
constexpr std::string_view kLeft = " has just left the chat room...\n";
constexpr std::string_view kHeading = "Online users:\n";

bool IsNameByte(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

bool IsNameText(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), IsNameByte);
}

Meaning NoticeOf(std::string_view entity) {
  for (const auto& [ending, told] : {std::pair(kEntered, Told::kEntered), {kLeft, Told::kLeft}}) {
    if (!entity.ends_with(ending)) continue;
    const std::string_view name = entity.substr(0, entity.size() - ending.size());
    if (IsNameText(name)) return {told, name, {}};
  }
  return {Told::kNonsense, {}, entity};
}

Meaning MeaningOfOk(std::string_view entity) {
  if (entity == "OK...^.^") return {Told::kOk, {}, entity};
  if (entity.starts_with(kHeading)) return {Told::kList, {}, entity.substr(kHeading.size())};
  if (!entity.starts_with("[ ")) return NoticeOf(entity);
  const std::size_t name_end = entity.find(" ] : ");
  if (name_end == std::string_view::npos || !entity.ends_with('\n')) {
    return {Told::kNonsense, {}, entity};
  }
  const std::string_view name = entity.substr(2, name_end - 2);
  const std::string_view text = entity.substr(name_end + 5, entity.size() - name_end - 6);
  if (!IsNameText(name) || !IsText(text)) return {Told::kNonsense, {}, entity};
  return {Told::kSaid, name, text};
}

}  // namespace

std::string Folded(std::string_view name) {
  std::string folded(name);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return folded;
}

bool IsName(std::string_view name, std::size_t max_bytes) {
  return IsNameText(name) && name.size() <= max_bytes;
}

bool IsReserved(std::string_view name) {
  constexpr std::array<std::string_view, 7> kReserved = {"server",   "system", "admin", "root",
                                                         "everyone", "all",    "here"};
  return std::find(kReserved.begin(), kReserved.end(), Folded(name)) != kReserved.end();
}

bool IsLineBreak(std::uint32_t value) {
  return (value >= 0x0A && value <= 0x0D) || value == 0x85 || value == 0x2028 || value == 0x2029;
}

bool MayBeSaid(std::uint32_t value) {
  if (value == '\t') return true;
  return value >= 0x20 && (value < 0x7F || value > 0x9F) && !IsLineBreak(value);
}

bool IsText(std::string_view text) {
  bool blank = true;
  while (!text.empty()) {
    const Utf8Sequence next = FirstSequence(text);
    if (next.bytes == 0 || !MayBeSaid(next.value)) return false;
    blank = blank && (next.value == ' ' || next.value == '\t');
    text.remove_prefix(next.bytes);
  }
  return !blank;
}

std::string_view WithoutLineEnd(std::string_view entity) {
  if (!entity.ends_with('\n')) return entity;
  return entity.substr(0, entity.size() - (entity.ends_with("\r\n") ? 2 : 1));
}

Meaning MeaningOf(const RawResponse& response) {
  const std::string_view entity = response.entity;
  const auto only = [&](Told told, std::string_view wanted) {
    return Meaning{entity == wanted ? told : Told::kNonsense, {}, entity};
  };
  switch (response.code) {
    case 200:
      return MeaningOfOk(entity);
    case 202:
      return only(Told::kGreeting, "test");
    case 401:
      return only(Told::kTaken, "Error...T.T");
    case 400:
    case 500:
      if (!IsText(entity)) return {Told::kNonsense, {}, entity};  // what is wrong, in one line
      return {response.code == 400 ? Told::kBad : Told::kServer, {}, entity};
    default:
      return {Told::kNonsense, {}, response.problem};
  }
}

std::string Describe(Told told) {
  switch (told) {
    case Told::kGreeting:
      return "the greeting";
    case Told::kOk:
      return "OK";
    case Told::kTaken:
      return "401";
    case Told::kBad:
      return "400";
    case Told::kServer:
      return "500";
    case Told::kList:
      return "a list";
    case Told::kSaid:
      return "a message";
    case Told::kEntered:
      return "an \"entered\"";
    case Told::kLeft:
      return "a \"left\"";
    case Told::kNonsense:
      break;
  }
  return "nonsense";
}

}  // namespace chathttp::sim
