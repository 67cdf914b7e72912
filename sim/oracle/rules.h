// The rules of docs/protocol.md for names, texts and entities. Part of the oracle, so written from
// the page and not from domain/ or transport/. Pure functions.
#ifndef CHATHTTP_SIM_ORACLE_RULES_H_
#define CHATHTTP_SIM_ORACLE_RULES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "chathttp/sim/world/raw_codec.h"

namespace chathttp::sim {

// Names that are the same name have the same folded form.
std::string Folded(std::string_view name);

bool IsName(std::string_view name, std::size_t max_bytes);
bool IsReserved(std::string_view name);

bool IsLineBreak(std::uint32_t code_point);
bool MayBeSaid(std::uint32_t code_point);  // in a text

// `text` has lost its line end.
bool IsText(std::string_view text);
std::string_view WithoutLineEnd(std::string_view entity);

// What a response says, by its code and entity alone.
enum class Told {
  kGreeting,
  kOk,
  kTaken,
  kBad,       // 400
  kServer,    // 500
  kList,      // text: the names, each with a line feed
  kSaid,      // name, text
  kEntered,   // name
  kLeft,      // name
  kNonsense,  // nothing that a server may say
};
struct Meaning {
  Told told = Told::kNonsense;
  std::string_view name;
  std::string_view text;  // the whole entity where nothing else is said
};
Meaning MeaningOf(const RawResponse& response);

// For messages: "a list", "401", ...
std::string Describe(Told told);

inline bool IsBroadcast(Told told) {
  return told == Told::kSaid || told == Told::kEntered || told == Told::kLeft;
}

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_RULES_H_
