// The entities of responses: the strings that the server writes, and how a client classifies them.
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

// A classified entity of a 200 response.
struct Entity {
  enum class Kind {
    kMessage,  // name, text
    kList,     // names
    kEntered,  // name
    kLeft,     // name
    kReply,    // anything else: a private reply to a request
  };
  Kind kind = Kind::kReply;
  std::string_view name;
  std::string_view text;                // without its line end
  std::vector<std::string_view> names;  // in order of login
};

// Classifies an entity without context. The views of the result point into `entity`. Names are
// valid (see CheckName). A text may contain any byte, since the server may be hostile: escape it
// before showing it. O(size of the entity).
[[nodiscard]] Entity ClassifyEntity(std::string_view entity);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_ENTITY_H_
