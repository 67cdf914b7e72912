// What the peers of several servers of one room must hear, whatever their log does.
#ifndef CHATHTTP_TESTS_TRANSPORT_SERVER_ROOM_TRUTH_H_
#define CHATHTTP_TESTS_TRANSPORT_SERVER_ROOM_TRUTH_H_

#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "chathttp/domain/chat_room.h"
#include "chathttp/sim/network/sim_log.h"
#include "tests/transport/server/raw_peer.h"

namespace chathttp {

// What a room does that applies all commands of the log: the truth that every server must show.
struct Truth {
  struct Said {
    Broadcast::Kind kind;
    MemberId id;
    std::string entity;
  };

  explicit Truth(const std::vector<sim::SimLog::Entry>& entries);

  ChatRoom room;
  std::vector<Said> said;
  std::vector<std::string> lists;  // lists[i]: before said[i]

 private:
  void Apply(const Command& command);
};

// The list of a room, as its members get it.
std::string ListOf(const ChatRoom& room);

struct PeerRequest {
  std::string method;
  std::string text;
};

// What a peer has read, along the truth.
struct Reading {
  static constexpr auto kNowhere = static_cast<std::size_t>(-1);

  std::deque<PeerRequest> open;  // requests without a reply
  std::size_t at = kNowhere;     // of the next broadcast, while logged in
  std::size_t login = 0;         // no earlier broadcast is about its next login
  bool over = false;             // the server ends the connection
  std::string problem = {};      // the first response that is wrong
  std::vector<std::pair<std::size_t, std::string>> heads = {};  // of the broadcasts

  bool is_in() const { return at != kNowhere; }
};

// Reads all that a peer got which sent `requests` as the member `self`.
Reading ReadAlong(const Truth& truth, MemberId self, const std::vector<PeerRequest>& requests,
                  const std::vector<RawResponse>& responses);

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_SERVER_ROOM_TRUTH_H_
