// What each format's reader makes of good reports and of the traps in them.
#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/analysis/coverage_text.h"

namespace cairn::analysis {
namespace {

Error error_of(std::string_view text, const ReadOptions& options = {}) {
  auto read = read_text(text, options);
  if (!read) return std::move(read).error();
  ADD_FAILURE() << "read as " << name_of(read->format) << ": " << report_text(read->report);
  return Error(ErrorCode::kInternal, "none");
}

std::string warnings_of(const CoverageReport& report) {
  std::string out;
  for (const std::string& warning : report.warnings) out += warning + "\n";
  return out;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// lcov ---------------------------------------------------------------------------------------

TEST(LcovTest, AFileOfSeveralTestsAddsUpAndKnowsItsTests) {
  const CoverageReport report = report_of(
      "TN:one\nSF:/x/a.c\nDA:1,2\nDA:2,0\nend_of_record\n"
      "TN:two\nSF:/x/a.c\nDA:1,3\nDA:2,1,AbCd\nend_of_record\n");
  const FileCoverage& file = report.files.at("/x/a.c");
  EXPECT_EQ(lines_text(file), "1=hit 2=hit");
  EXPECT_EQ(file.lines[0].hits, 5u);
  EXPECT_EQ(report.contexts, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(file.contexts, (std::vector<ContextLine>{{0, 1}, {1, 1}, {1, 2}}));
}

TEST(LcovTest, BranchesMayHaveLettersExpressionsAndNoCount) {
  const CoverageReport report = report_of(
      "SF:a.c\nDA:3,1\nBRDA:3,0,0,-\nBRDA:3,e0,1,4\nBRDA:3,1,a < b, true,0\nBRDA:3,U2,0,-\n"
      "end_of_record\n");
  EXPECT_EQ(report_text(report), "a.c: 3=partial(1/3)");
}

TEST(LcovTest, FunctionNamesMayHoldCommasAndSharesOfLcovTwoAreRead) {
  const CoverageReport report = report_of(
      "SF:a.c\nFN:3,foo(int, int)\nFNDA:2,foo(int, int)\nFN:7,9,bar\nFNDA:0,bar\n"
      "FNL:0,20,30\nFNA:0,4,T<int>\nFNA:0,5,T<char>\nDA:3,2\nend_of_record\n");
  const FileCoverage& file = report.files.at("a.c");
  ASSERT_EQ(file.functions.size(), 4u);
  EXPECT_EQ(file.functions[0], (CoveredFunction{"foo(int, int)", 3, 0, 2}));
  EXPECT_EQ(file.functions[1], (CoveredFunction{"bar", 7, 9, 0}));
  EXPECT_EQ(file.functions[2], (CoveredFunction{"T<char>", 20, 30, 5}));
  EXPECT_EQ(file.functions[3], (CoveredFunction{"T<int>", 20, 30, 4}));
}

TEST(LcovTest, NegativeAndHugeCountsAreTakenWithAWord) {
  const CoverageReport report = report_of(
      "SF:a.c\r\nDA:1,-3\r\nDA:2,99999999999999999999999\r\nDA:0,1\r\nDA:4,1.5\r\nend_of_record");
  const FileCoverage& file = report.files.at("a.c");
  EXPECT_EQ(lines_text(file), "1=miss 2=hit 4=hit");
  EXPECT_EQ(file.lines[1].hits, UINT64_MAX);
  EXPECT_TRUE(has(warnings_of(report), "1 negative counts, taken as 0; the first at line 2"))
      << warnings_of(report);
  EXPECT_TRUE(has(warnings_of(report), "no line number")) << warnings_of(report);
}

TEST(LcovTest, AMissingEndOfRecordIsSaid) {
  const CoverageReport report = report_of("SF:a.c\nDA:1,1\nSF:b.c\nDA:1,0\n");
  EXPECT_EQ(report_text(report), "a.c: 1=hit; b.c: 1=miss");
  EXPECT_TRUE(has(warnings_of(report), "2 records without end_of_record")) << warnings_of(report);
}

TEST(LcovTest, DamageIsAnErrorWithItsLine) {
  EXPECT_TRUE(has(error_of("SF:a.c\nDA:1,x\n").message(), "line 2: 'DA:1,x'"));
  EXPECT_TRUE(has(error_of("SF:a.c\nDA:1,nan\n").message(), "line 2"));
  EXPECT_TRUE(has(error_of("SF:a.c\nDA:1").message(), "damaged or cut off"));
  EXPECT_TRUE(has(error_of("TN:x\nDA:1,1\n").message(), "that began with SF"));
  EXPECT_TRUE(has(error_of("TN:x\n").message(), "no SF record"));
  EXPECT_TRUE(has(error_of("SF:a.c\n\x01\x02garbage\n").message(), "line 2"));
}

TEST(LcovTest, AByteOrderMarkIsNoPartOfTheReport) {
  EXPECT_EQ(report_text(report_of("\xEF\xBB\xBFTN:\nSF:a.c\nDA:1,1\nend_of_record\n")),
            "a.c: 1=hit");
}

// Cobertura ----------------------------------------------------------------------------------

constexpr std::string_view kCobertura = R"x(<?xml version="1.0"?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage line-rate="0.5"><sources><source>/ci/src</source></sources><packages><package><classes>
<class name="A" filename="a/b.cs"><methods><method name="F" signature="()"><lines>
<line number="3" hits="1"/></lines></method></methods>
<lines><line number="3" hits="1"/><line number="4" hits="2.0" branch="true"
 condition-coverage="50% (1/2)"/><line number="undefined" hits="1"/></lines></class>
<class name="A.Inner" filename="a/b.cs"><lines><line number="4" hits="0" branch="true"
 condition-coverage="100% (2/2)"/><line number="9" hits="-1"/></lines></class>
</classes></package></packages></coverage>)x";

TEST(CoberturaTest, LinesOfMethodsAndOfSeveralClassesAreOne) {
  const CoverageReport report = report_of(kCobertura);
  EXPECT_EQ(report_text(report), "a/b.cs: 3=hit 4=hit(2/2) 9=miss");
  EXPECT_EQ(report.roots, std::vector<std::string>{"/ci/src"});
  const FileCoverage& file = report.files.at("a/b.cs");
  EXPECT_EQ(file.lines[1].hits, 2u);
  ASSERT_EQ(file.functions.size(), 1u);
  EXPECT_EQ(file.functions[0], (CoveredFunction{"F()", 3, 3, 1}));
  EXPECT_TRUE(has(warnings_of(report), "no line number"));
  EXPECT_TRUE(has(warnings_of(report), "negative counts"));
}

TEST(CoberturaTest, TruncationIsAnError) {
  const Error error = error_of(kCobertura.substr(0, kCobertura.size() - 60));
  EXPECT_EQ(error.code(), ErrorCode::kParse);
  EXPECT_TRUE(has(error.message(), "cut off")) << error.message();
  EXPECT_TRUE(has(error.message(), "line ")) << error.message();
}

TEST(CoberturaTest, ACountThatIsNoneIsAnError) {
  const Error error = error_of(
      "<coverage line-rate='1'><packages><package><classes><class filename='a'><lines>\n"
      "<line number='1' hits='NaN'/></lines></class></classes></package></packages></coverage>");
  EXPECT_TRUE(has(error.message(), "line 2: hits=\"NaN\"")) << error.message();
}

TEST(XmlTest, EntitiesOfItsOwnAreRefused) {
  const Error bomb = error_of(
      "<?xml version='1.0'?><!DOCTYPE coverage [<!ENTITY a 'xxxxxxxxxx'>"
      "<!ENTITY b '&a;&a;&a;&a;'>]><coverage line-rate='1'>&b;</coverage>");
  EXPECT_EQ(bomb.code(), ErrorCode::kParse);
  EXPECT_TRUE(has(bomb.message(), "entity 'a'")) << bomb.message();
  const Error file = error_of(
      "<!DOCTYPE coverage [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
      "<coverage line-rate='1'>&a;</coverage>");
  EXPECT_EQ(file.code(), ErrorCode::kParse);
}

TEST(XmlTest, HugeTagsAndDeepNestingAreRefused) {
  const Error tag = error_of("<coverage line-rate='1' x='" + std::string(8u << 20, 'a') + "'/>",
                             {CoverageFormat::kCobertura, {}, {}});
  EXPECT_EQ(tag.code(), ErrorCode::kLimitExceeded) << tag.message();
  std::string deep = "<coverage line-rate='1'>";
  for (int i = 0; i < 5000; ++i) deep += "<a>";
  EXPECT_EQ(error_of(deep, {CoverageFormat::kCobertura, {}, {}}).code(), ErrorCode::kLimitExceeded);
}

TEST(XmlTest, UnknownEncodingsAndWrongBytesAreErrors) {
  EXPECT_EQ(error_of("<?xml version='1.0' encoding='x-none'?><coverage line-rate='1'/>").code(),
            ErrorCode::kUnsupported);
  EXPECT_EQ(error_of("<coverage line-rate='1'><class filename='\xff\xfe'/></coverage>").code(),
            ErrorCode::kParse);
}

TEST(XmlTest, Utf16IsRead) {
  const std::string_view text =
      "<coverage line-rate='1'><packages><class filename='a.c'><lines><line number='1' hits='1'/>"
      "</lines></class></packages></coverage>";
  std::string wide = "\xFF\xFE";
  for (const char c : text) {
    wide += c;
    wide += '\0';
  }
  EXPECT_EQ(report_text(report_of(wide)), "a.c: 1=hit");
}

// JaCoCo -------------------------------------------------------------------------------------

TEST(JacocoTest, InstructionsAndBranchesMakeTheState) {
  const CoverageReport report = report_of(R"x(<?xml version="1.0"?>
<!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd">
<report name="x"><sessioninfo id="TestA" start="1" dump="2"/><package name="com/x">
<class name="com/x/A" sourcefilename="A.java"><method name="run" desc="()V" line="3">
<counter type="METHOD" missed="0" covered="1"/></method></class>
<sourcefile name="A.java"><line nr="3" mi="0" ci="4" mb="0" cb="0"/>
<line nr="4" mi="2" ci="1" mb="0" cb="0"/><line nr="5" mi="0" ci="3" mb="1" cb="1"/>
<line nr="6" mi="3" ci="0" mb="2" cb="0"/><counter type="LINE" missed="1" covered="3"/>
</sourcefile></package></report>)x");
  EXPECT_EQ(report_text(report), "com/x/A.java: 3=hit 4=partial 5=partial(1/2) 6=miss(0/2)");
  EXPECT_EQ(report.sessions, std::vector<std::string>{"TestA"});
  EXPECT_EQ(report.contexts, std::vector<std::string>{"TestA"});
  const FileCoverage& file = report.files.at("com/x/A.java");
  EXPECT_EQ(file.contexts.size(), 3u);
  ASSERT_EQ(file.functions.size(), 1u);
  EXPECT_EQ(file.functions[0], (CoveredFunction{"run()V", 3, 0, 1}));
}

TEST(JacocoTest, LinesThatDoNotSayWhetherTheyRanAreCountedOnly) {
  const CoverageReport report = report_of(
      "<report name='x'><package name=''><sourcefile name='a.c'><line nr='4'/>"
      "<line nr='5' mb='1' cb='1'/><counter type='LINE' missed='2' covered='7'/></sourcefile>"
      "</package></report>");
  const FileCoverage& file = report.files.at("a.c");
  EXPECT_TRUE(file.lines.empty());
  EXPECT_EQ(file.only_counted_covered, 7u);
  EXPECT_EQ(file.only_counted_missed, 2u);
  EXPECT_FALSE(report.totals().line_ratio());
  EXPECT_TRUE(has(warnings_of(report), "2 lines without mi and ci")) << warnings_of(report);
  EXPECT_TRUE(has(warnings_of(report), "measures no line")) << warnings_of(report);
}

// Go -----------------------------------------------------------------------------------------

TEST(GoCoverTest, BlocksBecomeLinesWithoutTheClosingBrace) {
  const CoverageReport report = report_of(
      "mode: set\nexample.com/m/a.go:3.13,5.2 2 1\nexample.com/m/a.go:7.1,9.20 1 0\n"
      "example.com/m/a.go:11.5,11.9 0 0\n");
  EXPECT_EQ(report_text(report), "example.com/m/a.go: 3=hit 4=hit 7=miss 8=miss 9=miss");
}

TEST(GoCoverTest, RepeatedBlocksAddUpAndSharedLinesArePartial) {
  const CoverageReport report =
      report_of("mode: count\nm/a.go:1.1,2.9 1 2\nm/a.go:2.9,3.4 1 0\nm/a.go:1.1,2.9 1 3\n");
  const FileCoverage& file = report.files.at("m/a.go");
  EXPECT_EQ(lines_text(file), "1=hit 2=partial 3=miss");
  EXPECT_EQ(file.lines[0].hits, 5u);
}

TEST(GoCoverTest, DamageAndBombsAreErrors) {
  EXPECT_TRUE(has(error_of("mode: set\na.go:1.1 1 1\n").message(), "line 2"));
  EXPECT_TRUE(has(error_of("mode: often\n").message(), "none of set"));
  ReadOptions small;
  small.limits.max_rows = 100'000;
  const std::string bomb = "mode: set\na.go:1.1,90000.9 1 1\nb.go:1.1,90000.9 1 1\n";
  EXPECT_EQ(error_of(bomb, small).code(), ErrorCode::kLimitExceeded);
}

// llvm-cov -----------------------------------------------------------------------------------

TEST(LlvmCovTest, SegmentsBecomeLinesAsInLlvm) {
  const CoverageReport report = report_of(R"x({"data":[{"files":[{"filename":"/b/a.cc",
    "segments":[[1,12,5,true,true,false],[2,7,0,true,true,false],[2,20,5,true,false,false],
                [4,3,0,false,true,false],[5,1,5,true,false,false],[6,2,0,false,false,false]],
    "branches":[[2,7,2,12,5,0,0,0,4],[2,7,2,12,0,0,0,0,4]]}],
    "functions":[{"name":"f","count":5,"regions":[[1,12,6,2,5,0,0,0]],"filenames":["/b/a.cc"]}]}],
    "type":"llvm.coverage.json.export","version":"2.0.1"})x");
  // Line 2 begins within the region of line 1; line 4 is skipped text.
  EXPECT_EQ(report_text(report), "/b/a.cc: 1=hit 2=partial(1/2) 3=hit 6=hit");
  const FileCoverage& file = report.files.at("/b/a.cc");
  ASSERT_EQ(file.functions.size(), 1u);
  EXPECT_EQ(file.functions[0], (CoveredFunction{"f", 1, 6, 5}));
}

