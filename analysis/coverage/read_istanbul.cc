// Istanbul's coverage-final.json (nyc, Jest, Vitest). Source of the format: istanbul-lib-coverage,
// file-coverage.js.
//
// Maps of statements, functions and branches by id, and counts by the same ids, in any order. A
// line counts the most of the statements that start on it. A branch has one count per arm; an
// absent else has an empty place, so arms are those of the counts. A file with inputSourceMap was
// measured after translation: its lines are those of the translated text, which is said.
#include <unordered_map>
#include <vector>

#include "analysis/coverage/readers.h"

namespace cairn::analysis {
namespace {

struct FunctionPlace {
  std::string name;
  std::uint32_t start_line = 0;
  std::uint32_t end_line = 0;
};

struct FileMaps {
  std::unordered_map<std::string, std::uint32_t> statement_line;
  std::unordered_map<std::string, FunctionPlace> functions;
  std::unordered_map<std::string, std::uint32_t> branch_line;
  std::vector<std::pair<std::string, std::uint64_t>> statement_counts;
  std::vector<std::pair<std::string, std::uint64_t>> function_counts;
  std::vector<std::pair<std::string, std::vector<bool>>> branch_arms;
};

class IstanbulReader {
 public:
  explicit IstanbulReader(ReadJob& job) : job_(job), reader_(json_reader(job.input)) {}

  Result<void> run() {
    CAIRN_ASSIGN(const JsonToken root, reader_.next());
    if (!root.is(JsonTokenKind::kBeginObject))
      return wrong_json(reader_, "an Istanbul report is an object of files");
    CAIRN_TRY(each_member(reader_, root,
                          [&](std::string_view path, const JsonToken& value) -> Result<void> {
                            return read_file(std::string(path), value);
                          }));
    CAIRN_TRY(reader_.next());  // The document's end must be well formed too.
    return {};
  }

 private:
  /// The lines of {"start":{"line":…},"end":{"line":…}}; 0 where there is none.
  Result<std::pair<std::uint32_t, std::uint32_t>> read_place(const JsonToken& first) {
    std::pair<std::uint32_t, std::uint32_t> lines{0, 0};
    CAIRN_TRY(each_member(
        reader_, first, [&](std::string_view side, const JsonToken& value) -> Result<void> {
          std::uint32_t& line = side == "end" ? lines.second : lines.first;
          if (side != "start" && side != "end") return reader_.skip(value);
          return each_member(reader_, value, [&](std::string_view key, const JsonToken& number) {
            if (key == "line") line = line_of(number, job_.limits).value_or(0);
            return reader_.skip(number);
          });
        }));
    return lines;
  }

  Result<void> read_file(std::string path, const JsonToken& first) {
    FileMaps maps;
    bool has_counts = false;
    bool translated = false;
    std::uint64_t items = 0;
    const auto more = [&]() -> Result<void> {
      if (++items <= job_.limits.max_rows) return {};
      return Error(ErrorCode::kLimitExceeded, "a file has too many statements; split the report");
    };
    CAIRN_TRY(each_member(
        reader_, first, [&](std::string_view key, const JsonToken& value) -> Result<void> {
          if (key == "path" && value.is(JsonTokenKind::kString)) path = std::string(value.text);
          if (key == "inputSourceMap") translated = !value.is(JsonTokenKind::kNull);
          if (key == "s") has_counts = value.is(JsonTokenKind::kBeginObject);
          const bool known = key == "statementMap" || key == "fnMap" || key == "branchMap" ||
                             key == "s" || key == "f" || key == "b";
          if (!known) return reader_.skip(value);
          return each_member(reader_, value,
                             [&](std::string_view id, const JsonToken& item) -> Result<void> {
                               Result<void> allowed = more();
                               if (!allowed) return allowed;
                               return read_item(key, std::string(id), item, maps);
                             });
        }));
    if (!has_counts)
      return wrong_json(
          reader_, "'" + path.substr(0, 200) + "' has no counts \"s\"; this is no Istanbul report");
    if (translated)
      job_.notes.add(
          "files were measured after translation (inputSourceMap); their lines are those of the "
          "translated text, write the report with source maps applied",
          "byte", reader_.offset());
    return emit(std::move(path), maps);
  }

