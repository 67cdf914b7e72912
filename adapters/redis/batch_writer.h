// The commands of one server on their way to the log, in numbered batches.
//
//   writer.Start(ServerNumber{7});
//   writer.Append(command);
//   while (const std::string* payload = writer.NextToSend(position, hash)) Send(*payload);
//   writer.OnBack(n);          // the batch was read back from the log
//   writer.Resend();           // after a loss: all that did not come back, from the first one on
//
// A batch is kept until it is read back, since nothing else tells that it is in the log. All readers
// drop a batch whose number is not the next one, so it may be sent again. Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_REDIS_BATCH_WRITER_H_
#define CHATHTTP_ADAPTERS_REDIS_BATCH_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "absl/time/time.h"
#include "chathttp/adapters/redis/entry.h"

namespace chathttp::redis {

class BatchWriter {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{16} << 10;  // but for a larger command
  static constexpr std::size_t kMaxBatches = 32;                   // on the way

  // Begins as a new server, with nothing on the way. 0: the server has no number.
  void Start(ServerNumber server);
  ServerNumber server() const { return server_; }

  // Adds a command to the last batch, which is not sent yet, or to a further one.
  void Append(BatchCommand command, absl::Time wall, absl::Time now);

  // The batches that have not come back, those that were not sent included.
  std::size_t batches() const { return batches_.size(); }
  // No more requests should be served until a batch comes back.
  bool full() const { return batches_.size() >= kMaxBatches; }

  // The next batch to be sent, with what this server has read of the log; null if there is none or
  // kMaxBatches are on the way. Valid until the next call.
  const std::string* NextToSend(const Position& known, std::uint64_t hash);

  // Sends all batches again that have not come back.
  void Resend();

  // Batch `n` had its effect. False if it is not the first on the way: no program of this server sent
  // it.
  bool OnBack(std::uint64_t n);
  // Batch `n` came back without an effect: if one before it is lost, sends that again.
  void OnDropped(std::uint64_t n);

  // When the first command on the way was appended; InfiniteFuture without any.
  absl::Time oldest() const;
  // Batches that were sent more than once, each time counted.
  std::uint64_t resends() const { return resends_; }
  // Batches on the way, at most kMaxBatches.
  std::size_t on_the_way() const { return sent_; }

 private:
  struct Batch {
    std::uint64_t n;
    absl::Time wall;  // of the first command
    absl::Time at;    // the same on the scale of the scheduler's Now
    std::size_t count = 0;
    std::string commands = {};
    std::string payload = {};  // when it was sent
  };

  ServerNumber server_{0};
  std::uint64_t last_n_ = 0;
  std::deque<Batch> batches_;
  std::size_t sent_ = 0;       // of batches_, from the first one on, since the last Resend
  bool is_resending_ = false;  // after a hole; until a batch comes back
  std::uint64_t resends_ = 0;
};

}  // namespace chathttp::redis

#endif  // CHATHTTP_ADAPTERS_REDIS_BATCH_WRITER_H_
