// Extraction on content nobody wrote on purpose: every language takes empty, broken, truncated,
// mutated, one-line and absurdly nested files without a crash, in bounded time, and gives facts
// that are valid, encode, and point into the file.
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "graph/facts_codec.h"
#include "indexer/syntax/parse.h"

namespace cairn::indexer::syntax {
namespace {

namespace fs = std::filesystem;

/// The parser gives up after this; what follows the parser must not take much longer.
constexpr std::uint64_t kParseMicros = 150'000;
constexpr double kMostCpuSeconds = 10;

/// Of this thread: other work of the machine does not count.
double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

class RobustnessTest : public testing::TestWithParam<graph::Language> {
 protected:
  static std::vector<std::string> golden_sources() {
    std::vector<std::string> out;
    const fs::path folder =
        fs::path(CAIRN_TESTDATA_DIR) / "facts" / std::string(graph::name_of(GetParam()));
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().extension() != ".golden") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
      std::ifstream in(path, std::ios::binary);
      std::stringstream bytes;
      bytes << in.rdbuf();
      out.push_back(bytes.str());
    }
    return out;
  }
};

/// What checks whether positions lie inside a text.
class Bounds {
 public:
  explicit Bounds(std::string_view text) {
    std::uint32_t length = 0;
    for (const char c : text) {
      ++length;
      if (c != '\n') continue;
      lengths_.push_back(length);
      length = 0;
    }
    lengths_.push_back(length);
  }
  bool contains(graph::Position p, std::uint32_t length = 0) const {
    return p.line >= 1 && p.line <= lengths_.size() && p.column >= 1 &&
           p.column - 1 + length <= lengths_[p.line - 1];
  }
  bool contains(const graph::Range& r) const {
    return contains(r.begin) && contains(r.end) && r.begin <= r.end;
  }

 private:
  std::vector<std::uint32_t> lengths_;
};

std::string positions_outside(const graph::FileFacts& facts, std::string_view text) {
  const Bounds bounds(text);
  std::ostringstream out;
  for (std::size_t i = 0; i < facts.face.symbols.size(); ++i) {
    const graph::Symbol& s = facts.face.symbols[i];
    if (!bounds.contains(s.range) || !bounds.contains(s.name_range)) out << "symbol " << i << " ";
    if (s.doc_line > facts.face.lines) out << "doc of " << i << " ";
  }
  for (const graph::Import& i : facts.face.imports)
    if (!bounds.contains(i.range)) out << "import at " << i.range.begin.line << " ";
  for (const graph::Local& l : facts.body.locals)
    if (!bounds.contains(l.range)) out << "local at " << l.range.begin.line << " ";
  graph::Position last;
  for (const graph::Ref& r : facts.body.refs) {
    if (!bounds.contains(r.begin, r.length))
      out << "reference at " << r.begin.line << ":" << r.begin.column << "+" << r.length << " ";
    if (r.begin < last) out << "order at " << r.begin.line << " ";
    last = r.begin;
  }
  return out.str();
}

/// Empty, or what is wrong.
std::string problem(std::string_view text, graph::Language language) {
  const double start = cpu_seconds();
  ParseLimits limits;
  limits.timeout_micros = kParseMicros;
  const Extracted out = extract(text, language, limits);
  const double took = cpu_seconds() - start;
  if (took > kMostCpuSeconds) return "took " + std::to_string(took) + " s";
  if (const auto valid = graph::validate(out.facts); !valid) return valid.error().to_string();
  if (const auto encoded = graph::encode(out.facts); !encoded) return encoded.error().to_string();
  if (out.facts.face.bytes != text.size()) return "wrong size";
  if (out.outcome == ExtractOutcome::kUnsupported) return "no extractor";
  return positions_outside(out.facts, text);
}

TEST_P(RobustnessTest, TakesFilesThatAreNoCode) {
  const graph::Language language = GetParam();
  std::string bytes;
  for (int i = 0; i < 4096; ++i) bytes += static_cast<char>(i * 7 + i / 256);
  const std::vector<std::string> texts = {
      "",
      "\n",
      std::string(1, '\0'),
      std::string(10000, '\0'),
      "\xef\xbb\xbf",
      "\xff\xfe\x80\x81 \xc3\x28 \xe2\x82 \xf0\x28\x8c\xbc",
      std::string(5000, '\n'),
      std::string(5000, '\xc3'),
      std::string(3000, '"') + "\n" + std::string(3001, '\''),
      std::string(1000, '`') + "/*" + std::string(1000, '*'),
      "#" + std::string(20000, 'x'),
      bytes,
  };
  for (std::size_t i = 0; i < texts.size(); ++i)
    EXPECT_EQ(problem(texts[i], language), "") << "text " << i;
}

