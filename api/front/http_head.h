#pragma once
// Strict reading of HTTP/1.x heads and chunked bodies (RFC 9112). What two programs could read
// differently is refused instead of mended: bare line feeds, folded lines, spaces before the colon,
// two lengths, length and chunking together, chunk extensions, trailers. Pure; no input or output.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/problem.h"

namespace cairn::api {

struct HeadLimits {
  /// The whole head, with its empty line.
  std::size_t head_bytes = 16u << 10;
  std::size_t target_bytes = 7'000;
  /// One header line. The upstream's own limit is a little larger.
  std::size_t field_bytes = 8'000;
  std::size_t fields = 100;
};

using HeadField = std::pair<std::string_view, std::string_view>;

/// Views into the bytes that were parsed.
struct RequestHead {
  std::string_view method;
  /// Starts with '/'; the query stands in it. Of an absolute-form target, the part after the host.
  std::string_view target;
  /// As sent, with the port; empty only for HTTP/1.0.
  std::string_view host;
  int minor_version = 1;
  std::vector<HeadField> fields;
  std::uint64_t content_length = 0;
  bool chunked = false;
  bool keep_alive = true;
  bool expects_continue = false;
  /// "Upgrade: websocket" and "Connection: upgrade".
  bool websocket = false;

  bool has_body() const { return chunked || content_length > 0; }
  std::optional<std::string_view> get(std::string_view name) const;
  /// Target without the query.
  std::string_view path() const { return target.substr(0, target.find('?')); }
};

struct ResponseHead {
  int status = 0;
  std::vector<HeadField> fields;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = true;
};

/// Looks for the end of a head in bytes that grow. O(bytes) over all calls.
class HeadScanner {
 public:
  enum class State : std::uint8_t { kMore, kComplete, kBad };
  /// `bytes` begins where the head begins and holds at least what it held before. kBad: a line
  /// feed without carriage return, or a control byte.
  State scan(std::string_view bytes);
  /// Bytes of the head, once complete.
  std::size_t size() const { return at_; }
  /// Bytes of the first line so far, for the target's limit.
  std::size_t first_line() const { return first_line_ == 0 ? at_ : first_line_; }

 private:
  std::size_t at_ = 0;
  std::size_t line_ = 0;
  std::size_t first_line_ = 0;
};

/// Reads a complete head. On a problem (400, 414, 417, 431, 501, 505) `out` is of no use.
std::optional<Problem> parse_request_head(std::string_view head, const HeadLimits& limits,
                                          RequestHead& out);
/// The same for an answer.
Result<ResponseHead> parse_response_head(std::string_view head);

/// The host part of a Host field: lower case, without port and brackets.
std::string host_name(std::string_view host);
/// Whether a comma-separated list holds a word, without case.
bool list_has(std::string_view list, std::string_view word);

/// Decodes a chunked body that arrives in pieces.
class ChunkedDecoder {
 public:
  enum class State : std::uint8_t { kMore, kComplete, kBad };
  /// Takes bytes from the front of `input` and appends data to `out`. Stops at the body's end.
  State feed(std::string_view& input, std::string& out);

 private:
  enum class Part : std::uint8_t {
    kSize,
    kSizeEnd,
    kData,
    kDataReturn,
    kDataEnd,
    kLastReturn,
    kLastEnd,
    kComplete,
    kBad
  };
  Part size_byte(char c);
  Part single_byte(char c) const;

  Part part_ = Part::kSize;
  std::uint64_t left_ = 0;
  int digits_ = 0;
};

}  // namespace cairn::api
