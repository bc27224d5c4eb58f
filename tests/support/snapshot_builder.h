#pragma once
// Small repositories as data, for tests of everything that reads a graph::Snapshot. A RepoModel is
// files of symbols and references by name; build_base() writes it as one layer, build_overlay()
// writes what differs from another model as an overlay. dump() prints a snapshot by names only, so
// that two snapshots of equal content print the same text whatever their dense ids.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "graph/layer.h"
#include "graph/links.h"
#include "graph/snapshot.h"
#include "graph/writer.h"

namespace cairn::test {

/// "path:name" of a symbol; "path:" is the file's module.
struct SymbolRef {
  std::string path;
  std::string name;
  friend auto operator<=>(const SymbolRef&, const SymbolRef&) = default;
};

struct SiteModel {
  std::string owner;  // symbol name of the file, "" = module
  graph::Position begin;
  std::string text;
  std::vector<SymbolRef> targets;  // those that do not exist are left out
  std::string local;               // bound to this local
  std::string external;
  graph::RefRole role = graph::RefRole::kCall;
  graph::Tier tier = graph::Tier::kResolved;
  graph::Origin origin = graph::Origin::kImport;
  graph::Reason reason = graph::Reason::kNone;
  std::uint8_t flags = 0;
  std::uint32_t length = 0;  // 0: that of the text
};

struct SymbolModel {
  std::string name;
  std::string parent;  // symbol name of the file, "" = module
  graph::SymbolKind kind = graph::SymbolKind::kFunction;
  graph::Visibility visibility = graph::Visibility::kPublic;
  std::uint32_t flags = 0;
  std::string signature;
  std::string qualifier;
  std::string scope;  // scope key text; "" = file scope, or the parent's
  std::string opens;  // scope key text it opens
  std::uint32_t disambiguator = 0;
  std::uint32_t line = 0;  // 0: numbered in order
};

struct EdgeModel {
  SymbolRef src;
  SymbolRef dst;
  graph::EdgeKind kind = graph::EdgeKind::kOverrides;
  graph::Tier tier = graph::Tier::kResolved;
  graph::Origin origin = graph::Origin::kInheritedMember;
};

struct LocalModel {
  std::string name;
  std::string owner;
  SymbolRef type;  // path "" = unknown
  graph::Position begin;
  std::uint8_t position = 255;
};

struct FileModel {
  graph::Language language = graph::Language::kPython;
  std::vector<SymbolModel> symbols;  // without the module
  std::vector<LocalModel> locals;
  std::vector<SiteModel> sites;
  std::vector<EdgeModel> edges;
  std::vector<std::uint32_t> lookups;
  std::string module_path;
  std::string package_path;
  std::string qualified_prefix;
  std::string skip_reason;
  std::uint32_t lines = 10;
};

using RepoModel = std::map<std::string, FileModel>;

std::uint64_t scope_key(std::string_view text);

/// Writes the model as a base layer; a failure is a test failure and gives null.
std::shared_ptr<const graph::Layer> build_base(const std::string& path, const RepoModel& model,
                                               graph::WriteStats* stats = nullptr);
/// Writes `now` over a base built from `before`: files that differ, and files that name a symbol
/// which came or went, become overlay units, as an incremental index would link them again.
std::shared_ptr<const graph::Layer> build_overlay(const std::string& path,
                                                  std::shared_ptr<const graph::Layer> base,
                                                  const RepoModel& before, const RepoModel& now);
std::shared_ptr<const graph::Snapshot> snapshot_of(
    std::shared_ptr<const graph::Layer> base, std::shared_ptr<const graph::Layer> overlay = {});
/// Base layer in a temporary file, opened.
std::shared_ptr<const graph::Snapshot> build_snapshot(const RepoModel& model);

/// Everything a snapshot says, without dense ids, sorted.
std::string dump(const graph::Snapshot& snapshot);
/// Makes all checksums of a changed layer file right again.
void reseal(std::string& layer_bytes);
/// The id of "path:name"; the test fails when there is none.
graph::SymbolId symbol_at(const graph::Snapshot& snapshot, const SymbolRef& ref);

}  // namespace cairn::test
