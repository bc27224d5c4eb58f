// GraphService: status, tree, one file, whole-graph exports; and what all questions begin with.
#include <algorithm>
#include <set>
#include <unordered_map>

#include "analysis/find_symbol.h"
#include "api/service/graph_service.h"
#include "base/text.h"
#include "base/utf8.h"
#include "graph/links.h"

namespace cairn::api {

using graph::FileId;
using graph::FileInfo;
using graph::Snapshot;
using graph::SymbolId;

namespace {

/// Occurrences of one file; generated files hold hundreds of thousands.
constexpr std::size_t kMostOccurrences = 20'000;
constexpr std::size_t kMostOutline = 5'000;
constexpr std::size_t kMostSkipped = 200;

Names file_flag_names(std::uint8_t flags) {
  Names names;
  if ((flags & graph::unit_flag::kTest) != 0) names.push_back("test");
  if ((flags & graph::unit_flag::kGenerated) != 0) names.push_back("generated");
  if ((flags & graph::unit_flag::kVendored) != 0) names.push_back("vendored");
  return names;
}

/// Bytes that are no UTF-8 replaced, as JSON cannot hold them.
std::string as_utf8(std::string_view bytes, bool& lossy) {
  std::string out;
  lossy = !is_utf8(bytes);
  if (!lossy) return std::string(bytes);
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = utf8_length(bytes, at);
    if (length == 0) {
      out += kReplacementCharacter;
      ++at;
    } else {
      out += bytes.substr(at, length);
      at += length;
    }
  }
  return out;
}

/// Symbols mentioned by an answer, each written once.
class SymbolTable {
 public:
  SymbolTable(const Reading& reading, std::vector<SymbolDto>& rows)
      : reading_(reading), rows_(rows) {}
  std::uint32_t row_of(SymbolId s) {
    const auto [at, added] = index_.try_emplace(s, static_cast<std::uint32_t>(rows_.size()));
    if (added) rows_.push_back(reading_.brief(s));
    return at->second;
  }

 private:
  const Reading& reading_;
  std::vector<SymbolDto>& rows_;
  std::unordered_map<SymbolId, std::uint32_t> index_;
};

void add_outline(const Reading& reading, const FileInfo& file, FileAnswer& answer,
                 std::uint64_t& left) {
  const Snapshot& snapshot = reading.snapshot();
  std::vector<std::pair<SymbolId, std::uint32_t>> stack;
  const auto push_children = [&](SymbolId s, std::uint32_t depth) {
    const std::vector<SymbolId> children = snapshot.children(s);
    for (std::size_t i = children.size(); i-- > 0;) stack.emplace_back(children[i], depth);
  };
  if (file.first_symbol.exists()) push_children(file.first_symbol, 0);
  while (!stack.empty()) {
    const auto [s, depth] = stack.back();
    stack.pop_back();
    push_children(s, depth + 1);
    if (answer.outline.size() >= kMostOutline) {
      ++left;
      continue;
    }
    const graph::SymbolDetails details = snapshot.details(s);
    OutlineDto row{reading.brief(s), range_dto(details.range), depth, std::nullopt};
    if (details.metrics) row.metrics = metrics_dto(*details.metrics);
    answer.outline.push_back(std::move(row));
  }
}

Result<void> add_occurrences(const Reading& reading, FileId file, FileAnswer& answer,
                             std::uint64_t& left) {
  const Snapshot& snapshot = reading.snapshot();
  CAIRN_ASSIGN(const graph::SiteList sites, snapshot.sites_of_file(file));
  SymbolTable table(reading, answer.symbols);
  for (const graph::SiteView& site : sites.sites) {
    if (answer.occurrences.size() >= kMostOccurrences) {
      ++left;
      continue;
    }
    OccurrenceDto row;
    row.range = {site.begin.line, site.begin.column, site.begin.line,
                 site.begin.column + site.length};
    row.name = site.name;
    row.role = name_of(site.role);
    row.tier = name_of(site.tier);
    row.origin = name_of(site.origin);
    if (site.reason != graph::Reason::kNone) row.reason = name_of(site.reason);
    for (const SymbolId target : sites.targets_of(site))
      row.targets.push_back(table.row_of(snapshot.canonical(target)));
    if (!site.external.empty()) row.external = site.external;
    answer.occurrences.push_back(std::move(row));
  }
  return {};
}

TreeEntryDto file_entry(const FileInfo& file, std::size_t name_begin) {
  TreeEntryDto entry;
  entry.name = file.path.substr(name_begin);
  entry.path = file.path;
  entry.type = "file";
  entry.language = name_of(file.language);
  entry.files = 1;
  entry.lines = file.lines;
  entry.symbols = file.symbol_count;
  entry.parse = name_of(file.parse);
  return entry;
}

}  // namespace

