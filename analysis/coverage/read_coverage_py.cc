// coverage.py's JSON report, formats 2 and 3. Source of the format: coverage/jsonreport.py and
// "JSON reporting" of the coverage.py documentation.
//
// Lines are lists without counts. A branch is a pair of lines; a negative one is the exit of the
// function that begins there. contexts lists the tests per line; the empty context is none.
#include <algorithm>
#include <functional>

#include "analysis/coverage/readers.h"

namespace cairn::analysis {
namespace {

class PythonReader {
 public:
  explicit PythonReader(ReadJob& job) : job_(job), reader_(json_reader(job.input)) {}

  Result<void> run() {
    CAIRN_ASSIGN(const JsonToken root, reader_.next());
    bool found = false;
    CAIRN_TRY(each_member(reader_, root, [&](std::string_view key, const JsonToken& value) {
      if (key != "files") return reader_.skip(value);
      found = value.is(JsonTokenKind::kBeginObject);
      return each_member(reader_, value, [&](std::string_view path, const JsonToken& file) {
        return read_file(std::string(path), file);
      });
    }));
    CAIRN_TRY(reader_.next());  // The document's end must be well formed too.
    if (!found) return wrong_json(reader_, "a coverage.py report has an object files");
    return {};
  }

 private:
  using Visit = std::function<void(std::uint32_t)>;

  Result<void> read_lines(const JsonToken& first, const Visit& visit) {
    return each_element(reader_, first, [&](const JsonToken& value) -> Result<void> {
      if (const auto line = line_of(value, job_.limits)) {
        visit(*line);
      } else {
        job_.notes.add(kBadLine, "byte", reader_.offset());
      }
      return reader_.skip(value);
    });
  }

  Result<void> read_file(std::string path, const JsonToken& first) {
    FileBuilder file(job_, Combine::kMax);
    CAIRN_TRY(file.begin(std::move(path)));
    CAIRN_TRY(each_member(
        reader_, first, [&](std::string_view key, const JsonToken& value) -> Result<void> {
          if (key == "executed_lines" || key == "missing_lines") {
            const std::uint64_t hits = key == "executed_lines" ? 1 : 0;
            return read_lines(value, [&](std::uint32_t line) { file.line(line, hits); });
          }
          if (key == "executed_branches" || key == "missing_branches")
            return read_branches(file, value, key == "executed_branches");
          if (key == "contexts") return read_contexts(file, value);
          if (key == "functions")
            return each_member(reader_, value,
                               [&](std::string_view name, const JsonToken& row) -> Result<void> {
                                 return read_function(file, std::string(name), row);
                               });
          return reader_.skip(value);
        }));
    return file.end();
  }

  Result<void> read_branches(FileBuilder& file, const JsonToken& first, bool taken) {
    return each_element(reader_, first, [&](const JsonToken& pair) -> Result<void> {
      JsonToken ends[2];
      std::size_t have = 0;
      CAIRN_TRY(each_element(reader_, pair, [&](const JsonToken& value) -> Result<void> {
        if (have < 2) ends[have] = value;
        ++have;
        return reader_.skip(value);
      }));
      if (have != 2 || !ends[0].is_integer || !ends[1].is_integer)
        return wrong_json(reader_, "a branch is a pair of line numbers");
      // An entry (-line -> line) is no branch of a line.
      if (const auto line = line_of(ends[0], job_.limits))
        file.arm(*line, arm_id(ArmSpace::kPython, static_cast<std::uint64_t>(ends[1].integer)),
                 taken);
      return {};
    });
  }

  Result<void> read_contexts(FileBuilder& file, const JsonToken& first) {
    return each_member(
        reader_, first, [&](std::string_view number, const JsonToken& names) -> Result<void> {
          const auto line = line_of(number, job_.limits);
          if (!line) job_.notes.add(kBadLine, "byte", reader_.offset());
          return each_element(reader_, names, [&](const JsonToken& name) -> Result<void> {
            if (line && name.is(JsonTokenKind::kString) && !name.text.empty()) {
              CAIRN_ASSIGN(const std::uint32_t context, job_.sink.context(name.text));
              file.context(context, *line);
            }
            return reader_.skip(name);
          });
        });
  }

  Result<void> read_function(FileBuilder& file, std::string name, const JsonToken& first) {
    CoveredFunction row{std::move(name), 0, 0, 0};
    std::uint32_t said = 0;
    const auto widen = [&](std::uint32_t line) {
      row.start_line = row.start_line == 0 ? line : std::min(row.start_line, line);
      row.end_line = std::max(row.end_line, line);
    };
    CAIRN_TRY(each_member(reader_, first,
                          [&](std::string_view key, const JsonToken& value) -> Result<void> {
                            if (key == "start_line") said = line_of(value, job_.limits).value_or(0);
                            if (key == "executed_lines")
                              return read_lines(value, [&](std::uint32_t line) {
                                row.hits = 1;
                                widen(line);
                              });
                            if (key == "missing_lines") return read_lines(value, widen);
                            return reader_.skip(value);
                          }));
    if (said != 0) row.start_line = said;
    // "" is the code outside of functions.
    if (!row.name.empty() && row.start_line != 0) file.function(std::move(row));
    return {};
  }

  ReadJob& job_;
  JsonReader reader_;
};

}  // namespace

Result<void> read_coverage_py(ReadJob& job) { return PythonReader(job).run(); }

}  // namespace cairn::analysis
