#include "chathttp/sim/world/raw_codec.h"

#include <algorithm>
#include <array>
#include <utility>

namespace chathttp::sim {
namespace {

constexpr std::string_view kVersion = "HTTP/1.1";
constexpr std::size_t kMaxHeadBytes = 8192;
constexpr std::size_t kMaxHeaderLines = 64;
constexpr std::size_t kMaxUriBytes = 256;
constexpr std::size_t kMaxLengthDigits = 10;

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
  if (head != "Content_Language: en\nContent_Encoding: utf-8\nContent_Type: text\n\n") {
    return "lines behind Content_Length";
  }
  return {};
}

}  // namespace

std::string RawRequest(std::string_view method, std::string_view user, std::string_view entity) {
  std::string request(method);
  request += " h HTTP/1.1\nUser_Agent: ";
  request += user;
  request += "\nContent_Length: " + std::to_string(entity.size()) + "\n\n";
  request += entity;
  return request;
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

class RequestCutter {
 public:
  RequestCutter(std::string_view bytes, std::size_t skip_bytes)
      : bytes_(bytes), skip_bytes_(skip_bytes) {}

  std::vector<RawRequestView> Cut() {
    while (at_ < bytes_.size() && CutOne()) {
    }
    return std::move(requests_);
  }

 private:
  bool CutOne() {
    request_ = {};
    request_.begin = at_;
    length_seen_ = false;
    for (std::size_t number = 0;; ++number) {
      const std::size_t line_at = at_;
      const std::size_t line_end = bytes_.find('\n', line_at);
      const std::size_t head_bytes = std::min(line_end, bytes_.size() - 1) + 1 - request_.begin;
      const bool whole = line_end != std::string_view::npos && head_bytes <= kMaxHeadBytes;
      std::string_view line = bytes_.substr(line_at, whole ? line_end - line_at : line_end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!whole) {
        if (head_bytes > kMaxHeadBytes) {
          return Fatal("head longer than 8 KiB", request_.begin + kMaxHeadBytes + 1, true);
        }
        CheckUnfinished(line, number);
        return false;
      }
      at_ = line_end + 1;
      if (number > 0 && line.empty()) return CutEntity();
      std::string_view problem = number == 0 ? ReadRequestLine(line) : ReadHeaderLine(line);
      if (number > kMaxHeaderLines) problem = "more than 64 header lines";
      if (!problem.empty()) return Fatal(problem, at_, true);
    }
  }

  bool CutEntity() {
    if (request_.declared_bytes > skip_bytes_) return Fatal("entity too long", at_, true);
    if (bytes_.size() - at_ < request_.declared_bytes) return false;
    request_.entity = bytes_.substr(at_, static_cast<std::size_t>(request_.declared_bytes));
    at_ += request_.entity.size();
    request_.end = at_;
    requests_.push_back(request_);
    return true;
  }

  bool Fatal(std::string_view problem, std::size_t known_at, bool certain) {
    request_.fatal = true;
    request_.certain = certain;
    request_.problem = problem;
    request_.end = known_at;
    requests_.push_back(request_);
    return false;
  }

  // Reports an unfinished line that no continuation can make valid. A reader may detect it early.
  void CheckUnfinished(std::string_view line, std::size_t number) {
    const bool right = number == 0 ? MayBeginRequestLine(line) : MayBeginHeaderLine(line);
    if (!right || (number > kMaxHeaderLines && !line.empty())) {
      Fatal("unfinished line that is wrong already", bytes_.size(), false);
    }
  }

  static bool MayBeginRequestLine(std::string_view line) {
    const std::size_t method_end = line.find(' ');
    if (!AllOf(line.substr(0, method_end), IsInToken) || method_end == 0) return false;
    if (method_end == std::string_view::npos) return true;
    const std::string_view rest = line.substr(method_end + 1);
    const std::size_t uri_end = rest.find(' ');
    const std::string_view uri = rest.substr(0, uri_end);
    if (!AllOf(uri, IsVisible) || uri.size() > kMaxUriBytes || uri_end == 0) return false;
    if (uri_end == std::string_view::npos) return true;
    return kVersion.starts_with(rest.substr(uri_end + 1));
  }

  static bool MayBeginHeaderLine(std::string_view line) {
    const std::size_t colon = line.find(':');
    return AllOf(line.substr(0, colon), IsInToken) && colon != 0 &&
           (colon == std::string_view::npos || AllOf(line.substr(colon + 1), IsInValue));
  }

  std::string_view ReadRequestLine(std::string_view line) {
    const std::size_t method_end = line.find(' ');
    if (method_end == 0 || method_end == std::string_view::npos) return "request line";
    const std::size_t uri_end = line.find(' ', method_end + 1);
    if (uri_end == std::string_view::npos) return "request line";
    request_.method = line.substr(0, method_end);
    const std::string_view uri = line.substr(method_end + 1, uri_end - method_end - 1);
    if (!AllOf(request_.method, IsInToken)) return "method";
    if (uri.empty() || uri.size() > kMaxUriBytes || !AllOf(uri, IsVisible)) return "URI";
    if (line.substr(uri_end + 1) != kVersion) return "version";
    return {};
  }

  std::string_view ReadHeaderLine(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) return "header line";
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = line.substr(colon + 1);
    if (!AllOf(name, IsInToken)) return "header name";
    if (!AllOf(value, IsInValue)) return "control byte in a header value";
    if (IsField(name, "transfer_encoding") || IsField(name, "origin") ||
        IsField(name.substr(0, 10), "sec_fetch_")) {
      return "forbidden header";
    }
    if (IsField(name, "content_length")) return ReadLength(Trimmed(value));
    if (IsField(name, "user_agent")) {
      if (request_.user) return "User_Agent twice";
      request_.user = Trimmed(value);
    }
    return {};
  }

  std::string_view ReadLength(std::string_view value) {
    if (std::exchange(length_seen_, true)) return "Content_Length twice";
    const bool number = !value.empty() && value.size() <= kMaxLengthDigits && AllOf(value, IsDigit);
    if (!number) return "Content_Length";
    request_.declared_bytes = NumberIn(value);
    return {};
  }

  std::string_view bytes_;
  std::size_t skip_bytes_;
  std::size_t at_ = 0;
  bool length_seen_ = false;
  RawRequestView request_;
  std::vector<RawRequestView> requests_;
};

}  // namespace

std::vector<RawRequestView> CutRequests(std::string_view bytes, std::size_t skip_bytes) {
  return RequestCutter(bytes, skip_bytes).Cut();
}

}  // namespace chathttp::sim
