// A small HTTP/1.1 server (RFC 9112) for figures and states: one GET or HEAD on each connection, an
// answer of the program, and the connection ends.
//
//   HttpServer http(scheduler, [](std::string_view path) -> std::optional<HttpAnswer> {
//     if (path == "/health") return HttpAnswer{.body = "ok\n"};
//     return std::nullopt;                                         // 404
//   });
//   if (absl::Status status = http.Listen(network, {"127.0.0.1", 9995}); !status.ok()) return status;
//
// Peers cost little: the limits below are fixed. A request that breaks a rule gets 400, 405, 408 or
// 431. A body is neither needed nor read. Not for files, and not for the open net: it has no
// encryption and knows nobody. Not thread-safe.
#ifndef CHATHTTP_TRANSPORT_METRICS_HTTP_SERVER_H_
#define CHATHTTP_TRANSPORT_METRICS_HTTP_SERVER_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

struct HttpAnswer {
  int code = 200;  // 200, 400, 404, 405, 408, 431 or 503
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
};

class HttpServer final : private Acceptor {
 public:
  static constexpr std::size_t kHeadBytes = 4 << 10;      // of a request
  static constexpr std::size_t kMaxConnections = 8;       // further ones get 503
  static constexpr std::size_t kDiscardBytes = 64 << 10;  // of input behind the head
  // From connect to the end of the head, and from there to the end of the connection.
  static constexpr absl::Duration kRequestLimit = absl::Seconds(5);

  // Answers the GET of a path, which has no query; nullopt is 404. Called in a turn step; it must not
  // destroy the server.
  using Handler = absl::AnyInvocable<std::optional<HttpAnswer>(std::string_view path)>;

  // `scheduler` must outlive the server; `handler` must not be empty (asserted).
  HttpServer(Scheduler& scheduler, Handler handler);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  // Closes all connections at once.
  ~HttpServer();

  // Listens at `endpoint` of `network`, which must outlive the server, instead of an earlier one.
  // Errors: those of Network::Listen.
  absl::Status Listen(Network& network, const Endpoint& endpoint);

  // Where it listens. Requires a successful Listen (asserted).
  Endpoint endpoint() const;
  std::size_t connections() const { return connections_.size(); }

 private:
  class Connection;

  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) override;
  void OnOverflow(ByteStream& stream, std::string_view peer) override;
  // The bytes to send for a complete head.
  std::string AnswerTo(std::string_view head);
  // Destroys the connection.
  void Close(Connection& connection);

  Scheduler& scheduler_;
  Handler handler_;
  std::unique_ptr<Listener> listener_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_METRICS_HTTP_SERVER_H_
