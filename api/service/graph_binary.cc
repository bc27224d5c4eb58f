#include "api/service/graph_binary.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <span>
#include <unordered_map>
#include <utility>

#include "api/service/dto_json.h"

namespace cairn::api {
namespace {

enum class Table : std::uint32_t { kNodes = 0, kEdges = 1 };
enum class Type : std::uint32_t { kUnsigned = 1, kSigned = 2, kFloat = 3, kString = 4 };

constexpr std::size_t kHeaderWords = 10;
constexpr std::size_t kEntryWords = 4;

void append_word(std::string& out, std::uint32_t word) {
  for (unsigned shift = 0; shift < 32; shift += 8) out += static_cast<char>(word >> shift & 0xFF);
}

void pad(std::string& out) { out.resize((out.size() + 3) / 4 * 4); }

std::uint32_t word_of(std::uint64_t value) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(value, std::numeric_limits<std::uint32_t>::max()));
}
std::uint32_t word_of(std::int32_t value) { return static_cast<std::uint32_t>(value); }
std::uint32_t word_of(double value) {
  return std::bit_cast<std::uint32_t>(static_cast<float>(value));
}
std::uint32_t word_of(std::uint32_t value) { return value; }
std::uint32_t word_of(const std::optional<std::uint32_t>& value) {
  return value.value_or(kGraphNone);
}

/// Collects columns and strings, and puts them into one text.
class GraphFile {
 public:
  template <class T>
  void add(Table table, std::string_view name, Type type, const std::vector<T>& values) {
    begin(table, name, type);
    for (const T& value : values) columns_.back().words.push_back(word_of(value));
  }
  template <class Text>
  void add_strings(Table table, std::string_view name, const std::vector<Text>& values) {
    begin(table, name, Type::kString);
    for (const Text& value : values) columns_.back().words.push_back(number_of(value));
  }

  /// `json`: what the answer says besides its columns.
  void write(std::string& out, std::uint32_t kind, std::size_t nodes, std::size_t edges,
             const std::string& json) const;

 private:
  struct Column {
    Table table;
    std::uint32_t name;
    Type type;
    std::vector<std::uint32_t> words;
  };
  void begin(Table table, std::string_view name, Type type) {
    columns_.push_back({table, number_of(name), type, {}});
  }
  std::uint32_t number_of(std::string_view text) {
    const auto [at, added] =
        numbers_.try_emplace(std::string(text), static_cast<std::uint32_t>(ends_.size()));
    if (added) {
      bytes_ += text;
      ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    }
    return at->second;
  }

  std::vector<Column> columns_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<std::uint32_t> ends_;
  std::string bytes_;
};

void GraphFile::write(std::string& out, std::uint32_t kind, std::size_t nodes, std::size_t edges,
                      const std::string& json) const {
  std::string file;
  for (const std::uint32_t word : {kGraphMagic, kGraphVersion, kind, word_of(nodes), word_of(edges),
                                   word_of(columns_.size()), word_of(ends_.size())})
    append_word(file, word);
  std::size_t offset = 4 * (kHeaderWords + kEntryWords * columns_.size());
  std::string entries;
  for (const Column& column : columns_) {
    for (const std::uint32_t word : {static_cast<std::uint32_t>(column.table), column.name,
                                     static_cast<std::uint32_t>(column.type), word_of(offset)})
      append_word(entries, word);
    offset += 4 * column.words.size();
  }
  append_word(file, word_of(offset));  // where the string offsets are
  offset += 4 * (ends_.size() + 1) + (bytes_.size() + 3) / 4 * 4;
  append_word(file, word_of(offset));  // where the JSON text is
  append_word(file, word_of(json.size()));
  file += entries;
  for (const Column& column : columns_)
    for (const std::uint32_t word : column.words) append_word(file, word);
  append_word(file, 0);
  for (const std::uint32_t end : ends_) append_word(file, end);
  file += bytes_;
  pad(file);
  file += json;
  pad(file);
  out += file;
}

}  // namespace

void append_binary(std::string& out, OverviewAnswer answer) {
  const OverviewNodes nodes = std::exchange(answer.nodes, {});
  const OverviewEdges edges = std::exchange(answer.edges, {});
  GraphFile file;
  file.add_strings(Table::kNodes, "id", nodes.id);
  file.add_strings(Table::kNodes, "label", nodes.label);
  file.add(Table::kNodes, "parent", Type::kUnsigned, nodes.parent);
  file.add(Table::kNodes, "files", Type::kUnsigned, nodes.files);
  file.add(Table::kNodes, "lines", Type::kUnsigned, nodes.lines);
  file.add(Table::kNodes, "symbols", Type::kUnsigned, nodes.symbols);
  file.add(Table::kNodes, "x", Type::kFloat, nodes.x);
  file.add(Table::kNodes, "y", Type::kFloat, nodes.y);
  file.add(Table::kNodes, "radius", Type::kFloat, nodes.radius);
  file.add(Table::kEdges, "src", Type::kUnsigned, edges.src);
  file.add(Table::kEdges, "dst", Type::kUnsigned, edges.dst);
  file.add(Table::kEdges, "total", Type::kUnsigned, edges.total);
  for (const auto& [kind, counts] : edges.kinds)
    file.add(Table::kEdges, "kinds." + kind, Type::kUnsigned, counts);
  for (const auto& [tier, counts] : edges.tiers)
    file.add(Table::kEdges, "tiers." + tier, Type::kUnsigned, counts);
  std::string json;
  append_json(json, answer);
  file.write(out, 1, nodes.id.size(), edges.src.size(), json);
}

void append_binary(std::string& out, NeighbourhoodAnswer answer) {
  const NeighbourNodes nodes = std::exchange(answer.nodes, {});
  const NeighbourEdges edges = std::exchange(answer.edges, {});
  GraphFile file;
  file.add_strings(Table::kNodes, "id", nodes.id);
  file.add_strings(Table::kNodes, "name", nodes.name);
  file.add_strings(Table::kNodes, "qualified", nodes.qualified);
  file.add_strings(Table::kNodes, "kind", nodes.kind);
  file.add_strings(Table::kNodes, "file", nodes.file);
  file.add(Table::kNodes, "line", Type::kUnsigned, nodes.line);
  file.add(Table::kNodes, "depth", Type::kSigned, nodes.depth);
  file.add(Table::kNodes, "x", Type::kFloat, nodes.x);
  file.add(Table::kNodes, "y", Type::kFloat, nodes.y);
  file.add(Table::kEdges, "src", Type::kUnsigned, edges.src);
  file.add(Table::kEdges, "dst", Type::kUnsigned, edges.dst);
  file.add_strings(Table::kEdges, "kind", edges.kind);
  file.add_strings(Table::kEdges, "tier", edges.tier);
  file.add(Table::kEdges, "count", Type::kUnsigned, edges.count);
  std::string json;
  append_json(json, answer);
  file.write(out, 2, nodes.id.size(), edges.src.size(), json);
}

}  // namespace cairn::api
