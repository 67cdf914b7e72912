// The PROXY header as the simulator writes and reads it: transport/proxy must read it alike.
#include "chathttp/sim/world/raw_proxy.h"

#include <string>
#include <string_view>

#include "chathttp/transport/proxy/proxy_header.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

constexpr std::string_view kAddresses[] = {"192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7"};
constexpr ProxyForm kForms[] = {ProxyForm::kV1, ProxyForm::kV2, ProxyForm::kUnknown,
                                ProxyForm::kLocal};

// Both find the same header at the front.
void ExpectSame(std::string_view bytes) {
  const RawHeader mine = CutProxyHeader(bytes);
  const ProxyHeader theirs = ParseProxyHeader(bytes);
  ASSERT_EQ(static_cast<int>(mine.status), static_cast<int>(theirs.status)) << theirs.reason;
  if (mine.status != RawHeader::Status::kComplete) return;
  EXPECT_EQ(mine.bytes, theirs.bytes);
  ASSERT_EQ(mine.source.has_value(), theirs.source.known());
  if (!mine.source) return;
  EXPECT_EQ(*mine.source, theirs.source.bytes());
  EXPECT_EQ(mine.port, theirs.source_port);
}

TEST(RawProxy, EachFormTellsItsAddressOrNone) {
  for (const std::string_view address : kAddresses) {
    for (const ProxyForm form : kForms) {
      const std::string header = RawProxyHeader(form, address, 4711);
      const RawHeader cut = CutProxyHeader(header + "GET");
      ASSERT_EQ(cut.status, RawHeader::Status::kComplete);
      EXPECT_EQ(cut.bytes, header.size());
      const bool tells = form == ProxyForm::kV1 || form == ProxyForm::kV2;
      EXPECT_EQ(cut.source, tells ? ReadAddress(address) : std::nullopt);
      EXPECT_EQ(cut.port, tells ? 4711 : 0);
    }
  }
  EXPECT_EQ(RawProxyHeader(ProxyForm::kNone, "192.0.2.7", 4711), "");
}

TEST(RawProxy, IsReadAsByTheServerWhereverItIsCut) {
  for (const std::string_view address : kAddresses) {
    for (const ProxyForm form : kForms) {
      const std::string bytes = RawProxyHeader(form, address, 4711) + "GET";
      for (std::size_t size = 0; size <= bytes.size(); ++size) ExpectSame(bytes.substr(0, size));
    }
  }
}

TEST(RawProxy, IsReadAsByTheServerWhateverByteIsChanged) {
  for (const std::string_view address : kAddresses) {
    for (const ProxyForm form : kForms) {
      const std::string bytes = RawProxyHeader(form, address, 4711) + "GET";
      for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (int value = 0; value < 256; ++value) {
          std::string changed = bytes;
          changed[at] = static_cast<char>(value);
          ExpectSame(changed);
        }
      }
    }
  }
}

TEST(RawProxy, ExtensionsMustFitAndHaveTheRightChecksum) {
  const auto with = [](std::string extensions) {
    std::string header = RawProxyHeader(ProxyForm::kV2, "192.0.2.7", 4711);
    header[15] = static_cast<char>(header[15] + static_cast<char>(extensions.size()));
    return header + extensions;
  };
  using namespace std::string_literals;
  for (const std::string& extensions :
       {"\x04\x00\x00"s, "\x04\x00\x02xy"s, "\x04\x00\x03xy"s, "\x04\x00"s, "\x03\x00\x04wxyz"s,
        "\x03\x00\x02xy"s, "\x04\x00\x01x\x04\x00\x01y"s}) {
    ExpectSame(with(extensions));
  }
}

}  // namespace
}  // namespace chathttp::sim
