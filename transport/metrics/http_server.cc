#include "chathttp/transport/metrics/http_server.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp {
namespace {

std::string_view PhraseOf(int code) {
  switch (code) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "Service Unavailable";
  }
}

std::string Encode(const HttpAnswer& answer, bool with_body = true) {
  return absl::StrCat("HTTP/1.1 ", answer.code, " ", AbslView(PhraseOf(answer.code)), "\r\n",
                      "Content-Type: ", answer.content_type, "\r\n",
                      "Content-Length: ", answer.body.size(), "\r\n",
                      answer.code == 405 ? "Allow: GET, HEAD\r\n" : "", "Connection: close\r\n\r\n",
                      with_body ? answer.body : "");
}

std::string Refusal(int code, const std::string& reason) {
  return Encode({.code = code, .body = reason + "\n"});
}

// Whether `head` ends with an empty line. Lines end in LF or CRLF, as RFC 9112 2.2 allows.
bool IsComplete(std::string_view head) {
  return head.ends_with("\n\n") || head.ends_with("\n\r\n");
}

struct RequestLine {
  std::string_view method;
  std::string_view path;
};

// "GET /metrics?x=y HTTP/1.1"; nullopt if it is no request line of HTTP/1.
std::optional<RequestLine> ParseRequestLine(std::string_view head) {
  std::string_view line = head.substr(0, head.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == 0 || first == line.npos || first == last) return std::nullopt;
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (!target.starts_with('/') || target.find(' ') != target.npos) return std::nullopt;
  if (!line.substr(last + 1).starts_with("HTTP/1.")) return std::nullopt;
  return RequestLine{line.substr(0, first), target.substr(0, target.find('?'))};
}

}  // namespace

// ---- A connection -----------------------------------------------------------------------------

class HttpServer::Connection final : private StreamObserver {
 public:
  Connection(HttpServer& server, std::unique_ptr<ByteStream> stream)
      : server_(server), stream_(std::move(stream)) {
    stream_->Observe(*this);
    SetTimer();
  }
  ~Connection() { server_.scheduler_.Cancel(timer_); }

 private:
  enum class Phase {
    kHead,     // reads the request
    kAnswer,   // writes the answer
    kDiscard,  // half-closed; reads until the peer ends its side, so that no reset loses the answer
  };

  // Each of the functions below may destroy the connection, and so does nothing after a call of
  // another one.
  void OnReadable() override {
    if (phase_ == Phase::kHead) return ReadHead();
    if (phase_ == Phase::kDiscard) Discard();
  }
  void OnWritable() override {
    if (phase_ == Phase::kAnswer) Write();
  }

  void SetTimer() {
    server_.scheduler_.Cancel(timer_);
    timer_ = server_.scheduler_.RunAt(server_.scheduler_.Now() + kRequestLimit, [this] {
      if (phase_ != Phase::kHead) return server_.Close(*this);
      Answer(Refusal(408, absl::StrCat("A request must be complete within ",
                                       absl::FormatDuration(kRequestLimit))));
    });
  }

  void ReadHead() {
    std::array<char, kHeadBytes> buffer;
    for (;;) {
      const IoResult result = stream_->Read(buffer);
      if (result.status == IoStatus::kWouldBlock) return;
      if (result.status != IoStatus::kProgress) return server_.Close(*this);
      if (TakeHead({buffer.data(), result.bytes})) return Answer(server_.AnswerTo(text_));
      if (text_.size() == kHeadBytes) {
        return Answer(
            Refusal(431, absl::StrCat("The head of a request may hold ", kHeadBytes, " bytes")));
      }
    }
  }

  // Appends bytes to the head until it is complete or as long as it may be. Returns whether it is
  // complete.
  bool TakeHead(std::string_view bytes) {
    for (const char byte : bytes.substr(0, kHeadBytes - text_.size())) {
      text_ += byte;
      if (IsComplete(text_)) return true;
    }
    return false;
  }

  void Answer(std::string text) {
    text_ = std::move(text);
    phase_ = Phase::kAnswer;
    SetTimer();
    Write();
  }

  void Write() {
    const std::string_view pieces[] = {text_};
    const IoResult result = stream_->Write(pieces);
    if (result.status == IoStatus::kBroken) return server_.Close(*this);
    text_.erase(0, result.bytes);
    if (!text_.empty()) return;  // until OnWritable
    stream_->ShutdownWrite();
    phase_ = Phase::kDiscard;
    Discard();
  }

  void Discard() {
    std::array<char, kHeadBytes> buffer;
    for (;;) {
      const IoResult result = stream_->Read(buffer);
      if (result.status == IoStatus::kWouldBlock) return;
      discarded_bytes_ += result.bytes;
      const bool ended = result.status != IoStatus::kProgress;
      if (ended || discarded_bytes_ > kDiscardBytes) return server_.Close(*this);
    }
  }

  HttpServer& server_;
  const std::unique_ptr<ByteStream> stream_;
  Phase phase_ = Phase::kHead;
  std::string text_;  // the head so far, then the rest of the answer
  std::size_t discarded_bytes_ = 0;
  TimerId timer_ = kNoTimer;
};

// ---- The server -------------------------------------------------------------------------------

HttpServer::HttpServer(Scheduler& scheduler, Handler handler)
    : scheduler_(scheduler), handler_(std::move(handler)) {
  assert(handler_);
}

HttpServer::~HttpServer() = default;

absl::Status HttpServer::Listen(Network& network, const Endpoint& endpoint) {
  absl::StatusOr<std::unique_ptr<Listener>> listener = network.Listen(endpoint, *this);
  if (!listener.ok()) return listener.status();
  listener_ = *std::move(listener);
  return absl::OkStatus();
}

Endpoint HttpServer::endpoint() const {
  assert(listener_ != nullptr);
  return listener_->local();
}

void HttpServer::OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) {
  if (connections_.size() >= kMaxConnections) return OnOverflow(*stream, peer);
  connections_.push_back(std::make_unique<Connection>(*this, std::move(stream)));
}

void HttpServer::OnOverflow(ByteStream& stream, std::string_view) {
  const std::string reply = Refusal(503, "Too many connections, try again later");
  const std::string_view pieces[] = {reply};
  // Bytes that do not fit into the empty send buffer are lost.
  if (stream.Write(pieces).status == IoStatus::kProgress) stream.ShutdownWrite();
}

std::string HttpServer::AnswerTo(std::string_view head) {
  const std::optional<RequestLine> request = ParseRequestLine(head);
  if (!request) return Refusal(400, "A request must start with \"GET /PATH HTTP/1.1\"");
  if (request->method != "GET" && request->method != "HEAD") {
    return Refusal(405, "The method must be GET or HEAD");
  }
  const bool with_body = request->method == "GET";
  if (std::optional<HttpAnswer> answer = handler_(request->path)) {
    return Encode(*answer, with_body);
  }
  return Encode({.code = 404, .body = "No such path\n"}, with_body);
}

void HttpServer::Close(Connection& connection) {
  std::erase_if(connections_, [&](const auto& each) { return each.get() == &connection; });
}

}  // namespace chathttp
