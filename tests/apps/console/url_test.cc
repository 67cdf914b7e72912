#include "apps/console/url.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(UrlTest, UrlsAreFoundInOrder) {
  EXPECT_THAT(FindUrls("see http://a.example/x?y=%20#z and HTTPS://b:80/ too"),
              ElementsAre("http://a.example/x?y=%20#z", "HTTPS://b:80/"));
  EXPECT_THAT(FindUrls("http://a http://b"), ElementsAre("http://a", "http://b"));
  EXPECT_THAT(FindUrls("no URL: http, https:, ://x"), IsEmpty());
}

TEST(UrlTest, PunctuationBehindAUrlIsNotPartOfIt) {
  EXPECT_THAT(FindUrls("Look at http://a.example/b. Or https://c!"),
              ElementsAre("http://a.example/b", "https://c"));
  EXPECT_THAT(FindUrls("(http://a.example/b)"), ElementsAre("http://a.example/b"));
  EXPECT_THAT(FindUrls("(see http://a/b_(c).)"), ElementsAre("http://a/b_(c)"));
  EXPECT_THAT(FindUrls("<https://a>, \"https://b\""), ElementsAre("https://a", "https://b"));
}

TEST(UrlTest, OtherSchemesAreNoUrls) {
  EXPECT_THAT(FindUrls("javascript://a file:///etc/passwd ftp://a xhttp://a"), IsEmpty());
  EXPECT_THAT(FindUrls("http:// http://. https://"), IsEmpty());
}

TEST(UrlTest, AUrlEndsBeforeBytesThatAreNotThoseOfAUri) {
  EXPECT_THAT(FindUrls("http://a\x1b]8;;http://b\\"), ElementsAre("http://a", "http://b"));
  EXPECT_THAT(FindUrls("http://a/caf\u00E9 http://b\\x1b"),
              ElementsAre("http://a/caf", "http://b"));
}

}  // namespace
}  // namespace chathttp
