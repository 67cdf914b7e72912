#include "chathttp/sim/oracle/window.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::sim {
namespace {

using End = ConnectionRecord::End;

constexpr std::uint64_t kMessageBytes = 8 << 10;  // the longest, with its head

class WindowJudge {
 public:
  WindowJudge(const Evidence& evidence, const RoomLog& log, const Account& account,
              const Episode& episode, const Session& session)
      : evidence_(evidence),
        options_(evidence.record.options),
        log_(log),
        account_(account),
        episode_(episode),
        session_(session),
        c_(evidence.record.connections[episode.connection]),
        window_(session.end - session.begin),
        entered_at_(log.EnteredAt(session)),
        left_at_(log.LeftAt(session)) {}

  std::vector<Violation> Judge() {
    JudgeEntry();
    JudgeSlice();
    JudgeCompleteness();
    JudgeDelay();
    JudgeLists();
    JudgeSaid();
    session_.left ? JudgeLeave() : JudgeStay();
    JudgeLag();
    JudgeStall();
    return std::move(violations_);
  }

 private:
  void Report(std::string_view invariant, std::string message) {
    violations_.push_back({std::string(invariant), std::move(message)});
  }
  const Heard& Item(std::size_t in_window) const {
    return log_.items()[session_.begin + in_window];
  }
  std::uint64_t BytesOf(std::size_t begin, std::size_t end) const {
    return log_.BytesBefore(end) - log_.BytesBefore(begin);
  }

  void JudgeEntry() {
    if (session_.begin == 0) return;  // the witness
    if (entered_at_ < episode_.asked) {
      Report("invention", absl::StrCat("entered", At(entered_at_), " before it asked to"));
    }
    if (episode_.told && entered_at_ - kWitnessDelay > *episode_.told) {
      Report("invention", absl::StrCat("told so before it entered", At(entered_at_)));
    }
  }

  void JudgeSlice() {
    for (; matched_ < episode_.slice.size(); ++matched_) {
      const Heard& heard = *episode_.slice[matched_];
      if (matched_ >= window_) {
        return Report(session_.left ? "nothing-after-leave" : "invention",
                      absl::StrCat("heard more than its window holds", At(heard.at)));
      }
      const Heard& item = Item(matched_);
      if (heard.raw.data() == item.raw.data() || heard.raw == item.raw) continue;
      const bool altered =
          heard.told == item.told && heard.name == item.name && heard.text == item.text;
      const bool known = altered || log_.broadcasts().Contains(heard.raw);
      return Report(known ? "order" : "invention",
                    absl::StrCat("broadcast ", matched_ + 1, At(heard.at),
                                 altered ? " differs in bytes from" : " is not", " item ",
                                 session_.begin + matched_ + 1, " of all"));
    }
  }

  void JudgeCompleteness() {
    const std::size_t heard = episode_.slice.size();
    if (heard >= window_) return;
    const bool whole = episode_.left_told || c_.end == End::kEndOfStream;
    if (whole || evidence_.Owed(c_, Item(heard).at)) {
      Report("complete",
             absl::StrCat("heard ", heard, " of the ", window_, " broadcasts of its window"));
    }
  }

  void JudgeDelay() {
    if (!Evidence::Healthy(c_) || evidence_.scenario.mode == Mode::kHostile) return;
    const absl::Duration bound = evidence_.SlackOf(c_);
    for (std::size_t i = 0; i < matched_; ++i) {
      const absl::Duration late = episode_.slice[i]->at - Item(i).at;
      if (late <= bound) continue;
      return Report("isolation",
                    absl::StrCat("broadcast ", i + 1, " came ", absl::FormatDuration(late),
                                 " after the witness had it, bound ", absl::FormatDuration(bound)));
    }
  }

  void JudgeLists() {
    for (const Episode::List& list : episode_.lists) {
      if (list.after > matched_ || list.after > window_) return;
      const std::string model = log_.ListAt(session_.begin + list.after);
      if (list.names == model) continue;
      Report("list", absl::StrCat("behind broadcast ", list.after, " got ",
                                  absl::CHexEscape(AbslView(list.names)), ", the room had ",
                                  absl::CHexEscape(model)));
    }
  }

  void JudgeSaid() {
    for (std::size_t i = 0; i < session_.said.size(); ++i) {
      const Heard& item = log_.items()[session_.said[i]];
      const auto asked = [&](const Episode::Post& post) { return post.text == item.text; };
      const auto begin =
          episode_.posts.begin() + static_cast<std::ptrdiff_t>(std::min(i, episode_.posts.size()));
      const auto found = std::find_if(begin, episode_.posts.end(), asked);
      const bool ever = std::any_of(episode_.posts.begin(), episode_.posts.end(), asked);
      if (found == episode_.posts.end() && !ever) {
        return Report("invention", absl::StrCat("never asked to say item ", session_.said[i] + 1));
      }
      if (found != begin) {
        return Report("sender-order", absl::StrCat("item ", session_.said[i] + 1,
                                                   " is not the text of its POST ", i + 1));
      }
      if (found->at > item.at) {
        return Report("invention", absl::StrCat("item ", session_.said[i] + 1,
                                                " came before its POST", At(found->at)));
      }
    }
  }

