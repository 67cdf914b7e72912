#include "apps/terminal/line_editor.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace chathttp {
namespace {

// An editor whose cursor is shown as '|'.
class LineEditorTest : public ::testing::Test {
 protected:
  void Start(std::string_view shown) {
    std::string text(shown);
    const std::size_t cursor = text.find('|');
    text.erase(cursor, 1);
    editor_.Set(text, cursor);
  }
  std::string Shown() const {
    std::string text = editor_.text();
    return text.insert(editor_.cursor(), 1, '|');
  }
  void Type(std::string_view text) {
    for (const char c : text) EXPECT_TRUE(editor_.Handle({KeyCode::kText, std::string(1, c)}));
  }
  bool Control(char letter) { return editor_.Handle({KeyCode::kControl, std::string(1, letter)}); }
  bool Alt(char letter) { return editor_.Handle({KeyCode::kAlt, std::string(1, letter)}); }
  bool Press(KeyCode code) { return editor_.Handle({code}); }

  LineEditor editor_{64};
};

TEST_F(LineEditorTest, TextGoesWhereTheCursorIs) {
  Start("ad|d");
  Type("bc");
  EXPECT_EQ(Shown(), "adbc|d");
}

TEST_F(LineEditorTest, ArrowsAndControlBAndFMoveByOneCharacter) {
  Start("a日|e\u0301");
  Press(KeyCode::kRight);
  EXPECT_EQ(Shown(), "a日e\u0301|");
  Press(KeyCode::kRight);
  EXPECT_EQ(Shown(), "a日e\u0301|");
  Control('b');
  EXPECT_EQ(Shown(), "a日|e\u0301");
  Press(KeyCode::kLeft);
  Press(KeyCode::kLeft);
  Press(KeyCode::kLeft);
  EXPECT_EQ(Shown(), "|a日e\u0301");
  Control('f');
  EXPECT_EQ(Shown(), "a|日e\u0301");
}

TEST_F(LineEditorTest, HomeAndEndAndControlAAndEGoToTheEnds) {
  Start("one |two");
  Press(KeyCode::kHome);
  EXPECT_EQ(Shown(), "|one two");
  Press(KeyCode::kEnd);
  EXPECT_EQ(Shown(), "one two|");
  Control('a');
  EXPECT_EQ(Shown(), "|one two");
  Control('e');
  EXPECT_EQ(Shown(), "one two|");
}

TEST_F(LineEditorTest, AltBAndFMoveByWords) {
  Start("one, two été|");
  Alt('b');
  EXPECT_EQ(Shown(), "one, two |été");
  Alt('b');
  Alt('b');
  EXPECT_EQ(Shown(), "|one, two été");
  Alt('f');
  EXPECT_EQ(Shown(), "one|, two été");
  Press(KeyCode::kWordRight);
  EXPECT_EQ(Shown(), "one, two| été");
  Press(KeyCode::kWordLeft);
  EXPECT_EQ(Shown(), "one, |two été");
}

TEST_F(LineEditorTest, BackspaceTakesAWholeCharacter) {
  Start("a👨‍👩‍👧|b");
  EXPECT_TRUE(Press(KeyCode::kBackspace));
  EXPECT_EQ(Shown(), "a|b");
  EXPECT_TRUE(Press(KeyCode::kBackspace));
  EXPECT_FALSE(Press(KeyCode::kBackspace)) << "nothing is left of the cursor";
  EXPECT_EQ(Shown(), "|b");
}

TEST_F(LineEditorTest, DeleteAndControlDTakeTheCharacterUnderTheCursor) {
  Start("|e\u0301日x");
  Press(KeyCode::kDelete);
  EXPECT_EQ(Shown(), "|日x");
  EXPECT_TRUE(Control('d'));
  EXPECT_EQ(Shown(), "|x");
}

TEST_F(LineEditorTest, ControlDAtTheEndIsNotTheEditors) {
  Start("x|");
  EXPECT_FALSE(Control('d'));
  EXPECT_EQ(Shown(), "x|");
}

TEST_F(LineEditorTest, ControlKTakesTheRestAndControlYPutsItBack) {
  Start("one |two");
  Control('k');
  EXPECT_EQ(Shown(), "one |");
  Control('a');
  Control('y');
  EXPECT_EQ(Shown(), "two|one ");
}

TEST_F(LineEditorTest, ControlUTakesAllInFrontOfTheCursor) {
  Start("one |two");
  Control('u');
  EXPECT_EQ(Shown(), "|two");
  Control('e');
  Control('y');
  EXPECT_EQ(Shown(), "twoone |");
}

TEST_F(LineEditorTest, ControlWTakesTheWordUpToTheBlank) {
  Start("see http://x.y/z  |now");
  Control('w');
  EXPECT_EQ(Shown(), "see |now");
}

TEST_F(LineEditorTest, AltDTakesTheWordBehindTheCursor) {
  Start("one|, two three");
  Alt('d');
  EXPECT_EQ(Shown(), "one| three");
}

TEST_F(LineEditorTest, AltBackspaceTakesTheWordInFront) {
  Start("one-two|");
  Press(KeyCode::kAltBackspace);
  EXPECT_EQ(Shown(), "one-|");
}

TEST_F(LineEditorTest, WhatIsKilledInARowComesBackTogether) {
  Start("a b c|");
  Control('w');
  Control('w');
  EXPECT_EQ(Shown(), "a |");
  Control('y');
  EXPECT_EQ(Shown(), "a b c|");
}

TEST_F(LineEditorTest, WhatIsKilledLaterReplacesIt) {
  Start("a b c|");
  Control('w');
  Press(KeyCode::kLeft);
  Control('u');
  Control('y');
  EXPECT_EQ(Shown(), "a b| ");
}

TEST_F(LineEditorTest, ControlTSwapsTwoCharacters) {
  Start("te|h");
  Control('t');
  EXPECT_EQ(Shown(), "the|");
  Start("teh|");
  Control('t');
  EXPECT_EQ(Shown(), "the|");
  Start("日|é");
  Control('t');
  EXPECT_EQ(Shown(), "é日|");
  Start("|ab");
  EXPECT_FALSE(Control('t'));
  Start("a|");
  EXPECT_FALSE(Control('t'));
  EXPECT_EQ(editor_.text(), "a");
}

TEST_F(LineEditorTest, AMarkJoinsTheLetterInFrontOfIt) {
  Start("e|x");
  EXPECT_TRUE(editor_.Handle({KeyCode::kText, "\u0301"}));
  Press(KeyCode::kLeft);
  EXPECT_EQ(Shown(), "|e\u0301x");
}

TEST_F(LineEditorTest, TheCursorIsNeverWithinACharacter) {
  Start("|\u0301x");
  Type("e");  // joins the mark behind it
  EXPECT_EQ(Shown(), "e\u0301|x");
  Start("a|b\u0301");
  Press(KeyCode::kDelete);
  EXPECT_EQ(Shown(), "a|");
  Start("ab|\u0301");
  Press(KeyCode::kBackspace);
  EXPECT_EQ(Shown(), "a\u0301|");
}

TEST_F(LineEditorTest, ATextBeyondTheBoundIsNotTaken) {
  EXPECT_TRUE(editor_.Insert(std::string(64, 'x')));
  EXPECT_FALSE(editor_.Insert("y"));
  EXPECT_EQ(editor_.text().size(), 64u);
}

TEST_F(LineEditorTest, WhatIsNoUtf8IsNotTaken) {
  EXPECT_FALSE(editor_.Insert("\xFF"));
  EXPECT_TRUE(editor_.empty());
}

TEST_F(LineEditorTest, KeysOfOthersAreLeftToThem) {
  EXPECT_FALSE(Press(KeyCode::kUp));
  EXPECT_FALSE(Press(KeyCode::kEnter));
  EXPECT_FALSE(Control('l'));
  EXPECT_FALSE(Alt('x'));
}

TEST(LineEditorUndo, UndoesWordByWordAndChangeByChange) {
  LineEditor editor(100);
  for (const char c : std::string("one two")) editor.Handle({KeyCode::kText, std::string(1, c)});
  editor.Handle({KeyCode::kControl, "w"});
  EXPECT_EQ(editor.text(), "one ");
  editor.Set("one twice");
  for (const char* text : {"one ", "one two", "one ", "one", ""}) {
    EXPECT_TRUE(editor.Handle({KeyCode::kControl, "_"}));
    EXPECT_EQ(editor.text(), text);
  }
  EXPECT_FALSE(editor.Handle({KeyCode::kControl, "_"}));
  editor.Set("sent");
  editor.Clear();
  EXPECT_FALSE(editor.Handle({KeyCode::kControl, "_"}));
}

TEST(LineEditorYank, AltYInsertsWhatWasDeletedBefore) {
  LineEditor editor(100);
  editor.Set("one two three");
  editor.Handle({KeyCode::kControl, "w"});
  editor.Handle({KeyCode::kLeft});
  editor.Handle({KeyCode::kControl, "w"});
  EXPECT_EQ(editor.text(), "one  ");
  EXPECT_FALSE(editor.Handle({KeyCode::kAlt, "y"}));  // only behind ^Y
  editor.Handle({KeyCode::kControl, "y"});
  EXPECT_EQ(editor.text(), "one two ");
  editor.Handle({KeyCode::kAlt, "y"});
  EXPECT_EQ(editor.text(), "one three ");
  editor.Handle({KeyCode::kAlt, "y"});
  EXPECT_EQ(editor.text(), "one two ");
}

}  // namespace
}  // namespace chathttp
