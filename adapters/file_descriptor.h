// Owns a file descriptor: closes it when destroyed.
//
//   FileDescriptor file(open("/dev/null", O_RDONLY | O_CLOEXEC));
//   if (!file.valid()) return errno;
//
// Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_FILE_DESCRIPTOR_H_
#define CHATHTTP_ADAPTERS_FILE_DESCRIPTOR_H_

#include <unistd.h>

#include <utility>

namespace chathttp::posix {

class FileDescriptor {
 public:
  FileDescriptor() = default;

  // Takes ownership of `number`; a negative one means no descriptor.
  explicit FileDescriptor(int number) : number_(number) {}

  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      Close();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  ~FileDescriptor() { Close(); }

  bool valid() const { return number_ >= 0; }
  int get() const { return number_; }

  // Closes now; no effect without a descriptor. On Linux the number is free even if close() fails.
  void Close() {
    if (number_ >= 0) close(std::exchange(number_, -1));
  }

 private:
  int number_ = -1;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_FILE_DESCRIPTOR_H_
