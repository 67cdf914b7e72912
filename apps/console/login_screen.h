// The screen on which one logs in, at any size.
//
//   DrawLoginScreen({.busy = "Connecting to 127.0.0.1:9994..."}, form, canvas);
//
// Pure, one thread; O(cells).
#ifndef CHATHTTP_APPS_CONSOLE_LOGIN_SCREEN_H_
#define CHATHTTP_APPS_CONSOLE_LOGIN_SCREEN_H_

#include <string>

#include "apps/console/login_form.h"
#include "apps/terminal/canvas.h"

namespace chathttp {

struct LoginScreen {
  std::string busy = {};  // what is awaited; empty while the fields are to be filled in
  std::string hint = {};  // in place of what the keys do
};

void DrawLoginScreen(const LoginScreen& screen, const LoginForm& form, Canvas& canvas);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_LOGIN_SCREEN_H_
