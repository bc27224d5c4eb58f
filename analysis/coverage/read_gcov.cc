// gcov's intermediate JSON (gcov --json-format, GCC 9 and later) and gcovr's JSON, which has the
// same members and its own with the prefix "gcovr/". Source of the formats: "Invoking gcov" of the
// GCC manual, and "JSON output" of gcovr's.
//
// A line repeats for each instance of a template and for each function written in it; its counts
// add up. Its branches are told apart by their place in the list. gcov lists the ways out by
// exceptions as branches; they are left out, as nearly no test can take them. gcovr's reports were
// filtered as its user chose and are taken as they are. Several documents may follow each other.
#include "analysis/coverage/readers.h"

namespace cairn::analysis {
namespace {

class GcovReader {
 public:
  explicit GcovReader(ReadJob& job) : job_(job), reader_(json_reader(job.input, true)) {}

  Result<void> run() {
    bool any = false;
    for (;;) {
      CAIRN_ASSIGN(const JsonToken root, reader_.next());
      if (root.is(JsonTokenKind::kEnd)) break;
      bool found = false;
      CAIRN_TRY(each_member(reader_, root, [&](std::string_view key, const JsonToken& value) {
        if (key == "current_working_directory" && value.is(JsonTokenKind::kString))
          job_.sink.root(value.text);
        if (key != "files") return reader_.skip(value);
        found = value.is(JsonTokenKind::kBeginArray);
        return each_element(reader_, value, [&](const JsonToken& file) { return read_file(file); });
      }));
      if (!found) return wrong_json(reader_, "a gcov report has a list files");
      any = true;
    }
    if (!any) return wrong_json(reader_, "the report is empty");
    return {};
  }

 private:
  Result<void> read_file(const JsonToken& first) {
    FileBuilder file(job_, Combine::kSum);
    CAIRN_TRY(file.begin(""));
    std::optional<std::string> name;
    CAIRN_TRY(each_member(reader_, first, [&](std::string_view key, const JsonToken& value) {
      if (key == "file" && value.is(JsonTokenKind::kString)) name = std::string(value.text);
      if (key == "lines")
        return each_element(reader_, value,
                            [&](const JsonToken& line) { return read_line(file, line); });
      if (key == "functions")
        return each_element(reader_, value,
                            [&](const JsonToken& row) { return read_function(file, row); });
      return reader_.skip(value);
    }));
    if (!name) return wrong_json(reader_, "a file has no member \"file\"");
    file.rename(std::move(*name));
    return file.end();
  }

  struct Branch {
    bool taken = false;
    bool thrown = false;
    bool excluded = false;
  };

  Result<void> read_line(FileBuilder& file, const JsonToken& first) {
    std::optional<std::uint32_t> number;
    std::uint64_t hits = 0;
    bool excluded = false;
    bool gcovr = false;
    std::vector<Branch> branches;
    CAIRN_TRY(each_member(reader_, first, [&](std::string_view key, const JsonToken& value) {
      if (key == "line_number") number = line_of(value, job_.limits);
      if (key == "count") hits = count_of(value, job_, reader_.offset());
      if ((key == "gcovr/excluded" || key == "gcovr/noncode") && value.is(JsonTokenKind::kBool))
        excluded = excluded || value.boolean;
      gcovr = gcovr || key.starts_with("gcovr/");
      if (key == "branches")
        return each_element(reader_, value, [&](const JsonToken& row) {
          branches.emplace_back();
          return read_branch(branches.back(), row);
        });
      return reader_.skip(value);
    }));
    if (!number) job_.notes.add(kBadLine, "byte", reader_.offset());
    if (!number || excluded) return {};
    file.line(*number, hits);
    for (std::size_t i = 0; i < branches.size(); ++i) {
      const Branch& branch = branches[i];
      if (branch.excluded || (branch.thrown && !gcovr)) continue;
      file.arm(*number, arm_id(ArmSpace::kGcov, i), branch.taken);
    }
    return {};
  }

  Result<void> read_branch(Branch& out, const JsonToken& first) {
    return each_member(reader_, first, [&](std::string_view key, const JsonToken& value) {
      if (key == "count") out.taken = count_of(value, job_, reader_.offset()) > 0;
      if (key == "throw" && value.is(JsonTokenKind::kBool)) out.thrown = value.boolean;
      if (key == "gcovr/excluded" && value.is(JsonTokenKind::kBool)) out.excluded = value.boolean;
      return reader_.skip(value);
    });
  }

  Result<void> read_function(FileBuilder& file, const JsonToken& first) {
    CoveredFunction row;
    bool readable = false;
    CAIRN_TRY(each_member(reader_, first, [&](std::string_view key, const JsonToken& value) {
      const bool text = value.is(JsonTokenKind::kString) && !value.text.empty();
      if (key == "demangled_name" && text) {
        row.name = std::string(value.text);
        readable = true;
      }
      if (key == "name" && text && !readable) row.name = std::string(value.text);
      if (key == "start_line" || key == "lineno")
        row.start_line = line_of(value, job_.limits).value_or(0);
      if (key == "end_line") row.end_line = line_of(value, job_.limits).value_or(0);
      if (key == "execution_count") row.hits = count_of(value, job_, reader_.offset());
      return reader_.skip(value);
    }));
    if (!row.name.empty()) file.function(std::move(row));
    return {};
  }

  ReadJob& job_;
  JsonReader reader_;
};

}  // namespace

Result<void> read_gcov(ReadJob& job) { return GcovReader(job).run(); }

}  // namespace cairn::analysis
