// Decodes the bytes that a terminal sends into keys: xterm sequences (CSI, SS3), Alt as a prefix,
// bracketed paste, UTF-8; in pieces of any size.
//
//   KeyDecoder decoder;
//   for (const Key& key : decoder.Decode("\x1b[A")) Handle(key);     // {KeyCode::kUp}
//   if (decoder.waiting()) ...                    // after decoder.limit(): decoder.Finish()
//
// A lone ESC is the Escape key or the start of a sequence; only a time limit decides. Unknown
// sequences are dropped. Cost O(bytes). Not thread-safe.
//
// On the alternate screen, terminals send several Up or Down keys at once for a turn of the wheel,
// most of them three: an input of nothing but kWheelKeys or more of one of them is kScrollUp or
// kScrollDown. Two of them are a quick user on a slow link. Mouse events would tell the wheel apart,
// but would take the selection of text from the terminal.
//
// A paste ends with its end mark or, if that is lost, with kPasteLimit of silence, so that the
// keyboard works again. The next piece of input is typed if it is a single key, and another paste
// if it starts with a begin mark. Otherwise it is the rest of the paste on a slow link, and no line
// end in it is taken for the Enter key. A rest that arrives one key at a time looks like typing and
// is taken as keys.
#ifndef CHATHTTP_APPS_TERMINAL_KEYS_H_
#define CHATHTTP_APPS_TERMINAL_KEYS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace chathttp {

enum class KeyCode {
  kText,       // text: one code point
  kPaste,      // text: the whole paste, line ends as LF
  kLongPaste,  // a paste above kMaxPasteBytes was dropped; text: its size in decimal
  kInvalid,    // a byte that is not UTF-8 was dropped; text: its two hexadecimal digits
  kCutShort,   // an escape sequence that does not end was dropped; text: its hexadecimal digits
  kControl,    // text: the letter in lower case, of ^A to ^Z; or "_"
  kAlt,        // text: the code point typed with Alt
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
  kScrollUp,    // Up with Shift or Ctrl
  kScrollDown,  // likewise
  kWheelUp,     // of the mouse, where the terminal sends it
  kWheelDown,
  kListUp,    // PageUp with Alt; F11
  kListDown,  // PageDown with Alt; F12
  kFirst,     // Home with Ctrl or Alt
  kLast,      // End likewise
  kF1,
  kF2,
  kF3,
  kF10,
};

struct Key {
  KeyCode code;
  std::string text = {};
  friend bool operator==(const Key&, const Key&) = default;
};

inline constexpr std::size_t kWheelKeys = 3;

// How long the decoder waits for the rest of a sequence after a lone ESC.
inline constexpr absl::Duration kEscapeLimit = absl::Milliseconds(50);

// The silence after which a paste counts as ended.
inline constexpr absl::Duration kPasteLimit = absl::Seconds(3);

// The limit for one paste; longer ones are dropped whole.
inline constexpr std::size_t kMaxPasteBytes = 64 << 10;

class KeyDecoder {
 public:
  // Returns the keys that `bytes` complete, together with earlier incomplete input.
  [[nodiscard]] std::vector<Key> Decode(std::string_view bytes);

  // Whether there is an incomplete key or paste, which silence would end.
  [[nodiscard]] bool waiting() const { return pasting_ || !pending_.empty(); }

  // The silence that ends it.
  [[nodiscard]] absl::Duration limit() const { return pasting_ ? kPasteLimit : kEscapeLimit; }

  // Call it after limit() of silence. Returns the keys in the incomplete input.
  [[nodiscard]] std::vector<Key> Finish();

 private:
  std::size_t DecodeOne(std::string_view rest, std::vector<Key>& keys);
  std::size_t DecodeSequence(std::string_view rest, std::vector<Key>& keys);
  std::size_t DecodeAlt(std::string_view rest, std::vector<Key>& keys);
  std::size_t DecodePaste(std::string_view rest, std::vector<Key>& keys);
  void AddToPaste(std::string_view bytes);
  void EndPaste(std::vector<Key>& keys);

  std::string pending_;  // the start of a key; sequences are bounded, so it is short
  bool pasting_ = false;
  bool end_mark_missing_ = false;  // silence ended the last paste, and no input came since
  std::string paste_;              // at most kMaxPasteBytes
  std::size_t paste_bytes_ = 0;    // size of the whole paste
  bool finishing_ = false;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_TERMINAL_KEYS_H_
