#include "chathttp/sim/search/generator_request.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/search/generator_edits.h"
#include "chathttp/sim/search/generator_names.h"
#include "chathttp/sim/search/generator_text.h"
#include "chathttp/sim/world/raw_codec.h"

namespace chathttp::sim {
namespace {

constexpr std::array<std::string_view, 6> kMethods = {"ADD",  "POST", "POST",
                                                      "POST", "GET",  "DELETE"};

// Signs of life, and what is none.
constexpr std::array<std::string_view, 8> kPromises = {
    "Heartbeat: 10", "Heartbeat: 10",   "heartbeat:\t11 ", "Heartbeat: 3600",
    "Heartbeat: 9",  "HEARTBEAT: 3601", "Heartbeat: 1e1",  "Heartbeat:"};
constexpr std::array<std::string_view, 4> kPings = {"Ping: 1", "ping:1", "Ping: 0", "Ping: 11"};

constexpr std::string_view kHeadEnd = "\n\n";  // of a head

std::size_t Size(std::int64_t size) { return static_cast<std::size_t>(size); }

std::string Filled(std::string_view form, const std::string& user, std::size_t entity_bytes) {
  return absl::StrReplaceAll(AbslView(form),
                             {{"%", user},
                              {"#", absl::StrCat(entity_bytes)},
                              {"##", absl::StrCat(absl::Dec(entity_bytes, absl::kZeroPad10))}});
}

// A method, and an entity that suits it.
std::pair<std::string_view, std::string> DrawBasis(Chooser& choose) {
  const std::string_view method = choose.Pick(kMethods);
  return {method, method == "POST" ? DrawText(choose, 40) + "\n" : ""};
}

// The request after the change. The canonical form is used if the short one has no such part.
std::string Edited(Chooser& choose, const Edit& edit, const std::string& user) {
  auto [method, entity] = DrawBasis(choose);
  if (edit.from.ends_with(' ')) method = edit.from.substr(0, edit.from.size() - 1);
  if (choose.OneIn(16)) entity = DrawText(choose, 40);
  const std::string from = Filled(edit.from, user, entity.size());
  std::string request = RawRequest(method, user, entity);
  if (choose.OneIn(2) || request.find(from) == std::string::npos) {
    request = CanonicalRequest(method, user, entity);
  }
  return request.replace(request.find(from), from.size(), Filled(edit.to, user, entity.size()));
}

// The request with a line more: in front, in the middle or at the end of its head.
std::string WithLine(Chooser& choose, std::string request, std::string_view line) {
  constexpr std::array<std::string_view, 4> kPlaces = {"\n", "\nUser_", "\nContent_L", "\n\n"};
  std::size_t at = request.find(choose.Pick(kPlaces));
  if (at == std::string::npos) at = request.find('\n');
  return request.insert(at + 1, absl::StrCat(AbslView(line), "\n"));
}

std::string DrawMild(Chooser& choose, const std::string& user) {
  if (choose.OneIn(4)) {
    const auto [method, entity] = DrawBasis(choose);
    const std::string request = DrawRequest(choose, method, user, entity);
    return WithLine(choose, request, choose.Pick(MildLines()));
  }
  return Edited(choose, choose.Pick(MildEdits()), user);
}

std::string DrawFatal(Chooser& choose, const std::string& user) {
  if (choose.OneIn(12)) return std::string(choose.Pick(NoRequests()));
  if (choose.OneIn(4)) {
    const auto [method, entity] = DrawBasis(choose);
    const std::string request =
        choose.OneIn(2) ? RawRequest(method, user, entity) : CanonicalRequest(method, user, entity);
    return WithLine(choose, request, choose.Pick(FatalLines()));
  }
  return Edited(choose, choose.Pick(FatalEdits()), user);
}

// Header lines in another order; the request line and the entity stay.
std::string Shuffled(Chooser& choose, std::string_view request) {
  const std::size_t begin = request.find('\n') + 1;
  const std::size_t end = request.find(kHeadEnd);
  std::vector<std::string> lines =
      absl::StrSplit(AbslView(request.substr(begin, end - begin)), '\n');
  for (std::size_t i = lines.size(); i-- > 1;) {
    std::swap(lines[i], lines[Size(choose.Between(0, static_cast<std::int64_t>(i)))]);
  }
  return absl::StrCat(AbslView(request.substr(0, begin)), absl::StrJoin(lines, "\n"),
                      AbslView(request.substr(end)));
}

// CRLF in the head.
std::string WithCrLf(std::string_view request) {
  const std::size_t end = request.find(kHeadEnd) + kHeadEnd.size();
  return absl::StrCat(absl::StrReplaceAll(AbslView(request.substr(0, end)), {{"\n", "\r\n"}}),
                      AbslView(request.substr(end)));
}

// A head of a size or a number of lines near the limit.
std::string DrawLongHead(Chooser& choose, std::string_view method, const std::string& user) {
  std::string request = choose.OneIn(2) ? RawRequest(method, user) : CanonicalRequest(method, user);
  const std::int64_t off = choose.Between(0, 2) - 1;
  switch (choose.Between(0, 2)) {
    case 0: {
      const std::string uri(Size(256 + off), 'u');
      // The canonical form has it in Host, too.
      return absl::StrReplaceAll(request, {{" h HTTP", absl::StrCat(" ", uri, " HTTP")},
                                           {"\nHost: h\n", absl::StrCat("\nHost: ", uri, "\n")}});
    }
    case 1: {
      const std::int64_t lines = std::count(request.begin(), request.end(), '\n') - 2;
      for (std::int64_t left = 64 + off - lines; left > 0; --left) {
        request.insert(request.find(kHeadEnd), "\nX: y");
      }
      return request;
    }
    default: {
      constexpr std::array<char, 3> kFill = {'v', '\t', '\xA0'};
      const std::string value(Size(8187 + off) - request.size(), choose.Pick(kFill));
      return request.insert(request.find(kHeadEnd) + 1, absl::StrCat("X: x", value, "\n"));
    }
  }
}

// An entity that resembles requests, of a size near a limit.
std::string DrawLongEntity(Chooser& choose, std::string_view method, const std::string& user,
                           std::int64_t text_limit) {
  std::int64_t size = choose.OneIn(3) ? 65'536 : text_limit;
  size += choose.Between(0, 2) - 1;
  if (choose.OneIn(3)) size = choose.Skewed(4'096, 65'536);
  std::string entity;
  if (choose.OneIn(2)) entity = RawRequest("POST", user, "smuggled\n");
  entity.resize(Size(size), 'e');
  if (choose.OneIn(2)) entity.back() = '\n';
  return choose.OneIn(2) ? RawRequest(method, user, entity)
                         : CanonicalRequest(method, user, entity);
}

}  // namespace

std::string CanonicalRequest(std::string_view method, std::string_view user,
                             std::string_view entity) {
  return absl::StrCat(
      AbslView(method), " h HTTP/1.1\nDatetime: 2015-11-29 10:07:40\nUser_Agent: ", AbslView(user),
      "\nHost: h\nAccept_Language: en\nAccept: text\nAccept_Encoding: utf-8\n"
      "Content_Length: ",
      entity.size(), "\nContent_Language: en\nContent_Encoding: utf-8\nContent_Type: text\n\n",
      AbslView(entity));
}

std::string DrawRequest(Chooser& choose, std::string_view method, const std::string& user,
                        std::string_view entity) {
  const std::string spelling = choose.OneIn(8) ? Respelled(choose, user) : user;
  if (method == "ADD" && choose.OneIn(4)) {
    return WithLine(choose, RawRequest(method, spelling, entity), choose.Pick(kPromises));
  }
  if (method == "GET" && choose.OneIn(4)) {
    return WithLine(choose, RawRequest(method, spelling, entity), choose.Pick(kPings));
  }
  switch (choose.Between(0, 7)) {
    case 0:
      return Shuffled(choose, CanonicalRequest(method, spelling, entity));
    case 1:
      return WithCrLf(CanonicalRequest(method, spelling, entity));
    case 2:
    case 3:
    case 4:
      return CanonicalRequest(method, spelling, entity);
    default:
      return RawRequest(method, spelling, entity);
  }
}

std::string DrawMalformed(Chooser& choose, const std::string& user) {
  std::string bytes;
  const std::int64_t mild = choose.Between(0, 3);
  for (std::int64_t left = mild; left > 0; --left) bytes += DrawMild(choose, user);
  if (mild == 0 || choose.OneIn(2)) bytes += DrawFatal(choose, user);
  return bytes;
}

std::string DrawRefused(Chooser& choose, const std::string& user) {
  switch (choose.Between(0, 3)) {
    case 0:
      return DrawRequest(choose, "ADD", choose.OneIn(2) ? user : DrawRefusedName(choose));
    case 1:
      return DrawRequest(choose, "BREW", user, "tea");
    case 2:
      return DrawRequest(choose, "GET", "somebody-else");
    default:
      return DrawRequest(choose, "POST", user, DrawBadText(choose, 40));
  }
}

std::string DrawSized(Chooser& choose, const std::string& user, std::int64_t text_limit) {
  constexpr std::array<std::string_view, 6> kSizedMethods = {"ADD", "POST",   "POST",
                                                             "GET", "DELETE", "BREW"};
  const std::string_view method = choose.Pick(kSizedMethods);
  const std::string request = choose.OneIn(2) ? DrawLongHead(choose, method, user)
                                              : DrawLongEntity(choose, method, user, text_limit);
  return request + DrawRequest(choose, "GET", user);
}

std::string DrawPipeline(Chooser& choose, const std::string& user) {
  std::string bytes;
  const bool many = choose.OneIn(12);
  for (std::int64_t left = many ? choose.Between(60, 140) : choose.Skewed(2, 12); left > 0;
       --left) {
    if (choose.OneIn(6)) {
      bytes += DrawMild(choose, user);
    } else {
      const auto [method, entity] = DrawBasis(choose);
      bytes += DrawRequest(choose, method, user, entity);
    }
  }
  if (choose.OneIn(8)) bytes += DrawFatal(choose, user) + RawRequest("GET", user);
  if (choose.OneIn(3)) bytes += "GET h HTTP/1.1\nUser_";
  return bytes;
}

}  // namespace chathttp::sim
