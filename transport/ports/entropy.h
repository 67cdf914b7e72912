// Port: bytes that nobody can guess, for the tokens of sessions.
#ifndef CHATHTTP_TRANSPORT_PORTS_ENTROPY_H_
#define CHATHTTP_TRANSPORT_PORTS_ENTROPY_H_

#include <span>

namespace chathttp {

class Entropy {
 public:
  Entropy() = default;
  Entropy(const Entropy&) = delete;
  Entropy& operator=(const Entropy&) = delete;
  virtual ~Entropy() = default;

  // Fills `bytes`. It does not fail: without random bytes the program ends.
  virtual void Fill(std::span<char> bytes) = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_ENTROPY_H_
