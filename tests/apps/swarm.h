// Many members of one room, driven by one thread, for tests of a real server with thousands of
// peers.
//
//   Swarm swarm(server.port());
//   ASSERT_TRUE(swarm.Join(2000, 200)) << swarm.problem();
//   swarm.Say(7, "Hello");
//   ASSERT_TRUE(swarm.RunUntil([&] { return swarm.messages() == 2000; }));
//
// Each member counts its messages and hashes them in order.
#ifndef CHATHTTP_TESTS_APPS_SWARM_H_
#define CHATHTTP_TESTS_APPS_SWARM_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/adapters/file_descriptor.h"
#include "tests/apps/wire.h"

namespace chathttp {

class Swarm {
 public:
  struct Member {
    posix::FileDescriptor socket;
    std::string unread;  // the start of a message
    bool logged_in = false;
    bool reads = true;
    std::size_t messages = 0;
    std::uint64_t hash = 0;  // of the messages, in order
  };

  explicit Swarm(std::uint16_t port);

  // The number of members, up to `wanted`, for which this process has descriptors. Raises the soft
  // limit to the hard one.
  static std::size_t Room(std::size_t wanted);

  // Adds `count` members, and waits until they are logged in; at most `in_flight` of them join at a
  // time. Earlier members are read meanwhile.
  [[nodiscard]] bool Join(std::size_t count, std::size_t in_flight);

  void Say(std::size_t member, std::string_view text);

  // Stops reading from a member.
  void StopReading(std::size_t member) { members_[member].reads = false; }

  // Reads until `done` returns true. Returns false if nothing arrives for kPatience, or if a
  // reading member loses its stream.
  [[nodiscard]] bool RunUntil(const std::function<bool()>& done);

  static std::string Name(std::size_t member) { return "Member" + std::to_string(member); }
  const std::vector<Member>& members() const { return members_; }
  std::size_t messages() const { return messages_; }      // to all members
  std::size_t notices() const { return notices_; }        // to all members
  std::size_t departures() const { return departures_; }  // notices of them, to member 0
  std::uint64_t bytes() const { return bytes_; }
  const std::string& problem() const { return problem_; }

 private:
  void Connect();
  void ReadSome(std::size_t index);
  void Handle(std::size_t index, const WireMessage& message);
  void Send(Member& member, std::string_view bytes);
  void Fail(std::size_t index, const std::string& what);

  const std::uint16_t port_;
  posix::FileDescriptor epoll_;
  std::vector<Member> members_;
  std::vector<char> buffer_;
  std::size_t logged_in_ = 0;
  std::size_t messages_ = 0;
  std::size_t notices_ = 0;
  std::size_t departures_ = 0;
  std::uint64_t bytes_ = 0;
  std::string problem_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_SWARM_H_
