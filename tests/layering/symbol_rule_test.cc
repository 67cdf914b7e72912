#include "tests/layering/symbol_rule.h"

#include <stdio.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::layering {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::vector<UndefinedSymbol> UndefinedSymbolsOf(const std::string& library) {
  const std::string command = "'" CHATHTTP_NM "' -A -P -u '" + library + "'";
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  std::string output;
  std::array<char, 4096> buffer;
  std::size_t bytes = 0;
  while ((bytes = fread(buffer.data(), 1, buffer.size(), pipe)) > 0) {
    output.append(buffer.data(), bytes);
  }
  EXPECT_EQ(pclose(pipe), 0) << command;
  return ParseNm(output);
}

TEST(SymbolRule, HoldsForDomain) {
  const auto symbols = UndefinedSymbolsOf(CHATHTTP_DOMAIN_LIBRARY);
  EXPECT_THAT(symbols, Not(IsEmpty()));
  EXPECT_THAT(CheckSymbols(symbols), IsEmpty());
}

TEST(SymbolRule, HoldsForTransport) {
  const auto symbols = UndefinedSymbolsOf(CHATHTTP_TRANSPORT_LIBRARY);
  EXPECT_THAT(symbols, Not(IsEmpty()));
  EXPECT_THAT(CheckSymbols(symbols), IsEmpty());
}

class PlantedSymbol : public testing::TestWithParam<std::string_view> {};

// The planted library does all that is forbidden; see planted_symbols.cc.
TEST_P(PlantedSymbol, IsFoundInTheLibrary) {
  const auto problems = CheckSymbols(UndefinedSymbolsOf(CHATHTTP_PLANTED_LIBRARY));
  EXPECT_THAT(problems, testing::Contains(HasSubstr(std::string(GetParam()))));
}

INSTANTIATE_TEST_SUITE_P(  //
    OfEachKind, PlantedSymbol,
    testing::Values("clock_gettime", "send", "puts", "getenv", "steady_clock::now",
                    "std::filesystem", "std::cout", "std::random_device",
                    "absl::", "random_internal", "pthread_mutex_lock", "std::thread", "Mutex::Lock",
                    "SleepFor", "Now()", "local_time_zone"));

TEST(SymbolRule, PlantedObjectIsNamed) {
  EXPECT_THAT(CheckSymbols(UndefinedSymbolsOf(CHATHTTP_PLANTED_LIBRARY)),
              testing::Contains(HasSubstr("planted_symbols.cc.o]: clock_gettime is not")));
}

TEST(SymbolRule, NmLinesGiveObjectAndName) {
  const auto symbols = ParseNm("lib.a[a.cc.o]: memcpy U         \nlib.a[b.cc.o]: send w\n\n");
  ASSERT_THAT(symbols, SizeIs(2));
  EXPECT_EQ(symbols[0].object, "lib.a[a.cc.o]");
  EXPECT_EQ(symbols[0].name, "memcpy");
  EXPECT_EQ(symbols[1].name, "send");
}

TEST(SymbolRule, QualifiedNameLeavesParametersOut) {
  EXPECT_EQ(QualifiedName("absl::lts_20220623::Now()"), "absl::Now");
  EXPECT_EQ(QualifiedName("absl::debian3::TimeZone::At(absl::debian3::Time) const"),
            "absl::TimeZone::At");
}

TEST(SymbolRule, QualifiedNameLeavesReturnTypeAndTemplateArgumentsOut) {
  EXPECT_EQ(QualifiedName("absl::FindInfo absl::inner::find<void>(absl::Common&, unsigned long)"),
            "absl::inner::find");
}

TEST(SymbolRule, QualifiedNameLeavesTagsAndStandardInlineNamespacesOut) {
  EXPECT_EQ(QualifiedName("absl::lts_1::StrCat[abi:cxx11](absl::lts_1::AlphaNum const&)"),
            "absl::StrCat");
  EXPECT_EQ(QualifiedName("std::__cxx11::basic_string<char>::append(char const*)"),
            "std::basic_string::append");
}

