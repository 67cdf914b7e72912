#include "chathttp/sim/network/sim_disk.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"

namespace chathttp::sim {

SimDisk::SimDisk(const Options& options)
    : directory_(options.directory),
      draws_(options.seed, Purpose::kDisk, options.entity),
      capacity_bytes_(std::numeric_limits<std::uint64_t>::max()) {}

absl::StatusOr<std::vector<std::string>> SimDisk::List() {
  std::vector<std::string> names;
  for (const auto& [name, file] : files_) names.push_back(name);
  return names;
}

absl::StatusOr<std::string> SimDisk::Read(const std::string& name, std::uint64_t max_bytes) {
  const File* file = Find(name);
  if (file == nullptr) return NotFound(name);
  if (file->bytes.size() > max_bytes) {
    return absl::OutOfRangeError(absl::StrCat(directory_, "/", name, " has ", file->bytes.size(),
                                              " bytes, more than ", max_bytes));
  }
  counters_.read_bytes += file->bytes.size();
  return file->bytes;
}

absl::StatusOr<Disk::Start> SimDisk::ReadStart(const std::string& name, std::size_t max_bytes) {
  const File* file = Find(name);
  if (file == nullptr) return NotFound(name);
  Start start{.bytes = file->bytes.substr(0, max_bytes), .file_bytes = file->bytes.size()};
  counters_.read_bytes += start.bytes.size();
  return start;
}

absl::Status SimDisk::Create(const std::string& name) {
  assert(name.find('/') == std::string::npos);
  if (Find(name) != nullptr) {
    return absl::AlreadyExistsError(absl::StrCat("cannot make ", directory_, "/", name));
  }
  if (bytes() >= capacity_bytes_) return NoSpace(name);
  files_[name] = std::make_shared<File>();
  changes_.push_back({name, files_[name]});
  return absl::OkStatus();
}

absl::Status SimDisk::Append(const std::string& name, std::string_view bytes_to_add) {
  File* file = Find(name);
  if (file == nullptr) return NotFound(name);
  ++counters_.appends;
  const std::uint64_t used = bytes();
  const std::uint64_t space = capacity_bytes_ > used ? capacity_bytes_ - used : 0;
  file->bytes.append(bytes_to_add.substr(
      0, static_cast<std::size_t>(std::min<std::uint64_t>(space, bytes_to_add.size()))));
  return bytes_to_add.size() <= space ? absl::OkStatus() : NoSpace(name);
}

absl::Status SimDisk::Sync(const std::string& name) {
  File* file = Find(name);
  if (file == nullptr) return NotFound(name);
  ++counters_.syncs;
  if (SyncFails()) {
    file->sync_lost = true;
    return SyncFailed(name);
  }
  if (!file->sync_lost) file->synced = file->bytes;
  return absl::OkStatus();
}

absl::Status SimDisk::SyncDirectory() {
  ++counters_.syncs;
  if (SyncFails()) return SyncFailed("");
  synced_files_ = files_;
  changes_.clear();
  return absl::OkStatus();
}

absl::Status SimDisk::Truncate(const std::string& name, std::uint64_t bytes) {
  File* file = Find(name);
  if (file == nullptr) return NotFound(name);
  assert(bytes <= file->bytes.size());
  file->bytes.resize(static_cast<std::size_t>(bytes));
  return absl::OkStatus();
}

absl::Status SimDisk::Remove(const std::string& name) {
  if (files_.erase(name) == 0) return NotFound(name);
  changes_.push_back({name, nullptr});
  return absl::OkStatus();
}

absl::Status SimDisk::Rename(const std::string& from, const std::string& to) {
  const auto found = files_.find(from);
  if (found == files_.end()) return NotFound(from);
  const std::shared_ptr<File> file = found->second;
  files_.erase(found);
  files_[to] = file;
  changes_.push_back({to, file, from});
  return absl::OkStatus();
}

// ---- Faults -------------------------------------------------------------------------------------

void SimDisk::Crash() {
  ++counters_.crashes;
  files_ = synced_files_;
  for (const Change& change : changes_) {
    if (draws_.Uniform(0, 1) == 0) continue;
    if (change.file == nullptr) {
      files_.erase(change.name);
    } else {
      files_.erase(change.old_name);
      files_[change.name] = change.file;
    }
  }
  for (const auto& [name, file] : files_) CrashFile(*file);
  synced_files_ = files_;
  changes_.clear();
  syncs_to_failure_ = 0;
  stall_ = absl::ZeroDuration();
}

// A cut that was not synced may be undone.
void SimDisk::CrashFile(File& file) {
  const std::size_t before = file.bytes.size();
  const bool appended = file.bytes.starts_with(file.synced);
  if (!appended && draws_.Uniform(0, 1) == 0) {
    file.bytes = file.synced;
  } else if (appended) {
    const std::size_t kept = draws_.Uniform(file.synced.size(), file.bytes.size());
    const std::size_t zeros = draws_.Uniform(0, 3) == 0 ? file.bytes.size() - kept : 0;
    file.bytes.resize(kept);
    counters_.lost_bytes += before - kept;
    file.bytes.append(zeros, '\0');
  }
  file.synced = file.bytes;
  file.sync_lost = false;
}

std::uint64_t SimDisk::Tear(std::uint64_t bytes) {
  if (files_.empty()) return 0;
  File& file = *files_.rbegin()->second;
  const std::uint64_t torn = std::min<std::uint64_t>(bytes, file.bytes.size());
  file.bytes.resize(static_cast<std::size_t>(file.bytes.size() - torn));
  if (file.synced.size() > file.bytes.size()) file.synced = file.bytes;
  counters_.lost_bytes += torn;
  return torn;
}

bool SimDisk::Flip() {
  const std::uint64_t all = bytes();
  if (all == 0) return false;
  std::uint64_t at = draws_.Uniform(0, all - 1);
  for (const auto& [name, file] : files_) {
    if (at < file->bytes.size()) {
      FlipByte(name, at, static_cast<unsigned char>(1U << draws_.Uniform(0, 7)));
      return true;
    }
    at -= file->bytes.size();
  }
  return false;
}

void SimDisk::Mend() {
  capacity_bytes_ = std::numeric_limits<std::uint64_t>::max();
  syncs_to_failure_ = 0;
  stall_ = absl::ZeroDuration();
}

void SimDisk::FlipByte(const std::string& name, std::uint64_t offset, unsigned char mask) {
  File* file = Find(name);
  assert(file != nullptr && offset < file->bytes.size());
  const auto flip = [&](std::string& in) {
    if (offset >= in.size()) return;
    char& byte = in[static_cast<std::size_t>(offset)];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ mask);
  };
  flip(file->bytes);
  flip(file->synced);
}