TEST(LlvmCovTest, GapRegionsBeginNoLine) {
  const CoverageReport report = report_of(R"x({"data":[{"files":[{"filename":"a.cc","segments":
    [[1,1,3,true,true,false],[2,1,0,true,true,true],[3,1,3,true,false,false]]}]}],
    "type":"llvm.coverage.json.export"})x");
  EXPECT_EQ(lines_text(report.files.at("a.cc")), "1=hit 2=hit 3=miss");
}

TEST(LlvmCovTest, OtherExportsAreRefused) {
  EXPECT_TRUE(has(error_of(R"x({"data":[],"type":"other"})x").message(), "llvm.coverage.json"));
}

// gcov and gcovr -----------------------------------------------------------------------------

TEST(GcovTest, InstancesOfALineAddUpAndThrowsAreNoBranches) {
  const CoverageReport report = report_of(R"x({"gcc_version":"12","current_working_directory":"/b",
    "files":[{"file":"a.cc","functions":[{"name":"_Z1fv","demangled_name":"f()","start_line":1,
    "end_line":4,"execution_count":2}],"lines":[
    {"line_number":2,"count":2,"branches":[{"count":2,"throw":false},{"count":0,"throw":false},
     {"count":0,"throw":true}]},
    {"line_number":2,"count":3,"branches":[{"count":0,"throw":false},{"count":1,"throw":false}]},
    {"line_number":3,"count":0,"branches":[]}]
}]
}
{"gcc_version":"12","files":[{"file":"b.cc","lines":[{"line_number":1,"count":1}]}]})x");
  EXPECT_EQ(report_text(report), "a.cc: 2=hit(2/2) 3=miss; b.cc: 1=hit");
  const FileCoverage& file = report.files.at("a.cc");
  EXPECT_EQ(file.lines[0].hits, 5u);
  EXPECT_EQ(file.functions[0], (CoveredFunction{"f()", 1, 4, 2}));
  EXPECT_EQ(report.roots, std::vector<std::string>{"/b"});
}

