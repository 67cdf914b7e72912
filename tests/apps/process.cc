#include "tests/apps/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <utility>

namespace chathttp {
namespace {

using posix::FileDescriptor;

struct Ends {
  FileDescriptor child;
  FileDescriptor parent;
};

Ends MakePipe(bool child_reads) {
  std::array<int, 2> ends{-1, -1};
  EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  const int parent = ends[child_reads ? 1 : 0];
  fcntl(parent, F_SETFL, O_NONBLOCK);
  return {FileDescriptor(ends[child_reads ? 0 : 1]), FileDescriptor(parent)};
}

Ends MakeTerminal() {
  int parent = -1;
  int child = -1;
  EXPECT_EQ(openpty(&parent, &child, nullptr, nullptr, nullptr), 0);
  termios modes{};
  tcgetattr(child, &modes);
  modes.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOCTL);
  modes.c_oflag &= ~static_cast<tcflag_t>(OPOST);
  tcsetattr(child, TCSANOW, &modes);
  fcntl(parent, F_SETFL, O_NONBLOCK);
  fcntl(parent, F_SETFD, FD_CLOEXEC);
  fcntl(child, F_SETFD, FD_CLOEXEC);
  return {FileDescriptor(child), FileDescriptor(parent)};
}

struct Start {
  std::array<int, 3> standard;
  const std::vector<FileDescriptor>& inherited;
  pid_t parent;
  bool terminal;
  std::optional<std::uint64_t> descriptors;
  char* const* arguments;
  char* const* environment;
};

bool IsSameVariable(std::string_view a, std::string_view b) {
  return a.substr(0, a.find('=')) == b.substr(0, b.find('='));
}

std::vector<std::string> EnvironmentWith(const std::vector<std::string>& changes) {
  std::vector<std::string> variables = changes;
  variables.emplace_back("XDG_CONFIG_HOME=/nonexistent");
  variables.emplace_back("XDG_STATE_HOME=/dev/null/none");
  const std::size_t own = variables.size();
  for (char** each = environ; *each != nullptr; ++each) {
    const auto end = variables.begin() + static_cast<std::ptrdiff_t>(own);
    const bool changed = std::any_of(variables.begin(), end, [&](const std::string& variable) {
      return IsSameVariable(variable, *each);
    });
    if (!changed) variables.emplace_back(*each);
  }
  return variables;  // getenv uses the first of two with one name
}

std::vector<char*> PointersTo(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Runs between fork and exec, so it makes only async-signal-safe calls.
[[noreturn]] void BecomeProgram(const Start& start) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != start.parent) _exit(126);
  if (start.terminal) {
    setsid();
    ioctl(start.standard[0], TIOCSCTTY, 0);
  }
  for (int i = 0; i < 3; ++i) dup2(start.standard[static_cast<std::size_t>(i)], i);
  int next = 3;
  for (const FileDescriptor& each : start.inherited) dup2(each.get(), next++);
  close_range(static_cast<unsigned>(next), UINT_MAX, 0);
  for (const int each : {SIGPIPE, SIGHUP}) signal(each, SIG_DFL);  // this may run under nohup
  if (start.descriptors) {
    const rlimit limit{.rlim_cur = *start.descriptors, .rlim_max = *start.descriptors};
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  execve(start.arguments[0], start.arguments, start.environment);
  _exit(127);
}

// Appends the available bytes to `output`; closes at end of stream.
void Drain(FileDescriptor& from, std::string& output) {
  std::array<char, 65536> buffer;
  while (from.valid()) {
    const ssize_t count = read(from.get(), buffer.data(), buffer.size());
    if (count > 0) {
      output.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      from.Close();  // EIO: the other side of the terminal is gone
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

}  // namespace

Process::Process(std::vector<std::string> arguments, const ProcessOptions& options) {
  signal(SIGPIPE, SIG_IGN);
  Ends input;
  Ends output;
  Ends error;
  if (options.error >= 0) {
    error.child = FileDescriptor(fcntl(options.error, F_DUPFD_CLOEXEC, 3));
  } else {
    error = MakePipe(false);
  }
  if (options.on_terminal >= 0) {
    input.child = FileDescriptor(fcntl(options.on_terminal, F_DUPFD_CLOEXEC, 3));
    output.child = FileDescriptor(fcntl(options.on_terminal, F_DUPFD_CLOEXEC, 3));
  } else if (options.terminal) {
    output = MakeTerminal();
    input = {FileDescriptor(fcntl(output.child.get(), F_DUPFD_CLOEXEC, 3)),
             FileDescriptor(fcntl(output.parent.get(), F_DUPFD_CLOEXEC, 3))};
  } else {
    output = MakePipe(false);
    if (options.input_file.empty()) {
      input = MakePipe(true);
    } else {
      input.child = FileDescriptor(open(options.input_file.c_str(), O_RDONLY | O_CLOEXEC));
      EXPECT_TRUE(input.child.valid()) << options.input_file;
    }
  }
  std::vector<FileDescriptor> inherited;  // beyond the numbers that they get
  for (const int each : options.inherited) {
    inherited.emplace_back(fcntl(each, F_DUPFD_CLOEXEC, 100));
  }
  const std::vector<char*> words = PointersTo(arguments);
  std::vector<std::string> environment = EnvironmentWith(options.environment);
  const std::vector<char*> variables = PointersTo(environment);
  const Start start{.standard = {input.child.get(), output.child.get(), error.child.get()},
                    .inherited = inherited,
                    .parent = getpid(),
                    .terminal = options.terminal || options.on_terminal >= 0,
                    .descriptors = options.descriptors,
                    .arguments = words.data(),
                    .environment = variables.data()};
  pid_ = fork();
  if (pid_ == 0) BecomeProgram(start);
  EXPECT_GT(pid_, 0) << "fork: " << errno;
  exit_ = FileDescriptor(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  EXPECT_TRUE(exit_.valid()) << "pidfd_open: " << errno;
  input_ = std::move(input.parent);
  output_ = std::move(output.parent);
  error_ = std::move(error.parent);
}

Process::~Process() {
  if (pid_ <= 0 || code_) return;
  Kill(SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void Process::Kill(int signal) const {
  if (pid_ > 0 && !code_) kill(pid_, signal);
}

void Process::Write(std::string_view bytes) {
  to_give_ += bytes;
  GiveInput();
}

void Process::CloseInput() {
  input_ends_ = true;
  GiveInput();
}

void Process::GiveInput() {
  while (input_.valid() && !to_give_.empty()) {
    const ssize_t count = write(input_.get(), to_give_.data(), to_give_.size());
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) input_.Close();  // the child has closed its input
    if (count > 0) to_give_.erase(0, static_cast<std::size_t>(count));
  }
  if (input_ends_) input_.Close();
}

void Process::PumpOnce(int milliseconds) {
  const short wants = to_give_.empty() ? 0 : POLLOUT;
  std::array<pollfd, 4> ready{{{wants == 0 ? -1 : input_.get(), wants, 0},
                               {output_.get(), POLLIN, 0},
                               {error_.get(), POLLIN, 0},
                               {exit_.get(), POLLIN, 0}}};
  poll(ready.data(), ready.size(), milliseconds);
  if (ready[0].revents != 0) GiveInput();
  if (ready[1].revents != 0) Drain(output_, out_);
  if (ready[2].revents != 0) Drain(error_, err_);
  if (ready[3].revents != 0) {
    int status = 0;
    waitpid(pid_, &status, 0);
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    exit_.Close();
  }
}

bool Process::PumpUntil(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!done()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    const bool over = code_ && !output_.valid() && !error_.valid();
    if (over || left.count() <= 0) return done();
    PumpOnce(static_cast<int>(left.count()));
  }
  return true;
}

bool Process::Find(const std::string& output, std::size_t& from, std::string_view text) {
  return PumpUntil([&] {
    const std::size_t found = output.find(text, from);
    if (found == std::string::npos) return false;
    from = found + text.size();
    return true;
  });
}

bool Process::Expect(std::string_view text) { return Find(out_, out_found_, text); }

bool Process::ExpectError(std::string_view text) { return Find(err_, err_found_, text); }

int Process::Wait() {
  PumpUntil([&] { return code_ && !output_.valid() && !error_.valid(); });
  return code_.value_or(-1);
}

}  // namespace chathttp
