#include "tests/apps/wire.h"

#include <cstdlib>
#include <cstring>

namespace chathttp {
namespace {

constexpr std::string_view kLengthField = "\nContent_Length: ";
constexpr std::string_view kVersion = "HTTP/1.1 ";

std::size_t Find(std::string_view text, std::string_view part) {
  const void* const found = memmem(text.data(), text.size(), part.data(), part.size());
  return found == nullptr ? std::string_view::npos
                          : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

std::string Text(std::string_view text) { return std::string(text); }

}  // namespace

std::string MakeRequest(std::string_view method, std::string_view user, std::string_view entity) {
  return Text(method) +
         " 127.0.0.1 HTTP/1.1\nDatetime: 2015-11-29 10:07:40\nUser_Agent: " + Text(user) +
         "\nHost: 127.0.0.1\nAccept_Language: en\nAccept: text\nAccept_Encoding: utf-8"
         "\nContent_Length: " +
         std::to_string(entity.size()) +
         "\nContent_Language: en\nContent_Encoding: utf-8\nContent_Type: text\n\n" + Text(entity);
}

std::string MakeResponse(std::string_view status, std::string_view entity) {
  return Text(kVersion) + Text(status) +
         "\nDatetime: 2015-11-29 10:17:34\nDeveloper: test\nServer: test\nContent_Length: " +
         std::to_string(entity.size()) +
         "\nContent_Language: en\nContent_Encoding: utf-8\nContent_Type: text\n\n" + Text(entity);
}

std::optional<WireMessage> TakeMessage(std::string_view& input) {
  const std::size_t head = Find(input, "\n\n");
  if (head == std::string_view::npos) return std::nullopt;
  const std::size_t field = Find(input.substr(0, head), kLengthField);
  const std::size_t entity =
      field == std::string_view::npos
          ? 0
          : std::strtoul(input.data() + field + kLengthField.size(), nullptr, 10);
  const std::size_t size = head + 2 + entity;
  if (size > input.size()) return std::nullopt;
  WireMessage message;
  message.bytes = input.substr(0, size);
  message.entity = input.substr(head + 2, entity);
  message.start_line = input.substr(0, Find(input, "\n"));
  if (message.start_line.starts_with(kVersion)) {
    message.code = std::atoi(message.start_line.data() + kVersion.size());
  }
  input.remove_prefix(size);
  return message;
}

}  // namespace chathttp
