#include "apps/client/login_file.h"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "chathttp/adapters/private_file.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/user_name.h"
#include "chathttp/transport/codec/session_token.h"

namespace chathttp {
namespace {

constexpr std::string_view kFirstLine = "chathttp session 1";
constexpr std::size_t kMaxFileNameBytes = 240;
constexpr std::size_t kMaxFileBytes = 1024;

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char byte : text) {
    const bool plain = absl::ascii_isalnum(static_cast<unsigned char>(byte)) || byte == '.' ||
                       byte == '-' || byte == '_';
    if (plain) {
      escaped.push_back(byte);
    } else {
      absl::StrAppendFormat(&escaped, "%%%02X", static_cast<unsigned char>(byte));
    }
  }
  return escaped;
}

}  // namespace

std::string LoginFileName(const Endpoint& endpoint, std::string_view name) {
  std::string file =
      absl::StrCat(absl::AsciiStrToLower(Escaped(name)), "@", Escaped(ToString(endpoint)));
  return file.size() > kMaxFileNameBytes ? "" : file;
}

std::string FormatLogin(const KeptLogin& login) {
  return absl::StrCat(AbslView(kFirstLine), "\n", login.name, "\n", login.token, "\n",
                      login.seconds, "\n", ToString(login.first), "\n", ToString(login.last), "\n",
                      absl::ToUnixSeconds(login.saved), "\n");
}

std::optional<KeptLogin> ParseLogin(std::string_view text) {
  const std::vector<std::string> lines = absl::StrSplit(AbslView(text), '\n');
  if (lines.size() != 8 || lines[0] != kFirstLine || !lines[7].empty()) return std::nullopt;
  KeptLogin login{.name = lines[1], .token = lines[2]};
  const auto first = ParsePosition(lines[4]);
  const auto last = ParsePosition(lines[5]);
  std::int64_t saved = 0;
  const bool ok = DescribeNameProblem(login.name).empty() && IsToken(login.token) &&
                  absl::SimpleAtoi(lines[3], &login.seconds) && first && last &&
                  absl::SimpleAtoi(lines[6], &saved);
  if (!ok) return std::nullopt;
  login.first = *first;
  login.last = *last;
  login.saved = absl::FromUnixSeconds(saved);
  return login;
}

LoginStore LoginFiles(const std::string& directory) {
  if (directory.empty()) return {};
  const auto file = std::make_shared<std::unique_ptr<posix::PrivateFile>>();
  LoginStore store;
  store.open = [file, directory](const Endpoint& endpoint,
                                 const std::string& name) -> std::optional<KeptLogin> {
    file->reset();
    const std::string file_name = LoginFileName(endpoint, name);
    if (file_name.empty()) return std::nullopt;
    auto opened = posix::PrivateFile::Open(absl::StrCat(directory, "/sessions/", file_name));
    if (!opened.ok()) return std::nullopt;
    *file = *std::move(opened);
    const absl::StatusOr<std::string> text = (*file)->Read(kMaxFileBytes);
    std::optional<KeptLogin> login = text.ok() ? ParseLogin(*text) : std::nullopt;
    if (login && !SameName(login->name, name)) login.reset();
    return login;
  };
  store.keep = [file](const KeptLogin& login) {
    if (*file != nullptr) (*file)->Write(FormatLogin(login)).IgnoreError();
  };
  store.forget = [file] {
    if (*file != nullptr) (*file)->Clear();
  };
  return store;
}

}  // namespace chathttp
