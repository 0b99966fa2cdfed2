#include "runtime/http/scan.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace troupe::http {
namespace {

// What the classes mean, said once more and differently.
bool Means(ByteClass byte_class, uint8_t c) {
  const bool alpha_numeric = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
  switch (byte_class) {
    case kTokenByte:
      return c > ' ' && c < 0x7f && std::strchr("\"(),/:;<=>?@[\\]{}", c) == nullptr;
    case kTargetByte:
      return c > ' ' && c < 0x7f && std::strchr("#%?\\", c) == nullptr;
    case kValueByte:
      return c == '\t' || (c >= ' ' && c != 0x7f);
    case kHostByte:
      return alpha_numeric || (c != 0 && std::strchr("-._~!$&'()*+;=", c) != nullptr);
  }
  return false;
}

// Bytes in memory of their own, so that the address sanitizer sees what is read outside of them.
class ExactBytes {
 public:
  explicit ExactBytes(std::string_view bytes)
      : bytes_(std::make_unique<char[]>(bytes.size())), size_(bytes.size()) {
    bytes.copy(bytes_.get(), bytes.size());
  }
  const char* begin() const { return bytes_.get(); }
  const char* end() const { return bytes_.get() + size_; }

 private:
  std::unique_ptr<char[]> bytes_;
  size_t size_;
};

template <ByteClass kClass>
void ExpectAllScannersAgree(std::string_view bytes) {
  const std::vector<Scanner> scanners = Scanners<kClass>();
  const ExactBytes exact(bytes);
  for (const char* begin = exact.begin(); begin <= exact.end(); ++begin) {
    const char* want = scanners[0].skip(begin, exact.end());
    for (const Scanner& scanner : scanners) {
      ASSERT_EQ(scanner.skip(begin, exact.end()) - exact.begin(), want - exact.begin())
          << scanner.name << " from " << begin - exact.begin();
    }
    ASSERT_EQ(SkipBytes<kClass>(begin, exact.end()), want);
  }
}

template <typename Class>
class ScanTest : public testing::Test {};

template <ByteClass kClass>
using ClassConstant = std::integral_constant<ByteClass, kClass>;
using Classes =
    testing::Types<ClassConstant<kTargetByte>, ClassConstant<kValueByte>, ClassConstant<kHostByte>>;
TYPED_TEST_SUITE(ScanTest, Classes);

TEST(ByteClass, HoldsTheBytesOfTheGrammar_Rfc9110_5_6_2) {
  for (ByteClass byte_class : {kTokenByte, kTargetByte, kValueByte, kHostByte}) {
    for (int c = 0; c < 256; ++c) {
      EXPECT_EQ(IsOfClass(static_cast<char>(c), byte_class),
                Means(byte_class, static_cast<uint8_t>(c)))
          << "byte " << c << " of class " << int{byte_class};
    }
  }
}

TEST(ByteClass, ReadsHexadecimalDigits) {
  const std::string digits = "0123456789abcdef";
  for (int c = 0; c < 256; ++c) {
    const char lower = static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
    const size_t want = digits.find(lower);
    EXPECT_EQ(HexValue(static_cast<char>(c)), want == digits.npos ? -1 : static_cast<int>(want));
  }
}

TYPED_TEST(ScanTest, FindsEachByteAtEachPlace) {
  for (int c = 0; c < 256; ++c) {
    for (size_t place : {0, 1, 15, 16, 17, 31, 32, 33, 47, 63, 64, 79}) {
      std::string bytes(80, 'a');
      bytes[place] = static_cast<char>(c);
      const char* begin = bytes.data();
      const bool of_class = Means(TypeParam::value, static_cast<uint8_t>(c));
      for (const Scanner& scanner : Scanners<TypeParam::value>()) {
        ASSERT_EQ(scanner.skip(begin, begin + 80) - begin, of_class ? 80 : place)
            << scanner.name << ", byte " << c << " at " << place;
      }
    }
  }
}

TYPED_TEST(ScanTest, AgreesAtEachLengthAndAlignment) {
  for (size_t size = 0; size <= 100; ++size) {
    ASSERT_NO_FATAL_FAILURE(ExpectAllScannersAgree<TypeParam::value>(std::string(size, 'a')));
  }
}

TYPED_TEST(ScanTest, AgreesOnRandomBytes) {
  std::mt19937 random(7);  // the same bytes in each run
  for (int round = 0; round < 300; ++round) {
    std::string bytes(random() % 150, 'a');
    const int share = 1 + static_cast<int>(random() % 60);
    for (char& c : bytes) {
      if (random() % share == 0) c = static_cast<char>(random());
    }
    ASSERT_NO_FATAL_FAILURE(ExpectAllScannersAgree<TypeParam::value>(bytes));
  }
}

TYPED_TEST(ScanTest, DoesNotLookBeyondTheEnd) {
  // What lies behind the end would stop the scan, or let it go on.
  for (char behind : {'\0', 'a', '\xff'}) {
    for (size_t size = 0; size <= 70; ++size) {
      const std::string bytes = std::string(size, 'a') + std::string(64, behind);
      for (const Scanner& scanner : Scanners<TypeParam::value>()) {
        const char* end = bytes.data() + size;
        ASSERT_EQ(scanner.skip(bytes.data(), end), end) << scanner.name;
      }
    }
  }
}

}  // namespace
}  // namespace troupe::http
