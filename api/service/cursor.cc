#include "api/service/cursor.h"

#include <array>
#include <charconv>

#include "base/hash.h"

namespace cairn::api {
namespace {

constexpr std::size_t kDigits = 16;
constexpr std::size_t kParts = 4;  // snapshot, question, offset, check

void append_hex(std::string& out, std::uint64_t value) {
  std::array<char, kDigits> digits{};
  for (std::size_t i = kDigits; i-- > 0; value >>= 4) digits[i] = "0123456789abcdef"[value & 15];
  out.append(digits.data(), digits.size());
}

std::uint64_t check_of(std::string_view text) { return hash64(text, 0x6375'7273'6f72); }

}  // namespace

std::string make_cursor(std::string_view snapshot, std::uint64_t question, std::uint64_t offset) {
  std::string text;
  append_hex(text, hash64(snapshot));
  append_hex(text, question);
  append_hex(text, offset);
  append_hex(text, check_of(text));
  return text;
}

Result<std::uint64_t> cursor_offset(std::string_view cursor, std::string_view snapshot,
                                    std::uint64_t question) {
  if (cursor.empty()) return std::uint64_t{0};
  std::array<std::uint64_t, kParts> parts{};
  bool good = cursor.size() == kDigits * kParts;
  for (std::size_t i = 0; good && i < kParts; ++i) {
    const std::string_view digits = cursor.substr(i * kDigits, kDigits);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), parts[i], 16);
    good = error == std::errc() && end == digits.data() + digits.size();
  }
  good = good && parts[3] == check_of(cursor.substr(0, kDigits * 3));
  if (!good)
    return Error(ErrorCode::kInvalidArgument,
                 "cursor: is none of ours, send the next_cursor of the page before as it was");
  if (parts[0] != hash64(snapshot))
    return Error(ErrorCode::kGone,
                 "cursor: belongs to a snapshot that is no longer current, begin again without it");
  if (parts[1] != question)
    return Error(ErrorCode::kInvalidArgument,
                 "cursor: belongs to another question, keep all other parameters as they were");
  return parts[2];
}

}  // namespace cairn::api
