// How a path is matched, the first that gives one answer:
//  1. a rule of the user, or nothing but '/' and "./" differs;
//  2. a folder of the report (<source>) in front of it gives a path that matches by 1;
//  3. its import path is known (Go);
//  4. a repository path is an end of it: /ci/build/src/a.c is src/a.c. What stands before is the
//     root of that checkout. The longest end is taken. An end of a single name (main.c) needs a
//     root that other files show, or that the report names, because /usr/include/a.h is not a.h;
//     without any such root it counts when all single names of the report agree on one root.
//  5. it is an end of one repository path only: com/x/A.java of app/src/main/java/com/x/A.java.
// Two paths that reach the same file by 4 with different roots: the root that more files share
// holds, and when none does, both are ambiguous.
#include "analysis/coverage/path_map.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "base/text.h"

namespace cairn::analysis {
namespace {

constexpr std::size_t kMostCandidates = 10;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool has_drive(std::string_view path) {
  return path.size() >= 2 && path[1] == ':' &&
         ((path[0] >= 'a' && path[0] <= 'z') || (path[0] >= 'A' && path[0] <= 'Z'));
}

std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

struct CleanPath {
  std::string path;      // '/'-separated; begins with '/' when absolute
  bool windows = false;  // cases do not matter
  bool escapes = false;  // goes above where it starts
};

CleanPath clean(std::string_view raw) {
  CleanPath out;
  std::string text(raw);
  if (text.starts_with("file://")) text.erase(0, 7);
  out.windows = has_drive(text) ||
                (text.find('\\') != std::string::npos && text.find('/') == std::string::npos);
  if (out.windows) std::replace(text.begin(), text.end(), '\\', '/');
  // The drive stays as a folder, so that equal names on two drives differ.
  const bool absolute = text.starts_with('/') || has_drive(text);
  std::vector<std::string_view> parts;
  const std::string_view view = text;
  for (std::size_t at = 0; at <= view.size();) {
    const std::size_t end = std::min(view.find('/', at), view.size());
    const std::string_view part = view.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!absolute) {
      parts.push_back(part);
      out.escapes = true;
    }
  }
  for (const std::string_view part : parts) {
    if (absolute || !out.path.empty()) out.path += '/';
    out.path += part;
  }
  return out;
}

bool ends_with_path(std::string_view path, std::string_view end) {
  if (!path.ends_with(end)) return false;
  return path.size() == end.size() || path[path.size() - end.size() - 1] == '/';
}

}  // namespace

struct PathMapper::Body {
  std::vector<std::string> files;  // sorted
  std::vector<PathRule> rules;
  // By last name, and by that in lower case: rows of files.
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_name;
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_lower;
  std::unordered_map<std::string, std::uint32_t> import_paths;

  std::optional<std::uint32_t> exact(std::string_view path) const {
    const auto at = std::lower_bound(files.begin(), files.end(), path);
    if (at == files.end() || *at != path) return std::nullopt;
    return static_cast<std::uint32_t>(at - files.begin());
  }
  const std::vector<std::uint32_t>& named(std::string_view name, bool any_case) const {
    static const std::vector<std::uint32_t> kNone;
    const auto& index = any_case ? by_lower : by_name;
    const auto at = index.find(any_case ? lower(name) : std::string(name));
    return at == index.end() ? kNone : at->second;
  }
};

namespace {

/// What was found for one path.
struct Choice {
  std::optional<std::uint32_t> file;
  bool by_end = false;   // by rule 4: `root` is what stands before
  bool certain = false;  // by rules 1 to 3
  bool single = false;   // an end of one name
  std::string root;
  std::vector<std::uint32_t> several;
  std::string reason;
};

}  // namespace

