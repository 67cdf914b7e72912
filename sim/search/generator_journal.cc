#include "chathttp/sim/search/generator_journal.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/search/generator_text.h"

namespace chathttp::sim {
namespace {

class Archivist {
 public:
  Archivist(const Plan& plan, Scenario& scenario)
      : plan_(plan), choose_(plan.ChooserFor("journal")), scenario_(scenario) {}

  void Write() {
    if (!plan_.Has(Family::kJournal) || choose_.OneIn(3) || ServersOf(scenario_) > 1) return;
    WriteSetting();
    if (plan_.mode == Mode::kClean) return;
    absl::Duration at = Later(absl::ZeroDuration(), plan_.span);
    for (std::int64_t left = choose_.Between(1, 4); left > 0; --left) at = WriteLife(at);
    if (choose_.OneIn(3)) WriteFaults();
  }

 private:
  using Sync = JournalSetting::Sync;

  void WriteSetting() {
    JournalSetting& journal = scenario_.journal.emplace();
    journal.sync = choose_.OneIn(2)   ? Sync::kAlways
                   : choose_.OneIn(2) ? Sync::kInterval
                                      : Sync::kNever;
    if (choose_.OneIn(2)) journal.latency = absl::Milliseconds(choose_.Skewed(1, 60));
    if (choose_.OneIn(2)) journal.file_bytes = choose_.Skewed(1 << 10, 16 << 10);
  }

  Step& Add(absl::Duration at, Verb verb, std::string_view who = kServerName) {
    return scenario_.steps.emplace_back(StepAt(at, verb, who));
  }
  absl::Duration Later(absl::Duration at, absl::Duration most) {
    return plan_.Round(at + choose_.Between(absl::ZeroDuration(), most));
  }

  // The server ends at `at`, and begins again. Returns when it may end again.
  absl::Duration WriteLife(absl::Duration at) {
    WriteTalk(at);
    const bool down = !choose_.OneIn(4);
    const std::int64_t way = choose_.Between(0, 5);
    if (way < 2) Add(at, Verb::kPowerCut);
    if (way == 2) stopped_ = true;
    if (way == 2) Add(at, Verb::kStop);
    if (way > 2 && down) Add(at, Verb::kCrash);
    const absl::Duration back =
        down || way == 2 ? at + absl::Milliseconds(choose_.Skewed(1, 3'000)) : at;
    if (choose_.OneIn(6)) WriteDamage(at, back);
    Add(back, Verb::kRestart);
    WriteReturns(back);
    // Sometimes before all have come back.
    return back + absl::Milliseconds(choose_.OneIn(3) ? choose_.Between(0, 100)
                                                      : choose_.Skewed(100, 8'000));
  }

  // Somebody speaks when the server ends.
  void WriteTalk(absl::Duration at) {
    if (choose_.OneIn(3)) return;
    const absl::Duration before = absl::Milliseconds(choose_.Between(0, 60));
    const absl::Duration from = at > before ? at - before : absl::ZeroDuration();
    Step& step = Add(from, Verb::kSay, choose_.Pick(plan_.names));
    step.text = DrawText(choose_, static_cast<std::size_t>(LimitOr(scenario_, "text", 400)) - 1);
    step.count = choose_.Skewed(1, 30);
    step.every = absl::Milliseconds(choose_.Between(0, 12));
  }

  // While the server is down. Without its last bytes, a journal can look like that of an earlier clean
  // stop: then nobody can know that a position is used again.
  void WriteDamage(absl::Duration at, absl::Duration back) {
    if (choose_.OneIn(2) && !stopped_) {
      Add(back, Verb::kDiskTear).amount = choose_.Skewed(1, 600);
    } else {
      Add(Later(at, back - at), Verb::kDiskFlip);
    }
    if (choose_.OneIn(4)) return;
    Add(back, Verb::kRestart);
    Add(back, Verb::kRepair);
  }

  void WriteReturns(absl::Duration back) {
    for (std::size_t i = 0; i < plan_.names.size(); ++i) {
      if (!plan_.raw[i] || choose_.OneIn(4)) continue;
      const absl::Duration at = back + absl::Milliseconds(choose_.Skewed(1, 2'000));
      const bool has_sessions = LimitOr(scenario_, "resumable", 0) > 0;
      if (has_sessions && !choose_.OneIn(5)) {
        Add(at, Verb::kResume, plan_.names[i]);
      } else {
        Add(at, Verb::kConnect, plan_.names[i]);
        SessionRequest& asks = Add(at, Verb::kAdd, plan_.names[i]).session;
        asks.session = has_sessions;
        if (choose_.OneIn(2)) asks.history = choose_.Skewed(1, 60);
      }
      if (choose_.OneIn(3)) Add(at, Verb::kSay, plan_.names[i]).text = "back again";
    }
  }

  void WriteFaults() {
    for (std::int64_t left = choose_.Between(1, 3); left > 0; --left) {
      const absl::Duration at = Later(absl::ZeroDuration(), plan_.span);
      switch (choose_.Between(0, 5)) {
        case 0:
          Add(at, Verb::kDiskFailSync);
          break;
        case 1:
          Add(at, Verb::kDiskFull).duration = absl::Milliseconds(choose_.Skewed(5, 5'000));
          break;
        default:
          Add(at, Verb::kDiskStall).duration = absl::Milliseconds(choose_.Skewed(5, 4'000));
      }
    }
  }

  const Plan& plan_;
  Chooser choose_;
  Scenario& scenario_;
  bool stopped_ = false;
};

}  // namespace

void WriteJournal(const Plan& plan, Scenario& scenario) { Archivist(plan, scenario).Write(); }

}  // namespace chathttp::sim
