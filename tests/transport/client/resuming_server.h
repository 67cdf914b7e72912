// A small server with sessions, written for the tests of clients: it keeps the log of its room, and
// its connections break at any byte that a test names.
//
//   ResumingServer server(network, scheduler, endpoint);
//   server.cuts = {{.sent = 100}};        // the first connection breaks behind 100 bytes sent
//   server.Say("Bob", "hello");
//   server.log                            // the entities of all broadcasts
//
// The rules are those of docs/protocol.md, "Coming back". Not thread-safe.
#ifndef CHATHTTP_TESTS_TRANSPORT_CLIENT_RESUMING_SERVER_H_
#define CHATHTTP_TESTS_TRANSPORT_CLIENT_RESUMING_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/transport/codec/request_decoder.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

class ResumingServer final : private Acceptor {
 public:
  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();
  // Where a connection breaks: behind so many bytes in a direction.
  struct Cut {
    std::size_t received = kNever;
    std::size_t sent = kNever;
  };

  ResumingServer(Network& network, Scheduler& scheduler, const Endpoint& endpoint);
  ~ResumingServer();

  // A member without a connection says something.
  void Say(std::string_view name, std::string_view text);
  // Breaks all connections.
  void Break();
  // Ends all sessions, as after a restart; the members leave.
  void ForgetSessions();
  // The broadcasts after the own "entered" of the member; empty if it is not in the room.
  std::vector<std::string> SinceEntered(std::string_view name) const;

  // For the connections to come, in order; later ones do not break.
  std::deque<Cut> cuts;
  bool has_sessions = true;
  std::uint64_t lost = 0;  // the first broadcasts that the log cannot give any more
  absl::Duration away_limit = absl::Seconds(120);
  // Called for each request before it is served; may call Break, then the reply is lost.
  std::function<void(const RequestView&)> on_request;

  std::uint64_t epoch = 7;
  std::vector<std::string> log;       // broadcast number i + 1 is log[i]
  std::vector<std::string> requests;  // "ADD Alice session=new", "POST Alice"
  std::size_t bytes_received = 0;     // of all connections
  std::size_t bytes_sent = 0;

 private:
  struct Stay;
  class Connection;

  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) override;
  void OnOverflow(ByteStream&, std::string_view) override {}

  void Serve(Connection& connection, const RequestView& request);
  void Answer(Connection& connection, const RequestView& request);
  void Login(Connection& connection, const RequestView& request);
  void Resume(Connection& connection, Stay& stay, std::uint64_t since);
  void Enter(Connection& connection, const RequestView& request);
  std::string SessionFields(const Stay& stay, std::uint64_t replay) const;
  void Leave(const std::string& name);
  void Broadcast(std::string entity);
  void Deliver();
  void OnLost(Connection& connection);
  Stay* StayOf(std::string_view token);

  Scheduler& scheduler_;
  std::unique_ptr<Listener> listener_;
  std::vector<std::unique_ptr<Connection>> connections_;  // lost ones stay, without a stream
  std::map<std::string, std::unique_ptr<Stay>, std::less<>> stays_;  // by name
  std::uint64_t next_token_ = 1;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_CLIENT_RESUMING_SERVER_H_
