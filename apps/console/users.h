// The users in the room, as a client learns them from lists, notices and messages.
//
//   UserRoster users;
//   users.SetAll({"Alice", "Bob"});
//   users.Speak("Bob");
//   users.ByRecency()   -> {"Bob", "Alice"}
//
// Names follow domain/user_name.h: names that differ only in case are the same user. A change costs
// O(users). Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_USERS_H_
#define CHATHTTP_APPS_CONSOLE_USERS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chathttp {

class UserRoster {
 public:
  // Further names are ignored: no server accepts more (RoomLimits of domain/limits.h).
  static constexpr std::size_t kMaxUsers = 10'000;

  void SetAll(std::span<const std::string_view> names);  // keeps the times of last messages
  void Add(std::string_view name);
  void Remove(std::string_view name);
  void Speak(std::string_view name);  // has just sent a message; no effect for an unknown user
  void Clear() { users_.clear(); }

  // In alphabetical order, ignoring case, without the first `skipped`; at most `max`.
  [[nodiscard]] std::vector<std::string> ByName(std::size_t skipped = 0,
                                                std::size_t max = kMaxUsers) const;

  // Users by their last message, newest first, then silent users in alphabetical order.
  [[nodiscard]] std::vector<std::string> ByRecency() const;

  [[nodiscard]] std::size_t size() const { return users_.size(); }

 private:
  struct User {
    std::string name;
    std::uint64_t spoke = 0;  // counter at the last message; 0 for none
  };
  std::vector<User>::iterator Find(std::string_view name);

  std::vector<User> users_;  // in alphabetical order, ignoring case
  std::uint64_t last_spoke_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_USERS_H_
