// The exit codes of chat_client, as its man page lists them.
#ifndef CHATHTTP_APPS_CLIENT_EXIT_CODE_H_
#define CHATHTTP_APPS_CLIENT_EXIT_CODE_H_

namespace chathttp {

enum class ExitCode : int {
  kDone = 0,
  kConnectionLost = 1,  // or its own output
  kUsage = 2,
  kCannotConnect = 3,
  kRefused = 4,  // the login, or some line that was to be said
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CLIENT_EXIT_CODE_H_
