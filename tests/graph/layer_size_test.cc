// What a layer costs per edge and per line on a repository of the usual proportions: three
// reference sites a line, half of them locals; 0.18 symbols and about 0.6 edges a line.
#include <gtest/gtest.h>

#include <random>

#include "graph/layer.h"
#include "tests/support/snapshot_builder.h"
#include "tests/support/temp_dir.h"

namespace cairn::graph {
namespace {

constexpr unsigned kFiles = 200;
constexpr unsigned kLines = 200;
constexpr unsigned kSymbols = 36;

class TypicalRepo {
 public:
  test::RepoModel make() {
    test::RepoModel model;
    for (unsigned f = 0; f < kFiles; ++f) fill(f, model[path(f)]);
    return model;
  }

 private:
  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
  static std::string path(unsigned f) {
    return "src/component" + std::to_string(f / 10) + "/module" + std::to_string(f) + ".py";
  }
  static std::string symbol(unsigned f, unsigned i) {
    return i % 3 == 0 ? "handle_request_" + std::to_string(f * 7 + i) : "run" + std::to_string(i);
  }

  void fill(unsigned f, test::FileModel& file) {
    file.lines = kLines;
    file.module_path = path(f);
    for (unsigned i = 0; i < kSymbols; ++i) {
      test::SymbolModel s;
      s.name = symbol(f, i);
      s.kind = i % 6 == 0 ? SymbolKind::kClass : SymbolKind::kFunction;
      s.signature = "def " + s.name + "(self, request, response=None)";
      s.line = 1 + i * kLines / kSymbols;
      file.symbols.push_back(s);
      for (unsigned l = 0; l < 2; ++l)
        file.locals.push_back({"value" + std::to_string(l), s.name, {}, {s.line + l, 9}, 255});
    }
    for (unsigned line = 1; line <= kLines; ++line) {
      const unsigned owner = (line - 1) * kSymbols / kLines;
      for (unsigned n = 0; n < 3; ++n) site(f, file, owner, {line, 5 + n * 14});
    }
    for (unsigned i = 0; i < kLines / 2; ++i) file.lookups.push_back(lookup());
    std::sort(file.lookups.begin(), file.lookups.end());
    file.lookups.erase(std::unique(file.lookups.begin(), file.lookups.end()), file.lookups.end());
  }

  void site(unsigned f, test::FileModel& file, unsigned owner, Position at) {
    test::SiteModel s;
    s.owner = symbol(f, owner);
    s.begin = at;
    const unsigned what = below(100);
    if (what < 50) {
      s.role = below(2) == 0 ? RefRole::kRead : RefRole::kWrite;
      s.local = file.locals[owner * 2 + below(2)].name;
      s.text = s.local;
      s.tier = Tier::kExact;
      s.origin = Origin::kLexical;
    } else if (what < 78) {
      const unsigned target = below(3) == 0 ? below(kFiles) : f;
      s.targets = {{path(target), symbol(target, below(kSymbols))}};
      s.text = s.targets[0].name;
      s.flags = below(2) == 0 ? ref_flag::kHasReceiver : 0;
    } else if (what < 88) {
      s.text = "print";
      s.tier = Tier::kExternal;
      s.origin = Origin::kBuiltin;
      s.external = "python#print";
    } else {
      s.text = "attribute" + std::to_string(below(300));
      s.tier = Tier::kUnresolved;
      s.origin = Origin::kNone;
      s.reason = Reason::kUnknownReceiver;
      s.flags = ref_flag::kHasReceiver;
    }
    file.sites.push_back(s);
  }

  /// Many keys are asked for by several files.
  std::uint32_t lookup() { return (below(3) == 0 ? below(500) : below(20000)) * 200003u; }

  std::mt19937 random_{5};
};

TEST(LayerSizeTest, StaysWithinTheBudgetPerEdgePerSiteAndPerLine) {
  const testing::TempDir dir;
  WriteStats stats;
  const auto layer = test::build_base(dir / "layer", TypicalRepo().make(), &stats);
  ASSERT_TRUE(layer);
  const double lines = kFiles * kLines;
  const double per_edge = static_cast<double>(stats.edge_bytes) / static_cast<double>(stats.edges);
  const double per_site = static_cast<double>(stats.site_bytes) / static_cast<double>(stats.sites);
  const double per_line = static_cast<double>(stats.file_bytes) / lines;
  RecordProperty("bytes_per_edge", std::to_string(per_edge));
  RecordProperty("bytes_per_site", std::to_string(per_site));
  RecordProperty("bytes_per_line", std::to_string(per_line));
  RecordProperty("edges_per_line", std::to_string(static_cast<double>(stats.edges) / lines));
  std::string sections;
  for (std::size_t i = 0; i < kSectionCount; ++i) {
    const double share = static_cast<double>(layer->section_bytes(static_cast<Section>(i))) / lines;
    if (share >= 0.1) sections += ' ' + std::to_string(i) + '=' + std::to_string(share);
  }
  EXPECT_LE(per_edge, 16.0) << sections;
  EXPECT_LE(per_site, 8.0) << sections;
  EXPECT_LE(per_line, 60.0) << sections;
}

}  // namespace
}  // namespace cairn::graph
