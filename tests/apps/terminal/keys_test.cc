#include "apps/terminal/keys.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Key> Keys(std::string_view bytes) {
  KeyDecoder decoder;
  std::vector<Key> keys = decoder.Decode(bytes);
  for (Key& key : decoder.Finish()) keys.push_back(key);
  return keys;
}

TEST(KeysTest, LettersAreText) {
  EXPECT_THAT(Keys("aé日"), ElementsAre(Key{KeyCode::kText, "a"}, Key{KeyCode::kText, "é"},
                                        Key{KeyCode::kText, "日"}));
}

TEST(KeysTest, ControlsAreTheirLetters) {
  EXPECT_THAT(Keys("\x01\x17\x1a"),
              ElementsAre(Key{KeyCode::kControl, "a"}, Key{KeyCode::kControl, "w"},
                          Key{KeyCode::kControl, "z"}));
  EXPECT_THAT(Keys("\r\t\x7f\b"), ElementsAre(Key{KeyCode::kEnter}, Key{KeyCode::kTab},
                                              Key{KeyCode::kBackspace}, Key{KeyCode::kBackspace}));
}

TEST(KeysTest, ArrowsComeInBothKindsOfSequence) {
  for (const std::string kind : {"\x1b[", "\x1bO"}) {
    EXPECT_THAT(Keys(absl::StrCat(kind, "A", kind, "B", kind, "C", kind, "D")),
                ElementsAre(Key{KeyCode::kUp}, Key{KeyCode::kDown}, Key{KeyCode::kRight},
                            Key{KeyCode::kLeft}));
  }
}

TEST(KeysTest, HomeAndEndComeInFourKindsOfSequence) {
  for (const std::string_view home : {"\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~"}) {
    EXPECT_THAT(Keys(home), ElementsAre(Key{KeyCode::kHome}));
  }
  for (const std::string_view end : {"\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~"}) {
    EXPECT_THAT(Keys(end), ElementsAre(Key{KeyCode::kEnd}));
  }
}

TEST(KeysTest, FunctionKeysAreKnown) {
  EXPECT_THAT(
      Keys("\x1bOQ\x1b[12~\x1b[[B\x1b[21~"),
      ElementsAre(Key{KeyCode::kF2}, Key{KeyCode::kF2}, Key{KeyCode::kF2}, Key{KeyCode::kF10}));
}

TEST(KeysTest, AltIsAPrefix) {
  EXPECT_THAT(
      Keys("\x1b"
           "b\x1bé\x1b\x7f"),
      ElementsAre(Key{KeyCode::kAlt, "b"}, Key{KeyCode::kAlt, "é"}, Key{KeyCode::kAltBackspace}));
}

TEST(KeysTest, ALoneEscapeIsAKeyOnceNothingFollowed) {
  KeyDecoder decoder;
  EXPECT_THAT(decoder.Decode("\x1b"), IsEmpty());
  EXPECT_TRUE(decoder.waiting());
  EXPECT_THAT(decoder.Finish(), ElementsAre(Key{KeyCode::kEscape}));
  EXPECT_FALSE(decoder.waiting());
}

TEST(KeysTest, AnAltBracketIsAKeyOnceNothingFollowed) {
  EXPECT_THAT(Keys("\x1b["), ElementsAre(Key{KeyCode::kAlt, "["}));
}

TEST(KeysTest, ASequenceThatDoesNotEndIsNoText) {
  EXPECT_THAT(Keys("\x1b[1;"), ElementsAre(Key{KeyCode::kCutShort, "1b5b313b"}));
  EXPECT_THAT(Keys("a\x1b[["),
              ElementsAre(Key{KeyCode::kText, "a"}, Key{KeyCode::kCutShort, "1b5b5b"}));
}

TEST(KeysTest, TwoEscapesAreTwoKeys) {
  EXPECT_THAT(Keys("\x1b\x1b"), ElementsAre(Key{KeyCode::kEscape}, Key{KeyCode::kEscape}));
}

TEST(KeysTest, UnknownSequencesAreNoKeys) {
  EXPECT_THAT(Keys("\x1b[99;7~\x1b[?1;2c\x1bOxa"), ElementsAre(Key{KeyCode::kText, "a"}));
}

