// The keys and commands of other programs: each one that docs/client.md says works is typed here.
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/console/app_world.h"
#include "tests/source_path.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kRows = 24;
constexpr std::string_view kWorks = "works";
constexpr std::string_view kNo = "no: ";

// A user in a room with Bob and Soros.
class User : public AppWorld {
 public:
  User() : AppWorld({.user = "Alice"}, 100, kRows) { EnterRoom({"Bob", "Soros"}); }

  // The input line, without blanks at its end.
  [[nodiscard]] std::string Line() const {
    const std::vector<std::string> rows = absl::StrSplit(Screen(), '\n');
    return std::string(absl::StripPrefix(rows[kRows - 2], ">")).erase(0, 1);
  }

  void SayAndConfirm(const std::string& text) {
    Type(text + "\r");
    Confirm();
  }

  void Fill() {
    for (int i = 100; i < 140; ++i) Say("Bob", absl::StrCat("line ", i));
  }

  [[nodiscard]] bool scrolled_back() const {
    return Screen().find("scrolled back") != std::string::npos;
  }
};

void EarlierLines(User& user) {
  user.SayAndConfirm("one");
  user.Type("draft\x1b[A");
  EXPECT_EQ(user.Line(), "one");
  user.Type("\x1b[B");
  EXPECT_EQ(user.Line(), "draft");
  user.Type("\x10");
  EXPECT_EQ(user.Line(), "one");
  user.Type("\x0e");
  EXPECT_EQ(user.Line(), "draft");
}

void SearchOfLines(User& user) {
  user.SayAndConfirm("one");
  user.SayAndConfirm("two");
  user.Type("draft\x12on");
  EXPECT_EQ(user.Line(), "one");
  user.Type("\x1b");
  EXPECT_EQ(user.Line(), "draft");
  user.Type("\x12on\r");
  EXPECT_THAT(user.server.texts, ElementsAre("one", "two", "one"));
}

void EndsOfTheLine(User& user) {
  user.Type(
      "bc\x01"
      "a\x05"
      "d\x1b[H"
      "0\x1b[F"
      "e");
  EXPECT_EQ(user.Line(), "0abcde");
}

void Characters(User& user) {
  user.Type(
      "ac\x02"
      "b\x06"
      "d\x1b[D"
      "X\x1b[C"
      "Y");
  EXPECT_EQ(user.Line(), "abcXdY");
}

void Words(User& user) {
  user.Type(
      "one two\x1b"
      "bX\x1b[1;5DY\x1b"
      "fZ\x01\x1b[1;5C!");
  EXPECT_EQ(user.Line(), "one! YXtwoZ");
}

void DeletedCharacters(User& user) {
  user.Type("abcd\x7f\x08\x01\x1b[3~");
  EXPECT_EQ(user.Line(), "b");
}

void DeletedWords(User& user) {
  user.Type("one two three\x17");
  EXPECT_EQ(user.Line(), "one two");
  user.Type("\x1b\x7f");
  EXPECT_EQ(user.Line(), "one");
  user.Type(
      "\x01\x1b"
      "d");
  EXPECT_EQ(user.Line(), "");
}

void DeletedLines(User& user) {
  user.Type(
      "one two\x1b"
      "b\x0b");
  EXPECT_EQ(user.Line(), "one");
  user.Type("\x15");
  EXPECT_EQ(user.Line(), "");
}

void InsertedAgain(User& user) {
  user.Type(
      "one\x15"
      "two\x15\x19");
  EXPECT_EQ(user.Line(), "two");
  user.Type("\x1by");
  EXPECT_EQ(user.Line(), "one");
  user.Type("\x1f");
  EXPECT_EQ(user.Line(), "two");
}

void ControlD(User& user) {
  user.Type("ab\x01\x04");
  EXPECT_EQ(user.Line(), "b");
  user.Type("\x04");
  EXPECT_FALSE(user.ended);
  user.Type("\x04");
  EXPECT_TRUE(user.ended);
}

