// Checks the dependency rule on symbols: domain and transport call no function that reads a clock,
// blocks, draws random numbers, prints, or makes a system call.
#include <stdio.h>

#include <array>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::layering {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Names of C and of the standard library are refused unless they are listed, so that system calls,
// pthreads and the clock are. __libc_single_threaded and __pthread_key_create are what
// std::shared_ptr asks whether there are threads; std::ios_base::Init is in every file that sees
// <iostream>, and headers of Abseil include that; __tls_get_addr is how position-independent code
// finds the thread_local variables of these headers.
constexpr std::string_view kPure =
    "_GLOBAL_OFFSET_TABLE_|__dso_handle|__stack_chk_fail"
    "|bcmp|memchr|memcmp|memcpy|memmove|memset|strcmp|strlen|strncmp|__assert_fail|abort"
    "|__cxa_(allocate_exception|atexit|begin_catch|end_catch|free_exception|guard_\\w+"
    "|pure_virtual|rethrow|throw|throw_bad_array_new_length)|__gxx_personality_v0|_Unwind_Resume"
    "|__libc_single_threaded|__pthread_key_create|__tls_get_addr|__(asan|sanitizer|tsan|ubsan)_\\w+"
    "|operator (new|delete).*|__cxxabiv1::.*"
    "|std::(_Hash_bytes|_Rb_tree_|_Sp_counted_base|_Sp_make_shared_tag|__detail::_List_node_base"
    "|__detail::_Prime_rehash_policy|__glibcxx_assert_fail|__throw_|allocator|bad_|basic_string"
    "|exception|from_chars|length_error|logic_error|nothrow|out_of_range|runtime_error|terminate"
    "|to_chars|type_info|ios_base::Init).*";

// Machine-dependent parts of Abseil and of this project are refused.
constexpr std::string_view kImpure =
    "absl::(GetCurrentTimeNanos|LoadTimeZone|LocalTimeZone|Now|SleepFor)"
    "|absl::time_internal::(LoadTimeZone|cctz::(load|local)_time_zone)"
    "|absl::base_internal::(\\w*CycleClock|GetTID|NumCPUs|SpinLock|ThreadIdentity)"
    "|absl::(Barrier|BlockingCounter|CondVar|Condition|Mutex|Notification|\\w+MutexLock"
    "|synchronization_internal)"
    "|absl::(BitGen|InsecureBitGen|random_internal)"
    "|absl::(operator<<|str_format_internal::FprintF|log_internal|flags_internal"
    "|debugging_internal|GetStackTrace|Symbolize)"
    "|chathttp::(posix|sim)::";

// The name alone: "absl::FormatDuration" of "std::string absl::FormatDuration[abi:cxx11](...)".
std::string NameOf(std::string symbol) {
  static const std::regex kInline(R"(\blts_\d+::|\bdebian\d+::|__cxx11::|\[abi:\w+\])");
  static const std::regex kInnermost(R"(<[^<>]*>)");
  static const std::regex kReturnType(R"(^.* (?=[\w:~]+$))");
  symbol = std::regex_replace(symbol, kInline, "");
  if (symbol.starts_with("operator")) return symbol;
  const std::size_t shift = symbol.find("operator<<");
  if (shift != std::string::npos) return symbol.substr(symbol.rfind(' ', shift) + 1);
  while (std::regex_search(symbol, kInnermost)) symbol = std::regex_replace(symbol, kInnermost, "");
  symbol = symbol.substr(0, symbol.find('(', symbol.starts_with('(') ? 1 : 0));
  return std::regex_replace(symbol, kReturnType, "");
}

bool IsPure(const std::string& symbol) {
  static const std::regex kPureName{std::string(kPure)};
  static const std::regex kImpureName{std::string(kImpure)};
  const std::string name = NameOf(symbol);
  if (!name.starts_with("absl::") && !name.starts_with("chathttp::")) {
    return std::regex_match(name, kPureName);
  }
  return !std::regex_search(name, kImpureName, std::regex_constants::match_continuous);
}

// The symbols that the object files leave undefined, as "text.cc.o: NAME". Between the names of the
// files are quotes.
std::vector<std::string> Undefined(const std::string& objects) {
  const std::string command = "'" CHATHTTP_NM "' -A -C -u '" + objects + "'";
  FILE* const pipe = popen(command.c_str(), "r");
  std::string output;
  std::array<char, 4096> buffer;
  for (std::size_t bytes = 1; bytes > 0; output.append(buffer.data(), bytes)) {
    bytes = fread(buffer.data(), 1, buffer.size(), pipe);
  }
  EXPECT_EQ(pclose(pipe), 0) << command;
  static const std::regex kLine(R"(.*/(\S+):\s+[Uvw] (.*))");
  std::vector<std::string> symbols;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    symbols.push_back(std::regex_replace(line, kLine, "$1: $2"));
  }
  return symbols;
}

std::vector<std::string> Problems(const std::string& objects) {
  std::vector<std::string> problems;
  for (const std::string& symbol : Undefined(objects)) {
    if (!IsPure(symbol.substr(symbol.find(": ") + 2))) problems.push_back(symbol);
  }
  return problems;
}

TEST(SymbolRule, HoldsForDomainAndTransport) {
  for (const char* const objects : {CHATHTTP_DOMAIN_OBJECTS, CHATHTTP_TRANSPORT_OBJECTS}) {
    EXPECT_THAT(Undefined(objects), Not(IsEmpty()));
    EXPECT_THAT(Problems(objects), IsEmpty());
  }
}

// The planted source does everything that is forbidden.
TEST(SymbolRule, FindsEachKindOfBadSymbol) {
  const std::vector<std::string> problems = Problems(CHATHTTP_PLANTED_OBJECTS);
  for (const char* const name :
       {"planted_symbols.cc.o: clock_gettime", "send", "puts", "getenv", "steady_clock::now",
        "std::filesystem", "std::cout", "std::random_device", "random_internal",
        "pthread_mutex_lock", "std::thread", "Mutex::Lock", "SleepFor", "Now()",
        "local_time_zone"}) {
    EXPECT_THAT(problems, Contains(HasSubstr(name)));
  }
  EXPECT_FALSE(IsPure("chathttp::posix::EventLoop::Run()"));
  EXPECT_FALSE(IsPure("std::ostream& absl::lts_1::operator<< <int>(std::ostream&, int)"));
  EXPECT_TRUE(IsPure("absl::Info absl::lts_1::inner::find<void>(absl::Now&, unsigned long)"));
  EXPECT_TRUE(IsPure("vtable for __cxxabiv1::__class_type_info"));
}

}  // namespace
}  // namespace chathttp::layering