TEST(SymbolRule, QualifiedNameOfAVtableIsThatOfItsClass) {
  EXPECT_EQ(QualifiedName("vtable for __cxxabiv1::__class_type_info"),
            "__cxxabiv1::__class_type_info");
}

TEST(SymbolRule, QualifiedNameOfAnOperatorKeepsItsSign) {
  EXPECT_EQ(QualifiedName("std::ostream& std::operator<< <char>(std::ostream&, char const*)"),
            "std::operator<<");
  EXPECT_EQ(QualifiedName("operator new[](unsigned long)"), "operator new");
}

TEST(SymbolRule, QualifiedNameKeepsAnonymousNamespaces) {
  EXPECT_EQ(QualifiedName("chathttp::(anonymous namespace)::Run(int)"),
            "chathttp::(anonymous namespace)::Run");
}

class ForbiddenSymbol : public testing::TestWithParam<std::string_view> {};

TEST_P(ForbiddenSymbol, IsAProblem) {
  EXPECT_THAT(DescribeSymbolProblem(std::string(GetParam())), Not(IsEmpty()));
}

INSTANTIATE_TEST_SUITE_P(  //
    OfC, ForbiddenSymbol,
    testing::Values("read", "write", "open", "socket", "send", "recv", "sendmsg", "poll",
                    "epoll_wait", "clock_gettime", "time", "gettimeofday", "nanosleep", "getenv",
                    "rand", "random", "getrandom", "fork", "pthread_create", "pthread_mutex_lock",
                    "printf", "fopen", "signal", "syscall", "__errno_location", "exit",
                    "__tls_get_addr", "__cxa_thread_atexit", "AbslInternalSleepFor_lts_20220623"));

INSTANTIATE_TEST_SUITE_P(  //
    OfCpp, ForbiddenSymbol,
    testing::Values("_ZSt4cout",                             // std::cout
                    "_ZNSolsEi",                             // std::ostream::operator<<(int)
                    "_ZNSt13random_device9_M_getvalEv",      // std::random_device::_M_getval()
                    "_ZNSt6chrono3_V212steady_clock3nowEv",  // std::chrono::...::now()
                    "_ZNSt6thread4joinEv",                   // std::thread::join()
                    "_ZN4absl3NowEv",                        // absl::Now()
                    "_ZN4absl12lts_202206233NowEv",          // the same, with its version
                    "_ZN4absl5Mutex4LockEv",                 // absl::Mutex::Lock()
                    "_ZN8chathttp5posix9EventLoop3RunEv",    // chathttp::posix::EventLoop::Run()
                    "_ZN8chathttp3sim4Link6ReckonEv",        // chathttp::sim::Link::Reckon()
                    "_ZN5boost4asio3runEv"));                // boost::asio::run()

class PureSymbol : public testing::TestWithParam<std::string_view> {};

TEST_P(PureSymbol, IsNoProblem) { EXPECT_EQ(DescribeSymbolProblem(std::string(GetParam())), ""); }

INSTANTIATE_TEST_SUITE_P(  //
    OfEachKind, PureSymbol,
    testing::Values("memcpy", "__cxa_throw", "__asan_report_load8", "__tsan_read4",
                    "__ubsan_handle_add_overflow_abort",
                    "_Znwm",                              // operator new(unsigned long)
                    "_ZdlPvm",                            // operator delete(void*, unsigned long)
                    "_ZSt20__throw_length_errorPKc",      // std::__throw_length_error(char const*)
                    "_ZN4absl13ToUnixSecondsENS_4TimeE",  // absl::ToUnixSeconds
                    "_ZN8chathttp8ChatRoom6LogoutENS_8MemberIdE"));  // chathttp::ChatRoom::Logout

}  // namespace
}  // namespace chathttp::layering
