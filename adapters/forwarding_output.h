// The log of a thread, whose lines another thread writes.
//
//   Logger main_log(...);                                     // on the thread of `main_loop`
//   Logger log(std::make_unique<ForwardingOutput>(main_loop->mailbox(), main_log), level, loop);
//
// At most kMaxWaitingBytes wait for the other thread; further lines are dropped, and counted by the
// log of this thread. The other log must live as long as its loop runs turns.
#ifndef CHATHTTP_ADAPTERS_FORWARDING_OUTPUT_H_
#define CHATHTTP_ADAPTERS_FORWARDING_OUTPUT_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "chathttp/adapters/log.h"
#include "chathttp/adapters/log_output.h"
#include "chathttp/adapters/mailbox.h"

namespace chathttp::posix {

class ForwardingOutput final : public LogOutput {
 public:
  static constexpr std::size_t kMaxWaitingBytes = std::size_t{1} << 20;

  ForwardingOutput(std::shared_ptr<Mailbox> mailbox, Logger& log)
      : mailbox_(std::move(mailbox)), log_(log) {}

  // Takes whole lines only.
  std::size_t Write(std::string_view bytes) override {
    if (*waiting_ + bytes.size() > kMaxWaitingBytes) return 0;
    *waiting_ += bytes.size();
    mailbox_->Post([waiting = waiting_, &log = log_, line = std::string(bytes)] {
      *waiting -= line.size();
      log.Forward(line);
    });
    return bytes.size();
  }

 private:
  const std::shared_ptr<Mailbox> mailbox_;
  Logger& log_;
  const std::shared_ptr<std::atomic<std::size_t>> waiting_ =
      std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_FORWARDING_OUTPUT_H_
