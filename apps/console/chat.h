// The input side of the chat screen: line editor, commands, history, completion, and the queue of
// texts to send.
//
//   ConsoleChat chat(scheduler, session, {}, [&] { Redraw(); });
//   chat.Handle({KeyCode::kText, "h"});
//   chat.room().OnEntered("Bob");
//   DrawChatScreen(chat.Screen(), chat.room().lines(), chat.editor(), canvas);
//
// Not thread-safe.
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
#include "chathttp/domain/limits.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

struct ConsoleChatOptions {
  RoomLimits limits = {};
  absl::TimeZone time_zone = absl::UTCTimeZone();  // for time stamps
  std::size_t max_history = 500;                   // lines
  std::size_t max_unsent = 1000;                   // texts that wait for the one in flight
};

class ConsoleChat {
 public:
  enum class Answer { kNone, kChanged, kQuit };

  // `scheduler` and `session` outlive the object. `changed` is called when the screen must be
  // redrawn outside of a call to this object.
  ConsoleChat(Scheduler& scheduler, ConsoleSession& session, const ConsoleChatOptions& options,
              std::function<void()> changed);

  Answer Handle(const Key& key);

  // Drops the pasted lines, the queued texts or the line, as ^C does. False if there is nothing to
  // drop.
  bool Cancel();

  // Passes all queued texts to the connection, which sends those it can before it leaves.
  void Flush() { say_queue_.Flush(); }

  // Texts that the connection has not taken.
  [[nodiscard]] const std::deque<std::string>& unsent() const { return say_queue_.waiting(); }

  // ---- Events of the connection that concern queued texts; room() takes the rest ---------------
  void OnLoggedIn(std::string_view place, std::string_view name, bool again);
  bool OnMessage(std::string_view name, std::string_view text,
                 bool own);  // as ConsoleRoom::OnMessage
  void OnList(std::span<const std::string_view> names, bool asked);
  void OnRefused(std::string_view text, std::string_view reason);
  void OnUndelivered(std::string_view text, bool perhaps);
  void OnDropped(std::string_view reason);
  void OnClosed();  // no more attempts: reports queued texts as not sent

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
  SayQueue say_queue_;
  bool hide_next_list_ = false;  // the list after a login is not printed
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_CHAT_H_
