#include "absl/strings/str_cat.h"
#include "chathttp/sim/world/participant.h"

namespace chathttp::sim {

void DoStep(Participant& participant, const Step& step, std::int64_t round) {
  switch (step.verb) {
    case Verb::kConnect:
      return participant.Connect();
    case Verb::kAdd:
      if (step.session != SessionRequest{}) {
        return participant.AddSession(step.text.empty() ? participant.name() : step.text,
                                      step.session);
      }
      return participant.Add(step.text.empty() ? participant.name() : step.text);
    case Verb::kSay:
      return participant.Say(step.count == 1 ? step.text
                                             : absl::StrCat(step.text, " #", round + 1));
    case Verb::kList:
      return participant.List();
    case Verb::kLeave:
      return participant.Leave();
    case Verb::kRaw:
      return participant.SendBytes(step.text);
    case Verb::kPauseReading:
      return participant.SetReading(false);
    case Verb::kResumeReading:
      return participant.SetReading(true);
    case Verb::kShutdownWrite:
      return participant.ShutdownWrite();
    case Verb::kReset:
      participant.Reset();
      return;
    case Verb::kClose:
      return participant.Close();
    case Verb::kDisconnect:
      return participant.Disconnect();
    case Verb::kDropWaiting:
      return participant.DropWaiting();
    default:
      return;
  }
}

}  // namespace chathttp::sim
