#include "api/front/http_head.h"

#include <algorithm>
#include <array>

namespace cairn::api {
namespace {

constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};
// 15 hexadecimal or 18 decimal digits cannot overflow 64 bits.
constexpr int kMaxChunkDigits = 15;
constexpr std::size_t kMaxLengthDigits = 18;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_token_char(char c) {
  return is_digit(c) || is_alpha(c) ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_field_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
}

bool is_target_char(char c) { return c > 0x20 && c < 0x7F && c != '#'; }

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Problem bad(std::string_view detail) {
  return {400, ErrorCode::kParse, std::string(detail), std::nullopt};
}

std::optional<std::uint64_t> decimal(std::string_view text) {
  if (text.empty() || text.size() > kMaxLengthDigits) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

/// The next line without its end, taken from `rest`. The scanner saw to it that CR LF is there.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
  return line;
}

bool is_host(std::string_view host) {
  if (host.empty()) return false;
  return std::all_of(host.begin(), host.end(), [](char c) {
    return is_digit(c) || is_alpha(c) ||
           (c != '\0' && std::string_view("-._~:[]%!$&'()*+,;=").find(c) != std::string_view::npos);
  });
}

std::optional<Problem> parse_target(std::string_view text, RequestHead& out,
                                    std::string_view& authority) {
  if (text.starts_with('/')) {
    out.target = text;
    return std::nullopt;
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equals_ignoring_case(text.substr(0, scheme.size()), scheme)) continue;
    const std::string_view rest = text.substr(scheme.size());
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    authority = rest.substr(0, end);
    out.target = rest.substr(end);
    if (out.target.empty()) out.target = "/";
    if (!is_host(authority) || !out.target.starts_with('/'))
      return bad("the request target's host is malformed");
    return std::nullopt;
  }
  return bad("the request target must be a path or an http URL");
}

std::optional<Problem> parse_request_line(std::string_view line, const HeadLimits& limits,
                                          RequestHead& out, std::string_view& authority) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return bad("the request line must be METHOD TARGET VERSION");
  out.method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(out.method)) return bad("the method is malformed");
  if (target.empty() || !std::all_of(target.begin(), target.end(), is_target_char))
    return bad("the request target holds a byte that must be percent-encoded");
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) ||
      version[6] != '.' || !is_digit(version[7]))
    return bad("the HTTP version is malformed");
  if (version[5] != '1')
    return Problem{505, ErrorCode::kUnsupported, "only HTTP/1.0 and HTTP/1.1 are spoken here",
                   std::nullopt};
  out.minor_version = version[7] - '0';
  if (target.size() > limits.target_bytes)
    return Problem{
        414, ErrorCode::kLimitExceeded,
        "the request target is longer than " + std::to_string(limits.target_bytes) + " bytes",
        std::nullopt};
  if (std::find(kMethods.begin(), kMethods.end(), out.method) == kMethods.end())
    return Problem{501, ErrorCode::kUnsupported, "this method is not implemented", std::nullopt};
  return parse_target(target, out, authority);
}

std::optional<std::string_view> split_field(std::string_view line, HeadField& out) {
  if (line.starts_with(' ') || line.starts_with('\t')) return "a header line is folded";
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return "a header line has no colon";
  const std::string_view name = line.substr(0, colon);
  if (!is_token(name)) return "a header name is malformed";
  const std::string_view value = trim(line.substr(colon + 1));
  if (!std::all_of(value.begin(), value.end(), is_field_char))
    return "a header value holds a control byte";
  out = {name, value};
  return std::nullopt;
}

/// What is gathered from the fields to be judged together.
struct Framing {
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
  std::string_view coding;
  std::string_view expect;
  bool close = false;
  bool keep_alive = false;
  bool upgrade = false;
  bool to_websocket = false;
};

