#include "api/http/message.h"

#include <algorithm>

#include "base/utf8.h"

namespace cairn::api {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

Error bad(std::string_view what) {
  return Error(ErrorCode::kInvalidArgument, "the request's target: " + std::string(what));
}

/// `keep_slash`: "%2F" stays as it is.
Result<std::string> decode(std::string_view text, bool form, bool keep_slash) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && form) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
      if (low < 0) return bad("'%' is not followed by two hexadecimal digits");
      const int byte = high * 16 + low;
      if (byte == 0) return bad("it holds a NUL byte");
      if (byte == '/' && keep_slash)
        out += "%2F";
      else
        out += static_cast<char>(byte);
      i += 2;
    }
  }
  return out;
}

Result<void> check_path(std::string_view path) {
  if (!path.starts_with('/')) return bad("it does not start with '/'");
  if (!is_utf8(path)) return bad("the path is not UTF-8");
  for (std::size_t begin = 1; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    if (segment == "." || segment == "..") return bad("the path has a '.' or '..' segment");
    begin = end + 1;
  }
  return {};
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const Field& field : fields_)
    if (equals_ignoring_case(field.first, name)) return field.second;
  return std::nullopt;
}

void Headers::set(std::string_view name, std::string value) {
  remove(name);
  add(name, std::move(value));
}

void Headers::add(std::string_view name, std::string value) {
  fields_.emplace_back(std::string(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& f) { return equals_ignoring_case(f.first, name); });
}

std::optional<std::string_view> Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return std::nullopt;
}

Result<std::string> percent_decode(std::string_view text, bool form) {
  return decode(text, form, false);
}

Result<void> parse_target(std::string_view target, Request& request) {
  const std::size_t mark = std::min(target.find('?'), target.size());
  CAIRN_ASSIGN(request.path, decode(target.substr(0, mark), false, true));
  CAIRN_TRY(check_path(request.path));
  request.query.clear();
  if (mark == target.size()) return {};
  const std::string_view query = target.substr(mark + 1);
  for (std::size_t begin = 0; begin <= query.size();) {
    const std::size_t end = std::min(query.find('&', begin), query.size());
    const std::string_view pair = query.substr(begin, end - begin);
    begin = end + 1;
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    CAIRN_ASSIGN(std::string key, decode(pair.substr(0, equals), true, false));
    std::string value;
    if (equals < pair.size()) {
      CAIRN_ASSIGN(value, decode(pair.substr(equals + 1), true, false));
    }
    request.query.emplace_back(std::move(key), std::move(value));
  }
  return {};
}

}  // namespace cairn::api
