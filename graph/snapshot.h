#pragma once
// Snapshot: the immutable view that every query reads: a base layer and at most one overlay, seen
// as one graph. Dense FileIds and SymbolIds are valid inside one Snapshot only; ids of base units
// that the overlay removes never appear in results. Safe for any number of reading threads without
// locks. Opening verifies and bounds-checks everything except site and local streams, which are
// verified block by block when read; only those reads can fail later (kCorrupt).
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "graph/edges.h"
#include "graph/types.h"

namespace cairn::graph {

class Layer;

struct FileInfo {
  FileId id;
  std::string_view path;
  Language language = Language::kUnknown;
  ParseStatus parse = ParseStatus::kOk;
  std::uint8_t flags = 0;  // unit_flag bits
  std::uint32_t lines = 0;
  std::uint64_t bytes = 0;
  ContentId content;
  std::string_view skip_reason;
  std::string_view manager;
  std::string_view package;
  std::string_view module_path;
  std::string_view package_path;
  std::string_view qualified_prefix;
  std::uint64_t file_scope = 0;
  SymbolId first_symbol;  // the module symbol; none for a file without symbols
  std::uint32_t symbol_count = 0;
};

/// The rarely read part of a symbol, decoded in one go.
struct SymbolDetails {
  Range name_range;
  Range range;
  std::uint8_t min_args = 0;
  std::uint8_t max_args = 255;
  std::uint32_t doc_line = 0;
  std::uint32_t disambiguator = 0;
  std::uint32_t ordinal = 0;
  std::uint64_t body_hash = 0;
  std::uint64_t scope_key = 0;
  std::optional<Metrics> metrics;  // callables only
};

struct SiteView {
  Position begin;
  std::uint32_t length = 0;
  SymbolId owner;
  std::string_view name;
  std::string_view external;          // "" = not external
  std::uint32_t local = 0xffffffffu;  // row of locals(file), or none
  RefRole role = RefRole::kRead;
  Tier tier = Tier::kUnresolved;
  Origin origin = Origin::kNone;
  Reason reason = Reason::kNone;
  std::uint8_t flags = 0;
  std::uint32_t first_target = 0;
  std::uint32_t target_count = 0;
};

/// Decoded sites; targets live beside them. Text points into the snapshot.
struct SiteList {
  std::vector<SiteView> sites;
  std::vector<SymbolId> targets;
  std::span<const SymbolId> targets_of(const SiteView& s) const {
    return std::span(targets).subspan(s.first_target, s.target_count);
  }
};

struct LocalView {
  std::string_view name;
  SymbolId owner;
  SymbolKind kind = SymbolKind::kLocal;
  std::uint8_t position = 255;
  Position begin;
  SymbolId type;
};

inline constexpr std::size_t kTierCount = 6;
using TierCounts = std::array<std::uint64_t, kTierCount>;  // indexed by Tier

struct LanguageTotals {
  Language language = Language::kUnknown;
  std::uint64_t files = 0;
  std::uint64_t lines = 0;
  std::uint64_t symbols = 0;
  TierCounts sites{};
};
struct Totals {
  std::uint64_t files = 0;
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  std::uint64_t symbols = 0;
  std::uint64_t edges = 0;
  TierCounts sites{};
  TierCounts edges_by_tier{};
  std::vector<LanguageTotals> languages;  // by Language value, those present
};

class Snapshot {
 public:
  /// Opens a base layer file, or base and overlay. Errors: kNotFound, kIo, kCorrupt, kVersion.
  static Result<std::shared_ptr<const Snapshot>> open(const std::string& base_path,
                                                      const std::string& overlay_path = {});
  static Result<std::shared_ptr<const Snapshot>> make(std::shared_ptr<const Layer> base,
                                                      std::shared_ptr<const Layer> overlay = {});
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  const Layer& base() const { return *base_; }
  std::shared_ptr<const Layer> base_ptr() const { return base_; }
  const Layer* overlay() const { return overlay_.get(); }
  std::string_view repo() const;
  std::string_view commit() const;
  std::string_view config_hash() const;
  /// Changes exactly when the content does.
  std::uint64_t content_hash() const;

  // Files. --------------------------------------------------------------------------------------
  /// Live files in path order.
  std::span<const FileId> files() const { return files_; }
  std::uint32_t file_count() const { return static_cast<std::uint32_t>(files_.size()); }
  FileId file_by_path(std::string_view path) const;  // none when absent. O(log files)
  FileInfo file(FileId) const;
  std::string_view path(FileId) const;
  /// Live files of the folder `prefix` (ends with "/" or is ""), in path order.
  std::span<const FileId> files_under(std::string_view prefix) const;

