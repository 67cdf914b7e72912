#include "tests/transport/codec/samples.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chathttp/transport/codec/decode_result.h"

namespace chathttp {
namespace {

using Rule = DecodeRule;
using namespace std::string_literals;

constexpr std::size_t kHeadBytes = 160;

CodecSample Sound(std::string name, std::size_t messages, std::string stream) {
  return {std::move(name), std::move(stream), messages, std::nullopt, 0, false};
}

CodecSample Unfinished(std::string name, std::size_t messages, std::string stream) {
  return {std::move(name), std::move(stream), messages, std::nullopt, 0, true};
}

// `rest` begins with the byte that breaks the rule.
CodecSample Broken(std::string name, Rule rule, std::size_t messages, const std::string& sound,
                   const std::string& rest) {
  return {std::move(name), sound + rest, messages, rule, sound.size(), false};
}

std::string X(std::size_t count) { return std::string(count, 'x'); }

// A head of exactly `bytes` bytes after `start_line`, with `line_end` after each line.
std::string HeadOf(std::size_t bytes, const std::string& start_line, const std::string& line_end) {
  const std::string head = start_line + line_end + "A: ";
  return head + X(bytes - head.size() - 2 * line_end.size()) + line_end + line_end;
}

// Samples of header lines, independent of the start line; `start` ends with its line end.
std::vector<CodecSample> HeaderSamples(const std::string& start) {
  return {
      Sound("no header line", 1, start + "\n"),
      Sound("values are trimmed", 1, start + "Server: \t v w\t \nUser_Agent:\t\tx \n\n"),
      Sound("empty values", 1, start + "Server:\nUser_Agent: \t \n\n"),
      Sound("obs-text in a value", 1, start + "Server: \x80\xff\xc3\xa4\nUser_Agent: \xfe\n\n"),
      Sound("colons in a value", 1, start + "Datetime: 10:07:40\nA::\n\n"),
      Sound("names in other spellings", 1, start + "uSER-aGENT: a\nSERVER: b\ndate-time: c\n\n"),
      Sound("every token byte in a name", 1, start + "!#$%&'*+-.^_`|~09azAZ: a\n\n"),
      Sound("length of ten digits", 1, start + "content-length:0000000000\n\n"),
      Sound("length amid blanks", 1, start + "Content_Length: \t0 \t\n\n"),
      Sound("as many lines as allowed", 1, start + "A: 1\nB: 2\r\nC: 3\nD: 4\n\r\n"),
      Unfinished("in a name", 0, start + "User_Ag"),
      Unfinished("in a value", 0, start + "User_Agent: Al"),
      Unfinished("after the CR of the last line", 0, start + "User_Agent: Alice\n\r"),
      Unfinished("after the CR of a value", 0, start + "User_Agent: Alice\r"),
      Broken("one line too many", Rule::kHeadTooLong, 0, start + "A:\nB:\nC:\nD:\n", "E:\n\n"),
      Broken("one line too many is a NUL", Rule::kHeadTooLong, 0, start + "A:\nB:\nC:\nD:\n",
             "\0\n\n"s),
      Broken("CR behind the last line allowed", Rule::kLineEnd, 0, start + "A:\nB:\nC:\nD:\n",
             "\rE:\n\n"),
      Broken("CR in a value", Rule::kLineEnd, 0, start + "A: 1", "\rB: 2\n\n"),
      Broken("CR in a name", Rule::kLineEnd, 0, start + "A", "\r: 2\n\n"),
      Broken("CR CR LF", Rule::kLineEnd, 0, start + "A: 1", "\r\r\n\n"),
      Broken("CR instead of the empty line", Rule::kLineEnd, 0, start + "A: 1\n", "\rB: 1\n\n"),
      Broken("NUL in a value", Rule::kControlByte, 0, start + "A: 1", "\0\n\n"s),
      Broken("NUL in an unfinished value", Rule::kControlByte, 0, start + "A: 1", "\0"s),
      Broken("DEL in a value", Rule::kControlByte, 0, start + "A: ", "\x7f\n\n"),
      Broken("ESC in a name", Rule::kControlByte, 0, start + "A", "\x1b: 1\n\n"),
      Broken("control byte first in a line", Rule::kControlByte, 0, start, "\x01: 1\n\n"),
      Broken("no colon", Rule::kHeaderLine, 0, start + "Alice", "\n\n"),
      Broken("no colon before CRLF", Rule::kHeaderLine, 0, start + "Alice", "\r\n\n"),
      Broken("no name", Rule::kHeaderLine, 0, start, ": 1\n\n"),
      Broken("space before the colon", Rule::kHeaderLine, 0, start + "A", " : 1\n\n"),
      Broken("tab before the colon", Rule::kHeaderLine, 0, start + "A", "\t: 1\n\n"),
      Broken("folded by a space", Rule::kHeaderLine, 0, start + "A: 1\n", " 2\n\n"),
      Broken("folded by a tab", Rule::kHeaderLine, 0, start + "A: 1\n", "\t2\n\n"),
      Broken("name with a slash", Rule::kHeaderLine, 0, start + "A", "/B: 1\n\n"),
      Broken("name with obs-text", Rule::kHeaderLine, 0, start + "A", "\x80: 1\n\n"),
      Broken("empty length", Rule::kContentLength, 0, start + "Content_Length: ", "\n\n"),
      Broken("no length but a CRLF", Rule::kContentLength, 0, start + "Content_Length:", "\r\n\n"),
      Broken("signed length", Rule::kContentLength, 0, start + "Content_Length: ", "+1\n\n1"),
      Broken("negative length", Rule::kContentLength, 0, start + "Content_Length: ", "-1\n\n"),
      Broken("hex length", Rule::kContentLength, 0, start + "Content_Length: 0", "x10\n\n"),
      Broken("list of lengths", Rule::kContentLength, 0, start + "Content_Length: 1", ", 1\n\n"),
      Broken("blank in a length", Rule::kContentLength, 0, start + "Content_Length: 1", " 1\n\n"),
      Broken("length of eleven digits", Rule::kContentLength, 0,
             start + "Content_Length: 0000000000", "1\n\n"),
      Broken("length twice", Rule::kContentLengthTwice, 0, start + "Content_Length: 1\n",
             "Content_Length: 1\n\n1"),
      Broken("length twice in two spellings", Rule::kContentLengthTwice, 0,
             start + "Content_Length: 1\nA: b\n", "content-length: 1\n\n1"),
      Broken("length twice, the second no number", Rule::kContentLengthTwice, 0,
             start + "Content_Length: 1\n", "Content-Length: x\n\n"),
      Broken("transfer encoding", Rule::kForbiddenHeader, 0, start + "A: 1\n",
             "Transfer-Encoding: chunked\n\n"),
      Broken("transfer encoding with underscores", Rule::kForbiddenHeader, 0, start,
             "TRANSFER_ENCODING:\n\n"),
      Broken("origin", Rule::kForbiddenHeader, 0, start, "Origin: null\n\n"),
      Broken("fetch metadata", Rule::kForbiddenHeader, 0, start, "Sec-Fetch-Mode: cors\n\n"),
      Broken("entity too long to skip", Rule::kEntityTooLong, 0, start + "Content_Length: \t",
             "33 \nUser_Agent: a\n\n"),
      Broken("broken line after a length too long", Rule::kHeaderLine, 0,
             start + "Content_Length: 33\n", ":\n\n"),
      Broken("endless value", Rule::kHeadTooLong, 0,
             (start + "A: " + X(kHeadBytes)).substr(0, kHeadBytes), X(9)),
      Broken("endless name", Rule::kHeadTooLong, 0, (start + X(kHeadBytes)).substr(0, kHeadBytes),
             X(9)),
      Broken("limit of bytes before control byte", Rule::kHeadTooLong, 0,
             (start + "A: " + X(kHeadBytes)).substr(0, kHeadBytes), "\0\n"s),
      Broken("control byte as the last byte allowed", Rule::kControlByte, 0,
             (start + "A: " + X(kHeadBytes)).substr(0, kHeadBytes - 1), "\0\n"s),
  };
}

void Append(std::vector<CodecSample> more, std::vector<CodecSample>& samples) {
  for (CodecSample& sample : more) samples.push_back(std::move(sample));
}

}  // namespace

DecodeLimits SampleLimits() {
  DecodeLimits limits;
  limits.head_bytes = kHeadBytes;
  limits.head_lines = 4;
  limits.uri_bytes = 8;
  limits.entity_bytes = 16;
  limits.skip_bytes = 32;
  return limits;
}

std::vector<CodecSample> RequestSamples() {
  const std::string get = "GET / HTTP/1.1\n";
  const std::string post = "POST / HTTP/1.1\nUser_Agent: Al\nContent_Length: ";
  const std::string said = post + "3\n\nhi\n";
  std::vector<CodecSample> samples = HeaderSamples(get);
  Append(HeaderSamples("POST / HTTP/1.1\r\n"), samples);
  Append(
      {
          Sound("nothing", 0, ""),
          Sound("all methods in a row", 5,
                "ADD / HTTP/1.1\nUser_Agent: Al\n\n" + said + get + "\n" +
                    "DELETE / HTTP/1.1\r\n\r\nLEAVE / HTTP/1.1\n\n"),
          Sound("methods in other cases are unknown", 3,
                "get / HTTP/1.1\n\nADDS / HTTP/1.1\n\nPos / HTTP/1.1\n\n"),
          Sound("line ends mixed", 2,
                "POST / HTTP/1.1\r\nUser-Agent: Al\nContent-Length: 3\r\n\nhi\n" + said),
          Sound("entity with any bytes", 2, post + "5\n\n\0\r\n\x80:"s + said),
          Sound("entity as long as kept", 2, post + "16\r\n\r\n" + X(16) + said),
          Sound("entity one byte longer is skipped", 2, post + "17\n\n" + X(17) + said),
          Sound("entity as long as skipped", 2, post + "32\n\n" + X(32) + said),
          Sound("entity of ADD", 2, "ADD / HTTP/1.1\nContent_Length: 3\n\nabc" + said),
          Sound("entity of GET", 2, get + "Content_Length: 32\n\n" + X(32) + said),
          Sound("entity of DELETE", 2, "DELETE / HTTP/1.1\nContent_Length: 1\n\n\n" + said),
          Sound("entity of an unknown method", 2,
                "OTHER / HTTP/1.1\nContent_Length: 4\nUser_Agent: Al\n\nabcd" + said),
          Sound("fields of sessions", 2,
                "ADD / HTTP/1.1\nSession: new\nSINCE: 7.120\nhistory:\t20 \n\n" + said),
          Sound("the first Session and Since count", 1,
                "ADD / HTTP/1.1\nSession: \nSession: a\nSince: b\r\nSince: c\n\n"),
          Sound("URI as long as allowed", 1, "GET 12345678 HTTP/1.1\n\n"),
          Sound("head as long as allowed", 2, HeadOf(kHeadBytes, "GET / HTTP/1.1", "\n") + said),
          Sound("head as long as allowed with CRLF", 1,
                HeadOf(kHeadBytes, "GET / HTTP/1.1", "\r\n")),
          Unfinished("in a method", 1, said + "GE"),
          Unfinished("in an unknown method", 1, said + "LEA"),
          Unfinished("in a request line", 1, said + "GET / HTTP/1.1"),
          Unfinished("after the CR of a request line", 1, said + "GET / HTTP/1.1\r"),
          Unfinished("before an entity", 1, said + post + "3\n\n"),
          Unfinished("in an entity", 1, said + post + "3\n\nhi"),
          Unfinished("in a skipped entity", 1, said + get + "Content_Length: 5\n\nabcd"),
          Broken("head too long by one byte", Rule::kHeadTooLong, 0,
                 HeadOf(kHeadBytes + 1, "GET / HTTP/1.1", "\n").substr(0, kHeadBytes), "\n"),
          Broken("head too long by the LF of its CRLF", Rule::kHeadTooLong, 1,
                 said + HeadOf(kHeadBytes + 1, "GET / HTTP/1.1", "\r\n").substr(0, kHeadBytes),
                 "\n"),
          Broken("endless request line", Rule::kHeadTooLong, 0, X(kHeadBytes), X(40)),
          Broken("empty line first", Rule::kStartLine, 0, "", "\n" + said),
          Broken("empty line between", Rule::kStartLine, 1, said, "\r\n" + said),
          Broken("one part", Rule::kStartLine, 0, "GET", "\n\n"),
          Broken("two parts", Rule::kStartLine, 1, said + "GET /", "\r\n\n"),
          Broken("four parts", Rule::kStartLine, 0, "GET / HTTP/1.1", " x\n\n"),
          Broken("space at the end", Rule::kStartLine, 0, "GET / HTTP/1.1", " \n\n"),
          Broken("space in front", Rule::kStartLine, 0, "", " GET / HTTP/1.1\n\n"),
          Broken("two spaces", Rule::kStartLine, 0, "GET ", " HTTP/1.1\n\n"),
          Broken("no version", Rule::kStartLine, 0, "GET / ", "\n\n"),
          Broken("version 1.0", Rule::kVersion, 1, said + "GET / HTTP/1.", "0\n\n"),
          Broken("version cut short", Rule::kVersion, 0, "GET / HTTP/1.", "\n\n"),
          Broken("version and more", Rule::kVersion, 0, "GET / HTTP/1.1", "1\n\n"),
          Broken("version in small letters", Rule::kVersion, 0, "GET / ", "http/1.1\n\n"),
          Broken("method is no token", Rule::kMethod, 0, "G", "(T / HTTP/1.1\n\n"),
          Broken("method with obs-text", Rule::kMethod, 1, said + "G", "\xc3\x84T / HTTP/1.1\n\n"),
          Broken("URI with obs-text", Rule::kUri, 0, "GET /", "\xc3\xa4 HTTP/1.1\n\n"),
          Broken("URI too long by one byte", Rule::kUri, 0, "GET 12345678", "9 HTTP/1.1\n\n"),
          Broken("tab in a request line", Rule::kControlByte, 0, "GET", "\t/ HTTP/1.1\n\n"),
          Broken("TLS instead of chat", Rule::kControlByte, 0, "", "\x16\x03\x01\x02\n"),
          Broken("NUL in an unfinished request line", Rule::kControlByte, 1, said + "GE", "\0"s),
          Broken("CR in a request line", Rule::kLineEnd, 1, said + "GET", "\r / HTTP/1.1\n\n"),
          Broken("User_Agent twice", Rule::kUserAgentTwice, 1, said + get + "User_Agent: a\n",
                 "User_Agent: a\n\n"),
          Broken("User_Agent twice in two spellings", Rule::kUserAgentTwice, 0,
                 get + "User_Agent:\n", "user-agent: a\n\n"),
          Broken("POST too long to skip", Rule::kEntityTooLong, 1, said + post, "33\n\n"),
          Broken("unknown method too long to skip", Rule::kEntityTooLong, 0,
                 "OTHER / HTTP/1.1\nContent_Length: ", "9999999999\n\n"),
          Broken("garbage behind an entity", Rule::kControlByte, 1, post + "3\n\nGET", "\x01"),
      },
      samples);
  return samples;
}

std::vector<CodecSample> ResponseSamples() {
  const std::string ok = "HTTP/1.1 200 OK\n";
  const std::string said = ok + "Server: s\nDatetime: d\nContent_Length: 4\n\ntest";
  std::vector<CodecSample> samples = HeaderSamples(ok);
  Append(
      {
          Sound("several in a row", 3, said + ok + "\n" + said),
          Sound("line ends mixed", 2,
                "HTTP/1.1 200 OK\r\nContent-Length: 2\nSERVER: s\r\n\nab" + said),
          Sound("empty reason", 2, "HTTP/1.1 200 \n\n" + said),
          Sound("reason of many words", 1, "HTTP/1.1 401 User Name  Exist \r\n\r\n"),
          Sound("reason with tab and obs-text", 1, "HTTP/1.1 500 a\tb\xc3\xa4\n\n"),
          Sound("unknown code", 1, "HTTP/1.1 999 X\n\n"),
          Sound("the first Server counts", 1, ok + "Server: a\nServer: b\n\n"),
          Sound("User_Agent twice is nothing to us", 1, ok + "User_Agent: a\nUser_Agent: b\n\n"),
          Sound("fields of sessions", 2,
                ok +
                    "Session: 0123456789abcdef0123456789abcdef\nSession_Seconds: 120\n"
                    "Replay: 3\nPosition: 7.120\n\n" +
                    said),
          Sound("malformed fields of sessions", 2,
                ok + "Session: new\nSession-Seconds: x\nReplay: -1\nPosition: 7\n\n" + said),
          Sound("gaps", 2, ok + "Gap: unknown\n\n" + ok + "gap: 4711\n\n"),
          Sound("entity as long as kept", 2, ok + "Content_Length: 16\n\n" + X(16) + said),
          Sound("head as long as allowed", 2, HeadOf(kHeadBytes, "HTTP/1.1 200 OK", "\r\n") + said),
          Unfinished("in a version", 1, said + "HTTP/1"),
          Unfinished("in a reason", 1, said + "HTTP/1.1 200 O"),
          Unfinished("after the CR of a status line", 1, said + "HTTP/1.1 200 OK\r"),
          Unfinished("in an entity", 1, said + ok + "Content_Length: 5\nServer: s\n\ntest"),
          Broken("entity too long by one byte", Rule::kEntityTooLong, 1,
                 said + ok + "Content_Length: ", "17\n\n" + X(17)),
          Broken("head too long by one byte", Rule::kHeadTooLong, 0,
                 HeadOf(kHeadBytes + 1, "HTTP/1.1 200 OK", "\n").substr(0, kHeadBytes), "\n"),
          Broken("empty line between", Rule::kStartLine, 1, said, "\n" + said),
          Broken("no code", Rule::kStartLine, 0, "HTTP/1.1", "\n\n"),
          Broken("no space behind the code", Rule::kStartLine, 0, "HTTP/1.1 200", "\n\n"),
          Broken("two spaces before the code", Rule::kStartLine, 0, "HTTP/1.1 ", " 200 OK\n\n"),
          Broken("version 1.0", Rule::kVersion, 1, said + "HTTP/1.", "0 200 OK\n\n"),
          Broken("another protocol", Rule::kVersion, 0, "", "220 mail ready\n"),
          Broken("tab behind the version", Rule::kVersion, 0, "HTTP/1.1", "\t200 OK now\n\n"),
          Broken("code of two digits", Rule::kStatusCode, 0, "HTTP/1.1 20", " OK\n\n"),
          Broken("code of four digits", Rule::kStatusCode, 1, said + "HTTP/1.1 200", "0 OK\n\n"),
          Broken("code with a letter", Rule::kStatusCode, 0, "HTTP/1.1 2", "x0 OK\n\n"),
          Broken("signed code", Rule::kStatusCode, 0, "HTTP/1.1 ", "-20 OK\n\n"),
          Broken("BEL in a reason", Rule::kControlByte, 1, said + "HTTP/1.1 200 O", "\aK\n\n"),
          Broken("CR in a reason", Rule::kLineEnd, 0, "HTTP/1.1 200 O", "\rK\n\n"),
      },
      samples);
  return samples;
}

}  // namespace chathttp
