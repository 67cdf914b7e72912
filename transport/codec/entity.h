// The entities of responses: what the server writes, and how a client tells one from another.
// Source: docs/protocol.md, "Shape of a conversation" and "Names and text".
#ifndef CHATHTTP_TRANSPORT_CODEC_ENTITY_H_
#define CHATHTTP_TRANSPORT_CODEC_ENTITY_H_

#include <string_view>
#include <vector>

namespace chathttp {

inline constexpr std::string_view kGreetingEntity = "test";
inline constexpr std::string_view kOkEntity = "OK...^.^";
inline constexpr std::string_view kNameTakenEntity = "Error...T.T";
inline constexpr std::string_view kUnknownMethodEntity = "Unknown...TAT";
inline constexpr std::string_view kListHeading = "Online users:\n";

// The text around the names and texts: "[ NAME ] : TEXT\n" and "NAME has just ... room...\n".
inline constexpr std::string_view kSaidOpening = "[ ";
inline constexpr std::string_view kSaidMiddle = " ] : ";
inline constexpr std::string_view kEnteredEnding = " has just entered the chat room...\n";
inline constexpr std::string_view kLeftEnding = " has just left the chat room...\n";

// What the entity of a 200 says.
struct Entity {
  enum class Kind {
    kMessage,  // name, text
    kList,     // names
    kEntered,  // name
    kLeft,     // name
    kReply,    // anything else: an answer to the sender alone
  };
  Kind kind = Kind::kReply;
  std::string_view name;
  std::string_view text;                // without its line end
  std::vector<std::string_view> names;  // in order of login
};

// Classifies by the entity alone; the views point into `entity`. Names are valid ones (see
// CheckName); a text may hold any byte, as the server may be hostile: escape it before showing.
// Cost: O(size of the entity).
[[nodiscard]] Entity ClassifyEntity(std::string_view entity);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_ENTITY_H_
