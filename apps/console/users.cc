#include "apps/console/users.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "chathttp/domain/user_name.h"

namespace chathttp {
namespace {

bool Precedes(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return absl::ascii_tolower(static_cast<unsigned char>(x)) <
           absl::ascii_tolower(static_cast<unsigned char>(y));
  });
}

}  // namespace

// The position of the user, or the one at which to insert it.
std::vector<UserRoster::User>::iterator UserRoster::Find(std::string_view name) {
  return std::lower_bound(
      users_.begin(), users_.end(), name,
      [](const User& user, std::string_view wanted) { return Precedes(user.name, wanted); });
}

void UserRoster::SetAll(std::span<const std::string_view> names) {
  std::vector<User> before = std::exchange(users_, {});
  users_.reserve(std::min(names.size(), kMaxUsers));
  for (const std::string_view name : names.first(std::min(names.size(), kMaxUsers))) {
    users_.push_back({std::string(name)});
  }
  const auto precedes = [](const User& a, const User& b) { return Precedes(a.name, b.name); };
  std::stable_sort(users_.begin(), users_.end(), precedes);
  const auto same = [](const User& a, const User& b) { return SameName(a.name, b.name); };
  users_.erase(std::unique(users_.begin(), users_.end(), same), users_.end());
  for (const User& user : before) {
    const auto found = Find(user.name);
    if (found != users_.end() && SameName(found->name, user.name)) found->spoke = user.spoke;
  }
}

void UserRoster::Add(std::string_view name) {
  const auto found = Find(name);
  if (found != users_.end() && SameName(found->name, name)) return;
  if (users_.size() < kMaxUsers) users_.insert(found, {std::string(name)});
}

void UserRoster::Remove(std::string_view name) {
  const auto found = Find(name);
  if (found != users_.end() && SameName(found->name, name)) users_.erase(found);
}

void UserRoster::Speak(std::string_view name) {
  const auto found = Find(name);
  if (found != users_.end() && SameName(found->name, name)) found->spoke = ++last_spoke_;
}

std::vector<std::string> UserRoster::ByName(std::size_t skipped, std::size_t max) const {
  const std::size_t begin = std::min(skipped, users_.size());
  const std::size_t end = begin + std::min(max, users_.size() - begin);
  std::vector<std::string> names;
  names.reserve(end - begin);
  for (std::size_t i = begin; i < end; ++i) names.push_back(users_[i].name);
  return names;
}

std::vector<std::string> UserRoster::ByRecency() const {
  std::vector<User> users = users_;
  std::stable_sort(users.begin(), users.end(),
                   [](const User& a, const User& b) { return a.spoke > b.spoke; });
  std::vector<std::string> names;
  names.reserve(users.size());
  for (User& user : users) names.push_back(std::move(user.name));
  return names;
}

}  // namespace chathttp
