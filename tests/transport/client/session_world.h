// A session on a host of the simulated network, and an observer that records its events.
#ifndef CHATHTTP_TESTS_TRANSPORT_CLIENT_SESSION_WORLD_H_
#define CHATHTTP_TESTS_TRANSPORT_CLIENT_SESSION_WORLD_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chathttp/transport/client/chat_session.h"
#include "gtest/gtest.h"
#include "tests/transport/server/server_world.h"

namespace chathttp {

// Records events as lines such as "own Alice: hi"; records lags separately.
class SessionRecorder final : public SessionObserver {
 public:
  void OnSessionEvent(const SessionEvent& event) override {
    using Kind = SessionEvent::Kind;
    const std::string past = event.past ? "past " : "";
    if (event.position) position = event.position;
    if (event.kind == Kind::kLoggedIn) {
      gaps.push_back(event.gap);
      session = event.session;
    }
    switch (event.kind) {
      case Kind::kConnected:
        return Keep("connected");
      case Kind::kLoggedIn:
        return Keep((event.again ? "again in " : "logged in ") + std::string(event.name) +
                    (event.resumed ? " resumed" : "") +
                    (event.replay > 0 ? " replay " + std::to_string(event.replay) : ""));
      case Kind::kNameRefused:
        return Keep("refused " + std::string(event.name) + " " + std::to_string(event.code));
      case Kind::kMessage:
        return Keep(past + (event.own ? "own " : "message ") + std::string(event.name) + ": " +
                    std::string(event.text));
      case Kind::kEntered:
        return Keep(past + "entered " + std::string(event.name));
      case Kind::kLeft:
        return Keep(past + "left " + std::string(event.name));
      case Kind::kList: {
        std::string line = event.asked ? "list" : "sign of life";
        for (const std::string_view name : event.names) line += " " + std::string(name);
        return Keep(line);
      }
      case Kind::kRefused:
        return Keep("not accepted " + std::string(event.text) + ": " + std::string(event.reason));
      case Kind::kNotice:
        return Keep("notice " + std::string(event.text));
      case Kind::kMaybeDelivered:
        return Keep("maybe delivered " + std::string(event.text));
      case Kind::kUnsent:
        return Keep("unsent " + std::string(event.text));
      case Kind::kLag:
        lags.push_back(event.duration);
        return;
      case Kind::kDropped:
        return Keep("dropped: " + std::string(event.reason));
      case Kind::kReconnecting:
        waits.push_back(event.duration);
        return Keep("reconnecting");
      case Kind::kClosed:
        return Keep("closed: " + std::string(event.reason));
      case Kind::kEnded:
        ending = event.ending;
        return Keep("ended");
    }
  }

  std::size_t CountOf(const std::string& line) const {
    return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), line));
  }

  std::vector<std::string> lines;
  std::vector<absl::Duration> lags;
  std::vector<absl::Duration> waits;
  std::vector<std::optional<std::uint64_t>> gaps;              // of each login
  std::optional<Position> position;                            // the latest
  std::string session;                                         // the token of the latest login
  ClientEvent::Ending ending = ClientEvent::Ending::kRefused;  // of kEnded

 private:
  void Keep(std::string line) { lines.push_back(std::move(line)); }
};

// A session on a new host.
struct Person {
  Person(ServerWorld& around, const std::string& host, const SessionOptions& options = {})
      : world(around), session(world.network.host(host), world.scheduler, recorder, options) {}

  void Enter(const std::string& name) {
    session.Connect(ServerWorld::endpoint());
    EXPECT_TRUE(session.Login(name).ok());
    world.RunAWhile();
    EXPECT_EQ(session.state(), ChatSession::State::kChatting);
  }

  ServerWorld& world;
  SessionRecorder recorder;
  ChatSession session;
};

inline void StopServer(ServerWorld& world) { world.server.reset(); }

inline void StartServer(ServerWorld& world, const ServerOptions& options = {}) {
  world.server.emplace(world.network.host("server"), world.scheduler, options);
  world.server->Subscribe(world.events);
  ASSERT_TRUE(world.server->Listen(ServerWorld::endpoint()).ok());
}

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_CLIENT_SESSION_WORLD_H_
