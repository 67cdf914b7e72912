#include "chathttp/sim/world/raw_codec.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/world/raw_text.h"

namespace chathttp::sim {
namespace {

constexpr std::string_view kVersion = "HTTP/1.1";
constexpr std::size_t kMaxHeadBytes = 8192;
constexpr std::size_t kMaxHeaderLines = 64;
constexpr std::size_t kMaxUriBytes = 256;
constexpr std::size_t kMaxLengthDigits = 10;

constexpr std::string_view kHeartbeat = "Heartbeat: ";
constexpr std::size_t kMaxHeartbeatDigits = 4;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsVisible(char c) { return c > ' ' && c < 0x7f; }
bool IsText(char c) { return c == '\t' || static_cast<unsigned char>(c) >= ' '; }
bool IsInValue(char c) { return IsText(c) && c != 0x7f; }
bool IsInToken(char c) {
  return IsVisible(c) && std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
}

template <typename Predicate>
bool AllOf(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

// ---- Responses --------------------------------------------------------------------------------

constexpr std::array<std::pair<int, std::string_view>, 5> kReasons = {{
    {200, "200 OK"},
    {202, "202 Accept"},
    {400, "400 Bad Request"},
    {401, "401 User Name Exist"},
    {500, "500 Internal Server Error"},
}};

// Takes the line `name` VALUE from the front of `rest`. Returns false if there is another line.
bool TakeLine(std::string_view& rest, std::string_view name, std::string_view& value) {
  const std::size_t line_end = rest.find('\n');
  if (!rest.starts_with(name) || line_end == std::string_view::npos) return false;
  value = rest.substr(name.size(), line_end - name.size());
  rest.remove_prefix(line_end + 1);
  return !value.empty() && AllOf(value, IsInValue);
}

bool IsDatetime(std::string_view value) {
  constexpr std::string_view kShape = "dddd-dd-dd dd:dd:dd";
  return std::equal(
      value.begin(), value.end(), kShape.begin(), kShape.end(),
      [](char seen, char wanted) { return wanted == 'd' ? IsDigit(seen) : seen == wanted; });
}

std::size_t NumberIn(std::string_view digits) {
  std::size_t number = 0;
  for (const char digit : digits) number = number * 10 + static_cast<std::size_t>(digit - '0');
  return number;
}

// Takes the lines about a session. A line whose value has another form is left.
void ReadSession(std::string_view& head, RawResponse& response) {
  const auto is_count = [](std::string_view value) { return ReadCount(value).has_value(); };
  const auto take = [&](std::string_view name, std::string_view& field, auto is_good) {
    std::string_view rest = head;
    std::string_view value;
    if (!TakeLine(rest, name, value) || !is_good(value)) return;
    field = value;
    head = rest;
  };
  take("Session: ", response.session, IsRawToken);
  take("Session_Seconds: ", response.session_seconds, is_count);
  take("Replay: ", response.replay, is_count);
  take("Position: ", response.position,
       [](std::string_view value) { return ReadPosition(value).has_value(); });
  take("Gap: ", response.gap,
       [&](std::string_view value) { return value == "unknown" || is_count(value); });
}

// The violation in `head`, which includes its empty line; empty if there is none.
std::string_view ReadHead(std::string_view head, RawResponse& response, std::size_t& length) {
  std::string_view status;
  std::string_view value;
  if (!TakeLine(head, "HTTP/1.1 ", status)) return "status line";
  for (const auto& [code, line] : kReasons) {
    if (status == line) response.code = code;
  }
  if (response.code == 0) return "code or reason phrase";
  if (!TakeLine(head, "Datetime: ", response.datetime)) return "second line, Datetime";
  if (!IsDatetime(response.datetime)) return "form of Datetime";
  if (!TakeLine(head, "Developer: ", response.developer)) return "third line, Developer";
  if (!TakeLine(head, "Server: ", response.server)) return "fourth line, Server";
  if (!TakeLine(head, "Content_Length: ", value) || value.size() > kMaxLengthDigits ||
      !AllOf(value, IsDigit)) {
    return "fifth line, Content_Length";
  }
  length = NumberIn(value);
  constexpr std::string_view kConstantLines =
      "Content_Language: en\nContent_Encoding: utf-8\nContent_Type: text\n";
  if (!head.starts_with(kConstantLines)) return "lines behind Content_Length";
  head.remove_prefix(kConstantLines.size());
  if (head.starts_with(kHeartbeat)) {
    if (!TakeLine(head, kHeartbeat, value) || value.size() > kMaxHeartbeatDigits ||
        !AllOf(value, IsDigit)) {
      return "value of Heartbeat";
    }
    response.heartbeat = static_cast<std::uint32_t>(NumberIn(value));
  }
  ReadSession(head, response);
  return head == "\n" ? std::string_view() : "lines behind Content_Type";
}

}  // namespace

std::string ToText(const RawPosition& position) {
  return absl::StrCat(position.epoch, ".", position.count);
}

std::optional<std::uint64_t> ReadCount(std::string_view digits) {
  constexpr std::size_t kMostDigits = 19;
  if (digits.empty() || digits.size() > kMostDigits || !AllOf(digits, IsDigit)) return std::nullopt;
  return NumberIn(digits);
}

std::optional<RawPosition> ReadPosition(std::string_view text) {
  const std::size_t dot = std::min(text.find('.'), text.size());
  const std::optional<std::uint64_t> epoch = ReadCount(text.substr(0, dot));
  const std::optional<std::uint64_t> count = ReadCount(text.substr(std::min(dot + 1, text.size())));
  if (!epoch || !count) return std::nullopt;
  return RawPosition{*epoch, *count};
}

bool IsRawToken(std::string_view text) {
  constexpr std::size_t kTokenDigits = 32;
  return text.size() == kTokenDigits &&
         AllOf(text, [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); });
}

std::string RawRequest(std::string_view method, std::string_view user, std::string_view entity,
                       std::string_view extension) {
  std::string request(method);
  request += " h HTTP/1.1\nUser_Agent: ";
  request += user;
  request += "\n";
  request += extension;
  request += "Content_Length: " + std::to_string(entity.size()) + "\n\n";
  request += entity;
  return request;
}

std::string CanonicalRequest(std::string_view method, std::string_view host, std::string_view user,
                             std::string_view entity, absl::Time wall, absl::TimeZone zone,
                             std::string_view extension) {
  return absl::StrCat(
      AbslView(method), " ", AbslView(host),
      " HTTP/1.1\nDatetime: ", absl::FormatTime("%Y-%m-%d %H:%M:%S", wall, zone),
      "\nUser_Agent: ", AbslView(user), "\nHost: ", AbslView(host), AbslView(extension),
      "\nAccept_Language: en\nAccept: text\nAccept_Encoding: utf-8"
      "\nContent_Length: ",
      entity.size(), "\nContent_Language: en\nContent_Encoding: utf-8\nContent_Type: text\n\n",
      AbslView(entity));
}

std::optional<absl::Time> InstantOf(std::string_view datetime, absl::TimeZone zone) {
  if (!IsDatetime(datetime)) return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t digits) {
    return static_cast<int>(NumberIn(datetime.substr(at, digits)));
  };
  const absl::CivilSecond civil(part(0, 4), part(5, 2), part(8, 2), part(11, 2), part(14, 2),
                                part(17, 2));
  // A date that does not exist is normalised to another one.
  const bool exists = civil.second() == part(17, 2) && civil.minute() == part(14, 2) &&
                      civil.hour() == part(11, 2) && civil.day() == part(8, 2) &&
                      civil.month() == part(5, 2);
  return exists ? std::optional(absl::FromCivil(civil, zone)) : std::nullopt;
}

