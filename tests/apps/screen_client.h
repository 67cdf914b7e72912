// A program on a terminal with a simulated user, who sees the screen and types.
//
//   ScreenClient alice({CHATHTTP_CHAT_CLIENT, "--user=Alice"});
//   ASSERT_TRUE(alice.Sees("connected")) << alice.screen();
//   alice.Type("Hello\r");
//   EXPECT_EQ(alice.Wait(), 0);
//   EXPECT_TRUE(alice.TerminalIsAsBefore());
#ifndef CHATHTTP_TESTS_APPS_SCREEN_CLIENT_H_
#define CHATHTTP_TESTS_APPS_SCREEN_CLIENT_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/adapters/pty.h"
#include "tests/apps/process.h"
#include "tests/apps/screen_reader.h"

namespace chathttp {

struct ScreenSize {
  unsigned short columns = 100;
  unsigned short rows = 30;
};

class ScreenClient {
 public:
  // `environment` as in ProcessOptions; TERM is xterm unless set there.
  explicit ScreenClient(std::vector<std::string> command, ScreenSize size = {},
                        const std::vector<std::string>& environment = {"TERM=xterm-256color"})
      : reader_(size.columns, size.rows),
        before_((pty_.Resize(size.columns, size.rows), pty_.modes())),
        process_(std::move(command), {.on_terminal = pty_.program(), .environment = environment}) {}

  void Type(std::string_view bytes) { pty_.Type(bytes); }

  // Closes the window: the kernel sends SIGHUP. No output can be read afterwards.
  void HangUp() { pty_.HangUp(); }

  // Resizes the window: the kernel sends SIGWINCH.
  void Resize(ScreenSize size) {
    Read(0);
    reader_.Resize(size.columns, size.rows);
    pty_.Resize(size.columns, size.rows);
  }

  // Reads some output, and waits for it up to the limit; false if there is none.
  bool Read(int milliseconds) {
    const std::size_t before = pty_.shown().size();
    if (!pty_.ReadSome(milliseconds)) return false;
    reader_.Write(std::string_view(pty_.shown()).substr(before));
    return true;
  }

  // Reads until the screen meets the condition; false if that takes too long.
  [[nodiscard]] bool Sees(const std::function<bool(const std::string& screen)>& right) {
    while (!right(reader_.Text())) {
      if (!Read(20'000)) return false;
    }
    return true;
  }
  [[nodiscard]] bool Sees(std::string_view text) {
    return Sees([&](const std::string& screen) { return screen.find(text) != std::string::npos; });
  }
  [[nodiscard]] bool SeesNoMore(std::string_view text) {
    return Sees([&](const std::string& screen) { return screen.find(text) == std::string::npos; });
  }

  // All output so far.
  const std::string& bytes() const { return pty_.shown(); }
  std::string screen() const { return reader_.Text(); }
  const ScreenReader& reader() const { return reader_; }
  bool canonical() const { return pty_.canonical(); }
  const Process& process() const { return process_; }

  // Waits for the end of the program; see Process::Wait.
  [[nodiscard]] int Wait() {
    const int code = process_.Wait();
    while (Read(0)) {
    }
    return code;
  }

  // Whether the modes of the driver and of the emulator are restored, and no invalid output was
  // written.
  [[nodiscard]] testing::AssertionResult TerminalIsAsBefore() const {
    if (pty_.modes() != before_) {
      return testing::AssertionFailure() << pty_.modes() << "instead of " << before_;
    }
    if (reader_.alternate() || reader_.bracketed_paste() || !reader_.cursor_visible()) {
      return testing::AssertionFailure() << "a mode of the emulator is left behind";
    }
    if (!reader_.complaints().empty()) return testing::AssertionFailure() << reader_.complaints();
    return testing::AssertionSuccess();
  }

 private:
  posix::Pty pty_;
  ScreenReader reader_;
  const std::string before_;
  Process process_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_SCREEN_CLIENT_H_
