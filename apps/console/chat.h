// What the user does on the chat screen: the line that is written, commands, history, completion,
// and texts on their way to the room, one at a time.
//
//   ConsoleChat chat(scheduler, session, {}, [&] { Redraw(); });
//   chat.Handle({KeyCode::kText, "h"});
//   chat.room().OnEntered("Bob");
//   DrawChatScreen(chat.Screen(), chat.room().lines(), chat.editor(), canvas);
//
// One thread.
#ifndef CHATHTTP_APPS_CONSOLE_CHAT_H_
#define CHATHTTP_APPS_CONSOLE_CHAT_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "apps/console/chat_screen.h"
#include "apps/console/completion.h"
#include "apps/console/history.h"
#include "apps/console/room.h"
#include "apps/console/say_queue.h"
#include "apps/console/session.h"
#include "apps/terminal/keys.h"
#include "apps/terminal/line_editor.h"
#include "domain/limits.h"
#include "transport/ports/scheduler.h"

namespace chathttp {

struct ConsoleChatOptions {
  RoomLimits limits = {};
  absl::TimeZone time_zone = absl::UTCTimeZone();  // of time stamps
  std::size_t max_history = 500;                   // lines
  std::size_t max_to_say = 1000;                   // texts that wait for the one on the way
};

class ConsoleChat {
 public:
  enum class Answer { kNone, kChanged, kQuit };

  // Both outlive the object. `changed` is called when there is something to show that no call
  // brought.
  ConsoleChat(Scheduler& scheduler, ConsoleSession& session, const ConsoleChatOptions& options,
              std::function<void()> changed);

  Answer Handle(const Key& key);

  // Drops what ^C drops: a paste, the texts that wait, the line. False if there is nothing.
  bool Cancel();

  // Gives all texts that wait to the connection, which says what it can before it leaves.
  void HandOver() { to_say_.HandOver(); }

  // Texts that the connection never got.
  [[nodiscard]] const std::deque<std::string>& to_say() const { return to_say_.waiting(); }

  // ---- Events of the connection that concern texts on their way; the room takes the rest -------
  void OnLoggedIn(std::string_view place, std::string_view name, bool again);
  bool OnMessage(std::string_view name, std::string_view text, bool own);  // as that of the room
  void OnList(std::span<const std::string_view> names, bool asked);
  void OnRefused(std::string_view text, std::string_view reason);
  void OnNotSaid(std::string_view text, bool perhaps);
  void OnDropped(std::string_view reason);
  void OnClosed();  // nothing is tried any more: what waits to be said is given up

  void SetHint(std::string_view hint, bool error);

  [[nodiscard]] ChatScreen Screen() const;
  [[nodiscard]] ConsoleRoom& room() { return room_; }
  [[nodiscard]] const LineEditor& editor() const { return editor_; }

 private:
  Answer HandlePasted(const Key& key);
  void TakePaste(std::string_view text);
  void Complete(bool forward);
  void Recall(const std::optional<std::string>& line);
  Answer Submit();
  bool Say(std::string_view text);
  void AddRefusal(std::string_view text, std::string_view reason);
  Answer Command(std::string_view line);
  void Help();

  ConsoleSession& session_;
  const ConsoleChatOptions options_;
  ConsoleRoom room_;
  LineEditor editor_;
  History history_;
  Completion completion_;
  bool show_users_ = true;
  std::string hint_;
  bool hint_is_error_ = false;
  std::vector<std::string> pasted_;
  SayQueue to_say_;
  bool silent_list_ = false;  // the next list that was asked for is not to be shown
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_CHAT_H_
