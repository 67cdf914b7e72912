#include "chathttp/adapters/redis/batch_writer.h"

#include <utility>

namespace chathttp::redis {

void BatchWriter::Start(ServerNumber server) {
  server_ = server;
  last_n_ = 0;
  batches_.clear();
  sent_ = 0;
  is_resending_ = false;
}

void BatchWriter::Append(BatchCommand command, absl::Time wall, absl::Time now) {
  const auto has_room = [&](const Batch& batch) {
    return batch.payload.empty() && batch.count < kMaxBatchCommands &&
           batch.commands.size() + command.text.size() + kMaxCommandBytes <= kMaxBytes;
  };
  if (batches_.empty() || !has_room(batches_.back())) {
    batches_.push_back({.n = ++last_n_, .wall = wall, .at = now});
  }
  Batch& batch = batches_.back();
  command.delay = wall - batch.wall;
  AppendBatchCommand(command, batch.commands);
  ++batch.count;
}

const std::string* BatchWriter::NextToSend(const Position& known, std::uint64_t hash) {
  if (sent_ == batches_.size() || sent_ == kMaxBatches) return nullptr;
  Batch& batch = batches_[sent_++];
  if (batch.payload.empty()) {
    batch.payload = EncodeBatchHead(
        {.wall = batch.wall, .known = known, .hash = hash, .server = server_, .n = batch.n},
        batch.count);
    batch.payload += std::exchange(batch.commands, {});
  } else {
    ++resends_;
  }
  return &batch.payload;
}

void BatchWriter::Resend() {
  sent_ = 0;
  is_resending_ = false;
}

bool BatchWriter::OnBack(std::uint64_t n) {
  if (batches_.empty() || batches_.front().n != n || batches_.front().payload.empty()) return false;
  batches_.pop_front();
  if (sent_ > 0) --sent_;
  is_resending_ = false;
  return true;
}

void BatchWriter::OnDropped(std::uint64_t n) {
  if (batches_.empty() || n <= batches_.front().n || is_resending_) return;
  Resend();
  is_resending_ = true;
}

absl::Time BatchWriter::oldest() const {
  return batches_.empty() ? absl::InfiniteFuture() : batches_.front().at;
}

}  // namespace chathttp::redis
