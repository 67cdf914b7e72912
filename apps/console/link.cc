#include "apps/console/link.h"

#include "absl/strings/str_cat.h"
#include "chathttp/domain/escape.h"
#include "chathttp/transport/codec/message.h"

namespace chathttp {

void ConsoleLink::Leave() {
  leaving_ = true;
  session_.Leave();
}

void ConsoleLink::OnSessionEvent(const SessionEvent& event) {
  switch (event.kind) {
    case SessionEvent::Kind::kConnected:
      return app_->OnConnected();
    case SessionEvent::Kind::kLoggedIn:
      return app_->OnLoggedIn(event.name, event.again);
    case SessionEvent::Kind::kNameRefused:
      return app_->OnNameRefused(
          event.name, event.code == static_cast<int>(StatusCode::kUserNameExist), event.reason);
    case SessionEvent::Kind::kMessage:
      return app_->OnMessage(event.name, event.text, event.own);
    case SessionEvent::Kind::kEntered:
      return app_->OnEntered(event.name);
    case SessionEvent::Kind::kLeft:
      return app_->OnLeft(event.name);
    case SessionEvent::Kind::kList:
      return app_->OnList(event.names, event.asked);
    case SessionEvent::Kind::kRefused:
      return app_->OnRefused(event.text, event.reason);
    case SessionEvent::Kind::kNotice:
      return app_->OnNotice(event.text);
    case SessionEvent::Kind::kMaybeDelivered:
      return OnUndelivered(event.text, true);
    case SessionEvent::Kind::kUnsent:
      return OnUndelivered(event.text, false);
    case SessionEvent::Kind::kLag:
      return app_->OnLag(event.duration);
    case SessionEvent::Kind::kDropped:
      return app_->OnDropped(event.reason);
    case SessionEvent::Kind::kReconnecting:
      return app_->OnReconnecting(event.duration);
    case SessionEvent::Kind::kClosed:
      return app_->OnClosed(event.reason, event.ending == ClientEvent::Ending::kRefused);
    case SessionEvent::Kind::kEnded:
      return app_->OnEnded();
  }
}

void ConsoleLink::OnUndelivered(std::string_view text, bool perhaps) {
  app_->OnUndelivered(text, perhaps);
  // The screen closes soon, so keep the text for the shell.
  if (!leaving_) return;
  absl::StrAppend(&unsent_report_,
                  perhaps ? "Perhaps not delivered: " : "Not sent: ", Visible(text), "\n");
}

}  // namespace chathttp
