// A client with a session, which counts what it hears, loses its connection and comes back.
#ifndef CHATHTTP_TESTS_TRANSPORT_SERVER_RETURNER_H_
#define CHATHTTP_TESTS_TRANSPORT_SERVER_RETURNER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/transport/server/raw_peer.h"
#include "tests/transport/server/session_peer.h"

namespace chathttp {

// One client with a session: counts what it hears as docs/protocol.md says, and comes back.
class Returner {
 public:
  // `connect` gives a new connection, to any server of the room, that has been greeted.
  Returner(std::function<RawPeer&()> connect, std::string name, int history)
      : connect_(std::move(connect)), name_(std::move(name)), history_(history) {
    Connect();
  }

  // Loses the connection in one of several ways, or none, and connects anew.
  void Lose(int way) {
    Read();
    if (way == 0) peer_->Reset();
    if (way == 1) peer_->ShutdownWrite();
    if (way == 2) peer_->Close();
    // Otherwise the old one stays open, and is taken over.
    Connect();
  }

  // Takes what has come.
  void Read() {
    const std::vector<RawResponse> responses = peer_->responses();
    for (; taken_ < responses.size(); ++taken_) Take(responses[taken_]);
  }

  const std::vector<std::string>& heard() const { return heard_; }
  const std::string& name() const { return name_; }
  bool chats() const { return chats_; }
  int gaps() const { return gaps_; }
  RawPeer& peer() { return *peer_; }

 private:
  void Connect() {
    peer_ = &connect_();
    taken_ = 0;
    chats_ = false;
    std::string lines = token_.empty()
                            ? absl::StrCat("Session: new\nHistory: ", history_, "\n")
                            : absl::StrCat("Session: ", token_, "\nSince: ", ToString(at_), "\n");
    peer_->Send(AddRequest(name_, lines));
  }

  void Take(const RawResponse& response) {
    if (response.entity == "OK...^.^") {
      chats_ = true;
      const Position welcome = *ParsePosition(*HeaderOf(response, "Position"));
      const auto replay = ParseCount(HeaderOf(response, "Replay").value_or("0"));
      if (HeaderOf(response, "Gap")) ++gaps_;
      if (token_.empty()) {
        token_ = *HeaderOf(response, "Session");
        entered_ = welcome.count;
        at_ = {welcome.epoch, welcome.count - *replay - 1};
        Step();
      } else if (HeaderOf(response, "Gap")) {
        at_ = welcome;
      }
      return;
    }
    if (!chats_) return;
    heard_.push_back(response.entity);
    ++at_.count;
    Step();
  }
  // The own "entered" counts, though it is not heard.
  void Step() {
    if (at_.count + 1 == entered_) ++at_.count;
  }

  const std::function<RawPeer&()> connect_;
  const std::string name_;
  const int history_;
  RawPeer* peer_ = nullptr;
  std::size_t taken_ = 0;
  bool chats_ = false;
  std::string token_;
  std::uint64_t entered_ = 0;
  Position at_;
  std::vector<std::string> heard_;
  int gaps_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_SERVER_RETURNER_H_
