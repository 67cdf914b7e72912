// Who is in the room, as a client can know it: from lists, notices and messages.
//
//   UserRoster users;
//   users.SetAll({"Alice", "Bob"});
//   users.Speak("Bob");
//   users.ByRecency()   -> {"Bob", "Alice"}
//
// Names are those of domain/user_name.h: the same name in another case is the same user. Cost of a
// change O(users). One thread.
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
  // Names beyond are not kept: no server lets more in (RoomLimits of domain/limits.h).
  static constexpr std::size_t kMaxUsers = 10'000;

  void SetAll(std::span<const std::string_view> names);  // keeps who spoke when
  void Add(std::string_view name);
  void Remove(std::string_view name);
  void Speak(std::string_view name);  // was heard just now; no effect for who is not here
  void Clear() { users_.clear(); }

  // In the order of the alphabet, case aside; the first `max` of them.
  [[nodiscard]] std::vector<std::string> ByName(std::size_t max = kMaxUsers) const;

  // Who spoke last first, then who never spoke in the order of the alphabet.
  [[nodiscard]] std::vector<std::string> ByRecency() const;

  [[nodiscard]] std::size_t size() const { return users_.size(); }

 private:
  struct User {
    std::string name;
    std::uint64_t spoke = 0;  // the greater, the later; 0 for never
  };
  std::vector<User>::iterator Find(std::string_view name);

  std::vector<User> users_;  // in the order of the alphabet, case aside
  std::uint64_t last_spoke_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_USERS_H_
