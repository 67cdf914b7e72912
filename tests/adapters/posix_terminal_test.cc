#include "chathttp/adapters/posix_terminal.h"

#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <functional>

#include "gmock/gmock.h"
#include "tests/adapters/loop_test.h"
#include "tests/adapters/pty.h"

namespace chathttp::posix {
namespace {

using testing::EndsWith;
using testing::StartsWith;

constexpr const char* kEntered = "\x1b[?1049h\x1b[?2004h";
constexpr const char* kRestored = "\x1b[0m\x1b[?2004l\x1b[?25h\x1b[H\x1b[2J\x1b[?1049l";

class RecordingObserver final : public TerminalObserver {
 public:
  void OnTerminalInput(std::string_view bytes) override {
    input += bytes;
    if (on_input) on_input(bytes);
  }
  void OnTerminalChange() override {
    ++changes;
    if (on_change) on_change();
  }
  void OnTerminalDrained() override { ++drained; }
  void OnTerminalHangup() override { ++hangups; }

  std::string input;
  int changes = 0;
  int drained = 0;
  int hangups = 0;
  std::function<void(std::string_view)> on_input;
  std::function<void()> on_change;
};

class PosixTerminalTest : public LoopTest {
 protected:
  void Open() {
    auto opened = PosixTerminal::Open(loop(), pty_.program(), pty_.program(), observer_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    terminal_ = *std::move(opened);
  }

  Pty pty_;
  const std::string before_ = pty_.modes();
  RecordingObserver observer_;
  std::unique_ptr<PosixTerminal> terminal_;
};

TEST_F(PosixTerminalTest, ModesAfterwardsAreThoseOfBefore) {
  Open();
  EXPECT_FALSE(pty_.canonical());
  EXPECT_TRUE(pty_.Expect(kEntered));
  terminal_.reset();
  EXPECT_EQ(pty_.modes(), before_);
  EXPECT_TRUE(pty_.Expect(kRestored));
}

TEST_F(PosixTerminalTest, DescriptorsOfTheShellStayBlocking) {
  Open();
  EXPECT_EQ(fcntl(pty_.program(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(PosixTerminalTest, KeysComeOneByOneAndUninterpreted) {
  Open();
  pty_.Type("\x03\x1a\x04\r\x11");
  ASSERT_TRUE(RunUntil([&] { return observer_.input.size() == 5; }));
  EXPECT_EQ(observer_.input, "\x03\x1a\x04\r\x11");
}

TEST_F(PosixTerminalTest, OutputGoesOutAsItIs) {
  Open();
  terminal_->Write("one\ntwo");
  RunUntilIdle();
  EXPECT_TRUE(pty_.Expect("one\ntwo"));
}

TEST_F(PosixTerminalTest, TerminalThatTakesNothingHoldsNobodyUp) {
  Open();
  const std::string frame(1 << 20, 'x');
  terminal_->Write(frame);
  RunUntilIdle();
  EXPECT_GT(terminal_->waiting_bytes(), 0u);
  EXPECT_EQ(observer_.drained, 0);
  ASSERT_TRUE(RunUntil([&] {
    pty_.ReadAll();
    return observer_.drained > 0;
  }));
  EXPECT_EQ(terminal_->waiting_bytes(), 0u);
  pty_.ReadAll();
  EXPECT_EQ(pty_.shown(), kEntered + frame);
}

TEST_F(PosixTerminalTest, SizeIsToldWhenItChanges) {
  pty_.Resize(100, 30);
  Open();
  EXPECT_EQ(terminal_->size(), (TerminalSize{100, 30}));
  pty_.Resize(20, 8);
  raise(SIGWINCH);  // not the controlling terminal of this process
  ASSERT_TRUE(RunUntil([&] { return observer_.changes == 1; }));
  EXPECT_EQ(terminal_->size(), (TerminalSize{20, 8}));
}

TEST_F(PosixTerminalTest, SizeThatIsNotKnownIsTheUsualOne) {
  Open();
  EXPECT_EQ(terminal_->size(), (TerminalSize{80, 24}));
}

TEST_F(PosixTerminalTest, TerminalThatIsGoneIsToldOnce) {
  Open();
  pty_.HangUp();
  ASSERT_TRUE(RunUntil([&] { return observer_.hangups > 0; }));
  terminal_->Write("nobody sees this");
  RunUntilIdle();
  EXPECT_EQ(observer_.hangups, 1);
}

TEST_F(PosixTerminalTest, PipeIsNoTerminal) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const FileDescriptor out(ends[0]);
  const FileDescriptor in(ends[1]);
  const auto opened = PosixTerminal::Open(loop(), pty_.program(), in.get(), observer_);
  EXPECT_TRUE(absl::IsFailedPrecondition(opened.status()));
  EXPECT_EQ(pty_.modes(), before_);
}

// ---- All ways to end a process -----------------------------------------------------------------

std::size_t Overflow(std::size_t depth) {
  volatile char stack[4096];
  stack[depth % sizeof(stack)] = 1;
  return depth == 0 ? 0 : Overflow(depth + 1) + static_cast<std::size_t>(stack[0]);
}

// A process on the terminal that executes typed letters.
[[noreturn]] void RunOnTerminal(const Pty& pty) {
  const auto loop = *EventLoop::Create();
  RecordingObserver observer;
  auto terminal = *PosixTerminal::Open(*loop, pty.program(), pty.program(), observer);
  observer.on_input = [&](std::string_view bytes) {
    if (bytes == "a") abort();
    if (bytes == "s") raise(SIGSEGV);
    if (bytes == "o") std::exit(static_cast<int>(Overflow(1)));
    if (bytes == "t") std::terminate();
    if (bytes == "e") std::exit(3);
    if (bytes == "z") terminal->Suspend();
    if (bytes == "q") loop->Stop();
  };
  observer.on_change = [&] { terminal->Write("drawn again"); };
  terminal->Write("ready");
  loop->Run();
  terminal.reset();
  std::_Exit(0);
}

// Makes the terminal the controlling one, as a terminal emulator does for its shell.
void TakeTerminal(const Pty& pty) {
  setsid();
  ioctl(pty.program(), TIOCSCTTY, 0);
}

struct Ending {
  const char* name;
  const char* typed;  // or else
  int signal;         // from outside
};

class TerminalEnding : public testing::TestWithParam<Ending> {};

TEST_P(TerminalEnding, GivesTheTerminalBack) {
  Pty pty;
  const std::string before = pty.modes();
  const pid_t child = fork();
  if (child == 0) {
    TakeTerminal(pty);
    RunOnTerminal(pty);
  }
  ASSERT_TRUE(pty.Expect("ready")) << pty.shown();
  EXPECT_FALSE(pty.canonical());
  if (GetParam().signal != 0) kill(child, GetParam().signal);
  pty.Type(GetParam().typed);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(pty.modes(), before);
  pty.ReadAll();
  EXPECT_THAT(pty.shown(), EndsWith(kRestored));
  if (GetParam().signal != 0) {
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), GetParam().signal);
  }
}

INSTANTIATE_TEST_SUITE_P(
    AllWays, TerminalEnding,
    testing::Values(Ending{"Quit", "q", 0}, Ending{"Exit", "e", 0}, Ending{"Abort", "a", 0},
                    Ending{"Terminate", "t", 0}, Ending{"SegmentationFault", "s", 0},
                    Ending{"StackOverflow", "o", 0}, Ending{"Sigterm", "", SIGTERM},
                    Ending{"Sighup", "", SIGHUP}, Ending{"Sigint", "", SIGINT},
                    Ending{"Sigquit", "", SIGQUIT}, Ending{"Sigusr1", "", SIGUSR1}),
    [](const auto& ending) { return std::string(ending.param.name); });

// A shell with one job, on the terminal: reports when the job has stopped, and continues it on
// command.
[[noreturn]] void RunShell(const Pty& pty, int commands, int reports) {
  TakeTerminal(pty);
  signal(SIGTTOU, SIG_IGN);
  const pid_t job = fork();
  if (job == 0) {
    setpgid(0, 0);
    tcsetpgrp(pty.program(), getpid());
    signal(SIGTTOU, SIG_DFL);
    RunOnTerminal(pty);
  }
  setpgid(job, job);
  int status = 0;
  while (waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status)) {
    tcsetpgrp(pty.program(), getpid());
    char word = 's';
    if (write(reports, &word, 1) != 1 || read(commands, &word, 1) != 1) break;
    tcsetpgrp(pty.program(), job);
    kill(-job, SIGCONT);
  }
  std::_Exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

class Suspension : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(pipe(to_shell_.data()), 0);
    ASSERT_EQ(pipe(from_shell_.data()), 0);
    shell_ = fork();
    if (shell_ == 0) RunShell(pty_, to_shell_[0], from_shell_[1]);
    ASSERT_TRUE(pty_.Expect("ready")) << pty_.shown();
  }
  void TearDown() override {
    for (const int end : {to_shell_[0], to_shell_[1], from_shell_[0], from_shell_[1]}) close(end);
  }

