#include "chathttp/adapters/redis/redis_connection.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/redis/redis_error.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::redis {
namespace {

constexpr std::size_t kReadBytes = std::size_t{16} << 10;
constexpr int kReadsPerTurn = 16;

}  // namespace

RedisConnection::RedisConnection(Network& network, Scheduler& scheduler, const Endpoint& endpoint,
                                 const Credentials& credentials, Closed closed)
    : on_closed_(std::move(closed)),
      address_(ToString(endpoint)),
      turn_(scheduler, [this] { ReadSome(); }),
      buffer_(kReadBytes) {
  if (!credentials.password.empty()) {
    const auto check = [this](RespValue& reply) {
      if (reply == RespValue{.type = RespValue::Type::kSimple, .text = "OK"}) return;
      const std::string reason = absl::StrCat("AUTH was answered with ", Describe(reply));
      const bool refused = reply.is_error() && KindOfError(reply.text) == ErrorKind::kConfiguration;
      End(refused ? absl::UnauthenticatedError(reason) : absl::UnavailableError(reason));
    };
    if (credentials.user.empty()) {
      Send({"AUTH", credentials.password}, check);
    } else {
      Send({"AUTH", credentials.user, credentials.password}, check);
    }
  }
  attempt_ = network.Connect(endpoint, [this](absl::StatusOr<std::unique_ptr<ByteStream>> stream) {
    OnConnect(std::move(stream));
  });
}

void RedisConnection::OnConnect(absl::StatusOr<std::unique_ptr<ByteStream>> stream) {
  if (!stream.ok()) {
    return End(absl::UnavailableError(
        absl::StrCat("no connection to ", address_, ": ", stream.status().message())));
  }
  stream_ = *std::move(stream);
  stream_->Observe(*this);
  Flush();
}

void RedisConnection::Send(std::span<const std::string_view> arguments, Handler handler) {
  if (closed_) return;
  AppendCommand(arguments, out_);
  handlers_.push_back(std::move(handler));
}

void RedisConnection::Flush() {
  while (!closed_ && stream_ != nullptr && written_ < out_.size()) {
    const std::string_view rest = std::string_view(out_).substr(written_);
    const IoResult result = stream_->Write({&rest, 1});
    if (result.status == IoStatus::kWouldBlock) return;
    if (result.status != IoStatus::kProgress) return turn_.Request();  // ReadSome learns why
    written_ += result.bytes;
  }
  if (written_ < out_.size()) return;
  written_ = 0;
  out_.clear();
  if (out_.capacity() > 4 * kReadBytes) std::string().swap(out_);
}

void RedisConnection::Close() {
  closed_ = true;
  handlers_.clear();
  if (stream_ != nullptr) stream_->Reset();
}

void RedisConnection::ReadSome() {
  for (int reads = 0; reads < kReadsPerTurn; ++reads) {
    if (closed_ || stream_ == nullptr) return;
    const IoResult result = stream_->Read(buffer_);
    if (result.status == IoStatus::kWouldBlock) return;
    if (result.status == IoStatus::kEndOfStream) {
      return End(absl::UnavailableError(absl::StrCat(address_, " closed the connection")));
    }
    if (result.status == IoStatus::kBroken) {
      return End(absl::UnavailableError(absl::StrCat(
          "the connection to ", address_, " broke: ", AbslView(stream_->broken_reason()))));
    }
    if (!DecodeAll({buffer_.data(), result.bytes})) return;
  }
  turn_.Request();
}

// False if the connection is closed now.
bool RedisConnection::DecodeAll(std::string_view input) {
  while (!input.empty()) {
    const RespDecoder::Result result = decoder_.Decode(input);
    input.remove_prefix(result.consumed);
    if (result.status == RespDecoder::Status::kNeedMore) return true;
    if (result.status == RespDecoder::Status::kError) {
      End(absl::InvalidArgumentError(
          absl::StrCat(address_, " sent a reply that Redis would not send: ", decoder_.error())));
      return false;
    }
    RespValue reply = decoder_.TakeReply();
    if (handlers_.empty()) {
      End(absl::InvalidArgumentError(
          absl::StrCat(address_, " sent ", Describe(reply), " as the reply to no command")));
      return false;
    }
    Handler handler = std::move(handlers_.front());
    handlers_.pop_front();
    handler(reply);
    if (closed_) return false;
  }
  return true;
}

void RedisConnection::End(absl::Status reason) {
  if (closed_) return;
  Close();
  on_closed_(reason);
}

}  // namespace chathttp::redis
