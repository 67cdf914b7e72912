#include "chathttp/domain/text.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "chathttp/domain/printable.h"

namespace chathttp {
namespace {

unsigned char ByteAt(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

// The sequence that a lead byte starts: its size (0 if the lead byte is invalid) and the range of
// its second byte (RFC 3629 section 4).
struct LeadByte {
  std::size_t bytes = 0;
  unsigned char second_min = 0x80;
  unsigned char second_max = 0xBF;
};

LeadByte ClassifyLead(unsigned char lead) {
  if (lead < 0xC2 || lead > 0xF4) return {};
  if (lead < 0xE0) return {.bytes = 2};
  if (lead == 0xE0) return {.bytes = 3, .second_min = 0xA0};
  if (lead == 0xED) return {.bytes = 3, .second_max = 0x9F};
  if (lead < 0xF0) return {.bytes = 3};
  if (lead == 0xF0) return {.bytes = 4, .second_min = 0x90};
  if (lead == 0xF4) return {.bytes = 4, .second_max = 0x8F};
  return {.bytes = 4};
}

bool IsLineBreak(char32_t c) {
  return (c >= U'\n' && c <= U'\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool IsControl(char32_t c) { return (c < 0x20 && c != U'\t') || (c >= 0x7F && c < 0xA0); }

}  // namespace

std::string_view WithoutLineEnd(std::string_view entity) {
  if (entity.ends_with('\n')) entity.remove_suffix(entity.ends_with("\r\n") ? 2 : 1);
  return entity;
}

CodePoint DecodeUtf8(std::string_view bytes) {
  const unsigned char lead = ByteAt(bytes, 0);
  if (lead < 0x80) return {lead, 1};
  const LeadByte form = ClassifyLead(lead);
  if (form.bytes == 0 || bytes.size() < form.bytes) return {};
  const unsigned char second = ByteAt(bytes, 1);
  if (second < form.second_min || second > form.second_max) return {};
  char32_t value = ((lead & (0x7Fu >> form.bytes)) << 6) | (second & 0x3Fu);
  for (std::size_t i = 2; i < form.bytes; ++i) {
    const unsigned char next = ByteAt(bytes, i);
    if ((next & 0xC0) != 0x80) return {};
    value = (value << 6) | (next & 0x3Fu);
  }
  return {value, form.bytes};
}

TextCheck CheckText(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) return {TextProblem::kTooLong, max_bytes};
  bool blank = true;
  for (std::size_t at = 0; at < text.size();) {
    if (text.size() - at >= sizeof(std::uint64_t)) {
      const std::uint64_t eight = LoadEight(text.data() + at);
      if (IsPrintable(eight)) {
        blank = blank && eight == EightOf(' ');
        at += sizeof(eight);
        continue;
      }
    }
    const CodePoint next = DecodeUtf8(text.substr(at));
    if (next.bytes == 0) return {TextProblem::kNotUtf8, at};
    if (IsLineBreak(next.value)) return {TextProblem::kLineBreak, at};
    if (IsControl(next.value)) return {TextProblem::kControl, at};
    if (next.value != U' ' && next.value != U'\t') blank = false;
    at += next.bytes;
  }
  return {blank ? TextProblem::kBlank : TextProblem::kNone, 0};
}

std::string DescribeTextProblem(std::string_view text, std::size_t max_bytes) {
  const TextCheck check = CheckText(text, max_bytes);
  switch (check.problem) {
    case TextProblem::kNone:
      return "";
    case TextProblem::kBlank:
      return absl::StrCat("Text cannot be blank, got ", text.size(), " bytes of white space");
    case TextProblem::kTooLong:
      return absl::StrCat("Text cannot be longer than ", max_bytes, " bytes, got ", text.size());
    case TextProblem::kLineBreak:
      return absl::StrCat("Text must be one line, got a line break at byte ", check.offset);
    case TextProblem::kControl:
      return absl::StrFormat("Text cannot contain control characters, got U+%04X at byte %d",
                             static_cast<unsigned>(DecodeUtf8(text.substr(check.offset)).value),
                             check.offset);
    case TextProblem::kNotUtf8:
      return absl::StrFormat("Text must be UTF-8, got byte 0x%02X at byte %d",
                             ByteAt(text, check.offset), check.offset);
  }
  return "";
}

}  // namespace chathttp
