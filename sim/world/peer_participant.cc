#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "chathttp/sim/world/participant.h"
#include "chathttp/sim/world/raw_codec.h"

namespace chathttp::sim {
namespace {

// Reads all input at each notice and sends as many bytes as the stream accepts. Keeps its own side
// open after the end of the stream.
class Peer final : public Participant, private StreamObserver {
 public:
  Peer(const ParticipantContext& context, std::string_view name)
      : Participant(context, name, false),
        server_(context.server_of(name)),
        buffer_(context.buffer) {}

  void Connect() override {
    if (tap().current() != nullptr) return;
    Close();
    user_ = name();
    attempt_ = tap().Connect(server_, [this](auto stream) { OnConnect(std::move(stream)); });
  }

  void Add(std::string_view user) override {
    user_ = user;
    SendBytes(RawRequest("ADD", user_));
  }
  void AddSession(std::string_view user, const SessionRequest& request) override {
    user_ = user;
    kept_.SetName(user_);
    follows_ = true;
    SendBytes(RawRequest("ADD", user_, "", FirstSessionLines(request)));
  }
  // On a new connection, unless it has one on which it is not logged in.
  void Resume(std::string_view user, const SessionRequest& request,
              const KeptSession& kept) override {
    follows_ = true;
    if (&kept != &kept_) kept_ = kept;
    if (kept_.name().empty()) kept_.SetName(name());
    if (logged_in_ || tap().current() == nullptr) {
      Close();
      Connect();
    }
    user_ = user.empty() ? kept_.name() : std::string(user);
    SendBytes(RawRequest("ADD", user_, "", kept_.Lines(request)));
  }
  const KeptSession* kept_session() const override { return &kept_; }

  void Say(std::string_view text) override {
    SendBytes(RawRequest("POST", user_, std::string(text) + "\n"));
  }
  void List() override { SendBytes(RawRequest("GET", user_)); }
  void Leave() override { SendBytes(RawRequest("DELETE", user_)); }

  void SendBytes(std::string_view bytes) override {
    if (shut_ || (attempt_ == nullptr && stream_ == nullptr)) return;
    unsent_ += bytes;
    Flush();
  }

  void SetReading(bool reading) override {
    tap().SetReading(reading);
    reading_ = reading;
    if (reading && stream_ != nullptr) ReadAll();
  }

  void ShutdownWrite() override {
    if (attempt_ == nullptr && stream_ == nullptr) return;
    shut_ = true;
    Flush();
  }

  bool Reset() override {
    const bool live = tap().Reset();
    Close();
    return live;
  }

  void Close() override {
    attempt_.reset();
    stream_.reset();
    unsent_.clear();
    sent_ = 0;
    shut_ = false;
    followed_ = 0;
    logged_in_ = false;
  }

 private:
  void OnConnect(absl::StatusOr<std::unique_ptr<ByteStream>> stream) {
    if (!stream.ok()) return Close();
    attempt_.reset();
    stream_ = *std::move(stream);
    stream_->Observe(*this);
    Flush();
  }

  void OnReadable() override {
    if (reading_) ReadAll();
  }
  void OnWritable() override { Flush(); }

  void ReadAll() {
    for (;;) {
      const IoResult result = stream_->Read(buffer_);
      if (result.status == IoStatus::kProgress && follows_) Follow();
      if (result.status == IoStatus::kProgress) continue;
      if (result.status == IoStatus::kBroken) Close();
      return;
    }
  }

  // Keeps what the responses say about its session.
  void Follow() {
    const std::string_view received = tap().current()->received.bytes;
    while (const std::optional<RawResponse> response = CutResponse(received, followed_)) {
      if (response->code == 0) return;
      followed_ = response->end;
      kept_.Take(*response);
      logged_in_ = logged_in_ || !response->session.empty();
    }
  }

  void Flush() {
    if (stream_ == nullptr) return;
    while (sent_ < unsent_.size()) {
      const std::string_view pieces[] = {std::string_view(unsent_).substr(sent_)};
      const IoResult result = stream_->Write(pieces);
      if (result.status == IoStatus::kBroken) break;  // input may still be readable
      sent_ += result.bytes;
      if (result.bytes < pieces[0].size()) return;
    }
    unsent_.clear();
    sent_ = 0;
    if (shut_) stream_->ShutdownWrite();
  }

  Endpoint server_;
  std::span<char> buffer_;
  std::string user_;  // User_Agent of its requests
  std::unique_ptr<ConnectAttempt> attempt_;
  std::unique_ptr<ByteStream> stream_;
  std::string unsent_;  // from sent_ on
  std::size_t sent_ = 0;
  bool shut_ = false;
  bool reading_ = true;
  KeptSession kept_;
  bool follows_ = false;      // it has asked for a session
  std::size_t followed_ = 0;  // of the bytes that this connection has received
  bool logged_in_ = false;    // with a session, on this connection
};

}  // namespace

std::unique_ptr<Participant> MakePeer(const ParticipantContext& context, std::string_view name) {
  return std::make_unique<Peer>(context, name);
}

}  // namespace chathttp::sim
