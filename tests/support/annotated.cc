#include "tests/support/annotated.h"

#include <algorithm>
#include <charconv>

#include "graph/facts.h"

namespace cairn::test {
namespace {

std::string_view trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\r'))
    s.remove_suffix(1);
  return s;
}

/// What follows the comment marker of a comment-only line, or nothing.
std::string_view comment_text(std::string_view line) {
  const std::string_view body = trim(line);
  for (const std::string_view marker : {"//", "#", "--"})
    if (body.starts_with(marker)) return body.substr(marker.size());
  return {};
}

std::uint32_t number(std::string_view text) {
  std::uint32_t n = 0;
  std::from_chars(text.data(), text.data() + text.size(), n);
  return n;
}

std::string place(const graph::Snapshot& s, graph::SymbolId id) {
  const graph::SymbolDetails details = s.details(id);
  return std::string(s.path(s.file_of(id))) + ":" + std::to_string(details.name_range.begin.line);
}

std::string join(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : " ") + item;
  return out;
}

}  // namespace

std::vector<Annotation> annotations_of(const std::string& file, std::string_view text) {
  std::vector<Annotation> out;
  std::uint32_t line_number = 0;
  std::uint32_t source_line = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++line_number;
    const std::string_view comment = trim(comment_text(line));
    if (!comment.starts_with('^') && !comment.starts_with('@')) {
      source_line = line_number;
      continue;
    }
    Annotation a;
    a.file = file;
    a.line = source_line;
    std::string_view rest;
    if (comment.starts_with('^')) {
      a.column = static_cast<std::uint32_t>(line.find('^')) + 1;
      rest = comment.substr(1);
    } else {
      const std::size_t space = comment.find(' ');
      a.column = number(comment.substr(1, space - 1));
      rest = space == std::string_view::npos ? std::string_view() : comment.substr(space);
    }
    for (rest = trim(rest); !rest.empty(); rest = trim(rest)) {
      const std::size_t space = std::min(rest.find(' '), rest.size());
      const std::string_view word = rest.substr(0, space);
      rest.remove_prefix(space);
      if (a.tier.empty()) {
        const std::size_t slash = word.find('/');
        a.tier = word.substr(0, slash);
        if (slash != std::string_view::npos) a.role = word.substr(slash + 1);
      } else {
        a.targets.push_back(word.starts_with(':') ? file + std::string(word) : std::string(word));
      }
    }
    std::sort(a.targets.begin(), a.targets.end());
    out.push_back(std::move(a));
  }
  return out;
}

std::vector<std::string> check_annotations(const graph::Snapshot& snapshot,
                                           const std::vector<Annotation>& wanted) {
  std::vector<std::string> problems;
  for (const Annotation& a : wanted) {
    const std::string where =
        a.file + ":" + std::to_string(a.line) + ":" + std::to_string(a.column) + ": ";
    const graph::FileId file = snapshot.file_by_path(a.file);
    if (!file.exists()) {
      problems.push_back(where + "the file is not in the snapshot");
      continue;
    }
    const auto sites = snapshot.sites_of_file(file);
    const auto locals = snapshot.locals(file);
    if (!sites || !locals) {
      problems.push_back(where + "sites cannot be read");
      continue;
    }
    bool seen = false;
    std::string mismatch = "no reference there";
    for (const graph::SiteView& site : sites->sites) {
      if (site.begin != graph::Position{a.line, a.column}) continue;
      std::vector<std::string> targets;
      for (const graph::SymbolId t : sites->targets_of(site)) targets.push_back(place(snapshot, t));
      if (site.local != graph::kNone && targets.empty())
        targets.push_back(a.file + ":" + std::to_string((*locals)[site.local].begin.line));
      if (!site.external.empty()) targets.push_back("external:" + std::string(site.external));
      std::sort(targets.begin(), targets.end());
      targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
      const bool same = graph::name_of(site.tier) == a.tier && targets == a.targets &&
                        (a.role.empty() || graph::name_of(site.role) == a.role);
      seen = seen || same;
      mismatch = "wanted " + a.tier + (a.role.empty() ? "" : "/" + a.role) + " " + join(a.targets) +
                 ", found " + std::string(graph::name_of(site.tier)) + "/" +
                 std::string(graph::name_of(site.role)) + " " + join(targets) + " (" +
                 std::string(graph::name_of(site.origin)) + ", " +
                 std::string(graph::name_of(site.reason)) + ")";
    }
    if (!seen) problems.push_back(where + mismatch);
  }
  return problems;
}

}  // namespace cairn::test
