// Drives a fuzz target without a fuzzer: feeds each file of a folder, alone and in pairs, and then
// deterministic mutations of them.
//
//   codec_fuzz_test FOLDER INPUTS
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::string_view kWords[] = {"\n",    "\r\n",         "\n\n",
                                       ": ",    "\x1b",         "\x7f",
                                       " ",     "User_Agent: ", "Content_Length",
                                       "POST ", "GET ",         "HTTP/1.1 200",
                                       "0",     "99999999999",  std::string_view("\0", 1)};

void Run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::vector<std::string> ReadAll(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return texts;
}

class Mutator {
 public:
  explicit Mutator(std::vector<std::string> corpus) : corpus_(std::move(corpus)) {}

  std::string Next() {
    std::string text = corpus_[Below(corpus_.size())];
    if (Below(3) == 0) text += corpus_[Below(corpus_.size())];
    for (std::size_t changes = 1 + Below(3); changes > 0; --changes) Change(text);
    return text;
  }

 private:
  std::size_t Below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

  void Change(std::string& text) {
    const std::size_t at = Below(text.size() + 1);
    const std::size_t size = Below(std::min<std::size_t>(text.size() - at, 40) + 1);
    switch (Below(6)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(Below(256));
        break;
      case 1:
        text.erase(at, size);
        break;
      case 2:
        text.insert(at, kWords[Below(std::size(kWords))]);
        break;
      case 3:
        text.replace(at, size, kWords[Below(std::size(kWords))]);
        break;
      case 4:
        RepeatLine(text, at);
        break;
      case 5:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << Below(8)));
        break;
    }
  }

  // Duplicates a line at another place.
  void RepeatLine(std::string& text, std::size_t at) {
    const std::size_t begin = text.rfind('\n', at) + 1;
    const std::size_t end = text.find('\n', begin);
    if (end == std::string::npos) return;
    const std::string line = text.substr(begin, end + 1 - begin);
    const std::size_t place = text.find('\n', Below(text.size()));
    if (place != std::string::npos) text.insert(place + 1, line);
  }

  std::vector<std::string> corpus_;
  std::mt19937_64 random_{1};
};

}  // namespace

int main(int argc, char* argv[]) {
  std::size_t inputs = 0;
  if (argc != 3 || !absl::SimpleAtoi(argv[2], &inputs)) {
    std::cerr << "usage: codec_fuzz_test FOLDER INPUTS\n";
    return 2;
  }
  const std::vector<std::string> corpus = ReadAll(argv[1]);
  if (corpus.empty()) {
    std::cerr << argv[1] << " holds no file to begin with\n";
    return 2;
  }
  for (const std::string& first : corpus) {
    Run(first);
    for (const std::string& second : corpus) Run(first + second);
  }
  Mutator mutator(corpus);
  for (std::size_t i = 0; i < inputs; ++i) Run(mutator.Next());
  std::cout << corpus.size() << " files, " << inputs << " changed inputs: no difference\n";
  return 0;
}