  Result<void> read_item(std::string_view key, std::string id, const JsonToken& item,
                         FileMaps& maps) {
    if (key == "statementMap") {
      CAIRN_ASSIGN(const auto lines, read_place(item));
      maps.statement_line[std::move(id)] = lines.first;
      return {};
    }
    if (key == "fnMap") return read_function(item, maps.functions[std::move(id)]);
    if (key == "branchMap") return read_branch(item, maps.branch_line[std::move(id)]);
    if (key == "b") {
      std::vector<bool> arms;
      CAIRN_TRY(each_element(reader_, item, [&](const JsonToken& arm) {
        arms.push_back(count_of(arm, job_, reader_.offset()) > 0);
        return reader_.skip(arm);
      }));
      maps.branch_arms.emplace_back(std::move(id), std::move(arms));
      return {};
    }
    auto& counts = key == "s" ? maps.statement_counts : maps.function_counts;
    counts.emplace_back(std::move(id), count_of(item, job_, reader_.offset()));
    return reader_.skip(item);
  }

  Result<void> read_function(const JsonToken& first, FunctionPlace& out) {
    std::uint32_t declared = 0;
    CAIRN_TRY(each_member(reader_, first,
                          [&](std::string_view key, const JsonToken& value) -> Result<void> {
                            if (key == "name" && value.is(JsonTokenKind::kString))
                              out.name = std::string(value.text);
                            if (key == "decl") {
                              CAIRN_ASSIGN(const auto lines, read_place(value));
                              declared = lines.first;
                              return {};
                            }
                            if (key == "loc") {
                              CAIRN_ASSIGN(const auto lines, read_place(value));
                              out.start_line = lines.first;
                              out.end_line = lines.second;
                              return {};
                            }
                            return reader_.skip(value);
                          }));
    if (declared != 0) out.start_line = declared;
    return {};
  }

  Result<void> read_branch(const JsonToken& first, std::uint32_t& out) {
    std::uint32_t of_place = 0;
    std::uint32_t said = 0;
    std::uint32_t of_arm = 0;
    CAIRN_TRY(each_member(
        reader_, first, [&](std::string_view key, const JsonToken& value) -> Result<void> {
          if (key == "loc") {
            CAIRN_ASSIGN(const auto lines, read_place(value));
            of_place = lines.first;
            return {};
          }
          if (key == "line") said = line_of(value, job_.limits).value_or(0);
          if (key != "locations") return reader_.skip(value);
          return each_element(reader_, value, [&](const JsonToken& arm) -> Result<void> {
            CAIRN_ASSIGN(const auto lines, read_place(arm));
            if (of_arm == 0) of_arm = lines.first;
            return {};
          });
        }));
    out = of_place != 0 ? of_place : (said != 0 ? said : of_arm);
    return {};
  }

  Result<void> emit(std::string path, const FileMaps& maps) {
    FileBuilder file(job_, Combine::kMax);
    CAIRN_TRY(file.begin(std::move(path)));
    const auto note = [&] {
      job_.notes.add("counts without a line in the maps, left out", "byte", reader_.offset());
    };
    for (const auto& [id, count] : maps.statement_counts) {
      const auto at = maps.statement_line.find(id);
      if (at == maps.statement_line.end() || at->second == 0) {
        note();
      } else {
        file.line(at->second, count);
      }
    }
    for (const auto& [id, arms] : maps.branch_arms) {
      const auto at = maps.branch_line.find(id);
      if (at == maps.branch_line.end() || at->second == 0) {
        note();
        continue;
      }
      for (std::size_t i = 0; i < arms.size(); ++i)
        file.arm(at->second, arm_id(ArmSpace::kIstanbul, id + "/" + std::to_string(i)), arms[i]);
    }
    for (const auto& [id, count] : maps.function_counts) {
      const auto at = maps.functions.find(id);
      if (at != maps.functions.end() && at->second.start_line != 0)
        file.function({at->second.name, at->second.start_line, at->second.end_line, count});
    }
    return file.end();
  }

  ReadJob& job_;
  JsonReader reader_;
};

}  // namespace

Result<void> read_istanbul(ReadJob& job) { return IstanbulReader(job).run(); }

}  // namespace cairn::analysis
