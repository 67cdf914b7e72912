// Memory that ends at an unreadable page: reading one byte past its end crashes the test.
//
//   GuardedBytes memory(4096);
//   std::string_view input = memory.Place("GET / HTTP/1.1\n");
#ifndef CHATHTTP_TESTS_TRANSPORT_CODEC_GUARDED_BYTES_H_
#define CHATHTTP_TESTS_TRANSPORT_CODEC_GUARDED_BYTES_H_

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace chathttp {

class GuardedBytes {
 public:
  // Allocates space for `capacity_bytes`.
  explicit GuardedBytes(std::size_t capacity_bytes) {
    const auto page_bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    readable_bytes_ = (capacity_bytes / page_bytes + 1) * page_bytes;
    mapped_bytes_ = readable_bytes_ + page_bytes;
    void* const mapped =
        mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) std::abort();
    memory_ = static_cast<char*>(mapped);
    if (mprotect(memory_ + readable_bytes_, page_bytes, PROT_NONE) != 0) std::abort();
  }
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;
  ~GuardedBytes() { munmap(memory_, mapped_bytes_); }

  // Copies `bytes` to the end of the memory, directly before the unreadable page. Overwrites the
  // bytes placed before, so that a stale view of them makes a test fail.
  std::string_view Place(std::string_view bytes) {
    if (bytes.size() > readable_bytes_) std::abort();
    char* const end = memory_ + readable_bytes_;
    std::memset(end - placed_bytes_, '?', placed_bytes_);
    placed_bytes_ = bytes.size();
    std::memcpy(end - placed_bytes_, bytes.data(), placed_bytes_);
    return {end - placed_bytes_, placed_bytes_};
  }

 private:
  char* memory_;
  std::size_t readable_bytes_;
  std::size_t mapped_bytes_;
  std::size_t placed_bytes_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_CODEC_GUARDED_BYTES_H_
