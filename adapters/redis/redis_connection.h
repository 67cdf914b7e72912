// A connection to a Redis server: sends commands, and gives their replies in order.
//
//   RedisConnection connection(network, scheduler, endpoint, {.user = "", .password = secret}, closed);
//   connection.Send({"PING"}, [](const RespValue& reply) { ... });
//   connection.Flush();
//
// Commands may be sent at once; they go out when the connection is made, behind an AUTH if there is a
// password. The connection ends at the first byte that is no reply, at a reply without a command, and
// when the server closes it: then `closed` is called once, and no reply comes any more.
//
// Callbacks come in turn steps of their own. They may call every method, but must not destroy the
// connection. `network` and `scheduler` must outlive it. Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_REDIS_REDIS_CONNECTION_H_
#define CHATHTTP_ADAPTERS_REDIS_REDIS_CONNECTION_H_

#include <cstddef>
#include <deque>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chathttp/adapters/redis/resp.h"
#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/ports/turn.h"

namespace chathttp::redis {

struct Credentials {
  std::string user = {};      // empty: the default user
  std::string password = {};  // empty: no AUTH
};

class RedisConnection final : private StreamObserver {
 public:
  // May move parts out of the reply.
  using Handler = absl::AnyInvocable<void(RespValue& reply)>;
  // Why the connection ended: Unavailable if it could not be made or was lost, InvalidArgument if the
  // server broke the protocol, Unauthenticated if it refused the AUTH.
  using Closed = absl::AnyInvocable<void(const absl::Status& reason)>;

  RedisConnection(Network& network, Scheduler& scheduler, const Endpoint& endpoint,
                  const Credentials& credentials, Closed closed);

  // Queues a command; `handler` gets its reply, an error reply included. No effect when closed.
  void Send(std::span<const std::string_view> arguments, Handler handler);
  void Send(std::initializer_list<std::string_view> arguments, Handler handler) {
    Send(std::span<const std::string_view>(arguments.begin(), arguments.size()),
         std::move(handler));
  }

  // Writes what was queued, as far as the stream takes it now; the rest follows.
  void Flush();

  // Ends the connection at once, without a call of `closed`. No effect when closed.
  void Close();

  bool closed() const { return closed_; }
  // Commands without a reply.
  std::size_t unanswered() const { return handlers_.size(); }

 private:
  void OnConnect(absl::StatusOr<std::unique_ptr<ByteStream>> stream);
  void OnReadable() override { turn_.Request(); }
  void OnWritable() override { Flush(); }
  void ReadSome();
  bool DecodeAll(std::string_view input);
  void End(absl::Status reason);

  Closed on_closed_;
  const std::string address_;
  Turn turn_;
  std::unique_ptr<ByteStream> stream_;
  std::string out_;          // commands that the stream has not taken
  std::size_t written_ = 0;  // bytes of out_ that it has taken
  std::deque<Handler> handlers_;
  RespDecoder decoder_;
  std::vector<char> buffer_;
  bool closed_ = false;
  std::unique_ptr<ConnectAttempt> attempt_;
};

}  // namespace chathttp::redis

#endif  // CHATHTTP_ADAPTERS_REDIS_REDIS_CONNECTION_H_