void ControlC(User& user) {
  user.Type("draft\x03");
  EXPECT_EQ(user.Line(), "");
  user.Type("\x1b[A");
  EXPECT_EQ(user.Line(), "draft");
  user.Type("\x03\x03");
  EXPECT_FALSE(user.ended);
  user.Type("\x03");
  EXPECT_TRUE(user.ended);
}

void Redraw(User& user) {
  user.terminal.screen.Write("\x1b[H\x1b[2J");
  EXPECT_EQ(user.Screen(), std::string(kRows, '\n'));
  user.Type("\x0c");
  EXPECT_THAT(user.Screen(), HasSubstr("connected"));
}

void Suspension(User& user) {
  user.Type("\x1a");
  EXPECT_EQ(user.terminal.suspensions, 1);
}

void Completions(User& user) {
  user.Type("bo\t");
  EXPECT_EQ(user.Line(), "Bob:");
  user.Type("\x15@so\t");
  EXPECT_EQ(user.Line(), "@Soros");
  user.Type("\x15/us\t");
  EXPECT_EQ(user.Line(), "/users");
  user.Type("\x15\t\t");
  EXPECT_EQ(user.Line(), "Soros:");
  user.Type("\x1b[Z");
  EXPECT_EQ(user.Line(), "Bob:");
}

void Pastes(User& user) {
  user.Type("\x1b[200~one\ntwo\x1b[201~");
  EXPECT_THAT(user.Screen(), HasSubstr("2 lines pasted"));
  user.Type("\x1b");
  EXPECT_THAT(user.server.texts, IsEmpty());
  user.Type("\x1b[200~one\ntwo\x1b[201~\r");
  user.Confirm();
  EXPECT_THAT(user.server.texts, ElementsAre("one", "two"));
}

// Fills the screen, and scrolls back with `back` and to the end with `forth`.
void ScrollWith(User& user, std::string_view back, std::string_view forth) {
  user.Type(
      "\x15"
      "draft");
  user.Fill();
  EXPECT_FALSE(user.scrolled_back());
  user.Type(back);
  EXPECT_TRUE(user.scrolled_back());
  user.Type(forth);
  EXPECT_FALSE(user.scrolled_back());
  EXPECT_EQ(user.Line(), "draft");
}

void Pages(User& user) {
  ScrollWith(user, "\x1b[5~", "\x1b[6~");
  user.Type("\x1b[5~");
  const std::string before = user.Screen();
  user.Say("Bob", "another");
  EXPECT_EQ(user.Screen().substr(0, 1000), before.substr(0, 1000));
}

void ScrolledLines(User& user) { ScrollWith(user, "\x1b[1;2A", "\x1b[1;2B"); }

void ScrolledToEnds(User& user) {
  ScrollWith(user, "\x1b[1;5H", "\x1b[1;5F");
  ScrollWith(user, "\x1b[1;3H", "\x1b[1;3F");
  user.Type("\x1b[1;5H");
  EXPECT_THAT(user.Screen(), HasSubstr("In the room as Alice"));
}

void Wheel(User& user) {
  ScrollWith(user, "\x1bOA\x1bOA\x1bOA", "\x1bOB\x1bOB\x1bOB");
  ScrollWith(user, "\x1b[<64;3;4M", "\x1b[<65;3;4M");
}

void ListOfUsers(User& user) {
  for (int i = 100; i < 150; ++i) user.server.Enter(absl::StrCat("user", i));
  user.RunToNextFrame();
  user.Type("\x1b[24~");
  EXPECT_THAT(user.Screen(), HasSubstr("18 above"));
  user.Type("\x1b[23~");
  EXPECT_THAT(user.Screen(), Not(HasSubstr("above")));
}

void Help(User& user) {
  for (const std::string_view keys : {"\x1bOP", "/help\r"}) {
    user.Type(keys);
    EXPECT_THAT(user.Screen(), HasSubstr("scroll by a page")) << keys;
    user.Type("/clear\r");
    EXPECT_THAT(user.Screen(), Not(HasSubstr("scroll by a page"))) << keys;
  }
}

void Quit(User& user) {
  user.Type("/quit\r");
  EXPECT_EQ(user.server.logouts, 1);
  EXPECT_TRUE(user.ended);
}

