// docs/schema.md is made from graph/schema.def; CAIRN_UPDATE_GOLDEN=1 writes it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "base/fs.h"

namespace cairn::graph {
namespace {

void row(std::string& text, std::string_view name, std::string_view meaning) {
  text += "| `" + std::string(name) + "` | " + std::string(meaning) + " |\n";
}

std::string schema_page() {
  std::string text =
      "# Schema\n\n"
      "What the graph's vocabularies mean. Made from `graph/schema.def`, the only list of them in "
      "the\n"
      "program; [exports.md](exports.md) shows the records they stand in,\n"
      "[file-format.md](file-format.md) how they are stored.\n\n"
      "## Languages\n"
      "Calls and references are never bound from one family to another.\n\n"
      "| name | family | parts of a qualified name are joined by |\n|---|---|---|\n";
#define CAIRN_LANGUAGE(name, word, family, separator) \
  if (std::string_view(word) != "unknown")            \
    text += "| `" word "` | `" + std::string(#family).substr(1) + "` | `" separator "` |\n";
#include "graph/schema.def"
  text += "\n## Symbols\n\n| kind | meaning |\n|---|---|\n";
#define CAIRN_SYMBOL_KIND(name, word, meaning) row(text, word, meaning);
#include "graph/schema.def"
  text += "\n## Edges\n\n| kind | from the source to the target |\n|---|---|\n";
#define CAIRN_EDGE_KIND(name, word, meaning) row(text, word, meaning);
#include "graph/schema.def"
  text +=
      "\n## Tiers\nHow sure a site or an edge is, surest first.\n\n| tier | meaning |\n|---|---|\n";
#define CAIRN_TIER(name, word, meaning) row(text, word, meaning);
#include "graph/schema.def"
  text += "\n## Roles of reference sites\n\n";
  std::string roles;
#define CAIRN_REF_ROLE(name, word) roles += (roles.empty() ? "`" : ", `") + std::string(word) + "`";
#include "graph/schema.def"
  text += roles + "\n\n## Origins\nThe rule that bound a site or made an edge.\n\n";
  text += "| origin | rule |\n|---|---|\n";
#define CAIRN_ORIGIN(name, word, meaning) row(text, word, meaning);
#include "graph/schema.def"
  text += "\n## Reasons\nWhy a site has no target, or not all of them.\n\n";
  text += "| reason | meaning |\n|---|---|\n";
#define CAIRN_REASON(name, word, meaning) row(text, word, meaning);
#include "graph/schema.def"
  return text;
}

TEST(SchemaPageTest, SaysWhatTheSchemaSays) {
  const std::string path = std::string(CAIRN_SOURCE_DIR) + "/docs/schema.md";
  const std::string text = schema_page();
  if (std::getenv("CAIRN_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file_atomic(path, text));
  }
  const Result<std::string> page = read_file(path, 1 << 20);
  ASSERT_TRUE(page) << page.error().to_string();
  EXPECT_EQ(*page, text) << "run with CAIRN_UPDATE_GOLDEN=1 to write docs/schema.md";
}

}  // namespace
}  // namespace cairn::graph
