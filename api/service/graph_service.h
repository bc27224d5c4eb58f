#pragma once
// GraphService: every question that a snapshot answers. The part of the service layer that reads
// code graphs; handlers, and later other front ends, only translate to and from it.
//
// Each method takes the Principal first and wants the scope "read" and access to the repository:
// one that is unknown and one that may not be seen give the same kNotFound. A repository without a
// snapshot is kBusy (retryable): it is being indexed. Common errors besides: kSymbolNotFound and
// kAmbiguous (symbols), kInvalidArgument (cursor), kGone (cursor of an older snapshot), kTimeout
// and kCancelled (the stop token of the question), kCorrupt. Thread-safe.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/export.h"
#include "analysis/reach.h"
#include "api/service/cursor.h"
#include "api/service/dto.h"
#include "api/service/dto_graph.h"
#include "api/service/extras.h"
#include "api/service/grouping.h"
#include "api/service/principal.h"
#include "api/service/query.h"
#include "api/service/reading.h"
#include "base/result.h"
#include "base/stop_token.h"

namespace cairn::api {

/// Where repositories, their snapshots and their texts come from: indexer::Workspaces, and fixtures
/// of tests. Thread-safe.
class Catalogue {
 public:
  virtual ~Catalogue() = default;
  /// What is served now; null: nothing was indexed yet. kNotFound: unknown slug. Quick.
  virtual Result<indexer::RepoViewPtr> current(std::string_view slug) = 0;
  virtual Result<store::RepoWithSettings> find(std::string_view slug) const = 0;
  /// Bytes of a file as they were indexed. kNotFound: gone or changed since.
  virtual Result<std::string> read_file(const indexer::RepoView& view, graph::FileId file) = 0;
  /// Says that a question met a damaged block.
  virtual void report_damage(const indexer::RepoView& view, const Error& error) = 0;
};

/// What all questions hold.
struct Ask {
  std::string repo;
  std::uint8_t tiers = analysis::tiers_up_to(graph::Tier::kDispatch);
  PageRequest page;
  StopToken stop;
};
struct SymbolsAsk : Ask {
  std::string text;
  std::uint64_t kinds = 0;  // bits of SymbolKind, 0 = all
  std::string path;
};
struct SymbolAsk : Ask {
  std::string symbol;
  std::uint32_t depth = 1;
};
struct ReachAsk : SymbolAsk {
  graph::Direction direction = graph::Direction::kBackward;
};
struct AtAsk : Ask {
  std::string path;
  graph::Position at;  // column 0: the first identifier of the line
};
struct PathsAsk : Ask {
  std::string from;
  std::string to;
  std::size_t k = 1;
};
struct FileAsk : Ask {
  std::string path;
  bool text = true;
  bool outline = true;
  bool occurrences = false;
};
struct OverviewAsk : Ask {
  Level level = Level::kDirectory;
  std::string path;
};
struct NeighbourhoodAsk : SymbolAsk {
  bool forward = true;
  bool backward = true;
  std::uint32_t kinds = analysis::kDependencyKinds;
};
struct CyclesAsk : Ask {
  bool of_files = true;
};
struct DeadCodeAsk : Ask {
  bool with_exported = false;
  std::string path;
};
struct ComplexityAsk : Ask {
  std::string path;
  analysis::Metric sort = analysis::Metric::kCyclomatic;
  bool by_place = false;
  std::optional<std::uint64_t> over;  // only functions above this value of `sort`
};

class GraphService {
 public:
  explicit GraphService(Catalogue& catalogue) : catalogue_(catalogue) {}

  /// Of the snapshot that would answer now: what an ETag is made from.
  Result<std::string> snapshot_id(const Principal& who, const std::string& repo);

  Result<StatusAnswer> status(const Principal& who, const Ask& ask);
  Result<SymbolsAnswer> symbols(const Principal& who, const SymbolsAsk& ask);
  Result<SymbolAnswer> symbol(const Principal& who, const SymbolAsk& ask);
  Result<ReferencesAnswer> references(const Principal& who, const SymbolAsk& ask);
  Result<ReachAnswerDto> reach(const Principal& who, const ReachAsk& ask);
  Result<ReachAnswerDto> tests(const Principal& who, const SymbolAsk& ask);
  Result<HierarchyAnswer> hierarchy(const Principal& who, const SymbolAsk& ask);
  Result<AtAnswer> at(const Principal& who, const AtAsk& ask);
  Result<PathsAnswer> paths(const Principal& who, const PathsAsk& ask);
  Result<TreeAnswer> tree(const Principal& who, const FileAsk& ask);
  Result<FileAnswer> file(const Principal& who, const FileAsk& ask);
  Result<OverviewAnswer> overview(const Principal& who, const OverviewAsk& ask);
  Result<NeighbourhoodAnswer> neighbourhood(const Principal& who, const NeighbourhoodAsk& ask);
  Result<CyclesAnswer> cycles(const Principal& who, const CyclesAsk& ask);
  Result<DeadCodeAnswerDto> dead_code(const Principal& who, const DeadCodeAsk& ask);
  Result<ModulesAnswer> modules(const Principal& who, const Ask& ask);
  Result<ComplexityAnswer> complexity(const Principal& who, const ComplexityAsk& ask);
  Result<QueryAnswer> query(const Principal& who, const Ask& ask, const Query& query);

  /// The whole graph as text, to be written when the answer is on its way: the checks are done, the
  /// snapshot is held.
  using Export = std::function<Result<void>(const analysis::TextSink& sink)>;
  Result<Export> export_graph(const Principal& who, const Ask& ask, analysis::ExportFormat format);

  /// Makes the search index of a new snapshot before anybody asks for it.
  Result<void> warm(const indexer::RepoView& view);
  /// To be told of every error of a question: a damaged snapshot is set aside.
  void note_error(const std::string& repo, const Error& error);
  void forget(const std::string& repo_id) { extras_.drop(repo_id); }

 private:
  /// Checks scope and access, and takes the current snapshot.
  Result<Reading> read(const Principal& who, const Ask& ask);
  std::shared_ptr<Extras> extras(const Reading& reading) {
    return extras_.of(reading.view().repo.id, reading.snapshot_ptr());
  }
  Result<ReachAnswerDto> reach_page(Reading& reading, const SymbolAsk& ask,
                                    const analysis::ReachQuery& query,
                                    const analysis::ReachAnswer& answer,
                                    const std::vector<std::size_t>& rows, std::uint64_t question,
                                    graph::SymbolId symbol);

  Catalogue& catalogue_;
  ExtrasCache extras_;
};

}  // namespace cairn::api
