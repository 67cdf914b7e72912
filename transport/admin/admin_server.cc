#include "chathttp/transport/admin/admin_server.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/transport/admin/admin_text.h"
#include "chathttp/transport/ports/turn.h"

namespace chathttp {

// ---- A connection -----------------------------------------------------------------------------

class AdminServer::Connection final : private StreamObserver {
 public:
  Connection(AdminServer& server, std::unique_ptr<ByteStream> stream)
      : server_(server), stream_(std::move(stream)), turn_(server.scheduler_, [this] { Work(); }) {
    stream_->Observe(*this);
    SetTimer();
    turn_.Request();
  }
  ~Connection() { server_.scheduler_.Cancel(timer_); }

 private:
  void OnReadable() override { turn_.Request(); }
  void OnWritable() override { turn_.Request(); }

  void SetTimer() {
    server_.scheduler_.Cancel(timer_);
    timer_ = server_.scheduler_.RunAt(server_.scheduler_.Now() + kIdleLimit,
                                      [this] { server_.Close(*this); });
  }

  // The work of one turn.
  void Work() {
    if (!Write()) return server_.Close(*this);
    if (!out_.empty()) return;  // until OnWritable
    if (ServeLine()) {
      if (!Write()) return server_.Close(*this);
      return turn_.Request();
    }
    if (ended_) return server_.Close(*this);
    Read();
  }

  // Returns false if the stream is broken.
  bool Write() {
    if (out_.empty()) return true;
    const std::string_view pieces[] = {out_};
    const IoResult result = stream_->Write(pieces);
    if (result.status == IoStatus::kProgress) SetTimer();
    out_.erase(0, result.bytes);
    return result.status != IoStatus::kBroken;
  }

  void Read() {
    std::array<char, 4096> buffer;
    const IoResult result = stream_->Read(buffer);
    if (result.status == IoStatus::kWouldBlock) return;  // until OnReadable
    if (result.status == IoStatus::kBroken) return server_.Close(*this);
    if (result.status == IoStatus::kProgress) SetTimer();
    ended_ = result.status == IoStatus::kEndOfStream;
    in_.append(buffer.data(), result.bytes);
    turn_.Request();
  }

  // Takes one line from the input, or as much as there is of one that is too long. Returns false if
  // there is none.
  bool ServeLine() {
    const std::size_t end = std::min(in_.find('\n'), in_.size());
    const bool complete = end < in_.size() || (ended_ && !in_.empty());
    const bool too_long = end > kMaxCommandBytes;
    if (!complete && !too_long) return false;
    std::string line = in_.substr(0, end);
    in_.erase(0, end + 1);
    const bool rest = std::exchange(in_long_line_, !complete);
    if (rest) return true;  // it was answered already
    if (line.ends_with('\r')) line.pop_back();
    out_ = EncodeAnswer(too_long ? absl::StrCat("error: a line has at most ", kMaxCommandBytes,
                                                " bytes, got more\n")
                                 : server_.handler_(line));
    return true;
  }

  AdminServer& server_;
  const std::unique_ptr<ByteStream> stream_;
  std::string in_;   // not served yet
  std::string out_;  // the rest of the answer
  bool ended_ = false;
  bool in_long_line_ = false;  // the start of this line is dropped
  TimerId timer_ = kNoTimer;
  Turn turn_;
};

// ---- The server -------------------------------------------------------------------------------

AdminServer::AdminServer(Scheduler& scheduler, Handler handler)
    : scheduler_(scheduler), handler_(std::move(handler)) {
  assert(handler_);
}

AdminServer::~AdminServer() = default;

absl::Status AdminServer::Listen(Network& network, const Endpoint& endpoint) {
  absl::StatusOr<std::unique_ptr<Listener>> listener = network.Listen(endpoint, *this);
  if (!listener.ok()) return listener.status();
  listener_ = *std::move(listener);
  return absl::OkStatus();
}

void AdminServer::OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) {
  if (connections_.size() >= kMaxConnections) return OnOverflow(*stream, peer);
  connections_.push_back(std::make_unique<Connection>(*this, std::move(stream)));
}

void AdminServer::OnOverflow(ByteStream& stream, std::string_view) {
  const std::string answer =
      EncodeAnswer(absl::StrCat("error: at most ", kMaxConnections, " connections, close one\n"));
  const std::string_view pieces[] = {answer};
  // Bytes that do not fit into the empty send buffer are lost.
  if (stream.Write(pieces).status == IoStatus::kProgress) stream.ShutdownWrite();
}

void AdminServer::Close(Connection& connection) {
  std::erase_if(connections_, [&](const auto& each) { return each.get() == &connection; });
}

}  // namespace chathttp
