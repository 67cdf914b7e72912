#include "apps/console/completion.h"

#include "absl/strings/str_cat.h"
#include "apps/console/commands.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/user_name.h"

namespace chathttp {
namespace {

bool BeginsWith(std::string_view name, std::string_view word) {
  return name.size() >= word.size() && SameName(name.substr(0, word.size()), word);
}

}  // namespace

bool Completion::Complete(LineEditor& editor, std::span<const std::string> names, bool forward) {
  const bool again =
      !candidates_.empty() && editor.text() == left_as_ && editor.cursor() == left_at_;
  if (!again) {
    Collect(editor, names);
    if (candidates_.empty()) return false;
    next_ = forward ? 0 : candidates_.size() - 1;
  } else {
    next_ = (next_ + (forward ? 1 : candidates_.size() - 1)) % candidates_.size();
  }
  const std::string& candidate = candidates_[next_];
  editor.Set(absl::StrCat(before_, candidate, behind_), before_.size() + candidate.size());
  left_as_ = editor.text();
  left_at_ = editor.cursor();
  return true;
}

void Completion::Collect(const LineEditor& editor, std::span<const std::string> names) {
  candidates_.clear();
  const std::string& text = editor.text();
  const std::size_t end = editor.cursor();
  const std::size_t blank = end == 0 ? std::string::npos : text.find_last_of(" \t", end - 1);
  const std::size_t begin = blank == std::string::npos ? 0 : blank + 1;
  const std::string_view word = std::string_view(text).substr(begin, end - begin);
  before_ = text.substr(0, begin);
  behind_ = text.substr(end);
  if (begin == 0 && word.starts_with('/')) {
    for (const ChatCommand& command : kChatCommands) {
      if (BeginsWith(command.name, word)) candidates_.emplace_back(command.name);
    }
    return;
  }
  const bool at = word.starts_with('@');
  const std::string_view opening = at ? "@" : "";
  const std::string_view ending = begin == 0 && !at ? ": " : " ";
  for (const std::string& name : names) {
    if (!BeginsWith(name, word.substr(opening.size()))) continue;
    candidates_.push_back(absl::StrCat(AbslView(opening), name, AbslView(ending)));
  }
}

}  // namespace chathttp