  void JudgeLeave() {
    if (left_at_ < episode_.may_leave) {
      Report("one-left", absl::StrCat("left", At(left_at_), " though nothing had ended its login"));
    }
    const bool by_server = !episode_.left_told && c_.end == End::kBroken && !c_.reset &&
                           !c_.faulted && !account_.over && !Evidence::FinOf(c_) &&
                           !account_.waits_for_end;
    if (by_server && left_at_ < evidence_.end() && !WasSlow()) {
      Report("one-left", absl::StrCat("broken off", At(left_at_), " though it was not slow"));
    }
  }

  // Further behind than the backlog is long, or without a byte accepted for the limit, or in the
  // way with old lists.
  bool WasSlow() const {
    if (Unheard() > options_.backlog_bytes) return true;
    absl::Duration since = account_.waiting_since;
    if (episode_.slice.size() < window_) since = std::min(since, Item(episode_.slice.size()).at);
    const bool waited = left_at_ - since + kWitnessDelay >= options_.stall_limit;
    return (waited && !TookLately()) || account_.waits_for_list;
  }

  // Whether it received what the server can have sent within the limit only.
  bool TookLately() const {
    const absl::Duration by = left_at_ - options_.stall_limit + evidence_.WayTo(c_) + kWitnessDelay;
    const auto lately = [&](const Flow::Piece& piece) {
      return piece.at > by && piece.at < left_at_;
    };
    return std::any_of(c_.received.pieces.begin(), c_.received.pieces.end(), lately);
  }

  void JudgeStay() {
    if (episode_.left_told) return Report("one-left", "logged out, but nobody was told");
    if (evidence_.scenario.mode == Mode::kHostile) return;
    absl::Duration ended =
        std::min(Evidence::LifeEnd(c_), Evidence::FinOf(c_).value_or(absl::InfiniteDuration()));
    if (account_.over && !account_.ended_with_service) {
      ended = std::min(ended, episode_.may_leave);
    }
    if (ended == absl::InfiniteDuration()) return;
    if (c_.faulted) ended = std::max(ended, evidence_.record.healed);
    // A peer that does not read may be left unread until its own time limit.
    const absl::Duration by = ended + options_.stall_limit + evidence_.SlackOf(c_);
    if (by < evidence_.end()) {
      Report("one-left", absl::StrCat("its connection ended", At(ended), ", but nobody was told"));
    }
  }

  // Bytes of its window that it did not read.
  std::uint64_t Unheard() const {
    const std::size_t heard = std::min(episode_.slice.size(), window_);
    return BytesOf(session_.begin + heard, session_.end);
  }

  void JudgeLag() {
    const std::uint64_t most =
        2 * options_.backlog_bytes + evidence_.BufferBytesOf(c_) + kMessageBytes;
    if (Unheard() > most) {
      Report("memory", absl::StrCat("was still there ", Unheard(), " bytes behind, bound ", most));
    }
  }

  // While its port takes nothing, and more waits than all buffers hold, the limit runs.
  void JudgeStall() {
    if (c_.faulted || !c_.stopped_reading || evidence_.has_bandwidth_limit()) return;
    const absl::Duration gap = options_.stall_limit + evidence_.SlackOf(c_) + kWitnessDelay;
    const absl::Duration until = std::min({left_at_, evidence_.end(), Evidence::LifeEnd(c_)});
    absl::Duration last = entered_at_;
    std::size_t heard = 0;
    for (std::size_t i = 0; i <= c_.received.pieces.size(); ++i) {
      const bool more = i < c_.received.pieces.size();
      const absl::Duration next = std::min(until, more ? c_.received.pieces[i].at : until);
      if (next - last > gap && IsStalled(heard, next - gap)) {
        return Report("time-limits", absl::StrCat("took nothing from", At(last),
                                                  " on and was still there", At(next)));
      }
      last = std::max(last, next);
      while (heard < matched_ && episode_.slice[heard]->at <= last) ++heard;
    }
  }

  // Whether by `by` more had been said behind the first `heard` than the buffers hold.
  bool IsStalled(std::size_t heard, absl::Duration by) const {
    std::size_t end = heard;
    while (end < window_ && Item(end).at <= by) ++end;
    return BytesOf(session_.begin + heard, session_.begin + end) >
           evidence_.BufferBytesOf(c_) + kMessageBytes;
  }

  const Evidence& evidence_;
  const ServerOptions& options_;
  const RoomLog& log_;
  const Account& account_;
  const Episode& episode_;
  const Session& session_;
  const ConnectionRecord& c_;
  std::size_t window_;       // items
  std::size_t matched_ = 0;  // of the slice, from its front
  absl::Duration entered_at_;
  absl::Duration left_at_;
  std::vector<Violation> violations_;
};

}  // namespace

std::vector<Violation> JudgeWindow(const Evidence& evidence, const RoomLog& log,
                                   const Account& account, const Episode& episode,
                                   const Session& session) {
  return WindowJudge(evidence, log, account, episode, session).Judge();
}

}  // namespace chathttp::sim
