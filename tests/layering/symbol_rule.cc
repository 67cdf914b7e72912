#include "tests/layering/symbol_rule.h"

#include <cxxabi.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <span>
#include <sstream>

namespace chathttp::layering {
namespace {

// Names end with '*' where what follows does not matter; other names stand for themselves and for
// what is in their scope.
constexpr std::array<std::string_view, 34> kPureC = {
    "_GLOBAL_OFFSET_TABLE_", "__dso_handle", "__stack_chk_fail",
    // Bytes in memory.
    "bcmp", "memchr", "memcmp", "memcpy", "memmove", "memset", "strcmp", "strlen", "strncmp",
    // Failed assertions.
    "__assert_fail", "abort",
    // The language: exceptions, virtual calls, statics.
    "__cxa_allocate_exception", "__cxa_atexit", "__cxa_begin_catch", "__cxa_end_catch",
    "__cxa_free_exception", "__cxa_guard_abort", "__cxa_guard_acquire", "__cxa_guard_release",
    "__cxa_pure_virtual", "__cxa_rethrow", "__cxa_throw", "__cxa_throw_bad_array_new_length",
    "__gxx_personality_v0", "_Unwind_Resume",
    // std::shared_ptr asks whether there are threads, to count without atomics if not: by the first
    // with glibc 2.32 and newer, by the second before.
    "__libc_single_threaded", "__pthread_key_create",
    // Sanitizers.
    "__asan_*", "__sanitizer_*", "__tsan_*", "__ubsan_*"};

constexpr std::array<std::string_view, 26> kPureStandard = {
    "operator new", "operator delete", "__cxxabiv1", "std::_Hash_bytes", "std::_Rb_tree_*",
    "std::_Sp_counted_base", "std::_Sp_make_shared_tag", "std::__detail::_List_node_base",
    "std::__detail::_Prime_rehash_policy", "std::__glibcxx_assert_fail", "std::__throw_*",
    "std::allocator", "std::bad_*", "std::basic_string", "std::basic_string_view", "std::exception",
    "std::from_chars", "std::length_error", "std::logic_error", "std::nothrow", "std::out_of_range",
    "std::runtime_error", "std::terminate", "std::to_chars", "std::type_info",
    // Every file that sees <iostream> has it, and headers of Abseil include that. A stream itself
    // (std::cout) would be another symbol.
    "std::ios_base::Init"};

constexpr std::array<std::string_view, 33> kImpureAbseil = {
    // Clocks, waiting, zones read from files.
    "absl::GetCurrentTimeNanos", "absl::LoadTimeZone", "absl::LocalTimeZone", "absl::Now",
    "absl::SleepFor", "absl::base_internal::CycleClock", "absl::base_internal::UnscaledCycleClock",
    "absl::time_internal::LoadTimeZone", "absl::time_internal::cctz::load_time_zone",
    "absl::time_internal::cctz::local_time_zone",
    // Threads.
    "absl::Barrier", "absl::BlockingCounter", "absl::CondVar", "absl::Condition", "absl::Mutex*",
    "absl::Notification", "absl::ReaderMutexLock", "absl::WriterMutexLock",
    "absl::base_internal::GetTID", "absl::base_internal::NumCPUs", "absl::base_internal::SpinLock*",
    "absl::base_internal::ThreadIdentity", "absl::synchronization_internal",
    // Random sources.
    "absl::BitGen*", "absl::InsecureBitGen", "absl::random_internal",
    // Output, and what a process knows of itself.
    "absl::operator<<", "absl::str_format_internal::FprintF", "absl::log_internal",
    "absl::flags_internal", "absl::debugging_internal", "absl::GetStackTrace", "absl::Symbolize"};

constexpr std::array<std::string_view, 2> kUpperLayers = {"chathttp::posix", "chathttp::sim"};

bool Matches(std::string_view name, std::string_view entry) {
  if (entry.ends_with('*')) return name.starts_with(entry.substr(0, entry.size() - 1));
  return name == entry || (name.starts_with(entry) && name.substr(entry.size()).starts_with("::"));
}

bool MatchesOneOf(std::string_view name, std::span<const std::string_view> list) {
  return std::any_of(list.begin(), list.end(),
                     [&](std::string_view entry) { return Matches(name, entry); });
}

std::string Demangle(const std::string& name) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? std::string(text.get()) : name;
}

void Erase(std::string& text, std::string_view part) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part)) {
    text.erase(at, part.size());
  }
}

