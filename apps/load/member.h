// One member of chat_load: its socket, how far it has come, and what it still has to send.
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
#include "adapters/file_descriptor.h"
#include "apps/load/options.h"

namespace chathttp {

// "Load00012".
std::string LoadName(const LoadOptions& options, std::size_t member);

struct LoadMember {
  enum class State {
    kGreeting,   // connected, to be greeted
    kLogin,      // has sent ADD
    kUnplaced,   // logged in; the notice of it was not seen yet, so its place is unknown
    kFollowing,  // reads the order of the room
  };

  posix::FileDescriptor socket;
  State state = State::kGreeting;
  bool reads = true;         // and is to get everything
  std::string unread;        // bytes whose place in the order is not known yet
  std::uint64_t cursor = 0;  // in the order, behind what was compared
  std::uint64_t next = 0;    // message of the order that it is to get next

  // Senders only.
  std::string unsent;
  std::uint64_t posted = 0;
  std::uint64_t outstanding = 0;      // posted, and not come back
  std::vector<std::int64_t> sent_at;  // by sequence, a ring
};

// A socket on its way to the server, non-blocking. To 127.x.x.x it comes from 127.0.0.x, so that
// ports do not run out.
absl::StatusOr<posix::FileDescriptor> LoadConnect(const LoadOptions& options, std::size_t member);

// A complete request of `method` by the member.
std::string LoadRequest(const LoadOptions& options, std::string_view method, std::size_t member,
                        std::string_view entity);

// The posts of one sender: all alike but for the sequence at the front of each text.
class LoadPost {
 public:
  LoadPost(const LoadOptions& options, std::size_t member);
  // Appends the post with this sequence to `out`.
  void AppendTo(std::string& out, std::uint64_t sequence) const;

 private:
  std::string request_;
  std::size_t text_at_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_LOAD_MEMBER_H_
