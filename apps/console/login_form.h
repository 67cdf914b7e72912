// What a login needs: host, port and name, as three fields with their rules.
//
//   LoginForm form({.host = "127.0.0.1", .port = "9994"});
//   form.Handle({KeyCode::kTab});              // the next field
//   form.Handle({KeyCode::kEnter}) == LoginForm::Answer::kSubmit    // all three are good
//   form.host(); form.port(); form.name();
//
// One thread.
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
    kNone,    // the key is not the form's
    kEdited,  // or the focus has moved
    kSubmit,  // Enter, and all fields are good
  };

  // The focus is on the first field that is empty, or on the name.
  explicit LoginForm(const Values& values);

  // Tab, Down: the next field. Back-Tab, Up: the one before. Enter: checks all fields; the first
  // one with a problem gets the focus and its error. Else edits the field.
  Answer Handle(const Key& key);

  // Checks all fields as Enter does.
  bool Check();

  // Shows `message` at `field`, which gets the focus; gone with the next change.
  void SetError(Field field, std::string_view message);

  [[nodiscard]] const std::string& host() const { return fields_[kHost].text(); }
  [[nodiscard]] std::uint16_t port() const;  // 0 if it is none
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
