// The room on the screen: its lines and its online users, as the events of the session tell them.
//
//   ConsoleRoom room(scheduler, session, time_zone);
//   room.OnSessionEvent({.kind = SessionEvent::Kind::kMessage, .name = "Bob", .text = "hello"});
//   room.Describe(screen);      // fills in the fields about the room
//
// Broadcasts from before the login have their own times, corrected by the difference of the server's
// clock from ours. Those of its history are dim, under a mark, and before the line that says that the
// user is in the room; they change no online users and are not logged. Those that were missed during
// a loss are like others.
//
// Text of others is stored as ShownText, cut to kMaxShownBytes. Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_ROOM_H_
#define CHATHTTP_APPS_CONSOLE_ROOM_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "absl/time/time.h"
#include "apps/console/chat_line.h"
#include "apps/console/chat_screen.h"
#include "apps/console/scrollback.h"
#include "apps/console/users.h"
#include "chathttp/domain/user_name.h"
#include "chathttp/transport/client/chat_session.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

class ConsoleRoom {
 public:
  static constexpr std::size_t kMaxShownBytes = 8192;  // of one text
  static constexpr std::size_t kMaxListedNames = 200;  // in one line
  static constexpr std::size_t kMaxIgnored = 100;      // names

  using Log = std::function<bool(std::string_view line)>;  // see ConsoleChatOptions::log

  // `scheduler` and `session` outlive the object; `time_zone` is that of the time stamps.
  ConsoleRoom(Scheduler& scheduler, const ChatSession& session, absl::TimeZone time_zone,
              Log log = {})
      : scheduler_(scheduler), session_(session), time_zone_(time_zone), log_(std::move(log)) {}

  // Returns whether the event is a message that mentions the user.
  bool OnSessionEvent(const SessionEvent& event);

  // Adds a line with the current time.
  void AddLine(ChatLine::Kind kind, std::string_view text);

  // Hides the later messages of a user, or shows them again if they are hidden; without a name, does
  // nothing. Returns a line that says so.
  std::string Ignore(std::string_view name);

  // Hides the lines about who enters and leaves from now on, or shows them again. Returns whether
  // they are shown.
  bool TogglePresence() { return shows_presence_ = !shows_presence_; }

  // Sets the fields of `screen` that are about the room; reads users_above.
  void Describe(ChatScreen& screen) const;

  [[nodiscard]] Scrollback& lines() { return lines_; }
  [[nodiscard]] const Scrollback& lines() const { return lines_; }
  [[nodiscard]] const UserRoster& users() const { return users_; }

 private:
  bool OnMessage(const SessionEvent& event);
  void OnPresence(const SessionEvent& event);
  void OnLoggedIn(const SessionEvent& event);
  [[nodiscard]] std::string DescribeReturn(const SessionEvent& event) const;
  // Whether a broadcast is of the history before the login.
  [[nodiscard]] bool IsHistory(const SessionEvent& event) const {
    return event.past && history_left_ > 0;
  }
  void CountHistory();
  void EndHistory();
  void OnList(const SessionEvent& event);
  void OnReconnecting(const SessionEvent& event);
  void AddPresence(std::string_view text, const SessionEvent& event);
  // Adds a line of `time`, and before it the day if it differs from that of the line before.
  void Add(ChatLine line, absl::Time time);
  void WriteLog(std::string_view line, absl::Time time);
  [[nodiscard]] bool Mentions(std::string_view text) const;
  // When a broadcast was sent; now, unless it is past.
  [[nodiscard]] absl::Time TimeOf(const SessionEvent& event) const;
  [[nodiscard]] std::string ShownTime(absl::Time time) const;
  [[nodiscard]] std::string State() const;
  [[nodiscard]] std::optional<absl::Duration> Lag() const;

  Scheduler& scheduler_;
  const ChatSession& session_;
  absl::TimeZone time_zone_;
  Log log_;
  bool log_failed_ = false;
  Scrollback lines_{kScrollbackLines};
  UserRoster users_;
  std::unordered_set<std::string, NameHash, NameEqual> ignored_;
  bool shows_presence_ = true;
  bool users_known_ = false;  // a list has come since the login
  absl::Duration last_lag_;
  bool mentioned_below_ = false;            // while the user has scrolled up
  std::optional<absl::CivilDay> last_day_;  // of the newest line
  std::string loss_reason_;                 // the last one that a line shows, until the next login
  std::optional<absl::Time> lost_at_;       // on the scale of Now, until the next login
  std::uint64_t history_left_ = 0;          // broadcasts that are still to come
  absl::Duration clock_difference_;         // of the time of day here from that of the server
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_ROOM_H_
