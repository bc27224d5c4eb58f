#include "api/service/grouping.h"

#include <algorithm>
#include <numeric>

#include "graph/algorithms.h"

namespace cairn::api {

using graph::FileInfo;
using graph::SymbolId;

namespace {

constexpr std::uint32_t kNoGroup = 0xffffffffu;

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "." : std::string(path.substr(0, slash));
}

/// The package that a file says it belongs to, or its folder in languages where that is the
/// package.
std::string package_of(const FileInfo& file) {
  if (file.package_path.empty() || file.package_path == file.path ||
      file.package_path == file.module_path)
    return folder_of(file.path);
  const std::string_view separator = graph::separator_of(file.language);
  std::string name;
  for (const char c : file.package_path) {
    if (c == '/') {
      name += separator;
    } else {
      name += c;
    }
  }
  return name;
}

std::string group_name(const FileInfo& file, Level level) {
  if (level == Level::kFile) return std::string(file.path);
  return level == Level::kDirectory ? folder_of(file.path) : package_of(file);
}

struct Rectangle {
  double x = 0, y = 0, width = 0, height = 0;
};

/// Splits the list where half of the weight lies, and the rectangle across its longer side.
void split(const std::vector<double>& weights, std::size_t begin, std::size_t end,
           const Rectangle& room, std::vector<Spot>& spots) {
  std::vector<std::tuple<std::size_t, std::size_t, Rectangle>> stack{{begin, end, room}};
  while (!stack.empty()) {
    const auto [first, last, r] = stack.back();
    stack.pop_back();
    if (last - first == 1) {
      spots[first] = {r.x + r.width / 2, r.y + r.height / 2, std::min(r.width, r.height) / 2};
      continue;
    }
    const double all = std::accumulate(weights.begin() + static_cast<std::ptrdiff_t>(first),
                                       weights.begin() + static_cast<std::ptrdiff_t>(last), 0.0);
    std::size_t middle = first + 1;
    double before = weights[first];
    while (middle + 1 < last && before + weights[middle] / 2 < all / 2) before += weights[middle++];
    const double share = before / all;
    Rectangle a = r;
    Rectangle b = r;
    if (r.width >= r.height) {
      a.width = r.width * share;
      b.x = r.x + a.width;
      b.width = r.width - a.width;
    } else {
      a.height = r.height * share;
      b.y = r.y + a.height;
      b.height = r.height - a.height;
    }
    stack.emplace_back(first, middle, a);
    stack.emplace_back(middle, last, b);
  }
}

}  // namespace

std::string_view name_of(Level level) {
  static constexpr std::string_view kNames[] = {"package", "directory", "file"};
  return kNames[static_cast<std::size_t>(level)];
}

Result<Grouping> group_files(const graph::Snapshot& snapshot, Level level, std::string_view path,
                             std::uint8_t tiers, const StopToken& stop) {
  std::string prefix(path);
  if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
  const auto files = snapshot.files_under(prefix);
  std::map<std::string, std::uint32_t> rows;
  for (const graph::FileId f : files) rows.emplace(group_name(snapshot.file(f), level), 0);
  Grouping out;
  for (auto& [name, row] : rows) {
    row = static_cast<std::uint32_t>(out.groups.size());
    out.groups.push_back({});
    out.groups.back().name = name;
  }
  std::vector<std::uint32_t> group_of(snapshot.id_limit(), kNoGroup);
  std::vector<std::map<graph::Language, std::uint64_t>> languages(out.groups.size());
  for (const graph::FileId f : files) {
    const FileInfo file = snapshot.file(f);
    const std::uint32_t row = rows.find(group_name(file, level))->second;
    Group& group = out.groups[row];
    ++group.files;
    group.lines += file.lines;
    group.symbols += file.symbol_count;
    languages[row][file.language] += file.lines;
    for (std::uint32_t i = 0; i < file.symbol_count; ++i)
      group_of[file.first_symbol.value() + i] = row;
  }
  for (std::size_t i = 0; i < languages.size(); ++i)
    out.groups[i].language =
        std::max_element(languages[i].begin(), languages[i].end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; })
            ->first;
  for (std::uint32_t id = 0; id < group_of.size(); ++id) {
    if ((id & 0xfff) == 0) CAIRN_TRY(stop.check("grouping edges"));
    const std::uint32_t from = group_of[id];
    if (from == kNoGroup) continue;
    for (const graph::Edge e : snapshot.out_edges(SymbolId(id))) {
      const std::uint32_t to = group_of[e.other.value()];
      if (to == kNoGroup || to == from || (tiers & graph::tier_bit(e.tier)) == 0) continue;
      GroupEdge& edge = out.edges[{from, to}];
      ++edge.total;
      ++edge.kinds[static_cast<std::size_t>(e.kind)];
      ++edge.tiers[static_cast<std::size_t>(e.tier)];
    }
  }
  return out;
}

std::vector<Spot> lay_out(const std::vector<double>& weights) {
  constexpr double kSide = 1000;
  std::vector<Spot> spots(weights.size());
  if (!weights.empty()) split(weights, 0, weights.size(), {0, 0, kSide, kSide}, spots);
  return spots;
}

}  // namespace cairn::api
