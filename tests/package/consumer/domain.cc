// The room, and a header of the consumer that has the name of one of chathttp.
#include <cstddef>
#include <iostream>

#include "chathttp/domain/chat_room.h"
#include "chathttp/domain/limits.h"
#include "chathttp/version.h"
#include "domain/limits.h"

int main() {
  chathttp::ChatRoom room{chathttp::RoomLimits{}};
  const chathttp::Result result = room.Login(chathttp::MemberId{1}, "Alice");
  std::cout << chathttp::kProductVersion << ": " << room.members().size() << " member\n";
  const bool entered = result.outcome == chathttp::Outcome::kOk;
  return entered && room.members().size() == std::size_t{kMembersOfConsumer} ? 0 : 1;
}
