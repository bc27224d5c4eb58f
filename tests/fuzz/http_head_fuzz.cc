// Heads and chunked bodies of any bytes: refused, or read the same in whichever pieces they come,
// and never in a way that another reader could frame differently.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/front/http_head.h"

namespace {

using cairn::api::ChunkedDecoder;
using cairn::api::HeadScanner;

void check_chunks(std::string_view bytes) {
  std::string whole;
  std::string_view rest = bytes;
  ChunkedDecoder decoder;
  const auto state = decoder.feed(rest, whole);
  std::string pieces;
  ChunkedDecoder slow;
  auto slow_state = ChunkedDecoder::State::kMore;
  std::size_t at = 0;
  for (; at < bytes.size() && slow_state == ChunkedDecoder::State::kMore; ++at) {
    std::string_view one = bytes.substr(at, 1);
    slow_state = slow.feed(one, pieces);
  }
  if (state != slow_state || whole != pieces) std::abort();
  if (state == ChunkedDecoder::State::kComplete && bytes.size() - rest.size() != at) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_chunks(bytes);
  HeadScanner scanner;
  const auto state = scanner.scan(bytes);
  HeadScanner slow;
  auto slow_state = HeadScanner::State::kMore;
  for (std::size_t end = 1; end <= bytes.size() && slow_state == HeadScanner::State::kMore; ++end)
    slow_state = slow.scan(bytes.substr(0, end));
  if (state != slow_state) std::abort();
  if (state != HeadScanner::State::kComplete) return 0;
  const std::string_view head = bytes.substr(0, scanner.size());
  const auto answer = cairn::api::parse_response_head(head);
  if (answer && (answer->status < 100 || answer->status > 599)) std::abort();
  cairn::api::RequestHead request;
  if (cairn::api::parse_request_head(head, {}, request)) return 0;
  if (!request.target.starts_with('/') || (request.chunked && request.content_length > 0))
    std::abort();
  int framings = 0;
  for (const auto& [name, value] : request.fields)
    framings += cairn::api::equals_ignoring_case(name, "content-length") ||
                cairn::api::equals_ignoring_case(name, "transfer-encoding");
  if (framings > 1) std::abort();
  cairn::api::Request parsed;
  if (cairn::api::parse_target(request.target, parsed) &&
      parsed.path.find('\0') != std::string::npos)
    std::abort();
  return 0;
}
