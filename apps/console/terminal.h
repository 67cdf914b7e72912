// The terminal of the full-screen client.
//
//   terminal.Write(renderer.Render(canvas));
//
// Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_TERMINAL_H_
#define CHATHTTP_APPS_CONSOLE_TERMINAL_H_

#include <string_view>

namespace chathttp {

class ConsoleTerminal {
 public:
  // Appends to the output; never blocks.
  virtual void Write(std::string_view bytes) = 0;

  // Whether output waits. If so, the client draws nothing until ConsoleApp::OnDrained.
  virtual bool busy() const = 0;

  // Stops the program as ^Z does; ConsoleApp::OnTerminalChange follows when it continues.
  virtual void Suspend() = 0;

 protected:
  ~ConsoleTerminal() = default;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_TERMINAL_H_
