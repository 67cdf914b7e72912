// A program as a child process: its arguments, input, output and exit code.
//
//   Process client({CHATHTTP_CHAT_CLIENT, "--port=9994", "--user=Alice"});
//   client.Write("Hello\n");
//   ASSERT_TRUE(client.Expect("[ Alice ] : Hello\n")) << client.out();
//   client.CloseInput();
//   EXPECT_EQ(client.Wait(), 0) << client.err();
//
// The destructor kills the child, and the kernel does so if the test program dies first. Every wait
// ends after kPatience. Not thread-safe.
#ifndef CHATHTTP_TESTS_APPS_PROCESS_H_
#define CHATHTTP_TESTS_APPS_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/adapters/file_descriptor.h"

namespace chathttp {

inline constexpr std::chrono::seconds kPatience{30};

struct ProcessOptions {
  std::string input_file = {};  // its standard input, instead of a pipe
  bool terminal = false;        // standard input and output are a terminal, no echo
  // Standard input and output are this terminal; the test has its other side.
  int on_terminal = -1;
  int error = -1;  // standard error, instead of a pipe to err(); stays open in the test
  std::vector<int> inherited = {};                // become 3, 4, ...; stay open in the test
  std::optional<std::uint64_t> descriptors = {};  // RLIMIT_NOFILE, soft and hard
  // "NAME=value", in addition to the environment of this program; XDG_CONFIG_HOME and
  // XDG_STATE_HOME name missing directories unless given.
  std::vector<std::string> environment = {};
};

class Process {
 public:
  // `arguments` start with the path of the program. The test fails if the program cannot start.
  explicit Process(std::vector<std::string> arguments, const ProcessOptions& options = {});
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  pid_t pid() const { return pid_; }

  // The output that the waits below have read so far.
  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }

  // Writes to its input; the waits below write the bytes that the pipe does not take now.
  void Write(std::string_view bytes);
  // Closes its input after all bytes are written.
  void CloseInput();

  // Waits until `text` is in out(), or err(), behind the text that the last such wait found.
  [[nodiscard]] bool Expect(std::string_view text);
  [[nodiscard]] bool ExpectError(std::string_view text);

  void Kill(int signal) const;

  // Waits for the end of the program and of its output. Returns its exit code, 128 + N if signal N
  // ended it, -1 if it is still running.
  [[nodiscard]] int Wait();

 private:
  bool PumpUntil(const std::function<bool()>& done);
  void PumpOnce(int milliseconds);
  void GiveInput();
  bool Find(const std::string& output, std::size_t& from, std::string_view text);

  pid_t pid_ = -1;
  posix::FileDescriptor input_;
  posix::FileDescriptor output_;
  posix::FileDescriptor error_;
  posix::FileDescriptor exit_;  // readable when the child has ended
  std::optional<int> code_;
  std::string to_give_;
  bool input_ends_ = false;
  std::string out_;
  std::string err_;
  std::size_t out_found_ = 0;
  std::size_t err_found_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_PROCESS_H_