namespace {

/// Rules 1 and 3, for a path whose separators are clean.
std::optional<std::uint32_t> direct(const auto& body, const std::string& path) {
  for (const PathRule& rule : body.rules) {
    if (!path.starts_with(rule.from)) continue;
    const CleanPath mapped = clean(rule.to + path.substr(rule.from.size()));
    if (const auto file = body.exact(mapped.path)) return file;
  }
  if (const auto file = body.exact(path)) return file;
  const auto known = body.import_paths.find(path);
  if (known != body.import_paths.end()) return known->second;
  return std::nullopt;
}

void match_end(const auto& body, const CleanPath& path, bool any_case, Choice& out) {
  const std::string text = any_case ? lower(path.path) : path.path;
  std::optional<std::uint32_t> longest;
  std::vector<std::uint32_t> longer;  // files of which the path is an end
  bool twice = false;
  for (const std::uint32_t row : body.named(base_name(path.path), any_case)) {
    const std::string file = any_case ? lower(body.files[row]) : body.files[row];
    if (ends_with_path(text, file)) {
      const std::size_t best = longest ? body.files[*longest].size() : 0;
      // Equal lengths differ in case only.
      twice = file.size() == best;
      if (file.size() > best) longest = row;
      if (twice) longer.push_back(row);
    } else if (!path.escapes && ends_with_path(file, text)) {
      longer.push_back(row);
    }
  }
  if (longest && !twice) {
    out.file = longest;
    out.by_end = true;
    out.root = text.substr(0, text.size() - body.files[*longest].size());
    out.single = body.files[*longest].find('/') == std::string::npos;
    return;
  }
  if (longest) longer.push_back(*longest);
  if (longer.size() == 1) {
    out.file = longer.front();
    out.certain = true;
  } else {
    out.several = std::move(longer);
  }
}

Choice choose(const auto& body, const std::string& raw, const std::vector<CleanPath>& roots) {
  Choice out;
  const CleanPath path = clean(raw);
  if (path.path.empty() || path.path == "/") {
    out.reason = "the report names no path";
    return out;
  }
  out.file = direct(body, path.path);
  for (std::size_t i = 0; i < roots.size() && !out.file; ++i) {
    const CleanPath joined = clean(roots[i].path + "/" + path.path);
    if (!path.path.starts_with('/')) out.file = direct(body, joined.path);
  }
  if (out.file) {
    out.certain = true;
    return out;
  }
  match_end(body, path, false, out);
  if (!out.file && out.several.empty() && path.windows) match_end(body, path, true, out);
  if (!out.file && out.several.empty()) {
    const auto& same = body.named(base_name(path.path), path.windows);
    out.reason = same.empty() ? "no indexed file has this name"
                              : "nearest is " + body.files[same.front()] +
                                    ", add a rule to [coverage] paths if it is that";
  }
  return out;
}

/// Roots that at least one file with a folder shows, and how many files show each.
std::map<std::string, std::uint64_t> votes_of(const std::vector<Choice>& choices) {
  std::map<std::string, std::uint64_t> votes;
  for (const Choice& choice : choices)
    if (choice.by_end && !choice.single) ++votes[choice.root];
  return votes;
}

bool is_root(const std::vector<CleanPath>& roots, std::string_view root) {
  return std::any_of(roots.begin(), roots.end(), [&](const CleanPath& folder) {
    return !folder.path.empty() && root.size() >= folder.path.size() &&
           (root == folder.path || root == folder.path + "/");
  });
}

/// Takes back matches of a single name whose root nothing speaks for.
void judge_single_names(std::vector<Choice>& choices, const std::vector<CleanPath>& roots,
                        const std::map<std::string, std::uint64_t>& votes) {
  std::set<std::string> alone;
  for (const Choice& choice : choices)
    if (choice.by_end && choice.single) alone.insert(choice.root);
  const bool agreed = votes.empty() && alone.size() == 1;
  for (Choice& choice : choices) {
    if (!choice.by_end || !choice.single) continue;
    if (agreed || votes.contains(choice.root) || is_root(roots, choice.root)) continue;
    choice.by_end = false;
    choice.file.reset();
    choice.reason =
        "only the file name is the same as a file's at the top of the repository; nothing else of "
        "the report stands in that folder";
  }
}

/// Several paths that reach one file from different roots.
void judge_rivals(std::vector<Choice>& choices, const std::map<std::string, std::uint64_t>& votes) {
  std::map<std::uint32_t, std::vector<std::size_t>> by_file;
  for (std::size_t i = 0; i < choices.size(); ++i)
    if (choices[i].file) by_file[*choices[i].file].push_back(i);
  for (const auto& [file, rows] : by_file) {
    if (rows.size() < 2) continue;
    const bool certain =
        std::any_of(rows.begin(), rows.end(), [&](std::size_t i) { return !choices[i].by_end; });
    const auto votes_for = [&](std::size_t i) {
      const auto at = votes.find(choices[i].root);
      return at == votes.end() ? std::uint64_t{0} : at->second;
    };
    std::uint64_t most = 0;
    std::set<std::string> leaders;
    for (const std::size_t i : rows) {
      if (!choices[i].by_end) continue;
      if (votes_for(i) > most) leaders.clear();
      most = std::max(most, votes_for(i));
      if (votes_for(i) == most) leaders.insert(choices[i].root);
    }
    for (const std::size_t i : rows) {
      if (!choices[i].by_end) continue;
      if (!certain && leaders.size() == 1 && leaders.contains(choices[i].root)) continue;
      choices[i].file.reset();
      choices[i].several = {file};
    }
  }
}

}  // namespace

