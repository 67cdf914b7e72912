// The login screen, at any size.
//
//   DrawLoginScreen({.busy = "Connecting to 127.0.0.1:9994..."}, form, canvas);
//
// Not thread-safe; O(cells).
#ifndef CHATHTTP_APPS_CONSOLE_LOGIN_SCREEN_H_
#define CHATHTTP_APPS_CONSOLE_LOGIN_SCREEN_H_

#include <string>

#include "apps/console/login_form.h"
#include "apps/terminal/canvas.h"

namespace chathttp {

struct LoginScreen {
  std::string busy = {};  // the current step; empty while the user fills in the fields
  std::string hint = {};  // replaces the key hints
  bool focused = true;    // shows the cursor
};

void DrawLoginScreen(const LoginScreen& screen, const LoginForm& form, Canvas& canvas);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_LOGIN_SCREEN_H_
