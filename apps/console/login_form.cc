#include "apps/console/login_form.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "apps/terminal/unicode.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/domain/user_name.h"

namespace chathttp {
namespace {

std::string DescribeHostProblem(std::string_view host) {
  if (host.empty()) return "Host cannot be empty: give an address or a name, as 127.0.0.1";
  const std::size_t colon = host.find(':');
  const bool with_port = colon != std::string_view::npos && colon > 0 && colon + 1 < host.size() &&
                         host.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
  if (with_port) {
    return absl::StrCat("Host is without the port: put ", AbslView(host.substr(colon + 1)),
                        " into the next field");
  }
  for (const char byte : host) {
    if (byte <= ' ' || byte > '~') {
      return "Host can hold visible ASCII characters only, no spaces";
    }
  }
  return "";
}

}  // namespace

LoginForm::LoginForm(const Values& values) {
  fields_[kHost].Set(values.host);
  fields_[kPort].Set(values.port);
  fields_[kName].Set(values.name);
  for (std::size_t i = kFields; i-- > 0;) {
    if (fields_[i].empty()) focus_ = i;
  }
}

LoginForm::Answer LoginForm::Handle(const Key& key) {
  switch (key.code) {
    case KeyCode::kTab:
    case KeyCode::kDown:
    case KeyCode::kScrollDown:
      Focus((focus_ + 1) % kFields);
      return Answer::kEdited;
    case KeyCode::kBackTab:
    case KeyCode::kUp:
    case KeyCode::kScrollUp:
      Focus((focus_ + kFields - 1) % kFields);
      return Answer::kEdited;
    case KeyCode::kEnter:
      return Check() ? Answer::kSubmit : Answer::kEdited;
    default:
      break;
  }
  const bool paste = key.code == KeyCode::kPaste;
  const std::string pasted = key.text.substr(0, key.text.find('\n'));
  if (!(paste ? fields_[focus_].Insert(pasted) : fields_[focus_].Handle(key))) return Answer::kNone;
  error_.clear();
  return Answer::kEdited;
}

bool LoginForm::Check() {
  error_.clear();
  if (const std::string problem = DescribeHostProblem(host()); !problem.empty()) {
    SetError(kHost, problem);
  } else if (port() == 0) {
    SetError(kPort, absl::StrCat("Port must be a number from 1 to 65535, got \"",
                                 Visible(fields_[kPort].text(), 40), "\""));
  } else if (const std::string name_problem = DescribeNameProblem(name()); !name_problem.empty()) {
    SetError(kName, name_problem);
  }
  return error_.empty();
}

void LoginForm::SetError(Field field, std::string_view message) {
  Focus(field);
  error_ = ShownText(message);
}

std::uint16_t LoginForm::port() const {
  std::uint32_t port = 0;
  if (!absl::SimpleAtoi(fields_[kPort].text(), &port) || port > 65535) return 0;
  return static_cast<std::uint16_t>(port);
}

void LoginForm::Focus(std::size_t field) {
  focus_ = field;
  error_.clear();
}

}  // namespace chathttp
