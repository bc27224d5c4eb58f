// The writing half of base/json.h.
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "base/json.h"
#include "base/utf8.h"

namespace cairn {
namespace {

// True for bytes that stand for themselves inside a JSON string and are no part of a multi-byte
// sequence.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0x20; c < 0x80; ++c) table[c] = c != '"' && c != '\\';
  return table;
}();

// Length of a head of `text` that is plain, found eight bytes at a time; the rest is for the
// caller.
std::size_t plain_words(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ull;
  constexpr std::uint64_t kHighs = kOnes * 0x80;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    const std::uint64_t quote = word ^ (kOnes * '"');
    const std::uint64_t slash = word ^ (kOnes * '\\');
    // The high bit of a byte is set if the byte is above 0x7F, below 0x20, or one of the two.
    const std::uint64_t special = word | (word - kOnes * 0x20) | (quote - kOnes) | (slash - kOnes);
    if ((special & kHighs) != 0) break;
  }
  return at;
}

void append_escape(std::string& out, unsigned char c) {
  static constexpr char kDigits[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kDigits[c >> 4];
      out += kDigits[c & 15];
  }
}

template <class T>
void append_number(std::string& out, T number) {
  char buffer[40];
  const auto written = std::to_chars(buffer, buffer + sizeof buffer, number);
  out.append(buffer, written.ptr);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t begin = 0;  // Of the run of bytes that are copied as they are.
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (kPlain[c]) {
      ++at;
      at += plain_words(text.substr(at));
      continue;
    }
    const std::size_t length = utf8_length(text, at);
    if (length > 1) {
      at += length;
      continue;
    }
    out.append(text.substr(begin, at - begin));
    if (length == 0)
      out += kReplacementCharacter;
    else
      append_escape(out, c);
    begin = ++at;
  }
  out.append(text.substr(begin));
  out += '"';
}

void JsonWriter::separate() {
  if (comma_) *out_ += ',';
  comma_ = true;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  *out_ += bracket;
  comma_ = false;
  ++depth_;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  CAIRN_DCHECK(depth_ > 0);
  *out_ += bracket;
  comma_ = true;
  --depth_;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  CAIRN_DCHECK(depth_ > 0);
  separate();
  append_json_string(*out_, name);
  *out_ += ':';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  append_json_string(*out_, text);
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  *out_ += json;
  return *this;
}

JsonWriter& JsonWriter::newline() {
  CAIRN_DCHECK(depth_ == 0);
  *out_ += '\n';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::number_value(std::int64_t number) {
  separate();
  append_number(*out_, number);
  return *this;
}

JsonWriter& JsonWriter::number_value(std::uint64_t number) {
  separate();
  append_number(*out_, number);
  return *this;
}

JsonWriter& JsonWriter::number_value(double number) {
  if (!std::isfinite(number)) return null();
  separate();
  append_number(*out_, number);
  return *this;
}

}  // namespace cairn
