// A console in memory: streams for a program's input, output and error output, and their other ends
// for the test.
#ifndef CHATHTTP_TESTS_TRANSPORT_PORTS_CONSOLE_WORLD_H_
#define CHATHTTP_TESTS_TRANSPORT_PORTS_CONSOLE_WORLD_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chathttp/sim/network/sim_network.h"
#include "chathttp/sim/network/virtual_scheduler.h"
#include "gtest/gtest.h"
#include "tests/transport/server/raw_peer.h"

namespace chathttp {

class Console final : private Acceptor {
 public:
  Console(sim::VirtualScheduler& scheduler, sim::SimNetwork& network) {
    auto listener = network.host("console").Listen({"console", 1}, *this);
    EXPECT_TRUE(listener.ok());
    for (auto* peer : {&typist_, &screen_, &error_screen_}) {
      *peer = std::make_unique<RawPeer>(network.host("person"), Endpoint{"console", 1});
      const std::size_t before = accepted_.size();
      EXPECT_TRUE(scheduler.RunUntil([&] { return accepted_.size() > before; }, absl::Seconds(5)));
    }
    in = std::move(accepted_[0]);
    out = std::move(accepted_[1]);
    err = std::move(accepted_[2]);
  }

  void Type(std::string_view bytes) { typist_->Send(bytes); }
  void EndInput() { typist_->ShutdownWrite(); }
  void CloseOutput() { screen_->Close(); }
  void SetReading(bool reading) { screen_->SetReading(reading); }
  const std::string& shown() const { return screen_->received(); }
  const std::string& complaints() const { return error_screen_->received(); }

  std::unique_ptr<ByteStream> in;
  std::unique_ptr<ByteStream> out;
  std::unique_ptr<ByteStream> err;

 private:
  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view) override {
    accepted_.push_back(std::move(stream));
  }
  void OnOverflow(ByteStream&, std::string_view) override {}

  std::vector<std::unique_ptr<ByteStream>> accepted_;
  std::unique_ptr<RawPeer> typist_;
  std::unique_ptr<RawPeer> screen_;
  std::unique_ptr<RawPeer> error_screen_;
};

// A console in its own world, with streams that move `chunk_bytes` at a time.
class ConsoleWorld {
 public:
  explicit ConsoleWorld(std::size_t chunk_bytes)
      : scheduler({}),
        network(scheduler, {.link = {.max_chunk_bytes = chunk_bytes,
                                     .send_buffer_bytes = 64,
                                     .receive_buffer_bytes = 64}}),
        console_(scheduler, network),
        in(std::move(console_.in)),
        out(std::move(console_.out)) {}

  void Type(std::string_view bytes) { console_.Type(bytes); }
  void EndInput() { console_.EndInput(); }
  void CloseOutput() { console_.CloseOutput(); }
  const std::string& shown() const { return console_.shown(); }

  sim::VirtualScheduler scheduler;
  sim::SimNetwork network;

 private:
  Console console_;

 public:
  std::unique_ptr<ByteStream> in;
  std::unique_ptr<ByteStream> out;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_PORTS_CONSOLE_WORLD_H_
