#include "chathttp/transport/admin/admin_text.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace chathttp {
namespace {

TEST(AdminTextTest, DotAloneEndsAnAnswer) {
  EXPECT_EQ(EncodeAnswer(""), ".\n");
  EXPECT_EQ(EncodeAnswer("a\nb\n"), "a\nb\n.\n");
  EXPECT_EQ(EncodeAnswer("a"), "a\n.\n");
}

TEST(AdminTextTest, LineThatStartsWithADotGetsAnother) {
  EXPECT_EQ(EncodeAnswer(".\n..x\n\na.\n"), "..\n...x\n\na.\n.\n");
}

TEST(AdminTextTest, AnswerIsDecodedWhereverItIsCut) {
  const std::string lines = ".\n..x\n\na.\n.dotted\n";
  const std::string bytes = EncodeAnswer(lines);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    AnswerDecoder decoder;
    EXPECT_EQ(decoder.Take(bytes.substr(0, cut)), cut == bytes.size());
    EXPECT_TRUE(decoder.Take(bytes.substr(cut) + "more\n"));
    EXPECT_EQ(decoder.lines(), lines);
  }
}

TEST(AdminTextTest, LongAnswerIsCutBehindALineAndSaysSo) {
  std::string lines;
  while (lines.size() <= kMaxAnswerBytes) lines += "0123456789\n";
  AnswerDecoder decoder;
  ASSERT_TRUE(decoder.Take(EncodeAnswer(lines)));
  const std::string& cut = decoder.lines();
  EXPECT_LT(cut.size(), kMaxAnswerBytes + 32);
  EXPECT_EQ(cut.substr(cut.size() - 29), "0123456789\n(the rest is cut)\n");
}

TEST(AdminTextTest, ErrorIsTheFirstWord) {
  EXPECT_TRUE(IsError("error: kick: no such member \"bob\"\n"));
  EXPECT_FALSE(IsError("members: 1 of 1\nerror: 10.0.0.2:1\n"));
}

}  // namespace
}  // namespace chathttp