TEST(KeysTest, ASequenceWithoutEndIsGivenUp) {
  const std::vector<Key> keys = Keys("\x1b[" + std::string(1000, '1'));
  EXPECT_GT(keys.size(), 900u);
  EXPECT_EQ(keys.back(), (Key{KeyCode::kText, "1"}));
}

TEST(KeysTest, BytesThatAreNotUtf8AreReported) {
  EXPECT_THAT(Keys("a\xFF\xC3(\x80z"),
              ElementsAre(Key{KeyCode::kText, "a"}, Key{KeyCode::kInvalid, "ff"},
                          Key{KeyCode::kInvalid, "c3"}, Key{KeyCode::kText, "("},
                          Key{KeyCode::kInvalid, "80"}, Key{KeyCode::kText, "z"}));
  EXPECT_THAT(Keys("\xE2\x82"),
              ElementsAre(Key{KeyCode::kInvalid, "e2"}, Key{KeyCode::kInvalid, "82"}));
  EXPECT_THAT(Keys("\xC2\x9B"), IsEmpty()) << "a C1 control";
}

TEST(KeysTest, APasteIsOneKeyWithLineFeeds) {
  EXPECT_THAT(Keys("\x1b[200~one\rtwo\r\nthree\n\x1b[201~x"),
              ElementsAre(Key{KeyCode::kPaste, "one\ntwo\nthree\n"}, Key{KeyCode::kText, "x"}));
}

TEST(KeysTest, WhatIsPastedIsNoKey) {
  EXPECT_THAT(Keys("\x1b[200~\x1b[A\x03\x1b[201~"),
              ElementsAre(Key{KeyCode::kPaste, "\x1b[A\x03"}));
}

TEST(KeysTest, APasteBeyondItsBoundIsDroppedWholeAndCounted) {
  const std::string most(kMaxPasteBytes, 'x');
  EXPECT_THAT(Keys("\x1b[200~" + most + "\x1b[201~"), ElementsAre(Key{KeyCode::kPaste, most}));
  EXPECT_THAT(Keys("\x1b[200~" + most + "x\x1b[201~y"),
              ElementsAre(Key{KeyCode::kLongPaste, "65537"}, Key{KeyCode::kText, "y"}));
}

TEST(KeysTest, APasteWithoutItsEndMarkEndsWithSilence) {
  KeyDecoder decoder;
  EXPECT_THAT(decoder.Decode("\x1b[200~one\rtw\x1b[20"), IsEmpty());
  ASSERT_TRUE(decoder.waiting());
  EXPECT_EQ(decoder.limit(), kPasteLimit);
  EXPECT_THAT(decoder.Finish(), ElementsAre(Key{KeyCode::kPaste, "one\ntw\x1b[20"}));
  EXPECT_FALSE(decoder.waiting());
  EXPECT_THAT(decoder.Decode("\x03"), ElementsAre(Key{KeyCode::kControl, "c"}));
  EXPECT_THAT(decoder.Decode("\x1b[201~a"), ElementsAre(Key{KeyCode::kText, "a"}));
}

TEST(KeysTest, TheRestOfAPasteThatComesBehindTheSilenceIsNoKey) {
  const std::string rest = "the rest of what was pasted\rand more\r";
  for (const std::string end : {"", "\x1b[201~"}) {
    KeyDecoder decoder;
    EXPECT_THAT(decoder.Decode("\x1b[200~one\r"), IsEmpty());
    EXPECT_THAT(decoder.Finish(), ElementsAre(Key{KeyCode::kPaste, "one\n"}));
    std::vector<Key> keys = decoder.Decode(rest + end);
    for (Key& key : decoder.Finish()) keys.push_back(std::move(key));
    EXPECT_THAT(keys, ElementsAre(Key{KeyCode::kPaste, "the rest of what was pasted\nand more\n"}));
  }
}

