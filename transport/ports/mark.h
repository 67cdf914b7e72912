// Marks: code locations that a search over simulated runs must reach (coverage).
//
//   CHATHTTP_MARK("throttled");                          // in production code
//   TakeMarks()[MarkIndex("throttled")]                  // how often, on this thread
//
// With CHATHTTP_MARKS defined, a mark increments a thread-local counter. Without it, as in a
// release build, a mark generates no code. A name that is not in kMarks does not compile.
#ifndef CHATHTTP_TRANSPORT_PORTS_MARK_H_
#define CHATHTTP_TRANSPORT_PORTS_MARK_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace chathttp {

inline constexpr std::array<std::string_view, 67> kMarks = {
    "address-full",
    "address-too-fast",
    "anonymous-full",
    "answer-behind-command",  // which has not come back from the log
    "brake-timed-out",
    "braked",
    "client-drops-without-reply",  // the original server does not reply to DELETE
    "client-error-unasked",
    "client-in-flight-full",
    "client-original-server",
    "client-write-broken",  // earlier responses may still be readable
    "client-write-partial",
    "away-full",             // too many members are away: a loss is a "left"
    "away-full-of-address",  // the same for one customer
    "away-too-long",
    "command-of-gone-server",
    "command-outdated",     // its member has returned since
    "command-unasked",      // its connection ends, or is not here any more
    "departure-continued",  // of the members of a server that is gone
    "end-of-stream-served",
    "evicted-for-lists",
    "evicted-lapped",
    "expired-first-request",
    "expired-flood",
    "expired-heartbeat",
    "expired-linger",
    "expired-login",
    "expired-request",
    "expired-stall",
    "expiry-put-off",  // there is input to read first
    "fatal-request",
    "flood-paused",
    "follow-while-blocked",
    "follower-behind",  // has more to send than one turn allows
    "gap-known",
    "gap-unknown",
    "guard-reached",  // half of the log is unsent: flush before reading more
    "last-words-behind-command",
    "linger-over-bytes",
    "lists-over-limit",
    "log-awaited",  // the next request waits for what comes back from the log
    "log-full",
    "login-lost-by-order",  // another one with the name came first
    "logout-under-way",     // of a connection that ends
    "member-away",
    "overflow-turned-away",
    "own-entered-skipped",  // in a replay
    "partial-over-bytes",
    "pipelined-while-blocked",
    "read-broken",
    "recovering",
    "refusals-spent",
    "reply-split",
    "returned-while-ending",  // on a connection that ended before its login came back from the log
    "request-unfinished",
    "room-restarted",
    "server-away",  // it was declared gone, but serves
    "server-gone",
    "stop-forced",  // a peer was still connected at the limit
    "stop-while-blocked",
    "taken-over",  // by a client that returns before its loss was noticed
    "throttled",
    "turn-read-spent",
    "turn-requests-spent",
    "turned-away",
    "write-broken",
    "write-partial",
};

using MarkCounts = std::array<std::uint64_t, kMarks.size()>;

// The index of `name` in kMarks; kMarks.size() if absent.
constexpr std::size_t MarkIndex(std::string_view name) {
  return static_cast<std::size_t>(std::find(kMarks.begin(), kMarks.end(), name) - kMarks.begin());
}

#ifdef CHATHTTP_MARKS

inline constexpr bool kMarksAreCounted = true;
inline constinit thread_local MarkCounts mark_counts = {};

template <std::size_t index>
void CountMark() {
  static_assert(index < kMarks.size(), "the name of a mark is missing in kMarks");
  ++mark_counts[index];
}

// Returns how often this thread reached each mark since the last call, and resets the counters.
inline MarkCounts TakeMarks() { return std::exchange(mark_counts, MarkCounts{}); }

#define CHATHTTP_MARK(name) ::chathttp::CountMark<::chathttp::MarkIndex(name)>()

#else

inline constexpr bool kMarksAreCounted = false;
inline MarkCounts TakeMarks() { return {}; }

#define CHATHTTP_MARK(name) static_cast<void>(0)

#endif

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_MARK_H_