absl::Duration SimDisk::TakeStall() {
  const absl::Duration stall = std::exchange(stall_, absl::ZeroDuration());
  counters_.stalls += stall > absl::ZeroDuration() ? 1 : 0;
  return stall;
}

// ---- Figures and errors -------------------------------------------------------------------------

std::uint64_t SimDisk::bytes() const {
  std::uint64_t all = 0;
  for (const auto& [name, file] : files_) all += file->bytes.size();
  return all;
}

SimDisk::File* SimDisk::Find(const std::string& name) {
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : found->second.get();
}

absl::Status SimDisk::NotFound(const std::string& name) const {
  return absl::NotFoundError(absl::StrCat("no file ", directory_, "/", name));
}

absl::Status SimDisk::NoSpace(const std::string& name) {
  ++counters_.full;
  return absl::ResourceExhaustedError(
      absl::StrCat("cannot write ", directory_, "/", name, ": no space left on device"));
}

bool SimDisk::SyncFails() { return syncs_to_failure_ > 0 && --syncs_to_failure_ == 0; }

absl::Status SimDisk::SyncFailed(const std::string& name) {
  ++counters_.failed_syncs;
  return absl::InternalError(
      absl::StrCat("cannot sync ", directory_, "/", name, ": input/output error"));
}

}  // namespace chathttp::sim
