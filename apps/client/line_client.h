// The line-based client: prompts for missing settings, logs in, sends the lines it reads, and
// prints the messages that arrive.
//
//   LineClient client(network, scheduler, {in, out, err}, options, [&](ExitCode code) { ... });
//
// On a terminal (`interactive`) it prompts. In a pipe it sends each line, waits until all are
// confirmed, and leaves. With `json` each event, including errors, is an object on a line of `out`
// (see json_event.h). With `listens` it reads no input and stays until Leave or the end of the
// connection. Without `interactive`, `out` gets only chat. Broadcasts from before the login have
// their day and time before them. Text of others is printed with
// characters that could control a terminal escaped. Call it from the thread of the loop.
#ifndef CHATHTTP_APPS_CLIENT_LINE_CLIENT_H_
#define CHATHTTP_APPS_CLIENT_LINE_CLIENT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "apps/client/exit_code.h"
#include "apps/client/line_reader.h"
#include "chathttp/transport/client/chat_client.h"
#include "chathttp/transport/ports/buffered_writer.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/repeating_timer.h"
#include "chathttp/transport/ports/scheduler.h"
#include "chathttp/transport/ports/turn.h"

namespace chathttp {

struct LineClientOptions {
  std::optional<std::string> host;  // if missing: prompted for, or the default
  std::optional<std::uint16_t> port;
  std::optional<std::string> user;
  bool interactive = false;
  bool json = false;                         // not with interactive
  bool listens = false;                      // not with interactive
  std::uint32_t history = 0;                 // so many of the latest broadcasts first, 0 to 1000
  std::size_t max_output_bytes = 256 << 10;  // beyond this, reading from the server pauses
  ClientOptions client;
};

class LineClient final : private ClientObserver {
 public:
  struct Streams {
    ByteStream& in;
    ByteStream& out;
    ByteStream& err;
  };

  // Starts. Calls `done` once, from the loop, when the client has ended and all output is written.
  // All arguments outlive the client.
  LineClient(Network& network, Scheduler& scheduler, Streams streams,
             const LineClientOptions& options, std::function<void(ExitCode)> done);

  // Leaves after the texts sent so far, as at the end of the input.
  void Leave();

 private:
  enum class State { kAskHost, kAskPort, kAskUser, kConnecting, kChatting, kLeaving, kEnded };

  void RunTurn();
  bool ReadsInput() const;
  void OnLine(std::string_view line);
  void OnTooLong();
  void OnOutputLost();
  void OnInputEnd();
  void Ask();
  void OnUser(std::string_view name);
  void Connect();
  void Say(std::string_view text);
  void Command(std::string_view line);
  void OnClientEvent(const ClientEvent& event) override;
  void OnLoginRefused(const ClientEvent& event);
  void PrintList(const ClientEvent& event);
  void OnClosed(const ClientEvent& event);
  void End(ExitCode code);
  void Fail(ExitCode code, std::string_view message);
  void PrintError(std::string_view message);  // one line on err
  void Print(std::string_view line);          // one line on out
  // One line on out for a broadcast, with its time if it is past.
  void PrintBroadcast(const ClientEvent& event, std::string_view line);

  LineClientOptions options_;
  std::function<void(ExitCode)> done_;
  Scheduler& scheduler_;
  Turn turn_;
  LineReader in_;
  BufferedWriter out_;
  BufferedWriter err_;
  ChatClient client_;
  std::optional<RepeatingTimer> heartbeat_;
  State state_ = State::kAskHost;
  std::size_t line_number_ = 0;
  bool refused_ = false;  // a text was refused
  bool output_lost_ = false;
  ExitCode code_ = ExitCode::kDone;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CLIENT_LINE_CLIENT_H_
