#include "chathttp/sim/search/generator_edits.h"

#include <array>

namespace chathttp::sim {
namespace {

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
    // Of a value of more than 40 bytes a refusal shows the first 40.
    {kVersion, " HTTP/1.1-abcdefghijklmnopqrstuvwxyz12345\n"},
    {kVersion, " HTTP/1.1-abcdefghijklmnopqrstuvwxyz123456\n"},
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
    {kLength, "\nContent_Length: 0##\n"},
    {kLength, "\nContent_Length: 18446744073709551616\n"},
    {kLength, "\nContent_Length: 4294967296\n"},
    {kLength, "\nContent_Length: 9999999999\n"},
    {kLength, "\nContent_Length: 65537\n"},
    {kLength, "\nContent_Length: 1234567890123456789012345678901234567890\n"},
    {kLength, "\nContent_Length: 12345678901234567890123456789012345678901\n"},
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
    {kLength, "\nContent_Length: ##\n"},
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
    std::string_view("X: a\0b", 6),
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
    std::string_view("\0\0\0\0", 4),
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

}  // namespace

std::span<const Edit> FatalEdits() { return kFatalEdits; }

std::span<const Edit> MildEdits() { return kMildEdits; }

std::span<const std::string_view> FatalLines() { return kFatalLines; }

std::span<const std::string_view> MildLines() { return kMildLines; }

std::span<const std::string_view> NoRequests() { return kNoRequests; }

}  // namespace chathttp::sim