void EraseInlineNamespaces(std::string& name) {
  Erase(name, "__cxx11::");
  for (const std::string_view version : {"absl::lts_", "absl::debian"}) {
    if (!name.starts_with(version)) continue;
    constexpr std::size_t kAbsl = 6;
    name.erase(kAbsl, name.find("::", kAbsl) + 2 - kAbsl);
  }
}

// The name of an operator, from "operator" on.
std::string_view OperatorName(std::string_view text) {
  for (const std::string_view word : {"operator new", "operator delete"}) {
    if (text.starts_with(word)) return word;
  }
  constexpr std::string_view kOperator = "operator";
  return text.substr(0, text.find_first_not_of("<>=!+-*/%&|^~", kOperator.size()));
}

}  // namespace

std::vector<UndefinedSymbol> ParseNm(std::string_view output) {
  std::vector<UndefinedSymbol> symbols;
  std::istringstream lines{std::string(output)};
  std::string line;
  while (std::getline(lines, line)) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    const std::size_t name = colon + 2;
    symbols.push_back({line.substr(0, colon), line.substr(name, line.find(' ', name) - name)});
  }
  return symbols;
}

std::string QualifiedName(std::string_view demangled) {
  constexpr std::string_view kAnonymous = "(anonymous namespace)";
  std::string name;
  int depth = 0;  // of template arguments and the like
  for (std::size_t i = 0; i < demangled.size(); ++i) {
    const std::string_view rest = demangled.substr(i);
    const char c = demangled[i];
    if (depth == 0 && rest.starts_with("operator") && (name.empty() || name.ends_with(':'))) {
      name += OperatorName(rest);
      break;
    }
    if (depth == 0 && rest.starts_with(kAnonymous)) {
      name += kAnonymous;
      i += kAnonymous.size() - 1;
    } else if (c == '<' || c == '[') {
      ++depth;
    } else if (c == '>' || c == ']') {
      --depth;
    } else if (depth == 0 && c == '(') {
      break;
    } else if (depth == 0 && c == ' ') {
      name.clear();  // that was a return type, or "vtable for"
    } else if (depth == 0) {
      name += c;
    }
  }
  EraseInlineNamespaces(name);
  return name;
}

std::string DescribeSymbolProblem(const std::string& name) {
  if (!name.starts_with("_Z")) {
    return MatchesOneOf(name, kPureC) ? "" : "is not on the list of pure functions of C";
  }
  const std::string qualified = QualifiedName(Demangle(name));
  if (Matches(qualified, "chathttp")) {
    return MatchesOneOf(qualified, kUpperLayers) ? "is of an upper layer" : "";
  }
  if (Matches(qualified, "absl")) {
    return MatchesOneOf(qualified, kImpureAbseil) ? "knows the machine" : "";
  }
  return MatchesOneOf(qualified, kPureStandard)
             ? ""
             : "is not on the list of pure names of the standard library";
}

std::vector<std::string> CheckSymbols(const std::vector<UndefinedSymbol>& symbols) {
  std::vector<std::string> problems;
  for (const UndefinedSymbol& symbol : symbols) {
    const std::string problem = DescribeSymbolProblem(symbol.name);
    if (!problem.empty()) {
      problems.push_back(symbol.object + ": " + Demangle(symbol.name) + " " + problem);
    }
  }
  return problems;
}

}  // namespace chathttp::layering
