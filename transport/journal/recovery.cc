#include "chathttp/transport/journal/recovery.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/journal/journal_room.h"
#include "chathttp/transport/journal/past_segment.h"
#include "chathttp/transport/journal/segment.h"
#include "chathttp/transport/journal/whole_file.h"

namespace chathttp {
namespace {

constexpr std::string_view kSetsOlderAside = "sets it and all files before it aside as NAME.bad";

class Recoverer {
 public:
  Recoverer(Disk& disk, const RecoveryOptions& options) : disk_(disk), options_(options) {}

  absl::StatusOr<Recovery> Run() {
    if (absl::Status status = ListSegments(); !status.ok()) return status;
    if (absl::Status status = ReadAll(); !status.ok()) return status;
    if (absl::Status status = Change(); !status.ok()) return status;
    return Finish();
  }

 private:
  // ---- Read -------------------------------------------------------------------------------------

  absl::Status ListSegments() {
    absl::StatusOr<std::vector<std::string>> names = disk_.List();
    if (!names.ok()) return names.status();
    for (const std::string& name : *names) {
      if (FirstCountOf(name)) names_.push_back(name);
      if (IsUnfinished(name)) unfinished_.push_back(name);
    }
    std::sort(names_.begin(), names_.end());
    on_disk_ = *std::move(names);
    return absl::OkStatus();
  }

  static bool IsUnfinished(std::string_view name) {
    if (!name.ends_with(kUnfinishedSuffix)) return false;
    name.remove_suffix(kUnfinishedSuffix.size());
    const std::size_t aside = name.rfind(kAsideSuffix);
    return FirstCountOf(name.substr(0, aside)).has_value();
  }

  // From the newest one back.
  absl::Status ReadAll() {
    for (std::size_t i = names_.size(); i > 0; --i) {
      const std::string& name = names_[i - 1];
      absl::StatusOr<PastSegment> read =
          has_all() ? ReadPastHeader(disk_, name)
                    : ReadPastSegment(disk_, name, options_.broadcast_bytes - broadcast_bytes_);
      if (!read.ok()) return read.status();
      absl::StatusOr<bool> go_on =
          newest_ ? TakeOlder(*std::move(read), i) : TakeNewest(*std::move(read), i);
      if (!go_on.ok()) return go_on.status();
      if (!*go_on) break;
    }
    return absl::OkStatus();
  }

  // No more is needed of the broadcasts in older files.
  bool has_all() const { return newest_ && broadcast_bytes_ >= options_.broadcast_bytes; }

  // ---- Judge ------------------------------------------------------------------------------------

  // `i` is the place of the file in names_, from 1 on. Whether to read the one before it.
  absl::StatusOr<bool> TakeNewest(PastSegment read, std::size_t i) {
    const std::string& name = names_[i - 1];
    if (read.end == SegmentReader::End::kCorrupt) {
      if (!options_.repair) {
        return Corrupt(name, read, EffectOnNewest(read, i == 1));
      }
      repaired_ = true;
    }
    lost_bytes_ += read.segment.bytes - read.good_bytes;
    if (!read.head_complete) {
      aside_.push_back({name, "its head is corrupt"});
      return true;
    }
    cut_ = read.good_bytes < read.segment.bytes;
    Take(std::move(read));
    return true;
  }

  absl::StatusOr<bool> TakeOlder(PastSegment read, std::size_t i) {
    const std::string& name = names_[i - 1];
    const bool bad = read.end != SegmentReader::End::kWhole || !read.head_complete;
    const bool hole = !bad && !has_all() && read.room.end().count != segments_.front().first_count;
    if (bad || hole) {
      if (!options_.repair && bad) {
        return Corrupt(name, read, kSetsOlderAside);
      }
      if (!options_.repair) return Missing(name, read.room.end().count);
      repaired_ = true;
      for (std::size_t older = 0; older < i; ++older) {
        aside_.push_back({names_[older], "it is corrupt, or older than a corrupt or missing file"});
      }
      return false;
    }
    Take(std::move(read));
    return true;
  }

  void Take(PastSegment read) {
    if (newest_) read.segment.last_wall = wall_before_;
    wall_before_ = read.wall_before;
    segments_.push_front(read.segment);
    if (!has_all()) KeepBroadcasts(read);
    if (!newest_) newest_ = std::move(read);
  }

  // Those of an older file come before the ones that were kept, unless one between did not fit.
  void KeepBroadcasts(PastSegment& read) {
    const bool all = read.broadcasts.size() == read.room.end().count - read.segment.first_count;
    broadcasts_.insert(broadcasts_.begin(), std::make_move_iterator(read.broadcasts.begin()),
                       std::make_move_iterator(read.broadcasts.end()));
    read.broadcasts.clear();
    broadcast_bytes_ = all ? broadcast_bytes_ + read.broadcast_bytes : options_.broadcast_bytes;
  }

  static const char* EffectOnNewest(const PastSegment& read, bool is_only_one) {
    if (read.head_complete) return "keeps a copy of the file as NAME.bad and cuts it there";
    if (is_only_one) return "sets the file aside as NAME.bad, so that the room is empty";
    return "sets the file aside as NAME.bad and goes on behind the one before it";
  }

  absl::Status Corrupt(const std::string& name, const PastSegment& read,
                       std::string_view effect) const {
    const char* why = "its last record is cut off, but newer files follow";
    if (read.end == SegmentReader::End::kCorrupt) why = "valid records follow a bad one";
    if (!read.head_complete) why = "its head is bad";
    return absl::DataLossError(absl::StrCat(Path(name), " is corrupt at byte ", read.good_bytes,
                                            ": ", why, "; ", Advice(effect)));
  }

