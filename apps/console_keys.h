// The keys behind the bytes that a terminal sends: xterm's sequences (CSI, SS3), Alt as a prefix,
// bracketed paste, UTF-8; in pieces of any size.
//
//   KeyDecoder decoder;
//   for (const Key& key : decoder.Decode("\x1b[A")) Handle(key);     // {KeyCode::kUp}
//   if (decoder.waiting()) ...                    // kEscapeLimit later: decoder.Finish()
//
// A lone ESC is the Escape key or the begin of a sequence; only time tells. Sequences that are not
// known and bytes that are no UTF-8 are no keys. Cost O(bytes); one thread.
#ifndef CHATHTTP_APPS_CONSOLE_KEYS_H_
#define CHATHTTP_APPS_CONSOLE_KEYS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace chathttp {

enum class KeyCode {
  kText,     // text: one code point
  kPaste,    // text: all that was pasted, line ends as LF
  kControl,  // text: the letter in lower case, of ^A to ^Z
  kAlt,      // text: the code point that was typed with Alt
  kEnter,
  kTab,
  kBackTab,
  kBackspace,
  kAltBackspace,
  kDelete,
  kEscape,
  kUp,
  kDown,
  kLeft,
  kRight,
  kWordLeft,   // with Ctrl or Alt
  kWordRight,  // with Ctrl or Alt
  kHome,
  kEnd,
  kPageUp,
  kPageDown,
  kF1,
  kF2,
  kF10,
};

struct Key {
  KeyCode code;
  std::string text = {};
  friend bool operator==(const Key&, const Key&) = default;
};

// How long a lone ESC may wait for the rest of a sequence.
inline constexpr absl::Duration kEscapeLimit = absl::Milliseconds(50);

// Of one paste; what is beyond is dropped.
inline constexpr std::size_t kMaxPasteBytes = 64 << 10;

class KeyDecoder {
 public:
  // The keys that `bytes`, behind what waits, complete.
  [[nodiscard]] std::vector<Key> Decode(std::string_view bytes);

  // Whether something was begun that time may end; false within a paste.
  [[nodiscard]] bool waiting() const { return !pasting_ && !pending_.empty(); }

  // Nothing followed: the keys that are in what waits.
  [[nodiscard]] std::vector<Key> Finish();

 private:
  std::size_t DecodeOne(std::string_view rest, std::vector<Key>& keys);
  std::size_t DecodeSequence(std::string_view rest, std::vector<Key>& keys);
  std::size_t DecodeAlt(std::string_view rest, std::vector<Key>& keys);
  std::size_t DecodePaste(std::string_view rest, std::vector<Key>& keys);

  std::string pending_;  // the begin of a key; short, as a sequence has a bound
  bool pasting_ = false;
  std::string paste_;
  bool finishing_ = false;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_KEYS_H_
