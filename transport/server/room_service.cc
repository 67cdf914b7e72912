#include "chathttp/transport/server/room_service.h"

#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/domain/text.h"
#include "chathttp/domain/user_name.h"
#include "chathttp/transport/codec/entity.h"
#include "chathttp/transport/codec/session_login.h"

namespace chathttp {
namespace {

constexpr std::size_t kShownValueBytes = 40;  // of a value seen, in a reason

std::string Quoted(std::string_view value) {
  return absl::StrCat("\"", Visible(value, kShownValueBytes), "\"");
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

// What the policy refuses, else the command.
RequestCheck CommandUnless(const absl::Status& refused, Command::Kind kind, std::string_view text) {
  if (refused.ok()) return {.command = kind, .text = text};
  const std::string reason = Visible(StdView(refused.message()), kGivenReasonBytes);
  return {.answer = BadRequest(Rule::kPolicy,
                               reason.empty() ? "Refused by the policy of this server" : reason)};
}

bool DependsOnOrder(Outcome outcome) {
  return outcome == Outcome::kNameTaken || outcome == Outcome::kRoomFull;
}

RequestCheck CheckAdd(const ChatRoom& room, MemberId member, const RequestView& request,
                      const Judge& judge) {
  const std::string_view name = *request.user_agent;
  const absl::StatusOr<SessionRequest> session = ReadSessionRequest(request);
  const Outcome outcome = room.CheckLogin(member, name);
  if (outcome != Outcome::kAlreadyLoggedIn && !session.ok()) {
    return {.answer = BadRequest(Rule::kSession, std::string(session.status().message()))};
  }
  const bool may_return = judge.has_sessions && session.ok() && !session->token.empty();
  const bool is_decided = judge.order_is_known && !may_return;
  if (outcome != Outcome::kOk && (is_decided || !DependsOnOrder(outcome))) {
    return {.answer = AnswerFor(outcome, room.limits(), name, {})};
  }
  absl::Status status;
  if (judge.policy != nullptr) {
    status = judge.policy->CheckLogin({judge.connection, judge.peer, name});
  }
  RequestCheck check = CommandUnless(status, Command::Kind::kLogin, name);
  check.session = *session;
  return check;
}

RequestCheck CheckPost(const ChatRoom& room, MemberId member, const RequestView& request,
                       const Judge& judge) {
  if (request.entity_skipped) {
    return {.answer = BadRequest(Rule::kText, absl::StrCat("Text too long: its entity may hold ",
                                                           room.limits().text_bytes, " bytes, got ",
                                                           request.content_length))};
  }
  const std::string_view text = WithoutLineEnd(request.entity);
  const Outcome outcome = room.CheckSay(member, text);
  if (outcome != Outcome::kOk) return {.answer = AnswerFor(outcome, room.limits(), {}, text)};
  absl::Status status;
  if (judge.policy != nullptr) {
    const std::string_view name = *room.NameOf(member);
    status = judge.policy->CheckText({judge.connection, judge.peer, name}, text);
  }
  return CommandUnless(status, Command::Kind::kSay, text);
}

Answer AnswerGet(const ChatRoom& room, MemberId member, bool ping) {
  const Result result = room.Query(member);
  Answer answer = AnswerFor(result.outcome, room.limits(), {}, {});
  if (result.outcome == Outcome::kOk && !ping) answer.body = Answer::Body::kList;
  return answer;
}

}  // namespace

RequestCheck CheckRequest(const ChatRoom& room, MemberId member, const RequestView& request,
                          const Judge& judge) {
  const std::optional<std::string_view> login = room.NameOf(member);
  const bool fatal = !login && request.method != Method::kAdd;
  if (request.method == Method::kUnknown) {
    Answer answer = BadRequest(Rule::kMethod, std::string(kUnknownMethodEntity));
    answer.fatal = fatal;
    return {.answer = std::move(answer)};
  }
  if (fatal) {
    Answer answer = BadRequest(Rule::kLogin, absl::StrCat("Not logged in: ADD comes first, got ",
                                                          AbslView(MethodName(request.method))));
    answer.fatal = true;
    return {.answer = std::move(answer)};
  }
  if (!request.user_agent) {
    return {.answer =
                BadRequest(Rule::kLogin, "User_Agent is missing: it must give the user name")};
  }
  if (login && !SameName(*login, *request.user_agent)) {
    return {
        .answer = BadRequest(
            Rule::kLogin, absl::StrCat("User_Agent must be the name of the login, \"",
                                       AbslView(*login), "\", got ", Quoted(*request.user_agent)))};
  }
  switch (request.method) {
    case Method::kAdd:
      return CheckAdd(room, member, request, judge);
    case Method::kPost:
      return CheckPost(room, member, request, judge);
    case Method::kGet:
      return {.answer = AnswerGet(room, member, request.ping)};
    case Method::kDelete:
      return {.command = Command::Kind::kLogout};
    case Method::kUnknown:
      break;
  }
  return {.answer = BadRequest(Rule::kMethod, std::string(kUnknownMethodEntity))};
}

Answer ApplyCommand(ChatRoom& room, const Command& command) {
  const auto apply = [&]() -> Result {
    switch (command.kind) {
      case Command::Kind::kLogin:
        return room.Login(command.member, command.text);
      case Command::Kind::kSay:
        return room.Say(command.member, command.text);
      case Command::Kind::kLogout:
      case Command::Kind::kServerGone:
      case Command::Kind::kRestart:
      case Command::Kind::kEpoch:
      case Command::Kind::kPast:
        break;
    }
    return room.Logout(command.member);
  };
  const Result result = apply();
  Answer answer = AnswerFor(result.outcome, room.limits(), command.text, command.text);
  answer.broadcast = result.broadcast;
  if (result.outcome != Outcome::kOk) return answer;
  if (command.kind == Command::Kind::kSay) answer.body = Answer::Body::kBroadcast;
  if (command.kind == Command::Kind::kLogin) answer.login = Answer::Login::kLoggedIn;
  if (command.kind == Command::Kind::kLogout) answer.login = Answer::Login::kLoggedOut;
  return answer;
}

Answer AnswerReturn(const ChatRoom& room, MemberId member, const Command& login,
                    const Position& now) {
  if (!SameName(*room.NameOf(member), login.text)) {
    return BadRequest(Rule::kSession,
                      absl::StrCat("Session: the token belongs to another name than ",
                                   Quoted(login.text), ", send the name of its login"));
  }
  const std::optional<Position>& since = login.session->since;
  if (since && *since > now) {
    return BadRequest(Rule::kSession,
                      absl::StrCat("Since must be at most the position of the room, ",
                                   ToString(now), ", got ", ToString(*since)));
  }
  Answer answer = AnswerFor(Outcome::kOk, room.limits(), {}, {});
  answer.login = Answer::Login::kLoggedIn;
  answer.returned = member;
  return answer;
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