TEST(GcovTest, ExcludedLinesAndBranchesOfGcovrAreLeftOut) {
  const CoverageReport report =
      report_of(R"x({"gcovr/format_version":"0.15","files":[{"file":"a.cc",
    "lines":[{"line_number":1,"count":1,"gcovr/excluded":true},
    {"line_number":2,"count":1,"gcovr/md5":"x","branches":[{"count":1,"throw":true},
     {"count":0,"throw":false,"gcovr/excluded":true}]}]}]})x");
  EXPECT_EQ(report_text(report), "a.cc: 2=hit(1/1)");
}

// coverage.py --------------------------------------------------------------------------------

TEST(CoveragePyTest, LinesBranchesContextsAndFunctions) {
  const CoverageReport report = report_of(R"x({"meta":{"format":3,"branch_coverage":true},
    "files":{"pkg/a.py":{"executed_lines":[1,2],"missing_lines":[4],"excluded_lines":[9],
    "executed_branches":[[2,3]],"missing_branches":[[2,-1],[-1,2]],
    "contexts":{"1":["","t::a"],"2":["t::b","t::a"]},
    "functions":{"C.f":{"executed_lines":[2],"missing_lines":[4],"start_line":1},
                 "":{"executed_lines":[1],"missing_lines":[]}}}},"totals":{}})x");
  EXPECT_EQ(report_text(report), "pkg/a.py: 1=hit 2=partial(1/2) 4=miss");
  EXPECT_EQ(report.contexts, (std::vector<std::string>{"t::a", "t::b"}));
  const FileCoverage& file = report.files.at("pkg/a.py");
  EXPECT_EQ(file.contexts, (std::vector<ContextLine>{{0, 1}, {0, 2}, {1, 2}}));
  ASSERT_EQ(file.functions.size(), 1u);
  EXPECT_EQ(file.functions[0], (CoveredFunction{"C.f", 1, 4, 1}));
}

