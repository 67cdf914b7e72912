#include "apps/terminal/keys.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/text.h"

namespace chathttp {
namespace {

constexpr char kEsc = '\x1b';
constexpr std::size_t kMaxSequenceBytes = 32;
constexpr std::string_view kPasteBegin = "\x1b[200~";
constexpr std::string_view kPasteEnd = "\x1b[201~";

struct NamedSequence {
  std::string_view bytes;  // behind ESC
  KeyCode code;
};

// Sequences of xterm, and those of rxvt, the Linux console and tmux that differ.
constexpr std::array<NamedSequence, 54> kSequences = {{
    {"[A", KeyCode::kUp},           {"OA", KeyCode::kUp},
    {"[B", KeyCode::kDown},         {"OB", KeyCode::kDown},
    {"[C", KeyCode::kRight},        {"OC", KeyCode::kRight},
    {"[D", KeyCode::kLeft},         {"OD", KeyCode::kLeft},
    {"[H", KeyCode::kHome},         {"OH", KeyCode::kHome},
    {"[F", KeyCode::kEnd},          {"OF", KeyCode::kEnd},
    {"[1~", KeyCode::kHome},        {"[7~", KeyCode::kHome},
    {"[4~", KeyCode::kEnd},         {"[8~", KeyCode::kEnd},
    {"[3~", KeyCode::kDelete},      {"[5~", KeyCode::kPageUp},
    {"[6~", KeyCode::kPageDown},    {"[Z", KeyCode::kBackTab},
    {"OP", KeyCode::kF1},           {"[11~", KeyCode::kF1},
    {"[[A", KeyCode::kF1},          {"OQ", KeyCode::kF2},
    {"[12~", KeyCode::kF2},         {"[[B", KeyCode::kF2},
    {"[21~", KeyCode::kF10},        {"OM", KeyCode::kEnter},
    {"[1;5C", KeyCode::kWordRight}, {"[1;5D", KeyCode::kWordLeft},
    {"[1;3C", KeyCode::kWordRight}, {"[1;3D", KeyCode::kWordLeft},
    {"Oc", KeyCode::kWordRight},    {"Od", KeyCode::kWordLeft},
    {"[1;5H", KeyCode::kFirst},     {"[1;5F", KeyCode::kLast},
    {"[1;3H", KeyCode::kFirst},     {"[1;3F", KeyCode::kLast},
    {"[1;2A", KeyCode::kScrollUp},  {"[1;2B", KeyCode::kScrollDown},
    {"[1;5A", KeyCode::kScrollUp},  {"[1;5B", KeyCode::kScrollDown},
    {"OR", KeyCode::kF3},           {"[13~", KeyCode::kF3},
    {"[[C", KeyCode::kF3},          {"[5;2~", KeyCode::kPageUp},
    {"[6;2~", KeyCode::kPageDown},  {"[5;5~", KeyCode::kPageUp},
    {"[6;5~", KeyCode::kPageDown},  {"[3;5~", KeyCode::kDelete},
    {"[5;3~", KeyCode::kListUp},    {"[6;3~", KeyCode::kListDown},
    {"[23~", KeyCode::kListUp},     {"[24~", KeyCode::kListDown},
}};

// The size of the sequence (without ESC) at the start of `rest`; nothing if it is incomplete.
std::optional<std::size_t> SequenceSize(std::string_view rest) {
  if (rest.front() == 'O') return rest.size() < 2 ? std::nullopt : std::optional<std::size_t>(2);
  if (rest.size() >= 2 && rest[1] == '[') {  // the function keys of the Linux console
    return rest.size() < 3 ? std::nullopt : std::optional<std::size_t>(3);
  }
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] >= 0x40 && rest[i] <= 0x7E) return i + 1;
    const bool parameter = rest[i] >= 0x20 && rest[i] <= 0x3F;
    if (!parameter || i >= kMaxSequenceBytes) return i;  // invalid: ends here
  }
  return std::nullopt;
}