std::optional<RawResponse> CutResponse(std::string_view bytes, std::size_t begin) {
  const std::string_view rest = bytes.substr(begin);
  RawResponse response;
  response.begin = begin;
  const std::size_t head_end = rest.substr(0, kMaxHeadBytes).find("\n\n");
  std::size_t length = 0;
  if (head_end != std::string_view::npos) {
    response.problem = ReadHead(rest.substr(0, head_end + 2), response, length);
  } else if (rest.size() >= kMaxHeadBytes) {
    response.problem = "length of the head";
  } else if (!rest.starts_with(kVersion.substr(0, rest.size()))) {
    response.problem = "status line";
  } else {
    return std::nullopt;
  }
  if (!response.problem.empty()) {
    response.code = 0;
    response.end = bytes.size();
    response.raw = rest;
    return response;
  }
  const std::size_t entity_at = head_end + 2;
  if (rest.size() - entity_at < length) return std::nullopt;
  response.entity = rest.substr(entity_at, length);
  response.end = begin + entity_at + length;
  response.raw = rest.substr(0, entity_at + length);
  return response;
}

std::vector<RawResponse> CutResponses(std::string_view bytes) {
  std::vector<RawResponse> responses;
  std::size_t begin = 0;
  while (begin < bytes.size()) {
    const std::optional<RawResponse> next = CutResponse(bytes, begin);
    if (!next) break;
    responses.push_back(*next);
    begin = next->end;
  }
  return responses;
}

// ---- Requests ---------------------------------------------------------------------------------

