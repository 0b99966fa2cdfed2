// The fields of a request's head, or the trailers of a chunked body, as views into the bytes they
// came in. Nothing is allocated per field: a Fields object is recycled with its exchange and keeps
// its capacity. Offsets, not pointers, are stored, so the bytes may move while the head is still
// being read.
//
// Ownership: the bytes belong to the read buffer; views are valid as long as the exchange lives.
// Not thread-safe; read-only use from several threads is fine.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace troupe::http {

// Fields the runtime itself looks at; found once while parsing.
enum class KnownField : uint8_t {
  kOther,
  kHost,
  kConnection,
  kContentLength,
  kTransferEncoding,
  kExpect,
  kTe,
  kTrailer,
  kUpgrade,
  kForwarded,
  kXForwardedFor,
  kXForwardedHost,
  kXForwardedProto,
  kXRequestId,
  kTraceparent,
};
inline constexpr int kKnownFieldCount = 15;

struct FieldRef {
  uint32_t name_begin = 0;
  uint32_t value_begin = 0;
  uint16_t name_size = 0;
  uint16_t value_size = 0;
  KnownField known = KnownField::kOther;
};

class Fields {
 public:
  struct Entry {
    std::string_view name;   // as it came; names compare without case (RFC 9110 section 5.1)
    std::string_view value;  // without leading and trailing blanks
  };
  class Iterator {
   public:
    Iterator(const Fields* fields, size_t index) : fields_(fields), index_(index) {}
    Entry operator*() const { return (*fields_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    const Fields* fields_;
    size_t index_;
  };

  size_t size() const { return refs_.size(); }
  bool empty() const { return refs_.empty(); }
  Entry operator[](size_t index) const {
    const FieldRef& ref = refs_[index];
    return {{base_ + ref.name_begin, ref.name_size}, {base_ + ref.value_begin, ref.value_size}};
  }
  KnownField known(size_t index) const { return refs_[index].known; }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, refs_.size()}; }

  // The value of the first field of that name, compared without case; empty when there is none
  // (use Has to tell an empty value from none).
  std::string_view Get(std::string_view name) const;
  bool Has(std::string_view name) const;
  // The same for a known field: one comparison of a byte per field.
  std::string_view Get(KnownField field) const;
  bool Has(KnownField field) const;

  // For the parser.
  void Clear() { refs_.clear(); }
  void Add(const FieldRef& ref) { refs_.push_back(ref); }
  void SetBase(const char* base) { base_ = base; }

 private:
  const char* base_ = nullptr;
  std::vector<FieldRef> refs_;
};

// Compares ASCII text without case.
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

// kOther for a name the runtime does not look at. Precondition: `name` is a token.
KnownField KnownFieldOf(std::string_view name);

// The elements of a comma-separated value (RFC 9110 section 5.6.1), without the blanks around them.
// Empty elements are given too, and there is at least one element; what to make of them is the
// caller's business.
class ListReader {
 public:
  explicit ListReader(std::string_view value) : rest_(value) {}
  // False when there is no further element.
  bool Next(std::string_view& element);

 private:
  std::string_view rest_;
  bool at_end_ = false;
};

}  // namespace troupe::http
