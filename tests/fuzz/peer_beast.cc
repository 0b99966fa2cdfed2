#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/optional.hpp>
#include <limits>

#include "tests/fuzz/peers.h"

namespace troupe::fuzz {
namespace {

namespace beast = boost::beast;

// A body that takes what comes. Beast's own reserves whatever Content-Length announces.
struct PlainBody {
  using value_type = std::string;

  class reader {
   public:
    template <bool kIsRequest, class Fields>
    reader(beast::http::header<kIsRequest, Fields>& /*header*/, value_type& body) : body_(body) {}

    void init(const boost::optional<uint64_t>& /*length*/, beast::error_code& error) { error = {}; }
    template <class Buffers>
    size_t put(const Buffers& buffers, beast::error_code& error) {
      error = {};
      for (const boost::asio::const_buffer buffer : beast::buffers_range_ref(buffers)) {
        body_.append(static_cast<const char*>(buffer.data()), buffer.size());
      }
      return boost::asio::buffer_size(buffers);
    }
    void finish(beast::error_code& error) { error = {}; }

   private:
    value_type& body_;
  };
};

}  // namespace

Reading ReadWithBeast(std::string_view bytes) {
  beast::http::request_parser<PlainBody> parser;
  parser.eager(true);
  parser.header_limit(std::numeric_limits<uint32_t>::max());
  parser.body_limit(std::numeric_limits<uint64_t>::max());  // "none" would refuse every length
  size_t size = 0;
  while (!parser.is_done()) {
    if (size == bytes.size()) return {};
    beast::error_code error;
    const std::string_view rest = bytes.substr(size);
    size += parser.put(boost::asio::const_buffer(rest.data(), rest.size()), error);
    if (error == beast::http::error::need_more) return {};
    if (error) return {Reading::End::kRefused, 0, "", error.message()};
  }
  return {Reading::End::kWhole, size, parser.release().body(), ""};
}

}  // namespace troupe::fuzz
