// A chat server with one client, which answers as its test wants: it may send hostile bytes, refuse
// a login, or keep silent.
//
//   FakeChatServer server(network, endpoint);
//   server.Open({"Bob"});          // greets, accepts logins, and lists Bob and the client
//   server.Say("Bob", "hello");
//   server.Confirm();              // the oldest text of the client
#ifndef CHATHTTP_TESTS_APPS_CONSOLE_FAKE_CHAT_SERVER_H_
#define CHATHTTP_TESTS_APPS_CONSOLE_FAKE_CHAT_SERVER_H_

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chathttp/transport/codec/entity.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/request_decoder.h"
#include "chathttp/transport/ports/network.h"
#include "gtest/gtest.h"

namespace chathttp {

class FakeChatServer final : private Acceptor, private StreamObserver {
 public:
  FakeChatServer(Network& network, const Endpoint& endpoint) {
    auto listener = network.Listen(endpoint, *this);
    EXPECT_TRUE(listener.ok());
    listener_ = *std::move(listener);
  }

  // Answers from now on, also what it has received: all logins but those that login_code refuses.
  void Open(const std::vector<std::string>& others = {}) {
    open_ = true;
    others_ = others;
    Serve();
  }
  // Keeps silent from now on.
  void Mute() { open_ = false; }
  void HangUp() { stream_.reset(); }
  [[nodiscard]] bool connected() const { return stream_ != nullptr; }

  void Reply(int code, std::string_view entity, std::string_view fields = "") {
    unsent_ += "HTTP/1.1 " + std::to_string(code) + " reason\nServer: fake\n";
    if (!datetime.empty()) unsent_ += "Datetime: " + datetime + "\n";
    unsent_ += std::string(fields) + "Content_Length: " + std::to_string(entity.size()) + "\n\n" +
               std::string(entity);
    OnWritable();
  }
  void Say(std::string_view name, std::string_view text) {
    Reply(200, "[ " + std::string(name) + " ] : " + std::string(text) + "\n");
  }
  void Enter(std::string_view name) { Reply(200, std::string(name) + std::string(kEnteredEnding)); }
  void Leave(std::string_view name) { Reply(200, std::string(name) + std::string(kLeftEnding)); }

  // Broadcasts the oldest text of the client that has no outcome; false if there is none.
  bool Confirm() {
    if (confirmed_ == texts.size()) return false;
    Say(logins.back(), texts[confirmed_++]);
    return true;
  }
  // Refuses it; false if there is none.
  bool Refuse(std::string_view reason) {
    if (confirmed_ == texts.size()) return false;
    ++confirmed_;
    Reply(400, reason);
    return true;
  }

  int login_code = 200;               // of the response to a login
  std::string login_reason;           // its entity, unless 200
  std::string login_fields;           // of the reply to a login: "Replay: 2\n"
  std::string datetime;               // of the responses to come; empty: none
  std::function<void()> after_login;  // called behind the reply
  std::vector<std::string> logins;    // names
  std::vector<std::string> texts;     // of the client
  int lists = 0;
  int logouts = 0;

 private:
  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view) override {
    stream_ = std::move(stream);
    stream_->Observe(*this);
    decoder_ = RequestDecoder();
    received_.clear();
    unsent_.clear();
    greeted_ = false;
    confirmed_ = texts.size();
    Serve();
  }
  void OnOverflow(ByteStream&, std::string_view) override {}

  void OnReadable() override {
    std::array<char, 4096> buffer;
    while (stream_ != nullptr) {
      const IoResult result = stream_->Read(buffer);
      if (result.status == IoStatus::kEndOfStream || result.status == IoStatus::kBroken) HangUp();
      if (result.status != IoStatus::kProgress) break;
      received_.append(buffer.data(), result.bytes);
    }
    Serve();
  }
  void OnWritable() override {
    while (stream_ != nullptr && !unsent_.empty()) {
      const std::string_view pieces[] = {unsent_};
      const IoResult result = stream_->Write(pieces);
      if (result.status != IoStatus::kProgress) return;
      unsent_.erase(0, result.bytes);
    }
  }

  void Serve() {
    if (!open_ || stream_ == nullptr) return;
    if (!std::exchange(greeted_, true)) Reply(202, kGreetingEntity);
    std::string_view rest = received_;
    while (!rest.empty()) {
      const DecodeResult result = decoder_.Decode(rest);
      rest.remove_prefix(result.consumed);
      ASSERT_NE(result.status, DecodeStatus::kError);
      if (result.status == DecodeStatus::kMessage) Answer(decoder_.request());
    }
    received_.clear();
  }

  void Answer(const RequestView& request) {
    switch (request.method) {
      case Method::kAdd:
        logins.emplace_back(request.user_agent.value_or(""));
        Reply(login_code, login_code == 200 ? kOkEntity : login_reason, login_fields);
        if (after_login) after_login();
        return;
      case Method::kPost:
        texts.emplace_back(request.entity.substr(0, request.entity.size() - 1));
        return;
      case Method::kGet: {
        ++lists;
        std::string list(kListHeading);
        for (const std::string& name : others_) list += name + "\n";
        Reply(200, list + logins.back() + "\n");
        return;
      }
      case Method::kDelete:
        ++logouts;
        Reply(200, kOkEntity);
        return;
      case Method::kUnknown:
        ADD_FAILURE() << request.method_token;
    }
  }

  std::unique_ptr<Listener> listener_;
  std::unique_ptr<ByteStream> stream_;
  RequestDecoder decoder_;
  std::string received_;  // not decoded yet
  std::string unsent_;
  std::vector<std::string> others_;
  bool open_ = false;
  bool greeted_ = false;
  std::size_t confirmed_ = 0;  // texts with an outcome
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_CONSOLE_FAKE_CHAT_SERVER_H_
