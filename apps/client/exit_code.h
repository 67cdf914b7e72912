// The exit codes of chat_client, as its man page lists them.
#ifndef CHATHTTP_APPS_CLIENT_EXIT_CODE_H_
#define CHATHTTP_APPS_CLIENT_EXIT_CODE_H_

namespace chathttp {

enum class ExitCode : int {
  kDone = 0,
  kConnectionLost = 1,  // or standard output failed
  kUsage = 2,
  kCannotConnect = 3,
  kRefused = 4,  // the login, or a line to send
  kUnsent = 5,   // messages of the user are perhaps not delivered
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CLIENT_EXIT_CODE_H_