  void AwaitStop() {
    pollfd ready{.fd = from_shell_[0], .events = POLLIN, .revents = 0};
    char word = 0;
    ASSERT_EQ(poll(&ready, 1, 20'000), 1);
    ASSERT_EQ(read(from_shell_[0], &word, 1), 1);
  }
  void Continue() const { ASSERT_EQ(write(to_shell_[1], "c", 1), 1); }
  int WaitForEnd() const {
    int status = 0;
    EXPECT_EQ(waitpid(shell_, &status, 0), shell_);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  Pty pty_;
  const std::string before_ = pty_.modes();
  pid_t shell_ = -1;
  std::array<int, 2> to_shell_{-1, -1};
  std::array<int, 2> from_shell_{-1, -1};
};

TEST_F(Suspension, GivesTheTerminalToTheShellAndTakesItBackWhole) {
  for (int round = 0; round < 3; ++round) {
    pty_.Type("z");
    AwaitStop();
    EXPECT_EQ(pty_.modes(), before_);
    pty_.ReadAll();
    EXPECT_THAT(pty_.shown(), EndsWith(kRestored));
    pty_.Clear();
    Continue();
    ASSERT_TRUE(pty_.Expect("drawn again"));
    EXPECT_THAT(pty_.shown(), StartsWith(kEntered));
    EXPECT_FALSE(pty_.canonical());
  }
  pty_.Type("q");
  EXPECT_EQ(WaitForEnd(), 0);
  EXPECT_EQ(pty_.modes(), before_);
}

}  // namespace
}  // namespace chathttp::posix
