#include "chathttp/sim/search/generator_request.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/search/generator_names.h"
#include "chathttp/sim/search/generator_text.h"
#include "chathttp/sim/world/raw_codec.h"

namespace chathttp::sim {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array<std::string_view, 6> kMethods = {"ADD",  "POST", "POST",
                                                      "POST", "GET",  "DELETE"};

constexpr std::string_view kVersion = " HTTP/1.1\n";
constexpr std::string_view kTarget = " h HTTP/1.1\n";
constexpr std::string_view kUser = "\nUser_Agent: %\n";
constexpr std::string_view kLength = "\nContent_Length: #\n";
constexpr std::string_view kEnd = "\n\n";

constexpr auto kFatalEdits = std::to_array<Edit>({
    // The request line.
    {kVersion, " HTTP/1.0\n"},
    {kVersion, " HTTP/1.10\n"},
    {kVersion, " HTTP/2.0\n"},
    {kVersion, " HTTP/11\n"},
    {kVersion, " http/1.1\n"},
    {kVersion, " HTTP/1.1 \n"},
    {kVersion, " HTTP/1.1 x\n"},
    {kVersion, " HTTP/1.1\r\r\n"},
    {kVersion, " HTTP/1.1\r"},
    {kVersion, "\n"},
    {kTarget, " HTTP/1.1\n"},
    {kTarget, "  HTTP/1.1\n"},
    {kTarget, "  h HTTP/1.1\n"},
    {kTarget, " h  HTTP/1.1\n"},
    {kTarget, "\th HTTP/1.1\n"},
    {kTarget, " h\tHTTP/1.1\n"},
    {kTarget, " h h HTTP/1.1\n"},
    {kTarget, " \x01 HTTP/1.1\n"},
    {kTarget, " \x7F HTTP/1.1\n"},
    {kTarget, " \xC3\xA9 HTTP/1.1\n"},
    {"", " "},
    {"", "\n"},
    {"", "\r\n"},
    {"", "("},
    {"", "\xEF\xBB\xBF"},
    // Header lines.
    {kUser, "\nUser_Agent : %\n"},
    {kUser, "\nUser_Agent\t: %\n"},
    {kUser, "\n User_Agent: %\n"},
    {kUser, "\nUser_Agent: %\n folded\n"},
    {kUser, "\nUser_Agent: %\n\tfolded: x\n"},
    {kUser, "\nUser_Agent: %\r"},
    {kUser, "\nUser_Agent: %\r\r\n"},
    {kUser, "\nUser_Agent: %\nUser_Agent: %\n"},
    {kUser, "\nUser-Agent: %\nUser_Agent: %\n"},
    {kUser, "\nUser_Agent: %\nUSER_AGENT: other\n"},
    {kUser, "\nUser_Agent: %\x01\n"},
    {kUser, "\nUser_Agent: %\x7F\n"},
    // The length.
    {kLength, "\nContent_Length: +#\n"},
    {kLength, "\nContent_Length: -#\n"},
    {kLength, "\nContent_Length: 0x#\n"},
    {kLength, "\nContent_Length: #,#\n"},
    {kLength, "\nContent_Length: # #\n"},
    {kLength, "\nContent_Length: #.0\n"},
    {kLength, "\nContent_Length: #a\n"},
    {kLength, "\nContent_Length: \"#\"\n"},
    {kLength, "\nContent_Length:\n"},
    {kLength, "\nContent_Length: \t \n"},
    {kLength, "\nContent_Length: 0000000000#\n"},
    {kLength, "\nContent_Length: 18446744073709551616\n"},
    {kLength, "\nContent_Length: 4294967296\n"},
    {kLength, "\nContent_Length: 9999999999\n"},
    {kLength, "\nContent_Length: 65537\n"},
    {kLength, "\nContent_Length: #\nContent_Length: #\n"},
    {kLength, "\nContent_Length: #\nContent-Length: #\n"},
    {kLength, "\ncontent-length: 3\nContent_Length: #\n"},
    {kEnd, "\nContent_Length: #\n\n"},
    {kEnd, "\nCONTENT_LENGTH: 0\n\n"},
});

constexpr auto kMildEdits = std::to_array<Edit>({
    // Line ends.
    {kVersion, " HTTP/1.1\r\n"},
    {kUser, "\nUser_Agent: %\r\n"},
    {kLength, "\nContent_Length: #\r\n"},
    {kEnd, "\n\r\n"},
    {kEnd, "\r\n\n"},
    {kEnd, "\r\n\r\n"},
    // Methods that do not exist.
    {"", "X"},
    {"", "BREW-"},
    {"", "!$&'*+.^_`|~"},
    {"GET ", "get "},
    {"ADD ", "ADDD "},
    {"POST ", "post "},
    {"POST ", "POS "},
    {"POST ", "PUT "},
    {"DELETE ", "Delete "},
    // URIs.
    {kTarget, " / HTTP/1.1\n"},
    {kTarget, " * HTTP/1.1\n"},
    {kTarget, " http://h:9994/a?b=c HTTP/1.1\n"},
    {kTarget, " !\"$&'()*+,-./:;<=>?@[\\]^_`{|}~ HTTP/1.1\n"},
    // Users.
    {kUser, "\n"},
    {kUser, "\nUser_Agent:\n"},
    {kUser, "\nUser_Agent: \t\n"},
    {kUser, "\nUser_Agent: somebody-else\n"},
    {kUser, "\nUser_Agent: %%\n"},
    {kUser, "\nUser_Agent: % %\n"},
    {kUser, "\nUser_Agent: %/1.0\n"},
    {kUser, "\nuser-agent:%\n"},
    {kUser, "\nUSER_AGENT:\t%\t\n"},
    {kUser, "\nUser_Agent:  % \n"},
    // Lengths.
    {kLength, "\ncontent-length:\t#\n"},
    {kLength, "\nCONTENT_LENGTH:  # \n"},
    {kLength, "\nContent_Length: 0#\n"},
    {kLength, "\nContent_Length: 00000000#\n"},
    // Other values of the canonical form, lines that it lacks, and lines in another order.
    {"\nDatetime: 2015-11-29 10:07:40\n", "\nDatetime: 29 Nov 2015 at 10:07\n"},
    {"\nDatetime: 2015-11-29 10:07:40\n", "\nDatetime:2015-11-29 10:07:40\n"},
    {"\nDatetime: 2015-11-29 10:07:40\n", "\nDatetime: \n"},
    {"\nHost: h\n", "\nHost: elsewhere\n"},
    {"\nHost: h\n", "\nHost: h \n"},
    {"\nHost: h\n", "\n"},
    {"\nAccept_Language: en\nAccept: text\n", "\nAccept: text\nAccept_Language: en\n"},
    {"\nAccept: text\n", "\nAccept: text/html\n"},
    {"\nAccept_Encoding: utf-8\n", "\nAccept_Encoding: UTF-8\n"},
    {"\nContent_Language: en\n", "\nContent_Language: en, nl\n"},
    {"\nContent_Type: text\n\n", "\n\n"},
    {"\nContent_Type: text\n\n", "\nContent_Type: text \n\n"},
});

constexpr auto kFatalLines = std::to_array<std::string_view>({
    "Transfer_Encoding: chunked",
    "transfer-encoding: identity",
    "TRANSFER-ENCODING:",
    "Origin: null",
    "ORIGIN: http://evil.example",
    "Sec_Fetch_Mode: cors",
    "sec-fetch-site: same-origin",
    "Sec-Fetch_X:",
    "Sec_Fetch_: x",
    ": no name",
    "no colon",
    "two words: x",
    "X(: x",
    "X\xC3\xA9: x",
    "X\x01: x",
    "X: a\rb",
    "X: \x01",
    "X: \x1B[2J",
    "X: a\x7F",
    "X: a\0b"sv,
    "X: a\x0C",
});

constexpr auto kMildLines = std::to_array<std::string_view>({
    "X: y",
    "X:",
    "X: a\tb",
    "X: a: b",
    "X: \xFF\x80\xC3",
    "X: \xC2\x85",
    "X-_y: 1",
    "7: seven",
    "!$&'*+-.^_`|~: x",
    "Accept: text",
    "Datetime: now",
    "Host: other",
    "Content_Type: text",
    // Names that only resemble those which matter.
    "Content_Lengths: 9",
    "X-Content_Length: 9",
    "ContentLength: 9",
    "User_Agents: other",
    "UserAgent: other",
    "Origins: x",
    "Transfer_Encodings: chunked",
    "TransferEncoding: chunked",
    "Sec_Fetch: x",
    "Sec_FetchMode: cors",
});

constexpr auto kNoRequests = std::to_array<std::string_view>({
    "\x16\x03\x01\x02",
    "\0\0\0\0"sv,
    "\n",
    "\r\n\r\n",
    "\r",
    " ",
    ":",
    "GET\n",
    "HTTP/1.1 200 OK\n\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "SSH-2.0-x\r\n",
    "\xFF\xFE",
    "hello\n",
});

std::size_t Size(std::int64_t size) { return static_cast<std::size_t>(size); }

std::string Filled(std::string_view form, const std::string& user, std::size_t entity_bytes) {
  return absl::StrReplaceAll(AbslView(form), {{"%", user}, {"#", absl::StrCat(entity_bytes)}});
}

// A method, and an entity that suits it.
std::pair<std::string_view, std::string> DrawBasis(Chooser& choose) {
  const std::string_view method = choose.Pick(kMethods);
  return {method, method == "POST" ? DrawText(choose, 40) + "\n" : ""};
}

// The request after the change. The canonical form is used if the short one has no such part.
std::string Edited(Chooser& choose, const Edit& edit, const std::string& user) {
  auto [method, entity] = DrawBasis(choose);
  if (edit.from.ends_with(' ')) method = edit.from.substr(0, edit.from.size() - 1);
  if (choose.OneIn(16)) entity = DrawText(choose, 40);
  const std::string from = Filled(edit.from, user, entity.size());
  std::string request = RawRequest(method, user, entity);
  if (choose.OneIn(2) || request.find(from) == std::string::npos) {
    request = CanonicalRequest(method, user, entity);
  }
  return request.replace(request.find(from), from.size(), Filled(edit.to, user, entity.size()));
}

// The request with a line more: in front, in the middle or at the end of its head.
std::string WithLine(Chooser& choose, std::string request, std::string_view line) {
  constexpr std::array<std::string_view, 4> kPlaces = {"\n", "\nUser_", "\nContent_L", "\n\n"};
  std::size_t at = request.find(choose.Pick(kPlaces));
  if (at == std::string::npos) at = request.find('\n');
  return request.insert(at + 1, absl::StrCat(AbslView(line), "\n"));
}

std::string DrawMild(Chooser& choose, const std::string& user) {
  if (choose.OneIn(4)) {
    const auto [method, entity] = DrawBasis(choose);
    const std::string request = DrawRequest(choose, method, user, entity);
    return WithLine(choose, request, choose.Pick(kMildLines));
  }
  return Edited(choose, choose.Pick(kMildEdits), user);
}

std::string DrawFatal(Chooser& choose, const std::string& user) {
  if (choose.OneIn(12)) return std::string(choose.Pick(kNoRequests));
  if (choose.OneIn(4)) {
    const auto [method, entity] = DrawBasis(choose);
    const std::string request =
        choose.OneIn(2) ? RawRequest(method, user, entity) : CanonicalRequest(method, user, entity);
    return WithLine(choose, request, choose.Pick(kFatalLines));
  }
  return Edited(choose, choose.Pick(kFatalEdits), user);
}

// Header lines in another order; the request line and the entity stay.
std::string Shuffled(Chooser& choose, std::string_view request) {
  const std::size_t begin = request.find('\n') + 1;
  const std::size_t end = request.find(kEnd);
  std::vector<std::string> lines =
      absl::StrSplit(AbslView(request.substr(begin, end - begin)), '\n');
  for (std::size_t i = lines.size(); i-- > 1;) {
    std::swap(lines[i], lines[Size(choose.Between(0, static_cast<std::int64_t>(i)))]);
  }
  return absl::StrCat(AbslView(request.substr(0, begin)), absl::StrJoin(lines, "\n"),
                      AbslView(request.substr(end)));
}

// CRLF in the head.
std::string WithCrLf(std::string_view request) {
  const std::size_t end = request.find(kEnd) + kEnd.size();
  return absl::StrCat(absl::StrReplaceAll(AbslView(request.substr(0, end)), {{"\n", "\r\n"}}),
                      AbslView(request.substr(end)));
}

// A head of a size or a number of lines near the limit.
std::string DrawLongHead(Chooser& choose, std::string_view method, const std::string& user) {
  std::string request = choose.OneIn(2) ? RawRequest(method, user) : CanonicalRequest(method, user);
  const std::int64_t off = choose.Between(0, 2) - 1;
  switch (choose.Between(0, 2)) {
    case 0:
      return absl::StrReplaceAll(request,
                                 {{"h HTTP", std::string(Size(256 + off), 'u') + " HTTP"}});
    case 1: {
      const std::int64_t lines = std::count(request.begin(), request.end(), '\n') - 2;
      for (std::int64_t left = 64 + off - lines; left > 0; --left) {
        request.insert(request.find(kEnd), "\nX: y");
      }
      return request;
    }
    default: {
      constexpr std::array<char, 3> kFill = {'v', '\t', '\xA0'};
      const std::string value(Size(8187 + off) - request.size(), choose.Pick(kFill));
      return request.insert(request.find(kEnd) + 1, absl::StrCat("X: x", value, "\n"));
    }
  }
}

// An entity that resembles requests, of a size near a limit.
std::string DrawLongEntity(Chooser& choose, std::string_view method, const std::string& user) {
  constexpr auto kSizes = std::to_array<std::int64_t>({4'096, 4'096, 65'536});
  std::int64_t size = choose.Pick(kSizes);
  size += choose.Between(0, 2) - 1;
  if (choose.OneIn(3)) size = choose.Skewed(4'096, 65'536);
  std::string entity;
  if (choose.OneIn(2)) entity = RawRequest("POST", user, "smuggled\n");
  entity.resize(Size(size), 'e');
  if (choose.OneIn(2)) entity.back() = '\n';
  return choose.OneIn(2) ? RawRequest(method, user, entity)
                         : CanonicalRequest(method, user, entity);
}

}  // namespace

std::string CanonicalRequest(std::string_view method, std::string_view user,
                             std::string_view entity) {
  return absl::StrCat(
      AbslView(method), " h HTTP/1.1\nDatetime: 2015-11-29 10:07:40\nUser_Agent: ", AbslView(user),
      "\nHost: h\nAccept_Language: en\nAccept: text\nAccept_Encoding: utf-8\n"
      "Content_Length: ",
      entity.size(), "\nContent_Language: en\nContent_Encoding: utf-8\nContent_Type: text\n\n",
      AbslView(entity));
}

std::string DrawRequest(Chooser& choose, std::string_view method, const std::string& user,
                        std::string_view entity) {
  const std::string spelling = choose.OneIn(8) ? Respelled(choose, user) : user;
  switch (choose.Between(0, 7)) {
    case 0:
      return Shuffled(choose, CanonicalRequest(method, spelling, entity));
    case 1:
      return WithCrLf(CanonicalRequest(method, spelling, entity));
    case 2:
    case 3:
    case 4:
      return CanonicalRequest(method, spelling, entity);
    default:
      return RawRequest(method, spelling, entity);
  }
}

std::string DrawMalformed(Chooser& choose, const std::string& user) {
  return choose.OneIn(3) ? DrawMild(choose, user) : DrawFatal(choose, user);
}

std::string DrawRefused(Chooser& choose, const std::string& user) {
  switch (choose.Between(0, 3)) {
    case 0:
      return DrawRequest(choose, "ADD", choose.OneIn(2) ? user : DrawRefusedName(choose));
    case 1:
      return DrawRequest(choose, "BREW", user, "tea");
    case 2:
      return DrawRequest(choose, "GET", "somebody-else");
    default:
      return DrawRequest(choose, "POST", user, DrawBadText(choose, 40));
  }
}

std::string DrawSized(Chooser& choose, const std::string& user) {
  constexpr std::array<std::string_view, 6> kSizedMethods = {"ADD", "POST",   "POST",
                                                             "GET", "DELETE", "BREW"};
  const std::string_view method = choose.Pick(kSizedMethods);
  const std::string request =
      choose.OneIn(2) ? DrawLongHead(choose, method, user) : DrawLongEntity(choose, method, user);
  return request + DrawRequest(choose, "GET", user);
}

std::string DrawPipeline(Chooser& choose, const std::string& user) {
  std::string bytes;
  const bool many = choose.OneIn(12);
  for (std::int64_t left = many ? choose.Between(60, 140) : choose.Skewed(2, 12); left > 0;
       --left) {
    if (choose.OneIn(6)) {
      bytes += DrawMild(choose, user);
    } else {
      const auto [method, entity] = DrawBasis(choose);
      bytes += DrawRequest(choose, method, user, entity);
    }
  }
  if (choose.OneIn(8)) bytes += DrawFatal(choose, user) + RawRequest("GET", user);
  if (choose.OneIn(3)) bytes += "GET h HTTP/1.1\nUser_";
  return bytes;
}

std::span<const Edit> FatalEdits() { return kFatalEdits; }

std::span<const Edit> MildEdits() { return kMildEdits; }

std::span<const std::string_view> FatalLines() { return kFatalLines; }

std::span<const std::string_view> MildLines() { return kMildLines; }

std::span<const std::string_view> NoRequests() { return kNoRequests; }

}  // namespace chathttp::sim