Result<PathRule> parse_path_rule(std::string_view text) {
  const std::size_t at = text.find("::");
  if (at == std::string_view::npos || at == 0)
    return Error(ErrorCode::kInvalidArgument,
                 "'" + printable(text.substr(0, 200)) +
                     "' is no path rule, write \"FROM::TO\", such as \"/ci/build/::src/\"");
  return PathRule{std::string(text.substr(0, at)), std::string(text.substr(at + 2))};
}

PathMapper::PathMapper(std::vector<std::string> files,
                       std::vector<std::pair<std::string, std::string>> import_paths,
                       std::vector<PathRule> rules) {
  auto body = std::make_unique<Body>();
  std::sort(files.begin(), files.end());
  body->files = std::move(files);
  body->rules = std::move(rules);
  for (std::uint32_t row = 0; row < body->files.size(); ++row) {
    const std::string_view name = base_name(body->files[row]);
    body->by_name[std::string(name)].push_back(row);
    body->by_lower[lower(name)].push_back(row);
  }
  for (const auto& [import_path, file] : import_paths)
    if (const auto row = body->exact(file)) body->import_paths.emplace(import_path, *row);
  body_ = std::move(body);
}
PathMapper::PathMapper(PathMapper&&) noexcept = default;
PathMapper::~PathMapper() = default;

PathMapper PathMapper::of(const graph::Snapshot& snapshot, std::vector<PathRule> rules) {
  std::vector<std::string> files;
  std::vector<std::pair<std::string, std::string>> import_paths;
  files.reserve(snapshot.file_count());
  for (const graph::FileId id : snapshot.files()) {
    const graph::FileInfo info = snapshot.file(id);
    files.emplace_back(info.path);
    // Of a file of a Go module it is the import path.
    if (info.language == graph::Language::kGo && !info.package.empty())
      import_paths.emplace_back(
          std::string(info.qualified_prefix) + "/" + std::string(base_name(info.path)), info.path);
  }
  return PathMapper(std::move(files), std::move(import_paths), std::move(rules));
}

PathMapping PathMapper::map(const std::vector<std::string>& paths,
                            const std::vector<std::string>& roots) const {
  std::vector<CleanPath> folders;
  for (const std::string& root : roots) folders.push_back(clean(root));
  std::vector<Choice> choices;
  choices.reserve(paths.size());
  for (const std::string& path : paths) choices.push_back(choose(*body_, path, folders));
  const auto votes = votes_of(choices);
  judge_single_names(choices, folders, votes);
  judge_rivals(choices, votes);

  PathMapping out;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    Choice& choice = choices[i];
    if (choice.file) {
      out.matched.emplace_back(paths[i], body_->files[*choice.file]);
    } else if (choice.several.empty()) {
      out.unmatched.push_back({paths[i], std::move(choice.reason)});
    } else {
      AmbiguousPath row{paths[i], {}, choice.several.size()};
      std::sort(choice.several.begin(), choice.several.end());
      for (std::size_t k = 0; k < std::min(choice.several.size(), kMostCandidates); ++k)
        row.candidates.push_back(body_->files[choice.several[k]]);
      out.ambiguous.push_back(std::move(row));
    }
  }
  const auto by_path = [](const auto& a, const auto& b) { return a.path < b.path; };
  std::sort(out.matched.begin(), out.matched.end());
  std::sort(out.ambiguous.begin(), out.ambiguous.end(), by_path);
  std::sort(out.unmatched.begin(), out.unmatched.end(), by_path);
  return out;
}

void MappedCoverage::merge(const MappedCoverage& other) {
  report.merge(other.report);
  const auto join = [](auto& into, const auto& from) {
    into.insert(into.end(), from.begin(), from.end());
    std::sort(into.begin(), into.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    into.erase(std::unique(into.begin(), into.end(),
                           [](const auto& a, const auto& b) { return a.path == b.path; }),
               into.end());
  };
  join(ambiguous, other.ambiguous);
  join(unmatched, other.unmatched);
}

MappedCoverage map_report(CoverageReport report, const PathMapper& mapper) {
  std::vector<std::string> paths;
  paths.reserve(report.files.size());
  for (const auto& [path, file] : report.files) paths.push_back(path);
  PathMapping mapping = mapper.map(paths, report.roots);
  MappedCoverage out;
  for (const auto& [from, to] : mapping.matched) {
    FileCoverage& file = report.files.find(from)->second;
    const auto [at, added] = out.report.files.try_emplace(to, std::move(file));
    if (!added) at->second.merge(file);
  }
  out.report.contexts = std::move(report.contexts);
  out.report.sessions = std::move(report.sessions);
  out.report.warnings = std::move(report.warnings);
  out.ambiguous = std::move(mapping.ambiguous);
  out.unmatched = std::move(mapping.unmatched);
  return out;
}

}  // namespace cairn::analysis