// Whether more bytes could complete `bytes` to a code point.
bool IsCutShort(std::string_view bytes) {
  if (bytes.size() >= 4 || static_cast<unsigned char>(bytes.front()) < 0xC2) return false;
  // 0x80 is a valid continuation except behind E0 and F0, 0xBF except behind ED and F4.
  for (const char fill : {'\x80', '\xBF'}) {
    std::string longer(bytes);
    while (longer.size() < 4) {
      longer += fill;
      if (DecodeUtf8(longer).bytes == longer.size()) return true;
    }
  }
  return false;
}

std::optional<Key> ControlKey(char byte) {
  switch (byte) {
    case '\r':
    case '\n':
      return Key{KeyCode::kEnter};
    case '\t':
      return Key{KeyCode::kTab};
    case '\b':
    case '\x7f':
      return Key{KeyCode::kBackspace};
    default:
      break;
  }
  if (byte == 0x1F) return Key{KeyCode::kControl, "_"};
  if (byte < 1 || byte > 26) return std::nullopt;  // ^@ and ^\ to ^^ mean nothing
  return Key{KeyCode::kControl, std::string(1, static_cast<char>('a' + byte - 1))};
}

std::string WithLineFeeds(std::string_view pasted) {
  std::string text;
  text.reserve(pasted.size());
  for (std::size_t i = 0; i < pasted.size(); ++i) {
    if (pasted[i] != '\r') {
      text += pasted[i];
    } else if (i + 1 == pasted.size() || pasted[i + 1] != '\n') {
      text += '\n';  // terminals send CR for a line end
    }
  }
  return text;
}

// Turns the Up or Down keys of a turn of the wheel into keys that scroll.
void TakeWheel(std::vector<Key>& keys) {
  if (keys.size() < kWheelKeys) return;
  const KeyCode code = keys.front().code;
  const auto same = [code](const Key& key) { return key.code == code; };
  if ((code != KeyCode::kUp && code != KeyCode::kDown) ||
      !std::all_of(keys.begin(), keys.end(), same)) {
    return;
  }
  for (Key& key : keys) key.code = code == KeyCode::kUp ? KeyCode::kScrollUp : KeyCode::kScrollDown;
}

bool IsAtMostOneKey(std::string_view bytes) {
  KeyDecoder decoder;
  const std::size_t complete = decoder.Decode(bytes).size();
  return complete + (decoder.waiting() ? 1 : 0) <= 1;
}

// Whether `bytes`, the first after a paste without its end mark, are the rest of that paste.
bool IsRestOfPaste(std::string_view bytes) {
  if (bytes.starts_with(kPasteBegin)) return false;
  return bytes.find(kPasteEnd) != std::string_view::npos || !IsAtMostOneKey(bytes);
}

}  // namespace

std::vector<Key> KeyDecoder::Decode(std::string_view bytes) {
  std::vector<Key> keys;
  if (std::exchange(end_mark_missing_, false) && IsRestOfPaste(bytes)) pasting_ = true;
  pending_ += bytes;
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const std::size_t used = pasting_ ? DecodePaste(rest, keys) : DecodeOne(rest, keys);
    if (used == 0) break;
    rest.remove_prefix(used);
  }
  pending_.erase(0, pending_.size() - rest.size());
  TakeWheel(keys);
  return keys;
}

std::vector<Key> KeyDecoder::Finish() {
  if (!waiting()) return {};
  if (pasting_) {
    std::vector<Key> keys;
    AddToPaste(std::exchange(pending_, ""));
    EndPaste(keys);
    end_mark_missing_ = true;
    return keys;
  }
  finishing_ = true;
  std::vector<Key> keys = Decode("");
  finishing_ = false;
  return keys;
}

