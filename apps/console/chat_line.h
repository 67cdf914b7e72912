// One line of the chat: what it says, and how it is laid out at a width.
//
//   ChatLine line = {.kind = ChatLine::Kind::kMessage, .time = "10:17", .name = "Alice",
//                    .text = "Hello"};
//   ChatLayout layout = LayOut(line, 40);     // layout.rows -> {"Hello"}, layout.indent -> 13
//   Draw(line, layout, 0, canvas, 5);         // "10:17 Alice: Hello" on row 5
//
// From kWideColumns on, names have a column of their own; on a narrow screen time stamps are left
// out. Pure, one thread; O(size of the text).
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
    kMessage,  // name says text
    kNotice,   // of the room: who came and went
    kInfo,     // of this program
    kError,    // of this program
  };
  Kind kind = Kind::kMessage;
  std::string time = {};  // of the day, as it is shown
  std::string name = {};
  std::string text = {};  // ShownText
  bool own = false;       // said by the user
  bool mention = false;   // names the user
};

inline constexpr int kWideColumns = 60;   // of the chat: names in a column
inline constexpr int kStampColumns = 40;  // time stamps
inline constexpr int kNameColumns = 12;   // of the column of names; longer ones reach out of it

struct ChatLayout {
  std::string time = {};  // with the blank behind it; empty on a narrow screen
  std::string name = {};  // with what is around it
  int name_begin = 0;
  int indent = 0;                           // of all rows but the first
  int first = 0;                            // where the text of the first row begins
  std::vector<std::string_view> rows = {};  // views into the line
};

[[nodiscard]] ChatLayout LayOut(const ChatLine& line, int columns);

// Draws row `index` of the layout on row `row` of the canvas.
void Draw(const ChatLine& line, const ChatLayout& layout, std::size_t index, Canvas& canvas,
          int row, int columns);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_CHAT_LINE_H_
