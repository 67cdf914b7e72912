#include "chathttp/transport/server/room_service.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/domain/text.h"
#include "chathttp/domain/user_name.h"
#include "chathttp/transport/codec/entity.h"

namespace chathttp {
namespace {

constexpr std::size_t kShownBytes = 40;  // of a value seen, in a reason

std::string Quoted(std::string_view value) {
  return absl::StrCat("\"", Visible(value, kShownBytes), "\"");
}

Answer Refusal(StatusCode code, Rule rule, std::string reason) {
  return {.code = code, .rule = rule, .entity = std::move(reason)};
}

Answer BadRequest(Rule rule, std::string reason) {
  return Refusal(StatusCode::kBadRequest, rule, std::move(reason));
}

// The code and the entity of the answer to a command with this outcome.
Answer AnswerFor(Outcome outcome, const RoomLimits& limits, std::string_view name,
                 std::string_view text) {
  switch (outcome) {
    case Outcome::kOk:
      break;
    case Outcome::kNameTaken:
    case Outcome::kNameReserved:
      return Refusal(StatusCode::kUserNameExist, Rule::kNameTaken, std::string(kNameTakenEntity));
    case Outcome::kNameInvalid:
      return BadRequest(Rule::kName, DescribeNameProblem(name, limits));
    case Outcome::kAlreadyLoggedIn:
      return BadRequest(Rule::kLogin, "Already logged in: DELETE comes before another ADD");
    case Outcome::kNotLoggedIn:
      return BadRequest(Rule::kLogin, "Not logged in: ADD comes first");
    case Outcome::kTextInvalid:
    case Outcome::kTextTooLong:
      return BadRequest(Rule::kText, DescribeTextProblem(text, limits.text_bytes));
    case Outcome::kRoomFull:
      return Refusal(
          StatusCode::kInternalServerError, Rule::kRoomFull,
          absl::StrCat("Room is full: at most ", limits.members, " members, try again later"));
  }
  return {.code = StatusCode::kOk, .entity = std::string(kOkEntity)};
}

// The answer to a request that the policy refuses; nullopt if it may be served.
std::optional<Answer> Refused(const absl::Status& status) {
  if (status.ok()) return std::nullopt;
  const std::string reason = Visible(StdView(status.message()), kGivenReasonBytes);
  return BadRequest(Rule::kPolicy,
                    reason.empty() ? "Refused by the policy of this server" : reason);
}

std::optional<Answer> JudgeLogin(const ChatRoom& room, MemberId member, std::string_view name,
                                 const Judge& judge) {
  if (judge.policy == nullptr) return std::nullopt;
  if (room.CheckLogin(member, name) != Outcome::kOk) return std::nullopt;
  return Refused(judge.policy->CheckLogin({judge.connection, judge.peer, name}));
}

std::optional<Answer> JudgeText(const ChatRoom& room, MemberId member, std::string_view text,
                                const Judge& judge) {
  if (judge.policy == nullptr) return std::nullopt;
  if (room.CheckSay(member, text) != Outcome::kOk) return std::nullopt;
  const std::string_view name = *room.NameOf(member);
  return Refused(judge.policy->CheckText({judge.connection, judge.peer, name}, text));
}

Answer ServeAdd(ChatRoom& room, MemberId member, std::string_view name, const Judge& judge) {
  if (std::optional<Answer> refused = JudgeLogin(room, member, name, judge)) {
    return *std::move(refused);
  }
  const Result result = room.Login(member, name);
  Answer answer = AnswerFor(result.outcome, room.limits(), name, {});
  answer.broadcast = result.broadcast;
  if (result.outcome == Outcome::kOk) answer.login = Answer::Login::kLoggedIn;
  return answer;
}

Answer ServePost(ChatRoom& room, MemberId member, const RequestView& request, const Judge& judge) {
  if (request.entity_skipped) {
    return BadRequest(Rule::kText,
                      absl::StrCat("Text too long: its entity may hold ", room.limits().text_bytes,
                                   " bytes, got ", request.content_length));
  }
  const std::string_view text = WithoutLineEnd(request.entity);
  if (std::optional<Answer> refused = JudgeText(room, member, text, judge)) {
    return *std::move(refused);
  }
  const Result result = room.Say(member, text);
  Answer answer = AnswerFor(result.outcome, room.limits(), {}, text);
  answer.broadcast = result.broadcast;
  if (result.outcome == Outcome::kOk) answer.body = Answer::Body::kBroadcast;
  return answer;
}

Answer ServeGet(const ChatRoom& room, MemberId member, bool ping) {
  const Result result = room.Query(member);
  Answer answer = AnswerFor(result.outcome, room.limits(), {}, {});
  if (result.outcome == Outcome::kOk && !ping) answer.body = Answer::Body::kList;
  return answer;
}

Answer ServeDelete(ChatRoom& room, MemberId member) {
  const Result result = room.Logout(member);
  Answer answer = AnswerFor(result.outcome, room.limits(), {}, {});
  answer.broadcast = result.broadcast;
  if (result.outcome == Outcome::kOk) answer.login = Answer::Login::kLoggedOut;
  return answer;
}

}  // namespace

Answer ServeRequest(ChatRoom& room, MemberId member, const RequestView& request,
                    const Judge& judge) {
  const std::optional<std::string_view> login = room.NameOf(member);
  const bool fatal = !login && request.method != Method::kAdd;
  if (request.method == Method::kUnknown) {
    Answer answer = BadRequest(Rule::kMethod, std::string(kUnknownMethodEntity));
    answer.fatal = fatal;
    return answer;
  }
  if (fatal) {
    Answer answer = BadRequest(Rule::kLogin, absl::StrCat("Not logged in: ADD comes first, got ",
                                                          AbslView(MethodName(request.method))));
    answer.fatal = true;
    return answer;
  }
  if (!request.user_agent)
    return BadRequest(Rule::kLogin, "User_Agent is missing: it must give the user name");
  if (login && !SameName(*login, *request.user_agent)) {
    return BadRequest(Rule::kLogin,
                      absl::StrCat("User_Agent must be the name of the login, \"", AbslView(*login),
                                   "\", got ", Quoted(*request.user_agent)));
  }
  switch (request.method) {
    case Method::kAdd:
      return ServeAdd(room, member, *request.user_agent, judge);
    case Method::kPost:
      return ServePost(room, member, request, judge);
    case Method::kGet:
      return ServeGet(room, member, request.ping);
    case Method::kDelete:
      return ServeDelete(room, member);
    case Method::kUnknown:
      break;
  }
  return BadRequest(Rule::kMethod, std::string(kUnknownMethodEntity));
}

std::string ListEntity(const ChatRoom& room) {
  std::string entity(kListHeading);
  for (const ChatRoom::Member& member : room.members()) {
    entity += member.name;
    entity += '\n';
  }
  return entity;
}

}  // namespace chathttp
