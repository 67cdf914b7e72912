#include "chathttp/sim/search/generator_text.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/world/raw_codec.h"

namespace chathttp::sim {
namespace {

constexpr std::array<std::string_view, 10> kWords = {"hi",
                                                     "the",
                                                     "quick brown fox",
                                                     "?",
                                                     "lunch at 12",
                                                     "\xC3\xA9t\xC3\xA9",
                                                     "\xE2\x98\x83",
                                                     "OK...^.^",
                                                     "] : [ bob ] :",
                                                     "HTTP/1.1 200 OK"};

constexpr std::array<std::string_view, 9> kBadWords = {
    "",         " \t ",         "a\x1B[2Jb",        "two\nlines", "tail\r",
    "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xC2\x9B"};

// "%" stands for the name of the user.
constexpr std::array<std::string_view, 37> kMalformed = {
    "POST h HTTP/1.0\nUser_Agent: %\n\n",
    "POST h HTTP/1.1 \nUser_Agent: %\n\n",
    "POST  h HTTP/1.1\nUser_Agent: %\n\n",
    "POST HTTP/1.1\nUser_Agent: %\n\n",
    "BREW h HTTP/1.1\nUser_Agent: %\nContent_Length: 3\n\ntea",
    "post h HTTP/1.1\nUser_Agent: %\n\n",
    "P(ST h HTTP/1.1\nUser_Agent: %\n\n",
    "GET \x01 HTTP/1.1\nUser_Agent: %\n\n",
    "\nGET h HTTP/1.1\nUser_Agent: %\n\n",
    "GET h HTTP/1.1\n\n",
    "GET h HTTP/1.1\nUser_Agent: %\nUser-Agent: %\n\n",
    "GET h HTTP/1.1\nUser_Agent: somebody-else\n\n",
    "ADD h HTTP/1.1\nUser_Agent: no such name\n\n",
    "ADD h HTTP/1.1\nUser_Agent: Root\n\n",
    "ADD h HTTP/1.1\nUser_Agent: %\nContent_Length: 4\n\njunk",
    "ADD h HTTP/1.1\nUser_Agent: abcdefghijklmnopqrstuvwxyz0123456789\n\n",
    "GET h HTTP/1.1\nUser_Agent : %\n\n",
    "GET h HTTP/1.1\nUser_Agent: %\n folded\n\n",
    "GET h HTTP/1.1\nUser_Agent: %\n: empty\n\n",
    "GET h HTTP/1.1\nUser_Agent: %\nno colon\n\n",
    "GET h HTTP/1.1\nUser_Agent: %\nX: a\rb\n\n",
    "GET h HTTP/1.1\nUser_Agent: %\nX: a\x7F\n\n",
    "GET h HTTP/1.1\r\nUSER-AGENT: %\r\nX:\t1 \r\n\r\n",
    "POST h HTTP/1.1\nUser_Agent: %\nContent_Length: 3\nContent-Length: 3\n\nhi\n",
    "POST h HTTP/1.1\nUser_Agent: %\nContent_Length: +3\n\nhi\n",
    "POST h HTTP/1.1\nUser_Agent: %\nContent_Length: 0x3\n\nhi\n",
    "POST h HTTP/1.1\nUser_Agent: %\nContent_Length: 3,3\n\nhi\n",
    "POST h HTTP/1.1\nUser_Agent: %\nContent_Length: 3 3\n\nhi\n",
    "POST h HTTP/1.1\nUser_Agent: %\nContent_Length:\n\n",
    "POST h HTTP/1.1\nUser_Agent: %\nContent_Length: 00000000003\n\nhi\n",
    "POST h HTTP/1.1\nUser_Agent: %\nContent_Length: 0000000003\n\nhi\n",
    "POST h HTTP/1.1\nUser_Agent: %\nContent_Length: 65537\n\n",
    "POST h HTTP/1.1\nUser_Agent: %\nContent_Length: 9999999999\n\n",
    "POST h HTTP/1.1\nUser_Agent: %\nTransfer-Encoding: chunked\n\n0\n\n",
    "ADD h HTTP/1.1\nUser_Agent: %\nOrigin: http://evil.example\n\n",
    "ADD h HTTP/1.1\nUser_Agent: %\nSec_Fetch_Mode: cors\n\n",
    "\x16\x03\x01\x02"};

std::string Repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

// Requests at a limit or one unit beyond it.
std::string DrawOversized(Chooser& choose, const std::string& user) {
  const auto beyond = static_cast<std::size_t>(choose.Between(0, 1));
  switch (choose.Between(0, 2)) {
    case 0:
      return absl::StrCat("GET ", Repeated("u", 256 + beyond), " HTTP/1.1\nUser_Agent: ", user,
                          "\n\n");
    case 1:
      return absl::StrCat("GET h HTTP/1.1\nUser_Agent: ", user, "\n",
                          Repeated("X: y\n", 63 + beyond), "\n");
    default:
      return RawRequest("POST", user, Repeated("long ", 820));
  }
}

std::string DrawRequest(Chooser& choose, const std::string& user) {
  constexpr std::array<std::string_view, 6> kMethods = {"ADD",  "POST", "POST",
                                                        "POST", "GET",  "DELETE"};
  const std::string_view method = choose.Pick(kMethods);
  return RawRequest(method, user, method == "POST" ? DrawText(choose, 40) + "\n" : "");
}

}  // namespace

std::string DrawText(Chooser& choose, std::size_t max_bytes) {
  const std::int64_t of_eight = choose.Between(0, 7);
  if (of_eight == 0)
    return std::string(max_bytes - static_cast<std::size_t>(choose.Between(0, 2)), 'w');
  if (of_eight == 1) {
    return std::string(
        std::min<std::size_t>(max_bytes, static_cast<std::size_t>(choose.Between(1, 300))), 'v');
  }
  // Separate statements: the compiler chooses the order of arguments within one call.
  const std::int64_t number = choose.Between(1, 999);
  const std::string text = absl::StrCat(AbslView(choose.Pick(kWords)), " ", number);
  return text.size() <= max_bytes ? text : "short";
}

std::string DrawBadText(Chooser& choose, std::size_t max_bytes) {
  if (choose.OneIn(4)) return std::string(max_bytes + 1, 'z');
  return std::string(choose.Pick(kBadWords));
}

std::string DrawMalformed(Chooser& choose, const std::string& user) {
  if (choose.OneIn(8)) return DrawOversized(choose, user);
  return absl::StrReplaceAll(AbslView(choose.Pick(kMalformed)), {{"%", user}});
}

std::string DrawPipeline(Chooser& choose, const std::string& user) {
  std::string bytes;
  for (std::int64_t left = choose.Skewed(2, 12); left > 0; --left) {
    bytes += DrawRequest(choose, user);
  }
  if (choose.OneIn(3)) bytes += "GET h HTTP/1.1\nUser_";
  return bytes;
}

}  // namespace chathttp::sim
