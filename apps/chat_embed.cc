// A chat room inside a program, without a network: a bot greets each new member and counts the
// messages of each. This is the embedding example of README.md.
#include <iostream>
#include <string>
#include <string_view>

#include "chathttp/domain/chat_room.h"

namespace {

constexpr chathttp::MemberId kBot{1};
constexpr chathttp::MemberId kAlice{2};

// The room has no callbacks: a command returns at most one broadcast, and the caller delivers it.
class Program {
 public:
  Program() { Deliver(room_.Login(kBot, "Greeter")); }

  void Enter(std::string_view name) { Deliver(room_.Login(kAlice, name)); }
  void Say(std::string_view text) { Deliver(room_.Say(kAlice, text)); }
  void Leave() { Deliver(room_.Logout(kAlice)); }

 private:
  void Deliver(const chathttp::Result& result) {
    if (result.outcome != chathttp::Outcome::kOk) std::cout << "(refused)\n";
    if (!result.broadcast) return;
    const std::string name(result.broadcast->name);
    switch (result.broadcast->kind) {
      case chathttp::Broadcast::Kind::kEntered:
        std::cout << name << " has entered, " << room_.members().size() << " here\n";
        if (name != "Greeter") Deliver(room_.Say(kBot, "Welcome, " + name + "!"));
        break;
      case chathttp::Broadcast::Kind::kSaid:
        std::cout << "[ " << name << " ] : " << result.broadcast->text << "\n";
        if (name != "Greeter") ++messages_;
        break;
      case chathttp::Broadcast::Kind::kLeft:
        std::cout << name << " has left\n";
        Deliver(room_.Say(kBot, std::to_string(messages_) + " messages from " + name));
        break;
    }
  }

  chathttp::ChatRoom room_;
  int messages_ = 0;
};

}  // namespace

int main() {
  Program program;
  program.Enter("Alice");
  program.Say("Hello, everyone!");
  program.Say("two\nlines");  // refused: the line feed could forge a message
  program.Leave();
}
