// One line of the chat and its layout for a given width.
//
//   ChatLine line = {.kind = ChatLine::Kind::kMessage, .time = "10:17", .name = "Alice",
//                    .text = "Hello"};
//   ChatLayout layout = LayOut(line, 40);     // layout.rows -> {{13, "Hello"}}
//   Draw(line, layout, 0, canvas, 5);         // "10:17 Alice: Hello" on row 5
//
// From kWideColumns on, names have a column of their own; on a narrow screen time stamps are left
// out. A URL too wide for the room behind the names has rows of its own from the first column to the
// last, so that nothing but line ends is copied with it. Each URL is a link. Pure functions; thread-safe; O(size of the text).
#ifndef CHATHTTP_APPS_CONSOLE_CHAT_LINE_H_
#define CHATHTTP_APPS_CONSOLE_CHAT_LINE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "apps/terminal/canvas.h"

namespace chathttp {

struct ChatLine {
  enum class Kind {
    kMessage,   // `name` sent `text`
    kPending,   // a message that the server has not confirmed
    kPresence,  // members have entered or left
    kNotice,    // of the server
    kInfo,      // of this program
    kError,     // of this program
    kMark,      // a rule between lines, with `text`
  };
  Kind kind = Kind::kMessage;
  std::string time = {};  // of the day, as it is shown
  std::string name = {};
  std::string text = {};  // ShownText
  bool own = false;       // sent by this user
  bool mention = false;   // mentions this user
  bool past = false;      // from before this user entered; dim
};

inline constexpr int kWideColumns = 80;   // from this width on, names have a column
inline constexpr int kStampColumns = 40;  // from this width on, lines have time stamps
inline constexpr int kNameColumns = 12;   // width of their column; longer names extend beyond it

struct ChatLayout {
  std::string time = {};  // with the following blank; empty on a narrow screen
  std::string name = {};  // with its punctuation
  int name_begin = 0;
  struct Row {
    int column = 0;              // where the text begins
    std::string_view text = {};  // a view into the line
  };
  std::vector<Row> rows = {};
  std::vector<std::string_view> urls = {};  // views into the line, in order
};

[[nodiscard]] ChatLayout LayOut(const ChatLine& line, int columns);

// Draws row `index` of the layout on row `row` of the canvas.
// `found` highlights the text.
void Draw(const ChatLine& line, const ChatLayout& layout, std::size_t index, Canvas& canvas,
          int row, int columns, bool found = false);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_CHAT_LINE_H_
