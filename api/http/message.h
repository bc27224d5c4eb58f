#pragma once
// One HTTP request and its answer as plain values, so that routing and handlers know no HTTP
// library. Value types; a Request belongs to the thread that handles it.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/stop_token.h"

namespace cairn::api {

/// Header fields in order; names compare without case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  /// The first value of this name.
  std::optional<std::string_view> get(std::string_view name) const;
  /// Replaces all fields of this name.
  void set(std::string_view name, std::string value);
  void add(std::string_view name, std::string value);
  void remove(std::string_view name);

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<Field> fields_;
};

struct Request {
  std::string method;
  /// Percent-decoded, without the query: "/api/v1/repos". Never holds NUL, "." or ".." segments;
  /// an encoded '/' stays encoded ("%2F"), so that it separates no segments.
  std::string path;
  /// Decoded, in order; a key without '=' has an empty value.
  std::vector<std::pair<std::string, std::string>> query;
  Headers headers;
  std::string body;
  /// The client's address, "192.0.2.1" or "2001:db8::1", as the front saw it.
  std::string peer;
  /// Unique; stands in logs and in the answer's X-Request-Id.
  std::string id;
  /// Stops when the client went away or the server is shutting down. Handlers poll it.
  StopToken stop;

  /// The first value of a query parameter.
  std::optional<std::string_view> parameter(std::string_view name) const;
};

/// Takes the next bytes of a streamed body. An error means that nobody reads any more.
using ChunkSink = std::function<Result<void>(std::string_view bytes)>;
/// Writes the next part to the sink; returns whether there is more. Called by one thread until it
/// returns false or an error; after an error the client sees a cut connection, never a complete
/// body.
using ChunkProducer = std::function<Result<bool>(const ChunkSink& sink)>;

struct Response {
  int status = 200;
  /// Content-Type stands here too. The length, Connection and X-Request-Id are set by the server.
  Headers headers;
  std::string body;
  /// When set, the body is streamed and `body` is not used.
  ChunkProducer chunks;
};

/// Answers one request. Thread-safe: many threads call it at once.
using Handler = std::function<Response(const Request&)>;

/// Splits "path?query", decodes both by Request's rules. kInvalidArgument for bad escapes, NUL,
/// invalid UTF-8 in the path or segments that climb.
Result<void> parse_target(std::string_view target, Request& request);

/// Decodes %XX (and '+' as a space when `form`). kInvalidArgument for bad escapes and NUL.
Result<std::string> percent_decode(std::string_view text, bool form);

/// Equal but for the case of ASCII letters.
bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace cairn::api