// Istanbul -----------------------------------------------------------------------------------

constexpr std::string_view kIstanbul = R"x({"/w/a.js":{"path":"/w/a.js",
  "statementMap":{"0":{"start":{"line":1,"column":0},"end":{"line":1,"column":9}},
    "1":{"start":{"line":1,"column":10},"end":{"line":2,"column":1}},
    "2":{"start":{"line":3,"column":0},"end":{"line":3,"column":1}}},
  "fnMap":{"0":{"name":"f","decl":{"start":{"line":1}},"loc":{"start":{"line":1},"end":{"line":4}}}},
  "branchMap":{"0":{"type":"if","loc":{"start":{"line":1},"end":{"line":2}},
    "locations":[{"start":{"line":1},"end":{"line":1}},{"start":{},"end":{}}]}},
  "s":{"0":0,"1":7,"2":0},"f":{"0":7},"b":{"0":[7,0]}}})x";

TEST(IstanbulTest, ALineCountsTheMostOfItsStatements) {
  const CoverageReport report = report_of(kIstanbul);
  EXPECT_EQ(report_text(report), "/w/a.js: 1=partial(1/2) 3=miss");
  EXPECT_EQ(report.files.at("/w/a.js").lines[0].hits, 7u);
  EXPECT_EQ(report.files.at("/w/a.js").functions[0], (CoveredFunction{"f", 1, 4, 7}));
}

