#include "chathttp/transport/codec/entity.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "chathttp/domain/user_name.h"

namespace chathttp {
namespace {

bool IsName(std::string_view name) { return CheckName(name) != NameProblem::kMalformed; }

// `text` without `ending`; nullopt if it does not end with it.
std::optional<std::string_view> WithoutEnding(std::string_view text, std::string_view ending) {
  if (!text.ends_with(ending)) return std::nullopt;
  return text.substr(0, text.size() - ending.size());
}

std::optional<Entity> AsMessage(std::string_view entity) {
  if (!entity.starts_with(kSaidOpening)) return std::nullopt;
  entity.remove_prefix(kSaidOpening.size());
  const std::size_t name_bytes = entity.find(kSaidMiddle);
  if (name_bytes == std::string_view::npos) return std::nullopt;
  const std::string_view name = entity.substr(0, name_bytes);
  const auto text = WithoutEnding(entity.substr(name_bytes + kSaidMiddle.size()), "\n");
  if (!IsName(name) || !text) return std::nullopt;
  Entity message;
  message.kind = Entity::Kind::kMessage;
  message.name = name;
  message.text = *text;
  return message;
}

std::optional<Entity> AsList(std::string_view entity) {
  if (!entity.starts_with(kListHeading)) return std::nullopt;
  entity.remove_prefix(kListHeading.size());
  Entity list;
  list.kind = Entity::Kind::kList;
  while (!entity.empty()) {
    const std::size_t end = entity.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view name = entity.substr(0, end);
    if (!IsName(name)) return std::nullopt;
    list.names.push_back(name);
    entity.remove_prefix(end + 1);
  }
  return list;
}

std::optional<Entity> AsNotice(std::string_view entity, std::string_view ending,
                               Entity::Kind kind) {
  const auto name = WithoutEnding(entity, ending);
  if (!name || !IsName(*name)) return std::nullopt;
  Entity notice;
  notice.kind = kind;
  notice.name = *name;
  return notice;
}

}  // namespace

Entity ClassifyEntity(std::string_view entity) {
  if (auto message = AsMessage(entity)) return *std::move(message);
  if (auto list = AsList(entity)) return *std::move(list);
  if (auto entered = AsNotice(entity, kEnteredEnding, Entity::Kind::kEntered)) {
    return *std::move(entered);
  }
  if (auto left = AsNotice(entity, kLeftEnding, Entity::Kind::kLeft)) return *std::move(left);
  return {};
}

}  // namespace chathttp