  // Symbols. Every SymbolId argument must be live (from this snapshot). ---------------------------
  /// One past the largest dense id; arrays indexed by SymbolId have this size.
  std::uint32_t id_limit() const { return id_limit_; }
  std::uint32_t symbol_count() const { return live_symbols_; }
  bool is_live(SymbolId) const;
  FileId file_of(SymbolId) const;  // O(log files)
  std::string_view name(SymbolId) const;
  SymbolKind kind(SymbolId) const;
  Visibility visibility(SymbolId) const;
  std::uint32_t flags(SymbolId) const;
  bool has_flag(SymbolId s, std::uint32_t flag) const { return (flags(s) & flag) != 0; }
  std::uint64_t stable_id(SymbolId) const;
  std::string_view signature(SymbolId) const;
  std::string_view qualifier(SymbolId) const;  // written prefix of an out-of-line member
  SymbolDetails details(SymbolId) const;
  /// The symbol it is written inside, none for a module.
  SymbolId lexical_parent(SymbolId) const;
  /// The symbol it belongs to: the type of an out-of-line member, else the lexical parent, each in
  /// its canonical place.
  SymbolId parent(SymbolId) const;
  /// The place that stands for the symbol: the first (by path, then position) that is not a mere
  /// declaration. A plain definition is its own place.
  SymbolId canonical(SymbolId) const;
  /// All places of the symbol (equal stable id) in path and position order.
  std::vector<SymbolId> places(SymbolId) const;
  /// Symbols written directly inside, in position order.
  std::vector<SymbolId> children(SymbolId) const;
  /// `cairn <manager> <package> . <descriptors>`, the same for all places of one symbol.
  std::string id_string(SymbolId) const;
  /// Name with its module or package, joined as the language does.
  std::string qualified(SymbolId) const;
  /// Innermost symbol whose range holds the position; the module symbol outside all others.
  SymbolId innermost_at(FileId, Position) const;

  // Edges. --------------------------------------------------------------------------------------
  EdgeRange out_edges(SymbolId) const;
  EdgeRange in_edges(SymbolId) const;  // Edge::other is the source
  /// Count of sites and rule behind the i-th out edge of `src`.
  EdgeWeight out_weight(SymbolId src, std::size_t index) const;
  /// Index of the out edge (dst, kind) of `src`, or nothing. O(log degree).
  std::optional<std::size_t> find_out(SymbolId src, SymbolId dst, EdgeKind kind) const;
  /// Adds the files whose units own a share of the edge: without them all it would be gone.
  void edge_owners(SymbolId src, SymbolId dst, EdgeKind kind, std::vector<FileId>& out) const;

  // Sites and locals; errors: kCorrupt. -----------------------------------------------------------
  Result<SiteList> sites(SymbolId owner) const;  // in position order
  Result<SiteList> sites_of_file(FileId) const;  // in position order
  /// The sites of `owner` that have `target` among their targets; sites bound to locals are not
  /// looked at, so this is much cheaper than sites().
  Result<SiteList> sites_between(SymbolId owner, SymbolId target) const;
  Result<std::vector<LocalView>> locals(FileId) const;

  // Look-ups. -----------------------------------------------------------------------------------
  /// Definitions bound under a name in a scope (see def_key), in path and position order.
  std::vector<SymbolId> defs(std::uint64_t scope_key, std::string_view name) const;
  /// All symbols bound in a scope.
  std::vector<SymbolId> members(std::uint64_t scope_key) const;
  /// Symbols that open the named scope, in path and position order.
  std::vector<SymbolId> openers(std::uint64_t scope_key) const;
  /// Symbols of exactly this name; at most `limit` (the total is never silently cut: ask for
  /// limit + 1 to know).
  std::vector<SymbolId> named(std::string_view name, std::size_t limit = SIZE_MAX) const;
  std::vector<SymbolId> with_prefix(std::string_view prefix, std::size_t limit = SIZE_MAX) const;
  /// Canonical symbols whose qualified name is `text` or ends with it at a name boundary.
  std::vector<SymbolId> with_qualified_suffix(std::string_view text) const;
  /// The canonical place of the symbol with this id string; none when there is none.
  SymbolId by_id(std::string_view id_string) const;

  /// Sites of tier unresolved whose identifier is exactly this, in files of the family.
  std::uint64_t unbound_sites(std::string_view name, Family family) const;

  // Linking memo. -------------------------------------------------------------------------------
  /// Keys a file looked up when it was linked, ascending.
  std::vector<std::uint32_t> lookups(FileId) const;
  /// Live files that looked the key up, ascending by id.
  std::vector<FileId> files_that_looked_up(std::uint32_t key) const;

  /// Counted once, when the snapshot is made.
  const Totals& totals() const { return totals_; }

 private:
  struct Rows;  // rows of edges that differ from the base's own (snapshot_rows.h)
  struct Place {
    const Layer* layer;
    std::uint32_t row;
  };
  class OverlayMerger;
  Snapshot();
  void list_files();
  void count_totals();
  /// Of any stored id, removed ones too.
  Place locate(SymbolId s) const;
  Place locate(FileId f) const;
  SymbolId dense(const Layer& layer, std::uint32_t row) const;
  bool is_removed(SymbolId s) const;
  /// The live symbol a stored id stands for; none when it is gone.
  SymbolId resolve(SymbolId stored) const;
  /// The base symbol a live one is or replaces; none when it is new.
  SymbolId preimage(SymbolId s) const;
  void resolve_targets(SiteList& list) const;
  void sort_places(std::vector<SymbolId>& ids) const;
  template <class RowsOf>
  std::vector<SymbolId> collect(RowsOf rows_of) const;
  std::vector<SymbolId> with_stable_id(std::uint64_t stable_id) const;
  SymbolId owner_type(SymbolId s) const;
  std::vector<SymbolId> chain(SymbolId s) const;

  std::shared_ptr<const Layer> base_;
  std::shared_ptr<const Layer> overlay_;
  std::uint32_t id_limit_ = 0;
  std::uint32_t id_base_ = 0;    // first overlay symbol
  std::uint32_t file_base_ = 0;  // first overlay file
  std::uint32_t live_symbols_ = 0;
  std::vector<FileId> files_;             // live, in path order
  std::vector<std::uint32_t> path_rank_;  // by FileId; empty without an overlay
  std::vector<std::uint64_t> removed_;    // bit per base symbol; empty without an overlay
  std::unique_ptr<Rows> rows_;            // null without an overlay
  Totals totals_;
};

}  // namespace cairn::graph
