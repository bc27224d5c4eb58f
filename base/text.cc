#include "base/text.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <tuple>

#include "base/utf8.h"

namespace cairn {
namespace {

template <class... Args>
std::string formatted(const char* format, Args... args) {
  char buffer[64];
  const int size = std::snprintf(buffer, sizeof buffer, format, args...);
  return std::string(buffer, static_cast<std::size_t>(std::max(size, 0)));
}

// Tenths by integer arithmetic, so that no locale can put a comma.
std::string tenths(std::uint64_t whole, std::uint64_t tenth, const char* unit) {
  return std::to_string(whole) + "." + std::to_string(tenth) + " " + unit;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

}  // namespace

std::string human_count(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t i = digits.size(); i > 3;) digits.insert(i -= 3, ",");
  return digits;
}

std::string human_bytes(std::uint64_t bytes) {
  static constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return std::to_string(bytes) + " B";
  int unit = 0;
  while (unit < 5 && (bytes >> (10 * (unit + 2))) != 0) ++unit;
  const int shift = 10 * (unit + 1);
  const std::uint64_t rest = bytes & ((std::uint64_t{1} << shift) - 1);
  return tenths(bytes >> shift, (rest >> (shift - 10)) * 10 / 1024, kUnits[unit]);
}

std::string human_duration(std::int64_t nanoseconds) {
  if (nanoseconds < 0) return "-" + human_duration(-std::max(nanoseconds, -INT64_MAX));
  const auto ns = static_cast<std::uint64_t>(nanoseconds);
  const std::uint64_t seconds = ns / 1'000'000'000;
  if (ns < 1'000) return std::to_string(ns) + " ns";
  if (ns < 1'000'000) return tenths(ns / 1'000, ns % 1'000 / 100, "us");
  if (ns < 1'000'000'000) return tenths(ns / 1'000'000, ns % 1'000'000 / 100'000, "ms");
  if (seconds < 60) {
    return formatted("%u.%02u s", static_cast<unsigned>(seconds),
                     static_cast<unsigned>(ns % 1'000'000'000 / 10'000'000));
  }
  if (seconds < 3600)
    return formatted("%u min %02u s", static_cast<unsigned>(seconds / 60),
                     static_cast<unsigned>(seconds % 60));
  return formatted("%llu h %02u min", static_cast<unsigned long long>(seconds / 3600),
                   static_cast<unsigned>(seconds % 3600 / 60));
}

std::string format_utc(std::int64_t unix_milliseconds) {
  std::int64_t milliseconds = unix_milliseconds % 1000;
  if (milliseconds < 0) milliseconds += 1000;
  const std::time_t seconds = (unix_milliseconds - milliseconds) / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return formatted("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                   parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                   static_cast<int>(milliseconds));
}

std::string printable(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const auto c = static_cast<unsigned char>(bytes[at]);
    const std::size_t length = utf8_length(bytes, at);
    if (length == 0 || c < 0x20 || c == 0x7F) {
      if (c == '\n' || c == '\t') {
        out += c == '\n' ? "\\n" : "\\t";
      } else {
        out += "\\x";
        out += kDigits[c >> 4];
        out += kDigits[c & 15];
      }
      ++at;
      continue;
    }
    if (c == '\\') out += '\\';
    out.append(bytes.substr(at, length));
    at += length;
  }
  return out;
}

// Optimal string alignment over a band of 2 * limit + 1 diagonals: cells outside it exceed the
// limit.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (a.size() > b.size()) std::swap(a, b);
  const std::size_t over = limit + 1;
  if (b.size() - a.size() > limit) return over;
  std::vector<std::size_t> before(b.size() + 1, over);
  std::vector<std::size_t> previous(b.size() + 1, over);
  std::vector<std::size_t> current(b.size() + 1, over);
  for (std::size_t j = 0; j <= std::min(b.size(), limit); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    const std::size_t from = i > limit ? i - limit : 0;
    const std::size_t to = std::min(b.size(), i + limit);
    std::fill(current.begin(), current.end(), over);
    if (from == 0) current[0] = i;
    for (std::size_t j = std::max<std::size_t>(from, 1); j <= to; ++j) {
      std::size_t best = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      best = std::min({best, previous[j] + 1, current[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        best = std::min(best, before[j - 2] + 1);
      current[j] = std::min(best, over);
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return std::min(previous[b.size()], over);
}

std::vector<std::string_view> suggest(std::string_view word,
                                      std::span<const std::string_view> candidates,
                                      std::size_t max_results) {
  const std::size_t limit = std::max<std::size_t>(1, word.size() / 3);
  const std::string folded = lower(word);
  std::vector<std::tuple<std::size_t, std::size_t, std::string_view>> found;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(folded, lower(candidate), limit);
    if (distance <= limit)
      found.emplace_back(distance, edit_distance(word, candidate, word.size()), candidate);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  if (found.size() > max_results) found.resize(max_results);
  std::vector<std::string_view> out;
  for (const auto& [folded_distance, distance, text] : found) out.push_back(text);
  return out;
}

}  // namespace cairn
