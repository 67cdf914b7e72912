// A class of the consumer that the library calls, and a look-up in a thread of the library.
#include <iostream>
#include <memory>
#include <string_view>
#include <utility>

#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/posix_network.h"
#include "domain/limits.h"

namespace {

class Doorman final : public chathttp::Acceptor {
 public:
  explicit Doorman(chathttp::posix::EventLoop& loop) : loop_(loop) {}

  int accepted() const { return accepted_; }

 private:
  void OnAccept(std::unique_ptr<chathttp::ByteStream>, std::string_view) override {
    ++accepted_;
    loop_.Stop();
  }
  void OnOverflow(chathttp::ByteStream&, std::string_view) override {}

  chathttp::posix::EventLoop& loop_;
  int accepted_ = 0;
};

}  // namespace

int main() {
  const auto loop = chathttp::posix::EventLoop::Create();
  if (!loop.ok()) return 1;
  chathttp::posix::PosixNetwork network(**loop);
  Doorman doorman(**loop);
  const auto listener = network.Listen({"127.0.0.1", 0}, doorman);
  if (!listener.ok()) return 1;
  bool no_localhost = false;  // some minimal systems do not know this name
  const auto attempt =
      network.Connect({"localhost", (*listener)->local().port}, [&](const auto& stream) {
        no_localhost = stream.status().code() == absl::StatusCode::kNotFound;
        if (!stream.ok()) (*loop)->Stop();
      });
  (*loop)->Run();
  if (no_localhost) return 0;
  std::cout << doorman.accepted() << " peer\n";
  return doorman.accepted() == kMembersOfConsumer ? 0 : 1;
}