TEST(IstanbulTest, TranslatedFilesAreSaid) {
  std::string text(kIstanbul);
  text.insert(text.find("\"s\":"), "\"inputSourceMap\":{\"version\":3},");
  EXPECT_TRUE(has(warnings_of(report_of(text)), "inputSourceMap"));
}

TEST(IstanbulTest, CountsWithoutALineAreSaid) {
  const CoverageReport report = report_of(
      R"x({"a.js":{"statementMap":{},"branchMap":{},"fnMap":{},"s":{"5":1},"f":{},"b":{}}})x");
  EXPECT_TRUE(has(warnings_of(report), "counts without a line"));
}

// Clover, Coveralls, SonarQube ---------------------------------------------------------------

TEST(CloverTest, ConditionsMethodsAndPaths) {
  const CoverageReport report = report_of(
      "<coverage generated='1' clover='4'><project><package name='p'>"
      "<file name='A.php' path='/w/A.php'><line num='2' type='method' name='go' count='3'/>"
      "<line num='3' type='stmt' count='0'/>"
      "<line num='4' type='cond' truecount='2' falsecount='0'/></file></package>"
      "<file name='/w/B.php'><line num='1' type='stmt' count='1'/></file></project>"
      "<testproject><file name='T.php'><line num='1' type='stmt' count='1'/></file></testproject>"
      "</coverage>");
  EXPECT_EQ(report_text(report), "/w/A.php: 2=hit 3=miss 4=partial(1/2); /w/B.php: 1=hit");
  EXPECT_EQ(report.files.at("/w/A.php").functions[0], (CoveredFunction{"go", 2, 0, 3}));
}

TEST(CoverallsTest, NullIsNoCodeAndBranchesComeInFours) {
  const CoverageReport report = report_of(
      R"x({"service_name":"x","source_files":[{"coverage":[null,3,0],"branches":[2,0,0,1,2,0,1,0],
      "name":"a.rb"}]})x");
  EXPECT_EQ(report_text(report), "a.rb: 2=partial(1/2) 3=miss");
  EXPECT_TRUE(has(
      error_of(R"x({"source_files":[{"name":"a","coverage":[],"branches":[1,2,3]}]})x").message(),
      "four numbers"));
}