TEST_P(RobustnessTest, TakesOtherLineEndingsAndMarks) {
  for (const std::string& source : golden_sources()) {
    std::string crlf;
    std::string cr;
    for (const char c : source) {
      if (c == '\n') crlf += '\r';
      crlf += c;
      cr += c == '\n' ? '\r' : c;
    }
    EXPECT_EQ(problem(crlf, GetParam()), "");
    EXPECT_EQ(problem(cr, GetParam()), "");
    EXPECT_EQ(problem("\xef\xbb\xbf" + source, GetParam()), "");
    EXPECT_EQ(problem("\xff\xfe" + source, GetParam()), "");
  }
}

TEST_P(RobustnessTest, TakesDeepNesting) {
  constexpr int kDepth = 20'000;
  const auto repeat = [](std::string_view unit) {
    std::string out;
    for (int i = 0; i < kDepth; ++i) out += unit;
    return out;
  };
  const std::vector<std::pair<std::string, std::string>> units = {
      {"(", ")"},    {"[", "]"},      {"{", "}"},
      {"!", ""},     {"if (a) ", ""}, {"if (a) {\n", "}\n"},
      {"a.b(", ")"}, {"a.", ""},      {"class A {\n", "}\n"},
  };
  for (const auto& [open, close] : units)
    EXPECT_EQ(problem(repeat(open) + "x" + repeat(close) + "\n", GetParam()), "") << open;
  EXPECT_EQ(problem("x = " + repeat("("), GetParam()), "");
  EXPECT_EQ(problem(repeat("}"), GetParam()), "");
}

TEST_P(RobustnessTest, TakesALineOfAMegabyte) {
  for (const std::string_view unit : {"a b ", "x = f(1, 2); ", "foo.bar(", "1,"}) {
    std::string text;
    while (text.size() < (1u << 20)) text += unit;
    text.resize(1u << 20);
    EXPECT_EQ(problem(text, GetParam()), "") << unit;
  }
}

TEST_P(RobustnessTest, TakesEveryPrefixOfRealCode) {
  for (const std::string& source : golden_sources())
    for (std::size_t size = 0; size < source.size(); size += 97)
      ASSERT_EQ(problem(std::string_view(source).substr(0, size), GetParam()), "") << size;
}

TEST_P(RobustnessTest, TakesMutatedCode) {
  std::mt19937 random(20'240'517u + static_cast<unsigned>(GetParam()));
  constexpr std::string_view kTokens = "(){}[]<>;:,.\"'`=+-*/&|!?#@\\$ \n\t\0x0";
  const auto sources = golden_sources();
  ASSERT_FALSE(sources.empty());
  for (int round = 0; round < 250; ++round) {
    std::string text = sources[random() % sources.size()];
    for (auto change = random() % 12 + 1; change > 0; --change) {
      const std::size_t at = random() % text.size();
      const std::size_t other = random() % text.size();
      const std::size_t length = std::min<std::size_t>(random() % 40 + 1, text.size() - at - 1);
      switch (random() % 6) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text[at] = kTokens[random() % kTokens.size()];
          break;
        case 2:
          text.erase(at, length);
          break;
        case 3:
          text.insert(other, text.substr(at, length));
          break;
        case 4:
          text.insert(at, 1, kTokens[random() % kTokens.size()]);
          break;
        default:
          std::swap(text[at], text[other]);
      }
    }
    ASSERT_EQ(problem(text, GetParam()), "") << "round " << round << "\n" << text;
  }
}

std::vector<graph::Language> languages() {
  std::vector<graph::Language> out;
  for (const LanguageDef* def : all_languages()) out.push_back(def->language);
  return out;
}

INSTANTIATE_TEST_SUITE_P(All, RobustnessTest, testing::ValuesIn(languages()),
                         [](const auto& tested) { return std::string(name_of(tested.param)); });

}  // namespace
}  // namespace cairn::indexer::syntax
