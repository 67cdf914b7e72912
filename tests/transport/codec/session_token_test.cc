#include "chathttp/transport/codec/session_token.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <span>
#include <string>

#include "absl/strings/escaping.h"
#include "chathttp/transport/codec/sha256.h"

namespace chathttp {
namespace {

std::string Hex(const TokenHash& hash) {
  return absl::BytesToHexString(std::string(hash.begin(), hash.end()));
}

// The examples of NIST for FIPS 180-4, and lengths around the end of a block.
TEST(Sha256Test, ExamplesOfTheStandardGiveTheirHashes) {
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Hex(Sha256("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                       "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu")),
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  EXPECT_EQ(Hex(Sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Test, LengthsAroundABlockGiveTheirHashes) {
  const auto hash_of = [](std::size_t bytes) { return Hex(Sha256(std::string(bytes, 'a'))); };
  EXPECT_EQ(hash_of(55), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
  EXPECT_EQ(hash_of(56), "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a");
  EXPECT_EQ(hash_of(63), "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34");
  EXPECT_EQ(hash_of(64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
  EXPECT_EQ(hash_of(65), "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0");
  EXPECT_EQ(hash_of(119), "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb");
  EXPECT_EQ(hash_of(120), "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c");
}

TEST(Sha256Test, BytesAboveAsciiAreUnsigned) {
  EXPECT_EQ(Hex(Sha256("\xbd")),
            "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b");
  EXPECT_EQ(Hex(Sha256("\xc9\x8c\x8e\x55")),
            "7abc22c0ae5af26ce93dbb94433a0e0b2e119d014f8e7f65bd56c61ccccd9504");
}

TEST(SessionTokenTest, TokenHasThirtyTwoHexDigitsInLowerCase) {
  EXPECT_TRUE(IsToken("0123456789abcdef0123456789abcdef"));
  for (const char* text :
       {"", "new", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0",
        "0123456789ABCDEF0123456789abcdef", "0123456789abcdef0123456789abcdeg",
        " 123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcde\xe9"}) {
    EXPECT_FALSE(IsToken(text)) << text;
  }
}

// Fills with the numbers 0xf0, 0xf1, ...
class CountingEntropy final : public Entropy {
 public:
  void Fill(std::span<char> bytes) override {
    for (char& byte : bytes) byte = static_cast<char>(next_++);
  }

 private:
  unsigned next_ = 0xf0;
};

TEST(SessionTokenTest, NewTokenIsAllBytesOfTheEntropyInHex) {
  CountingEntropy entropy;
  const std::string token = NewToken(entropy);
  EXPECT_EQ(token, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
  EXPECT_TRUE(IsToken(token));
  EXPECT_EQ(NewToken(entropy), "000102030405060708090a0b0c0d0e0f");
}

TEST(SessionTokenTest, HashIsThatOfTheDigits) {
  const std::string token = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(HashOfToken(token), Sha256(token));
  EXPECT_NE(HashOfToken(token), HashOfToken("0123456789abcdef0123456789abcdee"));
}

TEST(SessionTokenTest, HashesThatDifferInOneBitAreNotEqual) {
  const TokenHash hash = HashOfToken("0123456789abcdef0123456789abcdef");
  EXPECT_TRUE(EqualInConstantTime(hash, TokenHash(hash)));
  for (std::size_t bit = 0; bit < 8 * hash.size(); ++bit) {
    TokenHash other = hash;
    other[bit / 8] = static_cast<std::uint8_t>(other[bit / 8] ^ 1u << bit % 8);
    EXPECT_FALSE(EqualInConstantTime(hash, other)) << bit;
  }
}

}  // namespace
}  // namespace chathttp