TEST(KeysTest, AShortRestOfAPasteThatComesBehindTheSilenceIsNoKey) {
  for (const std::string rest : {"two\r", "\r\r", "\r\x1b[201~", "\x03\x03"}) {
    KeyDecoder decoder;
    EXPECT_THAT(decoder.Decode("\x1b[200~one\r"), IsEmpty());
    EXPECT_THAT(decoder.Finish(), ElementsAre(Key{KeyCode::kPaste, "one\n"}));
    std::vector<Key> keys = decoder.Decode(rest);
    for (Key& key : decoder.Finish()) keys.push_back(std::move(key));
    ASSERT_EQ(keys.size(), 1u);
    EXPECT_EQ(keys[0].code, KeyCode::kPaste);
  }
}

TEST(KeysTest, APasteAfterOneWithoutItsEndMarkIsAPasteOfItsOwn) {
  const std::string paste = "\x1b[200~two\x1b[201~a";
  for (const std::size_t split : {std::size_t{0}, std::size_t{1}, std::size_t{4}}) {
    KeyDecoder decoder;
    EXPECT_THAT(decoder.Decode("\x1b[200~one"), IsEmpty());
    EXPECT_THAT(decoder.Finish(), ElementsAre(Key{KeyCode::kPaste, "one"}));
    if (split > 0) {
      EXPECT_THAT(decoder.Decode(paste.substr(0, split)), IsEmpty());
    }
    EXPECT_THAT(decoder.Decode(paste.substr(split)),
                ElementsAre(Key{KeyCode::kPaste, "two"}, Key{KeyCode::kText, "a"}));
  }
}

TEST(KeysTest, AnEndMarkThatComesLateIsNoKey) {
  KeyDecoder decoder;
  EXPECT_THAT(decoder.Decode("\x1b[200~one"), IsEmpty());
  EXPECT_THAT(decoder.Finish(), ElementsAre(Key{KeyCode::kPaste, "one"}));
  EXPECT_THAT(decoder.Decode("\x1b[201~"), IsEmpty());
  EXPECT_THAT(decoder.Decode("a"), ElementsAre(Key{KeyCode::kText, "a"}));
}

TEST(KeysTest, ASequenceOfKeysIsTheSameHoweverItIsSplit) {
  const std::string all =
      "aé日👍\x01\r\x1b[A\x1bOB\x1b[1;5C\x1b[3~\x1b"
      "b\x1b\x7f\x1bé\x1b\x1b[Z\x1b[[B\x1b[21~\x1b[99z\xFF\xE2(\x1b[200~p\xC3\xA9\r\n\x1b[q\r"
      "\x1b[201~\x1b[6~z";
  const std::vector<Key> whole = Keys(all);
  ASSERT_GT(whole.size(), 20u);
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    KeyDecoder decoder;
    std::vector<Key> keys = decoder.Decode(all.substr(0, cut));
    for (Key& key : decoder.Decode(all.substr(cut))) keys.push_back(key);
    EXPECT_EQ(keys, whole) << "cut at byte " << cut;
  }
  KeyDecoder decoder;
  std::vector<Key> keys;
  keys.reserve(whole.size());
  for (const char byte : all) {
    for (Key& key : decoder.Decode({&byte, 1})) keys.push_back(key);
  }
  EXPECT_EQ(keys, whole) << "byte by byte";
}

TEST(KeysTest, SeveralArrowsAtOnceAreTheWheel) {
  EXPECT_THAT(Keys("\x1bOA\x1bOA\x1bOA"), Each(Key{KeyCode::kScrollUp}));
  EXPECT_THAT(Keys("\x1b[B\x1b[B\x1b[B\x1b[B"), Each(Key{KeyCode::kScrollDown}));
  EXPECT_THAT(Keys("\x1b[A\x1b[A\x1b[B"),
              ElementsAre(Key{KeyCode::kUp}, Key{KeyCode::kUp}, Key{KeyCode::kDown}));
  EXPECT_THAT(Keys("\x1b[A\x1b[A"), ElementsAre(Key{KeyCode::kUp}, Key{KeyCode::kUp}));
  EXPECT_THAT(Keys("\x1b[<64;3;4M\x1b[<65;3;4M"),
              ElementsAre(Key{KeyCode::kWheelUp}, Key{KeyCode::kWheelDown}));
}

}  // namespace
}  // namespace chathttp