Result<Reading> GraphService::read(const Principal& who, const Ask& ask) {
  CAIRN_TRY(require(who, Scope::kRead));
  Result<indexer::RepoViewPtr> view = catalogue_.current(ask.repo);
  if (!view && view.error().code() == ErrorCode::kNotFound) return no_such_repo(ask.repo);
  if (!view) return std::move(view).error();
  if (*view != nullptr) {
    if (!who.may_see((*view)->repo.id)) return no_such_repo(ask.repo);
    return Reading(std::move(*view), ask.tiers, ask.stop);
  }
  const Result<store::RepoWithSettings> known = catalogue_.find(ask.repo);
  if (!known || !who.may_see(known->repo.id)) return no_such_repo(ask.repo);
  return Error(ErrorCode::kBusy,
               "'" + printable(ask.repo) +
                   "' has no snapshot yet, GET /api/v1/jobs shows how its indexing stands",
               true);
}

void GraphService::note_error(const std::string& repo, const Error& error) {
  if (error.code() != ErrorCode::kCorrupt) return;
  const Result<indexer::RepoViewPtr> view = catalogue_.current(repo);
  if (view && *view != nullptr) catalogue_.report_damage(**view, error);
}

Result<std::string> GraphService::snapshot_id(const Principal& who, const std::string& repo) {
  Ask ask;
  ask.repo = repo;
  CAIRN_ASSIGN(const Reading reading, read(who, ask));
  return reading.view().row.id;
}

Result<void> GraphService::warm(const indexer::RepoView& view) {
  CAIRN_TRY(extras_.of(view.repo.id, view.snapshot)->symbols());
  return {};
}

Result<StatusAnswer> GraphService::status(const Principal& who, const Ask& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  const Snapshot& snapshot = reading.snapshot();
  const graph::Totals& totals = snapshot.totals();
  StatusAnswer answer;
  answer.files = totals.files;
  answer.lines = totals.lines;
  answer.bytes = totals.bytes;
  answer.symbols = totals.symbols;
  answer.edges = totals.edges;
  answer.sites = tier_counts_dto(totals.sites);
  answer.edges_by_tier = tier_counts_dto(totals.edges_by_tier);
  for (const graph::LanguageTotals& l : totals.languages)
    answer.languages.push_back(
        {name_of(l.language), l.files, l.lines, l.symbols, tier_counts_dto(l.sites)});
  for (const FileId f : snapshot.files()) {
    const FileInfo file = snapshot.file(f);
    if (file.parse == graph::ParseStatus::kSkipped) {
      ++answer.skipped_total;
      if (answer.skipped.size() < kMostSkipped)
        answer.skipped.push_back({std::string(file.path), std::string(file.skip_reason)});
      continue;
    }
    ++answer.parsed;
    if (file.parse == graph::ParseStatus::kErrors) ++answer.with_errors;
    if (file.parse == graph::ParseStatus::kOutline) ++answer.outlines;
  }
  if (answer.skipped.size() < answer.skipped_total)
    reading.truncate("limit", answer.skipped.size(), answer.skipped_total);
  answer.meta = reading.finish();
  return answer;
}

