#include "chathttp/adapters/resolver.h"

#include <pthread.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/adapters/localhost.h"
#include "tests/adapters/loop_test.h"

namespace chathttp::posix {
namespace {

using testing::AnyOf;

using Addresses = absl::StatusOr<std::vector<SocketAddress>>;

// A host name that fails without a query to a name server.
constexpr const char* kMissingHost = "missing..host";

class ResolverTest : public LoopTest {
 protected:
  LookupCallback Keep() {
    return [this](Addresses addresses) { result_ = std::move(addresses); };
  }
  bool Done() const { return result_.has_value(); }

  Resolver resolver_{loop()};
  std::optional<Addresses> result_;
};

TEST_F(ResolverTest, AnAddressInNumbersIsItself) {
  const auto lookup = resolver_.Resolve({"127.0.0.1", 9994}, Keep());
  ASSERT_TRUE(RunUntil([&] { return Done(); }));
  ASSERT_TRUE(result_->ok()) << result_->status();
  EXPECT_EQ((*result_)->front().endpoint(), (Endpoint{"127.0.0.1", 9994}));
}

TEST_F(ResolverTest, AnIpv6AddressInNumbersIsItself) {
  const auto lookup = resolver_.Resolve({"::1", 9994}, Keep());
  ASSERT_TRUE(RunUntil([&] { return Done(); }));
  ASSERT_TRUE(result_->ok()) << result_->status();
  EXPECT_EQ((*result_)->front().endpoint(), (Endpoint{"::1", 9994}));
}

TEST_F(ResolverTest, LocalhostIsALoopbackAddress) {
  CHATHTTP_NEED_LOCALHOST();
  const auto lookup = resolver_.Resolve({"localhost", 9994}, Keep());
  ASSERT_TRUE(RunUntil([&] { return Done(); }));
  ASSERT_TRUE(result_->ok()) << result_->status();
  EXPECT_THAT((*result_)->front().endpoint().host, AnyOf("127.0.0.1", "::1"));
  EXPECT_EQ((*result_)->front().endpoint().port, 9994);
}

TEST_F(ResolverTest, AMissingHostIsNotFound) {
  const auto lookup = resolver_.Resolve({kMissingHost, 9994}, Keep());
  ASSERT_TRUE(RunUntil([&] { return Done(); }));
  EXPECT_EQ(result_->status(), absl::NotFoundError("no such host: missing..host"));
}

TEST_F(ResolverTest, AHostThatIsNoNameIsShownSafely) {
  for (const std::string& host :
       {std::string(), std::string("*"), std::string("a\0b", 3), std::string(300, 'a')}) {
    result_.reset();
    const auto lookup = resolver_.Resolve({host, 9994}, Keep());
    ASSERT_TRUE(RunUntil([&] { return Done(); }));
    EXPECT_EQ(result_->status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(result_->status().message().find('\0'), absl::string_view::npos);
  }
}

TEST_F(ResolverTest, TheCallbackIsNotCalledFromInsideResolve) {
  const auto lookup = resolver_.Resolve({"127.0.0.1", 1}, Keep());
  EXPECT_FALSE(Done());
}

TEST_F(ResolverTest, ALookupThatIsDestroyedIsNotTold) {
  auto numeric = resolver_.Resolve({"127.0.0.1", 1}, Keep());
  auto named = resolver_.Resolve({"localhost", 1}, Keep());
  numeric.reset();
  named.reset();
  // A look-up that completes after both of them.
  bool later = false;
  const auto other = resolver_.Resolve({kMissingHost, 1}, [&](const Addresses&) { later = true; });
  ASSERT_TRUE(RunUntil([&] { return later; }));
  EXPECT_FALSE(Done());
}

TEST_F(ResolverTest, MoreLookupsThanThreadsAreAllTold) {
  int done = 0;
  std::vector<std::unique_ptr<Lookup>> lookups;
  lookups.reserve(std::size_t{10} * Resolver::kMaxThreads);
  for (int i = 0; i < 10 * Resolver::kMaxThreads; ++i) {
    lookups.push_back(resolver_.Resolve({"localhost", 1}, [&](const Addresses&) { ++done; }));
  }
  EXPECT_TRUE(RunUntil([&] { return done == 10 * Resolver::kMaxThreads; }));
}

TEST_F(ResolverTest, ALookupMayBeDestroyedInItsOwnCallback) {
  std::unique_ptr<Lookup> lookup;
  lookup = resolver_.Resolve({"localhost", 1}, [&](const Addresses&) { lookup.reset(); });
  EXPECT_TRUE(RunUntil([&] { return lookup == nullptr; }));
}

// Each new thread of the process gets a stack that fits in no address space while this lives.
class NoMoreThreads {
 public:
  NoMoreThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t huge;
    pthread_getattr_default_np(&huge);
    pthread_attr_setstacksize(&huge, std::size_t{1} << 60);
    pthread_setattr_default_np(&huge);
    pthread_attr_destroy(&huge);
  }
  NoMoreThreads(const NoMoreThreads&) = delete;
  NoMoreThreads& operator=(const NoMoreThreads&) = delete;
  ~NoMoreThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }

 private:
  pthread_attr_t before_;
};

TEST_F(ResolverTest, ALookupFailsIfNoThreadCanBeStarted) {
  {
    const NoMoreThreads limit;
    const auto lookup = resolver_.Resolve({"localhost", 1}, Keep());
    ASSERT_TRUE(RunUntil([&] { return Done(); }));
    EXPECT_EQ(result_->status(),
              absl::ResourceExhaustedError("no thread left to look up the host"));
  }
  result_.reset();
  const auto lookup = resolver_.Resolve({"localhost", 1}, Keep());
  ASSERT_TRUE(RunUntil([&] { return Done(); }));
  EXPECT_NE(result_->status().code(), absl::StatusCode::kResourceExhausted) << result_->status();
}

TEST(ResolverExit, TheProcessMayEndInTheMiddleOfALookup) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const auto loop = *EventLoop::Create();
        Resolver resolver(*loop);
        std::vector<std::unique_ptr<Lookup>> lookups;
        lookups.reserve(100);
        for (int i = 0; i < 100; ++i) {
          lookups.push_back(resolver.Resolve({"localhost", 1}, [](const Addresses&) {}));
        }
        lookups.resize(50);
        std::exit(0);
      },
      testing::ExitedWithCode(0), "");
}

TEST(ResolverExit, ALookupMayOutliveItsLoop) {
  auto loop = EventLoop::Create();
  ASSERT_TRUE(loop.ok());
  bool called = false;
  std::unique_ptr<Lookup> lookup;
  {
    Resolver resolver(**loop);
    lookup = resolver.Resolve({"localhost", 1}, [&](const Addresses&) { called = true; });
  }
  loop->reset();
  lookup.reset();
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace chathttp::posix
