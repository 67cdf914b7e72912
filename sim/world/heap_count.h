// Counts the bytes that a server holds on the heap: those that were allocated on this thread while
// the server ran and are not freed yet. A block is counted in the size that was asked for, so the
// count depends neither on the allocator nor on who frees the block.
//
//   const std::int64_t before = HeapCount::bytes();
//   {
//     const HeapCount::Inside inside;
//     server.Stop({});
//   }
//   HeapCount::bytes() - before   // what the server holds more than before
//
// Only programs that link chathttp_heap_operators count: it replaces the global operator new, which
// a library must not do to the programs of others. In all other programs, and with AddressSanitizer
// or ThreadSanitizer, which have operators of their own, works() is false and the count stays 0.
#ifndef CHATHTTP_SIM_WORLD_HEAP_COUNT_H_
#define CHATHTTP_SIM_WORLD_HEAP_COUNT_H_

#include <cstdint>
#include <utility>

namespace chathttp::sim {

class HeapCount {
 public:
  // Whether blocks are counted in this program.
  static bool works();

  // Bytes of the counted blocks of this thread.
  static std::int64_t bytes() { return state.bytes; }

  // The rest of the block runs inside of the server: it counts what is allocated.
  class Inside;
  // The rest of the block runs outside of it again: in a port or an observer that it calls.
  class Outside;

  // For the operators.
  struct State {
    bool inside;
    std::int64_t bytes;
  };
  static inline constinit thread_local State state{.inside = false, .bytes = 0};

 private:
  class Scope {
   public:
    explicit Scope(bool inside) : was_inside_(std::exchange(state.inside, inside)) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { state.inside = was_inside_; }

   private:
    const bool was_inside_;
  };
};

class HeapCount::Inside : private Scope {
 public:
  Inside() : Scope(true) {}
};

class HeapCount::Outside : private Scope {
 public:
  Outside() : Scope(false) {}
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_HEAP_COUNT_H_