std::optional<Problem> note_field(const HeadField& field, RequestHead& out, Framing& framing) {
  const auto& [name, value] = field;
  if (equals_ignoring_case(name, "host")) {
    ++framing.hosts;
    out.host = value;
  } else if (equals_ignoring_case(name, "content-length")) {
    const auto length = decimal(value);
    if (++framing.lengths > 1 || !length)
      return bad("Content-Length must stand once and be a decimal number");
    out.content_length = *length;
  } else if (equals_ignoring_case(name, "transfer-encoding")) {
    ++framing.codings;
    framing.coding = value;
  } else if (equals_ignoring_case(name, "connection")) {
    framing.close = framing.close || list_has(value, "close");
    framing.keep_alive = framing.keep_alive || list_has(value, "keep-alive");
    framing.upgrade = framing.upgrade || list_has(value, "upgrade");
  } else if (equals_ignoring_case(name, "upgrade")) {
    framing.to_websocket = list_has(value, "websocket");
  } else if (equals_ignoring_case(name, "expect")) {
    framing.expect = value;
  }
  return std::nullopt;
}

std::optional<Problem> judge_framing(const Framing& framing, RequestHead& out) {
  if (framing.codings > 0) {
    if (framing.lengths > 0) return bad("Content-Length and Transfer-Encoding exclude each other");
    if (framing.codings > 1 || out.minor_version == 0)
      return bad("Transfer-Encoding must stand once, in HTTP/1.1");
    if (!equals_ignoring_case(framing.coding, "chunked"))
      return Problem{501, ErrorCode::kUnsupported, "the only transfer coding here is chunked",
                     std::nullopt};
    out.chunked = true;
  }
  const bool bodiless = out.method == "GET" || out.method == "HEAD" || out.method == "OPTIONS";
  if (bodiless && out.has_body())
    return bad("a " + std::string(out.method) + " request has no body here");
  if (!framing.expect.empty()) {
    if (!equals_ignoring_case(framing.expect, "100-continue"))
      return Problem{417, ErrorCode::kUnsupported, "the only expectation here is 100-continue",
                     std::nullopt};
    out.expects_continue = out.minor_version > 0;
  }
  out.keep_alive = !framing.close && (out.minor_version > 0 || framing.keep_alive);
  out.websocket = framing.upgrade && framing.to_websocket && out.minor_version > 0;
  return std::nullopt;
}

std::optional<Problem> judge_host(const Framing& framing, std::string_view authority,
                                  RequestHead& out) {
  if (framing.hosts > 1 || (framing.hosts == 0 && out.minor_version > 0))
    return bad("the Host header must stand once");
  if (framing.hosts == 1 && !is_host(out.host)) return bad("the Host header is malformed");
  if (authority.empty()) return std::nullopt;
  if (framing.hosts == 1 && !equals_ignoring_case(authority, out.host))
    return bad("the request target and the Host header name different hosts");
  out.host = authority;
  return std::nullopt;
}

}  // namespace

bool list_has(std::string_view list, std::string_view word) {
  while (true) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (equals_ignoring_case(trim(list.substr(0, comma)), word)) return true;
    if (comma == list.size()) return false;
    list.remove_prefix(comma + 1);
  }
}

std::string host_name(std::string_view host) {
  std::string_view name = host;
  if (name.starts_with('[')) {
    name = name.substr(1, std::min(name.find(']'), name.size()) - 1);
  } else {
    name = name.substr(0, name.find(':'));
  }
  std::string out(name);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::optional<std::string_view> RequestHead::get(std::string_view name) const {
  for (const HeadField& field : fields)
    if (equals_ignoring_case(field.first, name)) return field.second;
  return std::nullopt;
}

HeadScanner::State HeadScanner::scan(std::string_view bytes) {
  for (; at_ < bytes.size(); ++at_) {
    const char c = bytes[at_];
    if (c == '\n') {
      if (at_ == 0 || bytes[at_ - 1] != '\r') return State::kBad;
      const bool empty = at_ - line_ == 1;
      line_ = at_ + 1;
      if (first_line_ == 0) first_line_ = line_;
      if (empty) {
        ++at_;
        return State::kComplete;
      }
    } else if (at_ > 0 && bytes[at_ - 1] == '\r') {
      return State::kBad;
    } else if (c != '\r' && !is_field_char(c)) {
      return State::kBad;
    }
  }
  return State::kMore;
}

std::optional<Problem> parse_request_head(std::string_view head, const HeadLimits& limits,
                                          RequestHead& out) {
  out = RequestHead{};
  std::string_view rest = head;
  std::string_view authority;
  Framing framing;
  // Before the host is known to be sound nothing of the target is believed.
  if (auto problem = parse_request_line(take_line(rest), limits, out, authority)) return problem;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    if (line.empty()) break;
    HeadField field;
    if (const auto what = split_field(line, field)) return bad(*what);
    if (line.size() > limits.field_bytes || out.fields.size() >= limits.fields)
      return Problem{431, ErrorCode::kLimitExceeded,
                     "at most " + std::to_string(limits.fields) + " header fields of " +
                         std::to_string(limits.field_bytes) + " bytes are read",
                     std::nullopt};
    if (auto problem = note_field(field, out, framing)) return problem;
    out.fields.push_back(field);
  }
  if (!rest.empty()) return bad("bytes follow the head's end");
  if (auto problem = judge_host(framing, authority, out)) return problem;
  return judge_framing(framing, out);
}