  absl::Status Missing(const std::string& name, std::uint64_t count) const {
    return absl::DataLossError(
        absl::StrCat("the files behind ", Path(name), " are missing: it ends at the count ", count,
                     ", and the next file starts at ", segments_.front().first_count,
                     "; put them back, or ", Advice(kSetsOlderAside)));
  }

  static std::string Advice(std::string_view effect) {
    return absl::StrCat("start once with --history_repair, which ", AbslView(effect),
                        ", and begins a new epoch");
  }

  std::string Path(const std::string& name) const { return PathOf(disk_, name); }

  // ---- Change -----------------------------------------------------------------------------------

  absl::Status Change() {
    for (const std::string& name : unfinished_) {
      if (absl::Status status = disk_.Remove(name); !status.ok()) return status;
    }
    for (const auto& [name, reason] : aside_) {
      const std::string aside = AsideName(name);
      if (absl::Status status = disk_.Rename(name, aside); !status.ok()) return status;
      if (absl::Status status = disk_.SyncDirectory(); !status.ok()) return status;
      notes_.push_back(absl::StrCat("renamed ", Path(name), " to ", aside, ": ", reason));
    }
    return cut_ ? Cut() : absl::OkStatus();
  }

  // The writer replaces the file by its bytes that are left.
  absl::Status Cut() {
    std::string& bytes = newest_->bytes;
    const std::string name = SegmentName(newest_->segment.first_count);
    std::string note = absl::StrCat("cut ", Path(name), " at byte ", newest_->good_bytes, " of ",
                                    bytes.size(), ": ");
    if (repaired_) {
      const std::string aside = AsideName(name);
      if (absl::Status status = WriteWholeFile(disk_, aside, bytes); !status.ok()) {
        return absl::IsResourceExhausted(status) ? NoSpace(status) : status;
      }
      absl::StrAppend(&note, "it was corrupt; ", aside, " is a copy of the whole file");
    } else {
      absl::StrAppend(&note, "the last write was cut off");
    }
    notes_.push_back(std::move(note));
    bytes.resize(static_cast<std::size_t>(newest_->good_bytes));
    return absl::OkStatus();
  }

  // A name that no file has.
  std::string AsideName(const std::string& name) const {
    std::string aside = name + std::string(kAsideSuffix);
    const std::size_t plain_bytes = aside.size();
    for (int number = 2; std::count(on_disk_.begin(), on_disk_.end(), aside) > 0; ++number) {
      aside.resize(plain_bytes);
      absl::StrAppend(&aside, number);
    }
    return aside;
  }

  absl::Status NoSpace(const absl::Status& status) const {
    return {status.code(), absl::StrCat(status.message(), "; a start copies the newest file of ",
                                        newest_ ? newest_->segment.bytes : 0,
                                        " bytes: make room for it and start again")};
  }

  absl::StatusOr<Recovery> Finish() {
    PastRoom past;
    past.clean = names_.empty();
    past.end.epoch = options_.fresh_epoch;
    JournalRoom room(past.end);
    std::uint64_t head_bytes = 0;
    std::string newest;
    if (newest_) {
      room = std::move(newest_->room);
      head_bytes = newest_->head_bytes;
      newest = std::move(newest_->bytes);
      past.clean = room.closed() && !cut_ && !repaired_;
      past.end = {EpochAfter(room), room.end().count};
      past.members.assign(room.members().begin(), room.members().end());
      room.Apply(EpochBegun{past.end.epoch});
      past.ended.assign(room.ended().begin(), room.ended().end());
      past.broadcasts.assign(std::make_move_iterator(broadcasts_.begin()),
                             std::make_move_iterator(broadcasts_.end()));
    }
    auto writer = std::make_unique<JournalWriter>(disk_, options_.journal, std::move(room),
                                                  std::move(segments_), head_bytes);
    absl::Status status = writer->Open(std::move(newest));
    if (absl::IsResourceExhausted(status)) return NoSpace(status);
    if (!status.ok()) return status;
    return Recovery{std::move(past), std::move(writer), std::move(notes_)};
  }

  // Each epoch takes more than two bytes of a journal, so lost bytes hold no higher one.
  std::uint64_t EpochAfter(const JournalRoom& room) const {
    const std::uint64_t epoch = room.end().epoch;
    if (repaired_) return std::max(options_.fresh_epoch, epoch + 1 + lost_bytes_);
    // Not one that another copy of these files, or a part of them that is lost, may have had.
    return std::max(options_.fresh_epoch, room.closed() && !cut_ ? epoch : epoch + 1);
  }

  Disk& disk_;
  const RecoveryOptions& options_;
  std::vector<std::string> on_disk_;     // all names
  std::vector<std::string> names_;       // of the files of the journal, oldest first
  std::vector<std::string> unfinished_;  // files of writes that were cut off
  std::optional<PastSegment> newest_;
  std::deque<JournalWriter::Segment> segments_;
  absl::Time wall_before_ = absl::InfinitePast();  // of the last broadcast before these
  std::deque<PastBroadcast> broadcasts_;
  std::size_t broadcast_bytes_ = 0;
  bool repaired_ = false;
  std::uint64_t lost_bytes_ = 0;
  std::vector<std::pair<std::string, std::string>> aside_;  // name and reason
  bool cut_ = false;                                        // the newest file has bad bytes
  std::vector<std::string> notes_;
};

}  // namespace

absl::StatusOr<Recovery> Recover(Disk& disk, const RecoveryOptions& options) {
  return Recoverer(disk, options).Run();
}

}  // namespace chathttp
