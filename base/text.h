#pragma once
// Text for people: numbers, sizes, durations, safe quoting and "did you mean". Pure functions;
// never depend on the locale.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cairn {

/// 1234567 -> "1,234,567".
std::string human_count(std::uint64_t value);
/// 1536 -> "1.5 KiB"; below 1024 "999 B".
std::string human_bytes(std::uint64_t bytes);
/// Nanoseconds as "850 ns", "12.3 ms", "4.20 s", "3 min 05 s", "2 h 05 min".
std::string human_duration(std::int64_t nanoseconds);
/// UTC, "2026-01-31T23:59:59.123Z".
std::string format_utc(std::int64_t unix_milliseconds);

/// Bytes made safe for one line of a terminal or log: control bytes, DEL and invalid UTF-8 become
/// \xNN, newline \n, tab \t, backslash \\. Valid text is unchanged.
std::string printable(std::string_view bytes);

/// Edits (insert, delete, replace, swap of neighbours) between a and b by bytes, or limit + 1 if
/// there are more. O(limit * size).
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

/// The candidates nearest to a misspelt word, best first, ties by bytes: at most max_results, none
/// further than a third of the word's length (at least 1). Case differences cost less than edits.
std::vector<std::string_view> suggest(std::string_view word,
                                      std::span<const std::string_view> candidates,
                                      std::size_t max_results = 3);

}  // namespace cairn