Result<ResponseHead> parse_response_head(std::string_view head) {
  const auto wrong = [] { return Error(ErrorCode::kParse, "the upstream's answer is malformed"); };
  ResponseHead out;
  std::string_view rest = head;
  const std::string_view line = take_line(rest);
  // "HTTP/1.1 200 OK"
  if (!line.starts_with("HTTP/1.") || line.size() < 12) return wrong();
  const auto status = decimal(line.substr(9, 3));
  if (!status || *status < 100 || *status > 599) return wrong();
  out.status = static_cast<int>(*status);
  out.keep_alive = line[7] != '0';
  while (!rest.empty()) {
    const std::string_view text = take_line(rest);
    if (text.empty()) break;
    HeadField field;
    if (split_field(text, field)) return wrong();
    if (equals_ignoring_case(field.first, "content-length")) {
      out.content_length = decimal(field.second);
      if (!out.content_length) return wrong();
    } else if (equals_ignoring_case(field.first, "transfer-encoding")) {
      out.chunked = true;
    } else if (equals_ignoring_case(field.first, "connection")) {
      if (list_has(field.second, "close")) out.keep_alive = false;
    }
    out.fields.push_back(field);
  }
  return out;
}

ChunkedDecoder::Part ChunkedDecoder::size_byte(char c) {
  if (c == '\r') return digits_ == 0 ? Part::kBad : Part::kSizeEnd;
  int digit = -1;
  if (is_digit(c)) digit = c - '0';
  if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
  if (c >= 'A' && c <= 'F') digit = c - 'A' + 10;
  if (digit < 0 || ++digits_ > kMaxChunkDigits) return Part::kBad;
  left_ = left_ * 16 + static_cast<unsigned>(digit);
  return Part::kSize;
}

ChunkedDecoder::Part ChunkedDecoder::single_byte(char c) const {
  switch (part_) {
    case Part::kSizeEnd:
      if (c != '\n') return Part::kBad;
      return left_ == 0 ? Part::kLastReturn : Part::kData;
    case Part::kDataReturn:
      return c == '\r' ? Part::kDataEnd : Part::kBad;
    case Part::kDataEnd:
      return c == '\n' ? Part::kSize : Part::kBad;
    case Part::kLastReturn:
      return c == '\r' ? Part::kLastEnd : Part::kBad;
    default:
      return c == '\n' ? Part::kComplete : Part::kBad;
  }
}

ChunkedDecoder::State ChunkedDecoder::feed(std::string_view& input, std::string& out) {
  while (!input.empty() && part_ != Part::kComplete && part_ != Part::kBad) {
    if (part_ == Part::kData) {
      const std::size_t take =
          static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
      out.append(input.substr(0, take));
      input.remove_prefix(take);
      left_ -= take;
      if (left_ == 0) part_ = Part::kDataReturn;
      continue;
    }
    const char c = input.front();
    input.remove_prefix(1);
    const Part before = part_;
    part_ = before == Part::kSize ? size_byte(c) : single_byte(c);
    if (before == Part::kDataEnd) {
      left_ = 0;
      digits_ = 0;
    }
  }
  if (part_ == Part::kBad) return State::kBad;
  return part_ == Part::kComplete ? State::kComplete : State::kMore;
}

}  // namespace cairn::api
