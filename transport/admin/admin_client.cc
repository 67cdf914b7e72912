#include "chathttp/transport/admin/admin_client.h"

#include <array>
#include <cassert>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace chathttp {

AdminClient::AdminClient(Network& network, Scheduler& scheduler, const Endpoint& endpoint,
                         std::string command, Done done)
    : scheduler_(scheduler), unsent_(std::move(command) + "\n"), done_(std::move(done)) {
  assert(done_);
  attempt_ = network.Connect(endpoint, [this](auto stream) { OnConnected(std::move(stream)); });
  timer_ = scheduler_.RunAt(scheduler_.Now() + kAnswerLimit, [this] {
    Finish(absl::DeadlineExceededError(
        absl::StrCat("no complete answer in ", absl::FormatDuration(kAnswerLimit))));
  });
}

AdminClient::~AdminClient() { scheduler_.Cancel(timer_); }

void AdminClient::OnConnected(absl::StatusOr<std::unique_ptr<ByteStream>> stream) {
  if (!stream.ok()) return Finish(stream.status());
  stream_ = *std::move(stream);
  stream_->Observe(*this);
  OnWritable();
  OnReadable();
}

// A broken stream is noticed when it is read: an answer may be there all the same.
void AdminClient::OnWritable() {
  if (unsent_.empty()) return;
  const std::string_view pieces[] = {unsent_};
  unsent_.erase(0, stream_->Write(pieces).bytes);
}

void AdminClient::OnReadable() {
  std::array<char, 4096> buffer;
  for (;;) {
    const IoResult result = stream_->Read(buffer);
    if (result.status == IoStatus::kWouldBlock) return;
    if (result.status != IoStatus::kProgress) {
      return Finish(absl::DataLossError("the connection ended before the answer"));
    }
    if (decoder_.Take({buffer.data(), result.bytes})) return Finish(decoder_.lines());
  }
}

void AdminClient::Finish(absl::StatusOr<std::string> answer) {
  scheduler_.Cancel(std::exchange(timer_, kNoTimer));
  stream_.reset();
  Done done = std::move(done_);
  done(std::move(answer));
}

}  // namespace chathttp