// The next three functions return the number of bytes used; 0 if the key is incomplete.
std::size_t KeyDecoder::DecodeOne(std::string_view rest, std::vector<Key>& keys) {
  const char byte = rest.front();
  if (byte == kEsc) return DecodeSequence(rest, keys);
  if (static_cast<unsigned char>(byte) < 0x20 || byte == '\x7f') {
    if (std::optional<Key> key = ControlKey(byte)) keys.push_back(*std::move(key));
    return 1;
  }
  const CodePoint next = DecodeUtf8(rest);
  if (next.bytes == 0) {
    if (IsCutShort(rest) && !finishing_) return 0;
    keys.push_back({KeyCode::kInvalid, absl::BytesToHexString({&byte, 1})});
    return 1;
  }
  const bool c1 = next.value >= 0x80 && next.value < 0xA0;
  if (!c1) keys.push_back({KeyCode::kText, std::string(rest.substr(0, next.bytes))});
  return next.bytes;
}

std::size_t KeyDecoder::DecodeSequence(std::string_view rest, std::vector<Key>& keys) {
  const std::string_view behind = rest.substr(1);
  if (behind.empty() || behind.front() == kEsc) {
    if (behind.empty() && !finishing_) return 0;
    keys.push_back({KeyCode::kEscape});
    return 1;
  }
  if (behind.front() != '[' && behind.front() != 'O') return DecodeAlt(rest, keys);
  const std::optional<std::size_t> size = SequenceSize(behind);
  if (!size && !finishing_) return 0;
  if (!size && behind.size() == 1) return DecodeAlt(rest, keys);  // Alt and a bracket
  if (!size) {
    keys.push_back({KeyCode::kCutShort, absl::BytesToHexString(AbslView(rest))});
    return rest.size();
  }
  const std::string_view sequence = behind.substr(0, *size);
  if (sequence == kPasteBegin.substr(1)) {
    pasting_ = true;
    return kPasteBegin.size();
  }
  for (const NamedSequence& named : kSequences) {
    if (named.bytes == sequence) keys.push_back({named.code});
  }
  if (sequence.starts_with("[<64;")) keys.push_back({KeyCode::kWheelUp});
  if (sequence.starts_with("[<65;")) keys.push_back({KeyCode::kWheelDown});
  return 1 + *size;
}

std::size_t KeyDecoder::DecodeAlt(std::string_view rest, std::vector<Key>& keys) {
  const char byte = rest[1];
  if (byte == '\x7f' || byte == '\b') {
    keys.push_back({KeyCode::kAltBackspace});
    return 2;
  }
  if (static_cast<unsigned char>(byte) < 0x20) {
    keys.push_back({KeyCode::kEscape});  // the control character is a separate key
    return 1;
  }
  const std::string_view behind = rest.substr(1);
  const CodePoint next = DecodeUtf8(behind);
  if (next.bytes == 0) return IsCutShort(behind) && !finishing_ ? 0 : 2;
  keys.push_back({KeyCode::kAlt, std::string(behind.substr(0, next.bytes))});
  return 1 + next.bytes;
}

std::size_t KeyDecoder::DecodePaste(std::string_view rest, std::vector<Key>& keys) {
  const std::size_t end = rest.find(kPasteEnd);
  // The last bytes may be a prefix of the end mark.
  const std::size_t kept = std::min(rest.size(), kPasteEnd.size() - 1);
  const std::size_t size = end == std::string_view::npos ? rest.size() - kept : end;
  AddToPaste(rest.substr(0, size));
  if (end == std::string_view::npos) return size;
  EndPaste(keys);
  return size + kPasteEnd.size();
}

void KeyDecoder::AddToPaste(std::string_view bytes) {
  paste_ += bytes.substr(0, kMaxPasteBytes - paste_.size());
  paste_bytes_ += bytes.size();
}

void KeyDecoder::EndPaste(std::vector<Key>& keys) {
  pasting_ = false;
  const std::string paste = std::exchange(paste_, "");
  const std::size_t bytes = std::exchange(paste_bytes_, 0);
  if (bytes > kMaxPasteBytes) {
    keys.push_back({KeyCode::kLongPaste, std::to_string(bytes)});
  } else if (bytes > 0) {
    keys.push_back({KeyCode::kPaste, WithLineFeeds(paste)});
  }
}

}  // namespace chathttp
