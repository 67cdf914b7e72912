#include "chathttp/sim/search/generator_names.h"

#include <array>

#include "absl/strings/ascii.h"

namespace chathttp::sim {
namespace {

constexpr auto kNames = std::to_array<std::string_view>({
    "x",
    "7",
    "_",
    ".",
    "-",
    "Z",
    "--",
    "...",
    "_x_",
    "-x",
    "x-",
    ".x",
    "x.",
    "2015",
    "a.b-c_d",
    "0_0",
    "servers",
    "al",
    "al1",
    "here.",
    "_all",
    "root2",
    "rooT-",
    "Everyone_",
    "systems",
    "abcdefghijklmnopqrstuvwxyz01234",   // 31 bytes
    "abcdefghijklmnopqrstuvwxyz012345",  // 32 bytes
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345",  // the same name
    "................................",  // 32 bytes
});

constexpr auto kRefusedNames = std::to_array<std::string_view>({
    // Reserved.
    "server",
    "Server",
    "SERVER",
    "system",
    "System",
    "sYSTEM",
    "admin",
    "Admin",
    "adMIN",
    "root",
    "Root",
    "ROOT",
    "everyone",
    "Everyone",
    "EVERYONE",
    "all",
    "All",
    "ALL",
    "here",
    "Here",
    "hERE",
    // Malformed.
    "abcdefghijklmnopqrstuvwxyz0123456",  // 33 bytes
    "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01",
    "no name",
    "a/b",
    "a@b",
    "a:b",
    "a,b",
    "a[1]",
    "[ bob ]",
    "a\tb",
    "\"",
    "a*",
    "a~",
    "a\\b",
    "\xC3\xA9t\xC3\xA9",
    "\xE2\x98\x83",
    "\xEF\xBC\xA1",
    "a\xFF",
    "a\xC2\xA0"
    "b",
    "a%b",
    "a'b",
    "a+b",
    "a=b",
    "a|b",
    "a{b",
    "a`b",
    "a;b",
    "a^b",
});

}  // namespace

std::string DrawName(Chooser& choose) { return std::string(choose.Pick(kNames)); }

std::string DrawRefusedName(Chooser& choose) { return std::string(choose.Pick(kRefusedNames)); }

std::string Respelled(Chooser& choose, std::string name) {
  const std::int64_t form = choose.Between(0, 3);
  if (form == 0) absl::AsciiStrToUpper(&name);
  if (form == 1) name.front() = absl::ascii_toupper(static_cast<unsigned char>(name.front()));
  return name;
}

std::span<const std::string_view> NameWords() { return kNames; }

std::span<const std::string_view> RefusedNameWords() { return kRefusedNames; }

}  // namespace chathttp::sim
