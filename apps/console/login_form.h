// The login form: host, port and name, as three fields with validation.
//
//   LoginForm form({.host = "127.0.0.1", .port = "9994"});
//   form.Handle({KeyCode::kTab});              // the next field
//   form.Handle({KeyCode::kEnter}) == LoginForm::Answer::kSubmit    // all three are good
//   form.host(); form.port(); form.name();
//
// Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_LOGIN_FORM_H_
#define CHATHTTP_APPS_CONSOLE_LOGIN_FORM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "apps/terminal/keys.h"
#include "apps/terminal/line_editor.h"

namespace chathttp {

class LoginForm {
 public:
  enum Field : std::size_t { kHost, kPort, kName };
  static constexpr std::size_t kFields = 3;
  struct Values {
    std::string host;
    std::string port;
    std::string name;
  };
  enum class Answer {
    kNone,    // the form does not use the key
    kEdited,  // a field has changed, or the focus has moved
    kSubmit,  // Enter, and all fields are good
  };

  // Sets the focus to the first empty field, or to the name.
  explicit LoginForm(const Values& values);

  // Tab and Down go to the next field, Back-Tab and Up to the previous one. Enter checks all
  // fields; the first invalid one gets the focus and an error. Other keys edit the field.
  Answer Handle(const Key& key);

  // Checks all fields as Enter does.
  bool Check();

  // Shows `message` at `field`, which gets the focus, until the next change.
  void SetError(Field field, std::string_view message);

  [[nodiscard]] const std::string& host() const { return fields_[kHost].text(); }
  [[nodiscard]] std::uint16_t port() const;  // 0 if invalid
  [[nodiscard]] const std::string& name() const { return fields_[kName].text(); }

  [[nodiscard]] const LineEditor& field(std::size_t index) const { return fields_[index]; }
  [[nodiscard]] std::size_t focus() const { return focus_; }
  [[nodiscard]] const std::string& error() const { return error_; }  // at focus(); empty for none

 private:
  void Focus(std::size_t field);

  static constexpr std::size_t kMaxFieldBytes = 255;
  std::array<LineEditor, kFields> fields_ = {
      {LineEditor(kMaxFieldBytes), LineEditor(kMaxFieldBytes), LineEditor(kMaxFieldBytes)}};
  std::size_t focus_ = kName;
  std::string error_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_LOGIN_FORM_H_
