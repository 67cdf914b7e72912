// The chat: keys and events of the session go in, the state of the screen comes out.
//
//   ConsoleChat chat(scheduler, session, {});
//   chat.Handle({KeyCode::kText, "h"});
//   chat.OnSessionEvent({.kind = SessionEvent::Kind::kEntered, .name = "Bob"});
//   DrawChatScreen(chat.Screen(), chat.lines(), chat.editor(), canvas);
//
// Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_CHAT_H_
#define CHATHTTP_APPS_CONSOLE_CHAT_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "apps/console/chat_screen.h"
#include "apps/console/completion.h"
#include "apps/console/history.h"
#include "apps/console/room.h"
#include "apps/terminal/keys.h"
#include "apps/terminal/line_editor.h"
#include "chathttp/domain/limits.h"
#include "chathttp/transport/client/chat_session.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

struct ConsoleChatOptions {
  RoomLimits limits = {};
  absl::TimeZone time_zone = absl::UTCTimeZone();  // for time stamps
  std::size_t max_history = 500;                   // lines
  std::size_t max_pasted = 1000;                   // lines that wait to be confirmed
  // Gets each line that is shown, with its date, name and line end, for a log. Returns false if it
  // was not taken: the chat says so once, and again after it takes lines.
  std::function<bool(std::string_view line)> log = {};
};

class ConsoleChat {
 public:
  enum class Answer { kNone, kChanged, kQuit };

  // `scheduler` and `session` outlive the object.
  ConsoleChat(Scheduler& scheduler, ChatSession& session, const ConsoleChatOptions& options);

  Answer Handle(const Key& key);

  // Drops the pasted lines, the waiting texts or the line, as ^C does. False if there is nothing to
  // drop.
  bool Cancel();

  // Removes and returns the lines that wait to be confirmed.
  std::vector<std::string> TakePasted() { return std::exchange(pasted_, {}); }

  // Removes and returns the line in progress, also while the input line shows an earlier one.
  std::string TakeDraft();

  // Returns whether the event is a message that mentions the user.
  bool OnSessionEvent(const SessionEvent& event);

  void SetHint(std::string_view hint, bool error);

  [[nodiscard]] ChatScreen Screen() const;
  [[nodiscard]] Scrollback& lines() { return room_.lines(); }
  [[nodiscard]] const LineEditor& editor() const { return editor_; }

 private:
  Answer HandlePasted(const Key& key);
  bool HandleHistorySearch(const Key& key);
  bool HandleLineSearch(const Key& key);
  bool HandleScrolling(KeyCode code);
  [[nodiscard]] std::size_t UsersPage() const;
  [[nodiscard]] std::size_t UsersAbove() const;
  void ScrollUsers(bool down);
  void SearchHistory(bool older);
  void SearchLines(bool upwards);
  void TakePaste(std::string_view text);
  void AddLongPaste(std::string_view bytes);
  void DropPasted();
  void Complete(bool forward);
  void Recall(const std::optional<std::string>& line);
  Answer Submit();
  bool Say(std::string_view text);
  Answer Command(std::string_view line);
  void Ignore(std::string_view name);
  void Help();
  void AddError(std::string_view text) { room_.AddLine(ChatLine::Kind::kError, text); }

  ChatSession& session_;
  const ConsoleChatOptions options_;
  ConsoleRoom room_;
  LineEditor editor_;
  History history_;
  Completion completion_;
  bool show_users_ = true;
  std::size_t users_above_ = 0;  // of the list, before some of them left
  std::string hint_;
  bool hint_is_error_ = false;
  std::vector<std::string> pasted_;
  std::optional<std::string> history_search_;  // what ^R searches, while it does
  std::string line_search_;                    // what /search found, until another key than n or N
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_CHAT_H_
