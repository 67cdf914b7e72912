// One member of chat_load: its socket, its progress, and its unsent bytes.
#ifndef CHATHTTP_APPS_LOAD_MEMBER_H_
#define CHATHTTP_APPS_LOAD_MEMBER_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/load/options.h"
#include "chathttp/adapters/file_descriptor.h"

namespace chathttp {

// "Load00012".
std::string LoadName(const LoadOptions& options, std::size_t member);

struct LoadMember {
  enum class State {
    kGreeting,  // connected, waits for the greeting
    kLogin,     // has sent ADD
    kUnplaced,  // logged in; its place in the order is unknown until another member gets its notice
    kFollowing,  // its messages are compared with the order
  };

  posix::FileDescriptor socket;
  State state = State::kGreeting;
  bool reads = true;         // must get every message
  std::string unread;        // bytes whose place in the order is not known yet
  std::uint64_t cursor = 0;  // in the order, behind the compared bytes
  std::uint64_t next = 0;    // the next message of the order that it must get

  // Senders only.
  std::string unsent;
  std::uint64_t posted = 0;
  std::uint64_t outstanding = 0;      // posted, but not received back
  std::vector<std::int64_t> sent_at;  // by sequence number, a ring
};

// A non-blocking socket that is connecting to the server. For a server at 127.x.x.x it is bound to
// 127.0.0.x, so that ports do not run out.
absl::StatusOr<posix::FileDescriptor> LoadConnect(const LoadOptions& options, std::size_t member);

// A complete request of the member with this method.
std::string LoadRequest(const LoadOptions& options, std::string_view method, std::size_t member,
                        std::string_view entity);

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
