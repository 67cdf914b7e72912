// The state of the room on the screen: lines, online users, and the state of the connection.
//
//   ConsoleRoom room(scheduler, time_zone);
//   room.OnLoggedIn("127.0.0.1:9994", "Alice", false);
//   room.OnMessage("Bob", "hello", false);
//   room.Describe(screen);      // fills in the fields about the room
//
// Text of others is stored as ShownText, cut to kMaxShownBytes. Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_ROOM_H_
#define CHATHTTP_APPS_CONSOLE_ROOM_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "apps/console/chat_line.h"
#include "apps/console/chat_screen.h"
#include "apps/console/scrollback.h"
#include "apps/console/users.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

class ConsoleRoom {
 public:
  static constexpr std::size_t kMaxShownBytes = 4096;  // of one text
  static constexpr std::size_t kMaxListedNames = 200;  // in one line

  // `scheduler` outlives the object; `time_zone` is that of the time stamps.
  ConsoleRoom(Scheduler& scheduler, absl::TimeZone time_zone)
      : scheduler_(scheduler), time_zone_(time_zone) {}

  void OnLoggedIn(std::string_view place, std::string_view name, bool again);
  // Returns whether the message mentions the user.
  bool OnMessage(std::string_view name, std::string_view text, bool own);
  void OnEntered(std::string_view name);
  void OnLeft(std::string_view name);
  void OnList(std::span<const std::string_view> names, bool shown);
  void OnLag(absl::Duration lag) { lag_ = lag; }
  void OnDropped(std::string_view reason);
  void OnReconnecting(absl::Duration wait);
  void OnClosed();

  // Adds a line with the current time.
  void AddLine(ChatLine::Kind kind, std::string_view text);

  // Sets the fields of `screen` that are about the room.
  void Describe(ChatScreen& screen) const;

  [[nodiscard]] Scrollback& lines() { return lines_; }
  [[nodiscard]] const UserRoster& users() const { return users_; }
  [[nodiscard]] const std::string& name() const { return name_; }  // of the user
  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] bool waiting_to_reconnect() const { return retry_at_.has_value(); }

 private:
  void Add(ChatLine line);
  [[nodiscard]] bool Mentions(std::string_view text) const;
  [[nodiscard]] std::string State() const;

  Scheduler& scheduler_;
  absl::TimeZone time_zone_;
  Scrollback lines_{kScrollbackLines};
  UserRoster users_;
  std::string place_;
  std::string name_;
  bool connected_ = false;
  std::optional<absl::Time> retry_at_;
  std::optional<absl::Duration> lag_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_ROOM_H_