namespace {

// Compares names as docs/protocol.md does: case-insensitively, with `-` equal to `_`.
bool IsField(std::string_view name, std::string_view wanted) {
  return std::equal(name.begin(), name.end(), wanted.begin(), wanted.end(), [](char c, char w) {
    const char folded = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return (folded == '-' ? '_' : folded) == w;
  });
}

std::string_view Trimmed(std::string_view value) {
  const std::size_t first = value.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return value.substr(first, value.find_last_not_of(" \t") - first + 1);
}

// The value seen in a refusal: in quotes, in one printable line, and at most 40 bytes of it.
constexpr std::size_t kQuotedBytes = 40;

std::string Quoted(std::string_view seen) {
  const bool more = seen.size() > kQuotedBytes;
  return absl::StrCat("'", EscapedStart(seen, kQuotedBytes), "'",
                      more ? absl::StrCat(" (", seen.size(), " bytes)") : "");
}

std::string QuotedEnd(std::string_view seen) {
  if (seen.size() <= kQuotedBytes) return Quoted(seen);
  return absl::StrCat("'...", Escaped(seen.substr(seen.size() - kQuotedBytes)), "' (", seen.size(),
                      " bytes)");
}

class RequestCutter {
 public:
  RequestCutter(std::string_view bytes, std::size_t skip_bytes)
      : bytes_(bytes), skip_bytes_(skip_bytes) {}
  RequestCutter(std::string_view bytes, std::size_t skip_bytes, std::size_t begin)
      : bytes_(bytes), skip_bytes_(skip_bytes), at_(begin) {}

  std::vector<RawRequestView> Cut() {
    while (at_ < bytes_.size() && CutOne()) {
    }
    return std::move(requests_);
  }

  RawRequestView CutUnfinished() {
    CutOne();
    return std::move(request_);
  }

 private:
  // Returns whether another request may follow.
  bool CutOne() {
    request_ = {};
    has_heartbeat_ = has_ping_ = false;
    request_.begin = at_;
    length_seen_ = false;
    for (std::size_t number = 0;; ++number) {
      if (number > kMaxHeaderLines && at_ < bytes_.size() && !IsLineEnd(bytes_[at_])) {
        ++at_;
        return Fatal("head: at most 64 header lines", "at least 65");
      }
      std::string_view line;
      const bool whole = number == 0 ? TakeLine(line, IsInStartLine) : TakeHeader(line);
      if (!whole) return false;
      if (number > 0 && line.empty()) return CutEntity();
      const bool good = number == 0 ? ReadRequestLine(line) : ReadHeaderLine(line);
      if (!good) return false;
    }
  }

  bool CutEntity() {
    request_.entity_at = at_;
    if (request_.declared_bytes > skip_bytes_) {
      return Fatal("entity: at most " + std::to_string(skip_bytes_) + " bytes",
                   Quoted(std::to_string(request_.declared_bytes)));
    }
    if (bytes_.size() - at_ < request_.declared_bytes) return false;
    request_.entity = bytes_.substr(at_, static_cast<std::size_t>(request_.declared_bytes));
    at_ += request_.entity.size();
    request_.end = at_;
    requests_.push_back(request_);
    return true;
  }

  // at_ is behind the byte that decides.
  bool Fatal(std::string rule, std::string seen) {
    request_.fatal = true;
    request_.rule = std::move(rule);
    request_.seen = std::move(seen);
    request_.end = at_;
    requests_.push_back(std::move(request_));
    return false;
  }

  static bool IsLineEnd(char c) { return c == '\n' || c == '\r'; }
  static bool IsInStartLine(char c) { return IsText(c) && c != '\t' && c != 0x7f; }

  bool TakeHeader(std::string_view& line) {
    const std::size_t begin = at_;
    while (at_ < bytes_.size() && IsInToken(bytes_[at_])) {
      if (!TakeByte()) return false;
    }
    const std::string_view name = bytes_.substr(begin, at_ - begin);
    if (at_ == bytes_.size()) return false;
    const char next = bytes_[at_];
    if (IsLineEnd(next) || !IsInValue(next)) {
      if (!TakeLine(line, IsInValue)) return false;
      return name.empty() || Fatal("header line: NAME: VALUE expected, with a colon", Quoted(name));
    }
    if (!TakeByte()) return false;
    if (next != ':' || name.empty()) {
      return Fatal(NameRule(next, name.empty()), QuotedEnd(bytes_.substr(begin, at_ - begin)));
    }
    if (!TakeLine(line, IsInValue)) return false;
    line = {name.data(), name.size() + 1 + line.size()};
    return true;
  }

  static std::string NameRule(char next, bool empty) {
    if (next == ':') return "header line: a name expected before the colon";
    if (next != ' ' && next != '\t') return "header line: the name must be a token";
    return empty ? "header line: a name expected, no space in front of it"
                 : "header line: a colon expected behind the name, no space before it";
  }