TEST(SonarQubeTest, LinesAreCoveredOrNot) {
  const CoverageReport report = report_of(
      "<coverage version=\"1\"><file path=\"a.c\"><lineToCover lineNumber=\"1\" covered=\"true\""
      " branchesToCover=\"2\" coveredBranches=\"1\"/>"
      "<lineToCover lineNumber=\"2\" covered=\"false\"/></file></coverage>");
  EXPECT_EQ(report_text(report), "a.c: 1=partial(1/2) 2=miss");
  EXPECT_EQ(error_of("<coverage version='2'><file path='a'/></coverage>",
                     {CoverageFormat::kSonarQube, {}, {}})
                .code(),
            ErrorCode::kUnsupported);
}

// All ----------------------------------------------------------------------------------------

TEST(ReadReportTest, WhatIsNoReportIsAnErrorThatNamesTheFormats) {
  const std::string_view inputs[] = {"",
                                     "   \n",
                                     "hello",
                                     "{}",
                                     "[]",
                                     "<html/>",
                                     "{\"a\":1}",
                                     "%PDF-1.4",
                                     "mode:set",
                                     "\x7f"
                                     "ELF",
                                     "<coverage/>",
                                     "{\"files\":3}"};
  for (const std::string_view text : inputs) {
    const Error error = error_of(text);
    EXPECT_EQ(error.code(), ErrorCode::kParse) << text;
  }
  EXPECT_TRUE(has(error_of("hello").message(), "lcov, cobertura"));
  EXPECT_TRUE(has(error_of("{\"files\":{\"a.py\":").message(), "cut off"));
}

TEST(ReadReportTest, Utf16TextIsNamed) {
  const Error error = error_of(std::string_view("\xFF\xFES\0F\0:\0", 8));
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_TRUE(has(error.message(), "UTF-16"));
}

TEST(ReadReportTest, AnEmptyButValidReportIsNoSilentZero) {
  const CoverageReport report =
      report_of("<coverage line-rate='1'><packages></packages></coverage>");
  EXPECT_TRUE(has(warnings_of(report), "names no file"));
  EXPECT_FALSE(report.totals().line_ratio());
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(ReadReportTest, GzipIsUnpackedAlsoInMembers) {
  const std::string packed = gzip("SF:a.c\nDA:1,1\n") + gzip("DA:2,0\nend_of_record\n");
  EXPECT_EQ(report_text(report_of(packed)), "a.c: 1=hit 2=miss");
}

TEST(ReadReportTest, DamagedOrGrowingGzipIsAnError) {
  const std::string packed = gzip("SF:a.c\nDA:1,1\nend_of_record\n");
  EXPECT_TRUE(has(error_of(packed.substr(0, packed.size() - 9)).message(), "ends in the middle"));
  std::string wrong = packed;
  wrong[wrong.size() - 6] ^= 1;
  EXPECT_EQ(error_of(wrong).code(), ErrorCode::kParse);
  ReadOptions small;
  small.limits.max_bytes = 1u << 20;
  EXPECT_EQ(error_of(gzip("SF:a.c\n" + std::string(64u << 20, '\n')), small).code(),
            ErrorCode::kLimitExceeded);
}

TEST(ReadReportTest, TooManyRowsAreRefused) {
  ReadOptions small;
  small.limits.max_rows = 10;
  std::string text = "SF:a.c\n";
  for (int i = 1; i < 20; ++i) text += "DA:" + std::to_string(i) + ",1\n";
  EXPECT_EQ(error_of(text + "end_of_record\n", small).code(), ErrorCode::kLimitExceeded);
}

TEST(ReadReportTest, EveryPrefixOfAReportIsReadOrRefused) {
  for (const std::string_view whole : {kCobertura, kIstanbul}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto read = read_text(whole.substr(0, size));
      ASSERT_FALSE(read) << size;
      EXPECT_FALSE(read.error().message().empty());
    }
  }
}

TEST(ReadReportTest, FormatsHaveNames) {
  for (std::size_t i = 0; i < kCoverageFormatCount; ++i) {
    const auto format = static_cast<CoverageFormat>(i);
    EXPECT_EQ(coverage_format_named(name_of(format)).value(), format);
  }
  EXPECT_EQ(coverage_format_named("emma").error().code(), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace cairn::analysis
