#include "analysis/coverage/text_line_map.h"

#include <algorithm>
#include <functional>

namespace cairn::analysis {
namespace {

constexpr int kMostEdits = 2000;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

using Lines = std::vector<std::string_view>;

/// Myers' greedy algorithm: after `d` edits, furthest[k] is how far the old text is used up on the
/// diagonal k = used of old - used of new. Every step's state is kept to walk back along it.
class Differ {
 public:
  Differ(const Lines& before, const Lines& after, std::size_t from, std::size_t before_end,
         std::size_t after_end)
      : before_(before),
        after_(after),
        from_(from),
        old_size_(static_cast<int>(before_end - from)),
        new_size_(static_cast<int>(after_end - from)) {}

  void fill(std::vector<std::uint32_t>& out) {
    const int most = std::min(kMostEdits, old_size_ + new_size_);
    std::vector<int> furthest(static_cast<std::size_t>(2 * most + 3), 0);
    const auto at = [&](int k) -> int& { return furthest[static_cast<std::size_t>(k + most + 1)]; };
    for (int d = 0; d <= most; ++d) {
      // Only diagonals -d-1 .. d+1 are read on the way back.
      steps_.emplace_back(furthest.begin() + (most - d), furthest.begin() + (most + d + 3));
      for (int k = -d; k <= d; k += 2) {
        int x = k == -d || (k != d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
        while (x < old_size_ && x - k < new_size_ && same(x, x - k)) ++x;
        at(k) = x;
        if (x >= old_size_ && x - k >= new_size_) return walk_back(d, out);
      }
    }
  }

 private:
  bool same(int x, int y) const {
    return before_[from_ + static_cast<std::size_t>(x)] ==
           after_[from_ + static_cast<std::size_t>(y)];
  }

  void walk_back(int d, std::vector<std::uint32_t>& out) const {
    int x = old_size_;
    int y = new_size_;
    for (; d >= 0; --d) {
      const std::vector<int>& furthest = steps_[static_cast<std::size_t>(d)];
      const auto at = [&](int k) { return furthest[static_cast<std::size_t>(k + d + 1)]; };
      const int k = x - y;
      const int before_k = k == -d || (k != d && at(k - 1) < at(k + 1)) ? k + 1 : k - 1;
      const int before_x = d == 0 ? 0 : at(before_k);
      const int before_y = d == 0 ? 0 : before_x - before_k;
      while (x > before_x && y > before_y) {
        --x;
        --y;
        out[from_ + static_cast<std::size_t>(x)] =
            static_cast<std::uint32_t>(from_) + static_cast<std::uint32_t>(y) + 1;
      }
      x = before_x;
      y = before_y;
    }
  }

  const Lines& before_;
  const Lines& after_;
  const std::size_t from_;
  const int old_size_;
  const int new_size_;
  std::vector<std::vector<int>> steps_;
};

}  // namespace

std::vector<std::uint32_t> map_lines(std::string_view before, std::string_view after) {
  const Lines old_lines = lines_of(before);
  const Lines new_lines = lines_of(after);
  std::vector<std::uint32_t> out(old_lines.size(), 0);
  std::size_t first = 0;
  while (first < old_lines.size() && first < new_lines.size() &&
         old_lines[first] == new_lines[first]) {
    out[first] = static_cast<std::uint32_t>(first + 1);
    ++first;
  }
  std::size_t old_end = old_lines.size();
  std::size_t new_end = new_lines.size();
  while (old_end > first && new_end > first && old_lines[old_end - 1] == new_lines[new_end - 1]) {
    out[--old_end] = static_cast<std::uint32_t>(new_end--);
  }
  if (old_end > first && new_end > first)
    Differ(old_lines, new_lines, first, old_end, new_end).fill(out);
  return out;
}

void TextLineMap::add_changed(const std::string& path, std::string_view before,
                              std::string_view after) {
  changed_[path] = map_lines(before, after);
}
void TextLineMap::add_removed(const std::string& path) { removed_.insert(path); }
void TextLineMap::add_renamed(const std::string& from, const std::string& to) {
  renamed_[from] = to;
}

std::optional<std::string> TextLineMap::file(std::string_view old_path) const {
  if (const auto at = renamed_.find(old_path); at != renamed_.end()) return at->second;
  if (removed_.contains(old_path)) return std::nullopt;
  return std::string(old_path);
}

std::optional<std::uint32_t> TextLineMap::line(std::string_view old_path,
                                               std::uint32_t old_line) const {
  const auto at = changed_.find(old_path);
  if (at == changed_.end()) return old_line;
  if (old_line == 0 || old_line > at->second.size() || at->second[old_line - 1] == 0)
    return std::nullopt;
  return at->second[old_line - 1];
}

}  // namespace cairn::analysis
