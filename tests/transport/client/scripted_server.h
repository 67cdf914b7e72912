// A server that sends scripted bytes, and records the bytes of its one client.
#ifndef CHATHTTP_TESTS_TRANSPORT_CLIENT_SCRIPTED_SERVER_H_
#define CHATHTTP_TESTS_TRANSPORT_CLIENT_SCRIPTED_SERVER_H_

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "chathttp/transport/ports/network.h"
#include "gtest/gtest.h"

namespace chathttp {

class ScriptedServer final : private Acceptor, private StreamObserver {
 public:
  ScriptedServer(Network& network, const Endpoint& endpoint) {
    auto listener = network.Listen(endpoint, *this);
    EXPECT_TRUE(listener.ok());
    listener_ = *std::move(listener);
  }

  // Sends bytes to the client, or buffers them until it connects.
  void Send(std::string_view bytes) {
    unsent_ += bytes;
    OnWritable();
  }
  void Reply(int code, std::string_view entity, std::string_view server = "chathttp") {
    Send("HTTP/1.1 " + std::to_string(code) + " reason\nServer: " + std::string(server) +
         "\nContent_Length: " + std::to_string(entity.size()) + "\n\n" + std::string(entity));
  }

  const std::string& received() const { return received_; }
  std::size_t CountOf(std::string_view words) const {
    std::size_t count = 0;
    for (std::size_t at = received_.find(words); at != std::string::npos;
         at = received_.find(words, at + 1)) {
      ++count;
    }
    return count;
  }

 private:
  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view) override {
    stream_ = std::move(stream);
    stream_->Observe(*this);
    OnWritable();
  }
  void OnOverflow(ByteStream&, std::string_view) override {}

  void OnReadable() override {
    std::array<char, 4096> buffer;
    for (;;) {
      const IoResult result = stream_->Read(buffer);
      if (result.status != IoStatus::kProgress) return;
      received_.append(buffer.data(), result.bytes);
    }
  }
  void OnWritable() override {
    while (stream_ != nullptr && !unsent_.empty()) {
      const std::string_view pieces[] = {unsent_};
      const IoResult result = stream_->Write(pieces);
      if (result.status != IoStatus::kProgress) return;
      unsent_.erase(0, result.bytes);
    }
  }

  std::unique_ptr<Listener> listener_;
  std::unique_ptr<ByteStream> stream_;
  std::string unsent_;
  std::string received_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_CLIENT_SCRIPTED_SERVER_H_
