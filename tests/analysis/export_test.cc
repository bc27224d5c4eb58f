// Exports over snapshots made by hand: places, overlays and hostile names.
#include "analysis/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "analysis/find_symbol.h"
#include "analysis/symbol_order.h"
#include "base/json.h"
#include "tests/support/snapshot_builder.h"
#include "tests/support/temp_dir.h"

namespace cairn::analysis {
namespace {

using graph::SymbolKind;
using graph::Tier;
using test::FileModel;
using test::RepoModel;
using ::testing::HasSubstr;
using ::testing::Not;

namespace flag = graph::symbol_flag;

std::string exported(const graph::Snapshot& snapshot, ExportFormat format) {
  std::string text;
  ExportOptions options;
  options.source = "here";
  options.skipped = {{"z.bin", "binary"}};
  const auto done = write_export(snapshot, format, options, [&](std::string_view piece) {
    text += piece;
    return Result<void>();
  });
  EXPECT_TRUE(done) << done.error().message();
  return text;
}

constexpr ExportFormat kAll[] = {ExportFormat::kJsonl, ExportFormat::kPycg, ExportFormat::kGraphml,
                                 ExportFormat::kDot, ExportFormat::kJson};

test::SymbolModel symbol(std::string name, std::uint32_t flags = 0, std::string scope = {}) {
  test::SymbolModel out;
  out.name = std::move(name);
  out.flags = flags;
  out.scope = std::move(scope);
  return out;
}

/// A call in main.
test::SiteModel site(std::uint32_t line, std::string text, Tier tier) {
  test::SiteModel out;
  out.owner = "main";
  out.begin = {line, 5};
  out.text = std::move(text);
  out.targets = {{"src/twice.c", "twice"}};
  out.tier = tier;
  return out;
}

/// A C function declared in a header, defined and called elsewhere.
RepoModel c_model() {
  RepoModel model;
  FileModel header;
  header.language = graph::Language::kC;
  header.symbols = {symbol("twice", flag::kDeclaration, "c")};
  model["include/twice.h"] = header;
  FileModel source = header;
  source.symbols = {symbol("twice", 0, "c")};
  model["src/twice.c"] = source;
  FileModel user;
  user.language = graph::Language::kC;
  user.symbols = {symbol("main", 0, "c")};
  user.sites = {site(3, "twice", Tier::kExact), site(4, "twice", Tier::kResolved),
                site(5, "gone", Tier::kUnresolved)};
  user.sites[2].targets.clear();
  user.sites[2].reason = graph::Reason::kNoSuchName;
  model["src/main.c"] = user;
  return model;
}

TEST(ExportTest, ADeclarationIsAPlaceOfItsDefinition) {
  const auto snapshot = test::build_snapshot(c_model());
  const std::string text = exported(*snapshot, ExportFormat::kJsonl);
  std::size_t lines = 0;
  for (std::size_t at = text.find("\"name\":\"twice\""); at != std::string::npos;
       at = text.find("\"name\":\"twice\"", at + 1))
    ++lines;
  EXPECT_EQ(lines, 1u);
  EXPECT_THAT(text, HasSubstr("\"places\":[{\"file\":\"include/twice.h\",\"range\":["));
  EXPECT_THAT(text, HasSubstr("\"declaration\":true}]"));
}

TEST(ExportTest, SitesRollUpIntoOneEdgeOfTheBestTier) {
  const auto snapshot = test::build_snapshot(c_model());
  const std::string text = exported(*snapshot, ExportFormat::kJsonl);
  const std::size_t at = text.find("{\"t\":\"edge\",\"kind\":\"calls\"");
  ASSERT_NE(at, std::string::npos);
  EXPECT_THAT(text.substr(at, text.find('\n', at) - at),
              HasSubstr("\"tier\":\"exact\",\"count\":2}"));
  EXPECT_EQ(text.find("{\"t\":\"edge\",\"kind\":\"calls\"", at + 1), std::string::npos);
}

TEST(ExportTest, UnresolvedSitesKeepTheirReason) {
  const auto snapshot = test::build_snapshot(c_model());
  EXPECT_THAT(exported(*snapshot, ExportFormat::kJsonl),
              HasSubstr("\"text\":\"gone\",\"role\":\"call\",\"in\":"));
  EXPECT_THAT(exported(*snapshot, ExportFormat::kJsonl),
              HasSubstr("\"targets\":[],\"external\":null,\"reason\":\"no_such_name\"}"));
}

TEST(ExportTest, MetaListsWhatWasSkipped) {
  RepoModel model = c_model();
  model["a.c"].skip_reason = "too large";
  const auto snapshot = test::build_snapshot(model);
  EXPECT_THAT(exported(*snapshot, ExportFormat::kJsonl),
              HasSubstr("\"skipped\":[{\"path\":\"a.c\",\"reason\":\"too large\"},"
                        "{\"path\":\"z.bin\",\"reason\":\"binary\"}]"));
}

TEST(ExportTest, BaseWithOverlayEqualsClean) {
  testing::TempDir folder;
  const RepoModel before = c_model();
  RepoModel now = before;
  now["src/main.c"].symbols.push_back(symbol("helper", 0, "c"));
  now["src/main.c"].sites[0].owner = "helper";
  now["aaa.c"] = before.at("src/main.c");
  now["aaa.c"].symbols[0].name = "first";
  now["aaa.c"].sites.clear();
  now.erase("include/twice.h");
  const auto base = test::build_base(folder / "base", before);
  const auto overlaid =
      test::snapshot_of(base, test::build_overlay(folder / "overlay", base, before, now));
  const auto clean = test::build_snapshot(now);
  for (const ExportFormat format : kAll)
    EXPECT_EQ(exported(*overlaid, format), exported(*clean, format));
}

TEST(ExportTest, HostileNamesStayInsideTheirQuotes) {
  RepoModel model;
  FileModel file;
  file.language = graph::Language::kRuby;
  file.symbols = {symbol("a\"b<c>&\x01\xff\n")};
  model["dir/we\"ird\n\xfe.rb"] = file;
  const auto snapshot = test::build_snapshot(model);
  const std::string jsonl = exported(*snapshot, ExportFormat::kJsonl);
  for (std::size_t at = 0; at < jsonl.size();) {
    const std::size_t end = jsonl.find('\n', at);
    EXPECT_TRUE(JsonDocument::parse(jsonl.substr(at, end - at))) << jsonl.substr(at, end - at);
    at = end + 1;
  }
  EXPECT_TRUE(JsonDocument::parse(exported(*snapshot, ExportFormat::kJson)));
  const std::string graphml = exported(*snapshot, ExportFormat::kGraphml);
  EXPECT_THAT(graphml, HasSubstr("a&quot;b&lt;c&gt;&amp;\xEF\xBF\xBD\xEF\xBF\xBD"));
  EXPECT_THAT(graphml, Not(HasSubstr("\x01")));
  EXPECT_THAT(exported(*snapshot, ExportFormat::kDot), HasSubstr("a\\\"b<c>&"));
}

TEST(ExportTest, StopsWhenToldTo) {
  const auto snapshot = test::build_snapshot(c_model());
  StopSource stop;
  stop.stop();
  ExportOptions options;
  options.stop = stop.token();
  for (const ExportFormat format : {ExportFormat::kJsonl, ExportFormat::kGraphml}) {
    const auto done =
        write_export(*snapshot, format, options, [](std::string_view) { return Result<void>(); });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), ErrorCode::kCancelled);
  }
}

