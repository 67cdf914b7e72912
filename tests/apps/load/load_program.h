// Runs chat_load, and reads the figures of its report.
//
//   Process load(LoadCommand(server.port(), {"--members=20"}));
//   EXPECT_EQ(load.Wait(), 0);
//   const Figures figures = ParseFlatJson(load.out()).value_or(Figures());
//   EXPECT_GT(Number(figures, "posts"), 0);
#ifndef CHATHTTP_TESTS_APPS_LOAD_LOAD_PROGRAM_H_
#define CHATHTTP_TESTS_APPS_LOAD_LOAD_PROGRAM_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chathttp {

using Figures = std::map<std::string, std::string>;

inline std::vector<std::string> LoadCommand(std::uint16_t port,
                                            const std::vector<std::string>& flags) {
  std::vector<std::string> command = {CHATHTTP_CHAT_LOAD, "--json",
                                      "--port=" + std::to_string(port)};
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

// A JSON object of numbers, strings without escapes, and true or false; nothing if `text` is not
// one.
inline std::optional<Figures> ParseFlatJson(std::string_view text) {
  Figures figures;
  const auto skip = [&] {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  };
  const auto take = [&](char wanted) {
    skip();
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
  };
  const auto take_string = [&]() -> std::optional<std::string> {
    if (!take('"')) return std::nullopt;
    const std::size_t end = text.find('"');
    if (end == std::string_view::npos) return std::nullopt;
    std::string value(text.substr(0, end));
    text.remove_prefix(end + 1);
    return value;
  };
  if (!take('{')) return std::nullopt;
  do {
    const std::optional<std::string> key = take_string();
    if (!key || !take(':')) return std::nullopt;
    skip();
    if (text.starts_with('"')) {
      const std::optional<std::string> value = take_string();
      if (!value) return std::nullopt;
      figures[*key] = *value;
      continue;
    }
    const std::string value(text.substr(0, text.find_first_of(",}\n ")));
    char* end = nullptr;
    std::strtod(value.c_str(), &end);
    if (value.empty() || (*end != '\0' && value != "true" && value != "false")) return std::nullopt;
    figures[*key] = value;
    text.remove_prefix(value.size());
  } while (take(','));
  if (!take('}')) return std::nullopt;
  skip();
  return text.empty() ? std::optional(figures) : std::nullopt;
}

inline double Number(const Figures& figures, const std::string& key) {
  const auto found = figures.find(key);
  EXPECT_NE(found, figures.end()) << key;
  return found == figures.end() ? -1 : std::strtod(found->second.c_str(), nullptr);
}

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_LOAD_LOAD_PROGRAM_H_