  // Takes the next byte of the head. False if it is one too many.
  bool TakeByte() {
    if (++at_ - request_.begin <= kMaxHeadBytes) return true;
    return Fatal("head: at most 8192 bytes", "at least 8193");
  }

  // Takes the rest of a line of allowed bytes, with its end. False if it is not whole or not right.
  bool TakeLine(std::string_view& line, bool (*allowed)(char)) {
    const std::size_t begin = at_;
    while (at_ < bytes_.size() && allowed(bytes_[at_])) {
      if (!TakeByte()) return false;
    }
    line = bytes_.substr(begin, at_ - begin);
    if (at_ == bytes_.size()) return false;
    const bool carriage_return = bytes_[at_] == '\r';
    if (carriage_return && (!TakeByte() || at_ == bytes_.size())) return false;
    const std::string_view last = bytes_.substr(at_, 1);
    if (!TakeByte()) return false;
    if (last == "\n") return true;
    return carriage_return ? Fatal("line end: a CR must be followed by LF", Quoted(last))
                           : Fatal("head: no control byte allowed", Quoted(last));
  }

  bool ReadRequestLine(std::string_view line) {
    const std::size_t method_end = std::min(line.find(' '), line.size());
    const std::size_t uri_at = std::min(method_end + 1, line.size());
    const std::size_t uri_end = std::min(line.find(' ', uri_at), line.size());
    const std::size_t version_at = std::min(uri_end + 1, line.size());
    request_.method = line.substr(0, method_end);
    const std::string_view uri = line.substr(uri_at, uri_end - uri_at);
    const std::string_view version = line.substr(version_at);
    if (request_.method.empty() || uri.empty() || version.empty() ||
        version.find(' ') != std::string_view::npos) {
      return Fatal("request line: three parts with one space between expected", Quoted(line));
    }
    if (!AllOf(request_.method, IsInToken)) {
      return Fatal("method: a token expected", Quoted(request_.method));
    }
    if (uri.size() > kMaxUriBytes || !AllOf(uri, IsVisible)) {
      return Fatal("URI: 1 to 256 visible ASCII bytes expected", Quoted(uri));
    }
    return version == kVersion || Fatal("version: HTTP/1.1 expected", Quoted(version));
  }

  bool ReadHeaderLine(std::string_view line) {
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = Trimmed(line.substr(colon + 1));
    if (IsField(name, "transfer_encoding") || IsField(name, "origin") ||
        IsField(name.substr(0, 10), "sec_fetch_")) {
      return Fatal("header: no Transfer_Encoding, Origin or Sec_Fetch_* allowed", Quoted(name));
    }
    if (IsField(name, "content_length")) return ReadLength(value);
    if (IsField(name, "heartbeat") && !std::exchange(has_heartbeat_, true)) {
      request_.heartbeat = PromiseIn(value);
    }
    if (IsField(name, "ping") && !std::exchange(has_ping_, true)) request_.ping = value == "1";
    for (const auto& [wanted, field] : {std::pair("session", &request_.session),
                                        {"since", &request_.since},
                                        {"history", &request_.history}}) {
      if (IsField(name, wanted) && !*field) *field = value;
    }
    if (!IsField(name, "user_agent")) return true;
    if (request_.user) return Fatal("User_Agent: only once", Quoted(value));
    request_.user = value;
    return true;
  }

  static std::uint32_t PromiseIn(std::string_view value) {
    std::uint32_t seconds = 0;
    if (value.empty() || !AllOf(value, IsDigit)) return 0;
    for (const char digit : value) {
      seconds = 10 * seconds + static_cast<std::uint32_t>(digit - '0');
      if (seconds > 3600) return 0;
    }
    return seconds < 10 ? 0 : seconds;
  }

  bool ReadLength(std::string_view value) {
    if (std::exchange(length_seen_, true)) {
      return Fatal("Content_Length: only once", Quoted(value));
    }
    if (value.empty() || value.size() > kMaxLengthDigits || !AllOf(value, IsDigit)) {
      return Fatal("Content_Length: 1 to 10 digits expected", Quoted(value));
    }
    request_.declared_bytes = NumberIn(value);
    return true;
  }

  std::string_view bytes_;
  std::size_t skip_bytes_;
  std::size_t at_ = 0;
  bool length_seen_ = false;
  RawRequestView request_;
  bool has_heartbeat_ = false;
  bool has_ping_ = false;
  std::vector<RawRequestView> requests_;
};

}  // namespace

std::vector<RawRequestView> CutRequests(std::string_view bytes, std::size_t skip_bytes) {
  return RequestCutter(bytes, skip_bytes).Cut();
}

RawRequestView CutUnfinished(std::string_view bytes, std::size_t begin) {
  return RequestCutter(bytes, bytes.size(), begin).CutUnfinished();
}

}  // namespace chathttp::sim
