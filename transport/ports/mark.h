// Marks: places of the code that a search through simulated runs must have reached.
//
//   CHATHTTP_MARK("throttled");                          // in production code
//   TakeMarks()[MarkIndex("throttled")]                  // how often, on this thread
//
// Without the definition CHATHTTP_MARKS, as in a release, a mark is no code at all. With it, each
// is one increment of a counter of the thread. A name that is not in the table does not compile.
#ifndef CHATHTTP_TRANSPORT_PORTS_MARK_H_
#define CHATHTTP_TRANSPORT_PORTS_MARK_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace chathttp {

inline constexpr std::array<std::string_view, 37> kMarks = {
    "brake-timed-out",
    "braked",
    "client-drops-without-reply",  // to DELETE, as the original server has it
    "client-error-unasked",
    "client-in-flight-full",
    "client-original-server",
    "client-write-broken",  // but what the server said before may still be read
    "client-write-partial",
    "end-of-stream-served",
    "evicted-for-lists",
    "evicted-lapped",
    "expired-first-request",
    "expired-linger",
    "expired-login",
    "expired-request",
    "expired-stall",
    "expiry-put-off",  // since there is something to read first
    "fatal-request",
    "follow-while-blocked",
    "follower-behind",  // has more to be sent than one turn may
    "guard-reached",    // half of the log is unsent: flush before more is read
    "linger-over-bytes",
    "lists-over-limit",
    "overflow-turned-away",
    "pipelined-while-blocked",
    "read-broken",
    "recovering",
    "reply-split",
    "request-unfinished",
    "stop-forced",  // some peer was still there at the limit
    "stop-while-blocked",
    "throttled",
    "turn-read-spent",
    "turn-requests-spent",
    "turned-away",
    "write-broken",
    "write-partial",
};

using MarkCounts = std::array<std::uint64_t, kMarks.size()>;

// The place of `name` in kMarks; kMarks.size() if it is not there.
constexpr std::size_t MarkIndex(std::string_view name) {
  return static_cast<std::size_t>(std::find(kMarks.begin(), kMarks.end(), name) - kMarks.begin());
}

#ifdef CHATHTTP_MARKS

inline constinit thread_local MarkCounts mark_counts = {};

template <std::size_t index>
void CountMark() {
  static_assert(index < kMarks.size(), "the name of a mark is missing in kMarks");
  ++mark_counts[index];
}

// How often each mark was reached on this thread since the last call.
inline MarkCounts TakeMarks() { return std::exchange(mark_counts, MarkCounts{}); }

#define CHATHTTP_MARK(name) ::chathttp::CountMark<::chathttp::MarkIndex(name)>()

#else

inline MarkCounts TakeMarks() { return {}; }

#define CHATHTTP_MARK(name) static_cast<void>(0)

#endif

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_MARK_H_
