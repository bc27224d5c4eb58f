#pragma once
// A LineMap made by comparing the two texts of each file that changed. Pure; read-only once filled.
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/coverage/carry.h"

namespace cairn::analysis {

/// For each line of the old text where it is in the new one, from 1; 0: it was changed or removed.
/// The shortest edit script; where the texts differ in more than 2,000 lines, what lies between the
/// first and the last difference counts as changed.
std::vector<std::uint32_t> map_lines(std::string_view before, std::string_view after);

class TextLineMap final : public LineMap {
 public:
  /// Files that were not added are as they were.
  void add_changed(const std::string& path, std::string_view before, std::string_view after);
  void add_removed(const std::string& path);
  /// The same text under another path.
  void add_renamed(const std::string& from, const std::string& to);

  std::optional<std::string> file(std::string_view old_path) const override;
  std::optional<std::uint32_t> line(std::string_view old_path,
                                    std::uint32_t old_line) const override;

 private:
  std::map<std::string, std::vector<std::uint32_t>, std::less<>> changed_;
  std::set<std::string, std::less<>> removed_;
  std::map<std::string, std::string, std::less<>> renamed_;
};

}  // namespace cairn::analysis