void Action(User& user) {
  user.Type("/me waves\r");
  EXPECT_THAT(user.server.texts, ElementsAre("* Alice waves"));
}

void ClearedScreen(User& user) {
  user.Say("Bob", "hello");
  user.Type("/clear\r");
  EXPECT_THAT(user.Screen(), Not(HasSubstr("hello")));
  user.Type("\x1b[5~");
  EXPECT_THAT(user.Screen(), HasSubstr("hello"));
}

void IgnoredUser(User& user) {
  user.Type("/ignore bob\r");
  user.Say("Bob", "unheard");
  EXPECT_THAT(user.Screen(), Not(HasSubstr("unheard")));
  user.Type("/ignore bob\r");
  user.Say("Bob", "heard again");
  EXPECT_THAT(user.Screen(), HasSubstr("heard again"));
}

void SearchOfTheConversation(User& user) {
  user.Fill();
  user.Fill();
  user.Type("/search LINE 105\r");
  EXPECT_THAT(user.Screen(), HasSubstr("line 105"));
  const std::string newer = user.Screen();
  user.Type("n");
  EXPECT_NE(user.Screen(), newer);
  EXPECT_THAT(user.Screen(), HasSubstr("line 105"));
  user.Type("N");
  EXPECT_EQ(user.Screen(), newer);
}

const std::map<std::string_view, void (*)(User&)>& Habits() {
  static const std::map<std::string_view, void (*)(User&)> habits = {
      {"Up, Down, ^P, ^N", EarlierLines},
      {"^R", SearchOfLines},
      {"^A, ^E, Home, End", EndsOfTheLine},
      {"^B, ^F, Left, Right", Characters},
      {"Alt-b, Alt-f, Ctrl-Left, Ctrl-Right", Words},
      {"Backspace, ^H, Delete", DeletedCharacters},
      {"^W, Alt-Backspace, Alt-d", DeletedWords},
      {"^U, ^K", DeletedLines},
      {"^Y, Alt-y, ^_", InsertedAgain},
      {"^D", ControlD},
      {"^C", ControlC},
      {"^L", Redraw},
      {"^Z", Suspension},
      {"Tab, Shift-Tab", Completions},
      {"Paste of several lines", Pastes},
      {"PageUp, PageDown", Pages},
      {"Shift-Up, Shift-Down", ScrolledLines},
      {"Ctrl-Home, Ctrl-End, Alt-Home, Alt-End", ScrolledToEnds},
      {"Wheel of the mouse", Wheel},
      {"F11, F12", ListOfUsers},
      {"F1, /help", Help},
      {"/quit", Quit},
      {"/me", Action},
      {"/clear", ClearedScreen},
      {"/ignore", IgnoredUser},
      {"/search, n, N", SearchOfTheConversation},
  };
  return habits;
}

// The first and the last cell of each row of the table in docs/client.md.
std::vector<std::pair<std::string, std::string>> Table() {
  std::ifstream file(SourcePath("docs/client.md"));
  std::vector<std::pair<std::string, std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> cells = absl::StrSplit(line, " | ");
    if (cells.size() != 3 || !line.starts_with("| ")) continue;
    rows.emplace_back(cells.front().substr(2), absl::StripSuffix(cells.back(), " |"));
  }
  rows.erase(rows.begin());  // the heading
  return rows;
}

TEST(HabitsTest, EachKeyOrCommandOfTheTableWorksOrHasAReason) {
  std::set<std::string> works;
  ASSERT_EQ(Table().size(), 30u);
  for (const auto& [keys, here] : Table()) {
    const auto habit = Habits().find(keys);
    if (!here.starts_with(kWorks)) {
      EXPECT_TRUE(here.starts_with(kNo)) << keys << ": " << here;
      EXPECT_EQ(habit, Habits().end()) << keys;
      continue;
    }
    ASSERT_NE(habit, Habits().end()) << keys;
    SCOPED_TRACE(keys);
    User user;
    habit->second(user);
    EXPECT_TRUE(works.insert(keys).second);
  }
  EXPECT_EQ(works.size(), Habits().size());
}

}  // namespace
}  // namespace chathttp
