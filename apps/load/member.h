// One member of chat_load: its socket, its progress, and its unsent bytes.
#ifndef CHATHTTP_APPS_LOAD_MEMBER_H_
#define CHATHTTP_APPS_LOAD_MEMBER_H_

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/load/options.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/codec/session_token.h"

namespace chathttp {

// "Load00012".
std::string LoadName(const LoadOptions& options, std::size_t member);

struct LoadMember {
  enum class State {
    kGreeting,  // connected, waits for the greeting
    kLogin,     // has sent ADD
    kUnplaced,  // logged in; its place in the order is unknown until another member gets its notice
    kFollowing,  // its messages are compared with the order
    kEnding,     // the server has told it that it ends the connection
    kLost,       // has no connection, and will connect again
  };

  posix::FileDescriptor socket;
  State state = State::kGreeting;
  bool reads = true;         // must get every message
  std::string unread;        // bytes whose place in the order is not known yet
  std::uint64_t cursor = 0;  // in the order, behind the compared bytes
  std::uint64_t next = 0;    // the next message of the order that it must get

  // With sessions only.
  bool joined = false;     // has been logged in before
  bool has_token = false;  // and `token` is that of its session
  std::array<char, kTokenDigits> token{};
  Position position;            // what it has got; while it follows, only the epoch counts
  std::uint64_t live_from = 0;  // messages before this one are replayed
  std::int64_t lost_at = 0;     // when it lost its connection, until it is back; 0: it is not lost
  std::uint32_t failed = 0;     // attempts to come back since then

  // Senders only.
  std::string unsent;
  std::uint64_t posted = 0;       // texts to say so far
  std::uint64_t said = 0;         // of those, the ones that its connection was given
  std::uint64_t outstanding = 0;  // posted, but not received back
  bool in_doubt = false;          // texts that an earlier connection was given were perhaps said
  std::vector<std::int64_t> sent_at;  // by sequence number, a ring

  // The texts that have an outcome: received back, or given up.
  std::uint64_t settled() const { return posted - outstanding; }
};

// A non-blocking socket that is connecting to the server. For a server at 127.x.x.x it is bound to
// 127.0.0.x, so that ports do not run out. Unavailable if the server refuses the connection.
absl::StatusOr<posix::FileDescriptor> LoadConnect(const LoadOptions& options, std::size_t member);

// A complete request of the member with this method.
std::string LoadRequest(const LoadOptions& options, std::string_view method, std::size_t member,
                        std::string_view entity);

// The ADD of a member: with sessions, it asks for a new one, or for its old one behind its position.
std::string LoadLogin(const LoadOptions& options, std::size_t index, const LoadMember& member);

// The posts of one sender. They differ only in the sequence number at the start of the text.
class LoadPost {
 public:
  LoadPost(const LoadOptions& options, std::size_t member);
  // Appends the post with this sequence number to `out`.
  void AppendTo(std::string& out, std::uint64_t sequence) const;

 private:
  std::string request_;
  std::size_t text_at_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_LOAD_MEMBER_H_
