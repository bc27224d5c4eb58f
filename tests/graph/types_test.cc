#include "graph/types.h"

#include <gtest/gtest.h>

#include "graph/scip.h"

namespace cairn::graph {
namespace {

TEST(TypesTest, NamesComeBackAsTheSameValue) {
#define CAIRN_LANGUAGE(name, text, family, separator) \
  EXPECT_EQ(language_named(name_of(Language::name)), Language::name);
#define CAIRN_SYMBOL_KIND(name, text, meaning) \
  EXPECT_EQ(symbol_kind_named(name_of(SymbolKind::name)), SymbolKind::name);
#define CAIRN_EDGE_KIND(name, text, meaning) \
  EXPECT_EQ(edge_kind_named(name_of(EdgeKind::name)), EdgeKind::name);
#define CAIRN_TIER(name, text, meaning) EXPECT_EQ(tier_named(name_of(Tier::name)), Tier::name);
#include "graph/schema.def"
  EXPECT_FALSE(language_named("cobol"));
}

TEST(TypesTest, FamiliesAndSeparatorsFollowTheSchema) {
  EXPECT_EQ(family_of(Language::kTsx), Family::kJs);
  EXPECT_EQ(family_of(Language::kCpp), family_of(Language::kC));
  EXPECT_EQ(separator_of(Language::kRust), "::");
  EXPECT_EQ(separator_of(Language::kGo), ".");
  EXPECT_EQ(flag_name(0), "exported");
  EXPECT_EQ(flag_name(21), "default_export");
  EXPECT_EQ(name_of(static_cast<Tier>(77)), "unknown");
}

std::string descriptor(SymbolKind kind, std::string_view name, std::uint32_t disambiguator = 0,
                       std::uint32_t ordinal = 0) {
  std::string out;
  append_descriptor(out, kind, name, disambiguator, ordinal);
  return out;
}

TEST(ScipTest, DescriptorsFollowTheGrammar) {
  EXPECT_EQ(descriptor(SymbolKind::kNamespace, "std"), "std/");
  EXPECT_EQ(descriptor(SymbolKind::kClass, "Box"), "Box#");
  EXPECT_EQ(descriptor(SymbolKind::kMethod, "go"), "go().");
  EXPECT_EQ(descriptor(SymbolKind::kMethod, "go", 0x1f, 2), "go(1f+2).");
  EXPECT_EQ(descriptor(SymbolKind::kField, "x", 0, 1), "x+1.");
  EXPECT_EQ(descriptor(SymbolKind::kMacro, "MAX"), "MAX!");
  EXPECT_EQ(descriptor(SymbolKind::kTypeParameter, "T"), "[T]");
  EXPECT_EQ(descriptor(SymbolKind::kParameter, "x"), "(x)");
  EXPECT_EQ(descriptor(SymbolKind::kMethod, "operator`=="), "`operator``==`().");
  EXPECT_EQ(scip_prefix("", ""), "cairn local . . ");
  EXPECT_EQ(scip_prefix("npm", "a b"), "cairn npm a  b . ");
}

TEST(ScipTest, TheLastNameIsReadBack) {
  for (const SymbolKind kind :
       {SymbolKind::kNamespace, SymbolKind::kClass, SymbolKind::kMethod, SymbolKind::kField,
        SymbolKind::kMacro, SymbolKind::kTypeParameter, SymbolKind::kParameter}) {
    for (const std::string_view name : {"plain", "a.b", "x y", "`", "``q`", "<lambda1>", "f(x)"}) {
      const std::string id =
          "cairn local . . a/`b#`/" + descriptor(kind, name, 7 * (kind == SymbolKind::kMethod));
      EXPECT_EQ(last_descriptor_name(id), name) << id;
    }
  }
  EXPECT_EQ(last_descriptor_name(""), "");
  EXPECT_EQ(last_descriptor_name("`"), "");
  EXPECT_EQ(last_descriptor_name(")."), "");
}

}  // namespace
}  // namespace cairn::graph
