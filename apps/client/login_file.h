// The login of a client in a file of its user, so that the next start comes back to it: one file for each
// server and name, which one client has at a time.
//
//   options.logins = LoginFiles("/home/alice/.local/state/chathttp");
//
// The file has the token of the session, so nobody else may read it (private_file.h). A file that cannot be
// used is none: the client chats without it.
#ifndef CHATHTTP_APPS_CLIENT_LOGIN_FILE_H_
#define CHATHTTP_APPS_CLIENT_LOGIN_FILE_H_

#include <optional>
#include <string>
#include <string_view>

#include "apps/console/login_keeper.h"

namespace chathttp {

// In `directory`/sessions. Keeps nothing if it is empty.
[[nodiscard]] LoginStore LoginFiles(const std::string& directory);

// "alice@127.0.0.1%3A9994"; empty if it is too long for a file. Names in any case are the same.
[[nodiscard]] std::string LoginFileName(const Endpoint& endpoint, std::string_view name);

// The content of a file. ParseLogin: nullopt if it is none of FormatLogin.
[[nodiscard]] std::string FormatLogin(const KeptLogin& login);
[[nodiscard]] std::optional<KeptLogin> ParseLogin(std::string_view text);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CLIENT_LOGIN_FILE_H_