TEST(ExportTest, AFailingSinkIsItsError) {
  const auto snapshot = test::build_snapshot(c_model());
  const auto done = write_export(
      *snapshot, ExportFormat::kDot, {},
      [](std::string_view) -> Result<void> { return Error(ErrorCode::kDiskFull, "no room"); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), ErrorCode::kDiskFull);
}

TEST(SymbolOrderTest, AgreesWithTheSnapshotOnCanonicalPlaces) {
  const auto snapshot = test::build_snapshot(c_model());
  const SymbolOrder order(*snapshot);
  std::set<std::uint32_t> seen;
  std::pair<std::string, graph::Position> last;
  for (const graph::FileId f : snapshot->files()) {
    const graph::FileInfo info = snapshot->file(f);
    for (std::uint32_t i = 0; i < info.symbol_count; ++i) {
      const graph::SymbolId s(info.first_symbol.value() + i);
      EXPECT_EQ(order.canonical(s), snapshot->canonical(s));
      seen.insert(snapshot->canonical(s).value());
    }
  }
  EXPECT_EQ(order.symbols().size(), seen.size());
  for (std::size_t i = 0; i < order.symbols().size(); ++i)
    EXPECT_EQ(order.rank(order.symbols()[i]), i);
}

}  // namespace
}  // namespace cairn::analysis
