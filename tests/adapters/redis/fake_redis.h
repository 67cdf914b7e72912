// A Redis server in memory, on any network: the commands for streams that a room needs, and faults.
//
//   FakeRedis redis(network.host("redis"), scheduler, {"redis", 6379});
//   redis.Stall();  ...  redis.Go();
//
// It keeps to what a Redis 7.0 does, error messages included. Keys hold streams; SET makes another
// type. Not thread-safe.
#ifndef CHATHTTP_TESTS_ADAPTERS_REDIS_FAKE_REDIS_H_
#define CHATHTTP_TESTS_ADAPTERS_REDIS_FAKE_REDIS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "chathttp/adapters/redis/resp.h"
#include "chathttp/adapters/redis/stream_reply.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::redis {

class FakeRedis final : private Acceptor {
 public:
  struct StoredEntry {
    Position id;
    std::vector<std::string> fields;

    std::string payload() const;  // the values of all fields
  };
  struct Stream {
    std::vector<StoredEntry> entries;
    Position last_id;
  };

  FakeRedis(Network& network, Scheduler& scheduler, const Endpoint& endpoint,
            std::string password = "");
  ~FakeRedis();

  Endpoint endpoint() const { return listener_->local(); }

  // All entries that were ever added to the stream in the present past, trimmed and deleted ones
  // included; and those of each past that was lost, as it was then.
  const std::vector<StoredEntry>& all(const std::string& key) { return all_[key]; }
  const std::vector<std::vector<StoredEntry>>& lost_pasts() const { return lost_pasts_; }
  Stream* stream(const std::string& key);
  std::uint64_t commands() const { return commands_; }
  std::size_t connections() const { return clients_.size(); }
  const std::vector<std::string>& trims() const { return trims_; }

  // Faults.

  void Stall() { is_stalled_ = true; }
  void Go();
  // Resets all connections; what was sent and not read is lost.
  void Cut();
  // Answers the next `count` XADDs of the key with an error.
  void FailAppends(const std::string& key, int count, std::string error);
  // Answers the next `count` XADDs of the key as if it had done them.
  void SwallowAppends(const std::string& key, int count) { swallow_[key] = count; }
  // Does the next `count` XADDs of the key twice.
  void DoubleAppends(const std::string& key, int count) { double_[key] = count; }
  // Keeps all replies on connections that have sent an XADD back, and ends that.
  void HoldAppendReplies(bool hold);
  // The last entries of the key are lost. Connections stay.
  void LoseTail(const std::string& key, std::size_t count);
  // Removes an entry from a stream, as XDEL does.
  void DeleteEntry(const std::string& key, const Position& id);
  void DeleteKey(const std::string& key);
  void SetText(const std::string& key) { texts_[key] = true; }
  // Sends these bytes to all connections.
  void SendBytes(std::string_view bytes);
  // Adds an entry, as another program would; returns its id.
  Position Add(const std::string& key, std::uint64_t epoch, const std::string& payload);
  // Adds an entry with a field that the servers do not know; `id` is greater than the last one.
  void AddOfStranger(const std::string& key, const Position& id);

 private:
  struct Client;
  using Arguments = std::vector<std::string>;

  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) override;
  void OnOverflow(ByteStream&, std::string_view) override {}
  void Serve(Client& client);
  void Run(Client& client, const Arguments& arguments);
  void RunAdd(Client& client, const Arguments& arguments);
  void RunRead(Client& client, const Arguments& arguments);
  void RunRange(Client& client, const Arguments& arguments, bool reverse);
  void RunTrim(Client& client, const Arguments& arguments);
  void EndRead(Client& client);
  void WakeReaders();
  void Sweep();

  Scheduler& scheduler_;
  const std::string password_;
  std::unique_ptr<Listener> listener_;
  absl::btree_map<std::string, Stream> streams_;
  absl::btree_map<std::string, bool> texts_;
  absl::btree_map<std::string, std::vector<StoredEntry>> all_;
  std::vector<std::vector<StoredEntry>> lost_pasts_;
  std::vector<std::string> trims_;
  absl::btree_map<std::string, std::pair<int, std::string>> fail_;
  absl::btree_map<std::string, int> swallow_;
  absl::btree_map<std::string, int> double_;
  bool is_stalled_ = false;
  bool holds_ = false;
  std::uint64_t commands_ = 0;
  std::deque<std::unique_ptr<Client>> clients_;
  TimerId sweep_ = kNoTimer;
};

}  // namespace chathttp::redis

#endif  // CHATHTTP_TESTS_ADAPTERS_REDIS_FAKE_REDIS_H_