Result<TreeAnswer> GraphService::tree(const Principal& who, const FileAsk& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  const Snapshot& snapshot = reading.snapshot();
  std::string prefix = ask.path;
  if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
  const auto files = snapshot.files_under(prefix);
  if (files.empty() && !prefix.empty())
    return Error(ErrorCode::kNotFound, "the index has no folder '" + printable(ask.path) +
                                           "', GET .../tree lists the root");
  std::vector<TreeEntryDto> folders;
  std::vector<TreeEntryDto> plain;
  for (const FileId f : files) {
    const FileInfo file = snapshot.file(f);
    const std::size_t slash = file.path.find('/', prefix.size());
    if (slash == std::string_view::npos) {
      plain.push_back(file_entry(file, prefix.size()));
      continue;
    }
    const std::string_view name = file.path.substr(prefix.size(), slash - prefix.size());
    // Files are in path order, so those of one folder stand together.
    if (folders.empty() || folders.back().name != name) {
      TreeEntryDto folder;
      folder.name = name;
      folder.path = file.path.substr(0, slash);
      folder.type = "directory";
      folders.push_back(std::move(folder));
    }
    TreeEntryDto& folder = folders.back();
    ++folder.files;
    folder.lines += file.lines;
    folder.symbols += file.symbol_count;
  }
  folders.insert(folders.end(), plain.begin(), plain.end());
  TreeAnswer answer;
  answer.path = ask.path;
  answer.total = folders.size();
  CAIRN_ASSIGN(const Reading::Slice slice,
               reading.slice(ask.page, question_of({"tree", prefix}), answer.total));
  answer.entries.assign(folders.begin() + static_cast<std::ptrdiff_t>(slice.begin),
                        folders.begin() + static_cast<std::ptrdiff_t>(slice.end));
  answer.next_cursor = slice.next;
  answer.meta = reading.finish();
  return answer;
}

Result<FileAnswer> GraphService::file(const Principal& who, const FileAsk& ask) {
  CAIRN_ASSIGN(Reading reading, read(who, ask));
  const Snapshot& snapshot = reading.snapshot();
  CAIRN_ASSIGN(const FileId id, analysis::find_file(snapshot, ask.path));
  const FileInfo file = snapshot.file(id);
  FileAnswer answer;
  answer.path = file.path;
  answer.language = name_of(file.language);
  answer.parse = name_of(file.parse);
  if (!file.skip_reason.empty()) answer.skip_reason = file.skip_reason;
  answer.content_id = file.content.hex();
  answer.bytes = file.bytes;
  answer.lines = file.lines;
  answer.flags = file_flag_names(file.flags);
  std::uint64_t left = 0;
  if (ask.outline) add_outline(reading, file, answer, left);
  if (ask.occurrences) CAIRN_TRY(add_occurrences(reading, id, answer, left));
  if (left != 0) {
    const std::uint64_t shown = answer.outline.size() + answer.occurrences.size();
    reading.truncate("limit", shown, shown + left);
  }
  if (ask.text) {
    Result<std::string> text = catalogue_.read_file(reading.view(), id);
    if (text) {
      answer.text = as_utf8(*text, answer.text_lossy);
    } else {
      answer.text_problem = text.error().message();
    }
  }
  answer.meta = reading.finish();
  return answer;
}

Result<GraphService::Export> GraphService::export_graph(const Principal& who, const Ask& ask,
                                                        analysis::ExportFormat format) {
  CAIRN_ASSIGN(const Reading reading, read(who, ask));
  analysis::ExportOptions options;
  options.source = reading.view().repo.slug;
  options.stop = ask.stop;
  return Export([snapshot = reading.snapshot_ptr(), format,
                 options = std::move(options)](const analysis::TextSink& sink) {
    return analysis::write_export(*snapshot, format, options, sink);
  });
}

}  // namespace cairn::api
