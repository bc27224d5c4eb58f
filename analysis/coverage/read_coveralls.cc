// Coveralls JSON. Source of the format: "API reference" of the Coveralls documentation.
//
// coverage[i] belongs to line i + 1; null is no code. branches is a flat list of
// line, block, branch, hits.
#include "analysis/coverage/readers.h"

namespace cairn::analysis {
namespace {

class CoverallsReader {
 public:
  explicit CoverallsReader(ReadJob& job) : job_(job), reader_(json_reader(job.input)) {}

  Result<void> run() {
    CAIRN_ASSIGN(const JsonToken root, reader_.next());
    bool found = false;
    CAIRN_TRY(each_member(reader_, root, [&](std::string_view key, const JsonToken& value) {
      if (key != "source_files") return reader_.skip(value);
      found = value.is(JsonTokenKind::kBeginArray);
      return each_element(reader_, value, [&](const JsonToken& file) { return read_file(file); });
    }));
    CAIRN_TRY(reader_.next());  // The document's end must be well formed too.
    if (!found) return wrong_json(reader_, "a Coveralls report has a list source_files");
    return {};
  }

 private:
  Result<void> read_file(const JsonToken& first) {
    FileBuilder file(job_, Combine::kMax);
    CAIRN_TRY(file.begin(""));
    std::optional<std::string> name;
    CAIRN_TRY(each_member(reader_, first, [&](std::string_view key, const JsonToken& value) {
      if (key == "name" && value.is(JsonTokenKind::kString)) name = std::string(value.text);
      if (key == "coverage") return read_lines(file, value);
      if (key == "branches") return read_branches(file, value);
      return reader_.skip(value);
    }));
    if (!name) return wrong_json(reader_, "a source file has no name");
    file.rename(std::move(*name));
    return file.end();
  }

  Result<void> read_lines(FileBuilder& file, const JsonToken& first) {
    std::uint32_t line = 0;
    return each_element(reader_, first, [&](const JsonToken& value) -> Result<void> {
      if (++line > job_.limits.max_line) return wrong_json(reader_, "a file has too many lines");
      if (value.is(JsonTokenKind::kNumber)) {
        file.line(line, count_of(value, job_, reader_.offset()));
        return {};
      }
      if (!value.is(JsonTokenKind::kNull))
        job_.notes.add("entries of coverage that are no counts, left out", "byte",
                       reader_.offset());
      return reader_.skip(value);
    });
  }

  Result<void> read_branches(FileBuilder& file, const JsonToken& first) {
    JsonToken four[4];
    std::size_t have = 0;
    CAIRN_TRY(each_element(reader_, first, [&](const JsonToken& value) -> Result<void> {
      if (!value.is(JsonTokenKind::kNumber))
        return wrong_json(reader_, "branches must be a list of numbers");
      four[have++] = value;
      if (have < 4) return {};
      have = 0;
      const auto line = line_of(four[0], job_.limits);
      if (!line) {
        job_.notes.add(kBadLine, "byte", reader_.offset());
        return {};
      }
      file.arm(*line,
               arm_id(ArmSpace::kCoveralls, static_cast<std::uint64_t>(four[1].integer),
                      static_cast<std::uint64_t>(four[2].integer)),
               count_of(four[3], job_, reader_.offset()) > 0);
      return {};
    }));
    if (have != 0) return wrong_json(reader_, "branches must hold four numbers per branch");
    return {};
  }

  ReadJob& job_;
  JsonReader reader_;
};

}  // namespace

Result<void> read_coveralls(ReadJob& job) { return CoverallsReader(job).run(); }

}  // namespace cairn::analysis
