#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "graph/facts.h"
#include "indexer/worker/protocol.h"

namespace cairn::indexer {
namespace {

using ::testing::HasSubstr;

WorkerRequest example() {
  WorkerRequest out;
  out.options.threads = 3;
  out.options.max_file_bytes = 77;
  out.options.poison = {
      {content_id_of("bad"), graph::Language::kC, graph::kExtractorVersion, PoisonReason::kMemory}};
  out.options.suspects = {content_id_of("odd")};
  out.source.kind = SourceKind::kWorkTree;
  out.source.name = "/a b/\xff%\n\"";
  out.source.slug = "slug";
  out.source.repository = "/repo";
  out.source.commit = content_id_of("commit");
  out.source.paths = {{"x\ny\xfe.c", EntryKind::kFile, true}, {"l", EntryKind::kSymlink, false}};
  out.base = "/base";
  out.facts_folder = "/facts";
  out.target = {"/out", "layer", "/out/stat"};
  out.limits = {1, 2, 3};
  out.sandbox = SandboxLevel::kFilters;
  out.readable = {"/r\xc3"};
  out.writable = {"/w"};
  out.parent = 42;
  return out;
}

TEST(WorkerProtocol, ARequestSurvivesTheWay) {
  const WorkerRequest sent = example();
  const Result<WorkerRequest> got = decode_request(encode(sent));
  ASSERT_TRUE(got) << got.error().to_string();
  EXPECT_EQ(got->options.threads, 3u);
  EXPECT_EQ(got->options.max_file_bytes, 77u);
  EXPECT_EQ(got->options.poison, sent.options.poison);
  EXPECT_EQ(got->options.suspects, sent.options.suspects);
  EXPECT_EQ(got->source.name, sent.source.name);
  EXPECT_EQ(got->source.commit, sent.source.commit);
  ASSERT_EQ(got->source.paths.size(), 2u);
  EXPECT_EQ(got->source.paths[0].path, "x\ny\xfe.c");
  EXPECT_EQ(got->source.paths[1].kind, EntryKind::kSymlink);
  EXPECT_FALSE(got->source.paths[1].tracked);
  EXPECT_EQ(got->target.layer_name, "layer");
  EXPECT_EQ(got->readable, sent.readable);
  EXPECT_EQ(got->parent, 42);
}

TEST(WorkerProtocol, ARequestOfAnotherVersionIsRefused) {
  std::string text = encode(example());
  text.replace(text.find("\"version\":\"") + 11, 1, "9");
  EXPECT_EQ(decode_request(text).error().code(), ErrorCode::kVersion);
  EXPECT_EQ(decode_request("{}").error().code(), ErrorCode::kParse);
}

TEST(WorkerProtocol, AnOutcomeSurvivesTheWay) {
  Built built;
  built.kind = BuiltKind::kOverlay;
  built.files_parsed = 1;
  built.files_linked = 2;
  built.other_files = 3;
  built.skipped = {{"a\xff\n%", "unreadable"}, {"b", "too_large"}};
  built.warnings = {"one", "two\nlines"};
  const Result<Built> got = decode_outcome(encode(built));
  ASSERT_TRUE(got) << got.error().to_string();
  EXPECT_EQ(got->kind, BuiltKind::kOverlay);
  EXPECT_EQ(got->files_linked, 2u);
  ASSERT_EQ(got->skipped.size(), 2u);
  EXPECT_EQ(got->skipped[0].path, "a\xff\n%");
  EXPECT_EQ(got->warnings, (std::vector<std::string>{"one", "two\\nlines"}));
}

TEST(WorkerProtocol, AnErrorSurvivesTheWay) {
  const Result<Built> got = decode_outcome(encode(Error(ErrorCode::kDiskFull, "no room", true)));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code(), ErrorCode::kDiskFull);
  EXPECT_EQ(got.error().message(), "no room");
  EXPECT_TRUE(got.error().retryable());
}

TEST(WorkerProtocol, MoreSkippedPathsThanFitAreCounted) {
  Built built;
  const std::string path(4000, '\xff');
  for (int i = 0; i < 3000; ++i) built.skipped.push_back({path, "unreadable"});
  for (int i = 0; i < 2000; ++i) built.warnings.push_back(std::string(5000, '\xff'));
  const std::string text = encode(built);
  EXPECT_LE(text.size(), kMaxOutcomeBytes);
  const Result<Built> got = decode_outcome(text);
  ASSERT_TRUE(got) << got.error().to_string();
  EXPECT_LT(got->skipped.size(), 3000u);
  EXPECT_THAT(got->warnings.back(), HasSubstr("more warnings"));
}

class HostileOutcome : public ::testing::TestWithParam<std::string> {};
TEST_P(HostileOutcome, IsRefused) {
  const Result<Built> got = decode_outcome(GetParam());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code(), ErrorCode::kCorrupt);
}

std::string with(const std::string& from, const std::string& to) {
  Built built;
  built.skipped = {{"path", "unreadable"}};
  built.warnings = {"warning"};
  std::string text = encode(built);
  text.replace(text.find(from), from.size(), to);
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    Answers, HostileOutcome,
    ::testing::Values("", "\n", "[]\n", "{}\n", "null\n", "{\"kind\":\"base\"}", "\xff\n",
                      with("unchanged", "../layer"), with("\"files_parsed\":0", "\"x\":0"),
                      with("\"files_parsed\":0", "\"files_parsed\":-1"),
                      with("\"files_parsed\":0", "\"files_parsed\":1e300"),
                      with("\"files_linked\":0", "\"files_linked\":\"0\""),
                      with("unreadable", "UNREADABLE"), with("unreadable", std::string(100, 'a')),
                      with("\"path\"", "\"%0\""), with("\"path\"", "\"%00\""),
                      with("\"path\"", "\"\""), with("\"path\"", "7"), with("\"path\",", ""),
                      with("\"warning\"", "7"),
                      with("\"warning\"", "\"" + std::string(5000, 'w') + "\""),
                      with("[\"warning\"]", std::string(60, '[') + std::string(60, ']')),
                      std::string("{\"error\":{\"code\":\"E_NONE\",\"message\":\"\","
                                  "\"retryable\":false}}\n"),
                      std::string("{\"error\":{\"code\":\"E_IO\",\"retryable\":false}}\n"),
                      std::string("{\"error\":7}\n")));

}  // namespace
}  // namespace cairn::indexer
