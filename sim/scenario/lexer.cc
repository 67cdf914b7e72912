#include "chathttp/sim/scenario/lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"

namespace chathttp::sim {
namespace {

struct Escape {
  char letter;
  char byte;
};
constexpr std::array<Escape, 5> kEscapes = {
    {{'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'\\', '\\'}, {'"', '"'}}};

constexpr std::size_t kMaxShown = 80;  // bytes of a token in an error

bool IsControl(char c) { return (c >= '\0' && c < ' ') || c == '\x7F'; }

bool IsWordByte(char c) { return c > ' ' && c < '\x7F' && c != '"' && c != '#'; }

std::string HexEscape(char byte) {
  return absl::StrCat("\\x", absl::Hex(static_cast<unsigned char>(byte), absl::kZeroPad2));
}

class Lexer {
 public:
  explicit Lexer(std::string_view line) : line_(line) {}

  std::optional<SyntaxError> Run(std::vector<Token>& tokens) {
    while (!error_) {
      at_ = std::min(line_.find_first_not_of(" \t", at_), line_.size());
      if (at_ == line_.size() || line_[at_] == '#') break;
      const std::size_t column = at_ + 1;
      if (line_[at_] == '"') {
        tokens.push_back({Token::Kind::kText, TakeText(), column});
      } else {
        tokens.push_back({Token::Kind::kWord, TakeWord(), column});
      }
    }
    tokens.push_back({Token::Kind::kEnd, "", at_ + 1});
    return std::move(error_);
  }

 private:
  std::string TakeWord() {
    const std::size_t begin = at_;
    while (at_ < line_.size() && IsWordByte(line_[at_])) ++at_;
    if (at_ == begin) {
      Fail("a word, a text in double quotes or a comment",
           absl::StrCat("the byte ", HexEscape(line_[at_])));
    }
    return std::string(line_.substr(begin, at_ - begin));
  }

  std::string TakeText() {
    std::string bytes;
    for (++at_; !error_; ++at_) {
      if (at_ == line_.size()) {
        Fail("a closing double quote", "the end of the line");
      } else if (line_[at_] == '"') {
        ++at_;
        return bytes;
      } else if (IsControl(line_[at_])) {
        Fail("an escape such as \\x09", absl::StrCat("the byte ", HexEscape(line_[at_])));
      } else {
        bytes += line_[at_] == '\\' ? TakeEscape() : line_[at_];
      }
    }
    return bytes;
  }

  // Leaves the position at the last byte of the escape.
  char TakeEscape() {
    const std::string_view rest = line_.substr(at_ + 1);
    for (const Escape& escape : kEscapes) {
      if (rest.starts_with(escape.letter)) {
        ++at_;
        return escape.byte;
      }
    }
    unsigned char byte = 0;
    if (rest.size() >= 3 && rest.front() == 'x' &&
        std::from_chars(rest.data() + 1, rest.data() + 3, byte, 16).ptr == rest.data() + 3) {
      at_ += 3;
      return static_cast<char>(byte);
    }
    Fail("one of \\n \\r \\t \\\\ \\\" \\xNN",
         Quote(line_.substr(at_, rest.starts_with('x') ? 4 : 2)));
    return '\0';
  }

  void Fail(std::string expected, std::string got) {
    error_ = SyntaxError{at_ + 1, std::move(expected), std::move(got)};
  }

  std::string_view line_;
  std::size_t at_ = 0;
  std::optional<SyntaxError> error_;
};

}  // namespace

std::optional<SyntaxError> LexLine(std::string_view line, std::vector<Token>& tokens) {
  return Lexer(line).Run(tokens);
}

std::string Quote(std::string_view bytes, std::size_t max_bytes) {
  std::string text = "\"";
  for (const char byte : bytes.substr(0, max_bytes)) {
    const auto escape = std::find_if(kEscapes.begin(), kEscapes.end(),
                                     [&](const Escape& e) { return e.byte == byte; });
    if (escape != kEscapes.end()) {
      text += '\\';
      text += escape->letter;
    } else if (byte >= ' ' && byte < '\x7F') {
      text += byte;
    } else {
      text += HexEscape(byte);
    }
  }
  return text + (bytes.size() > max_bytes ? "\"..." : "\"");
}

std::string DescribeToken(const Token& token) {
  const std::string shown =
      token.value.size() <= kMaxShown ? token.value : token.value.substr(0, kMaxShown) + "...";
  switch (token.kind) {
    case Token::Kind::kWord:
      return Quote(shown);
    case Token::Kind::kText:
      return absl::StrCat("the text ", Quote(shown));
    case Token::Kind::kEnd:
      return "the end of the line";
  }
  return "";
}

}  // namespace chathttp::sim
