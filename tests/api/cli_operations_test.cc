// cairn doctor, verify, backup, restore, and the shell's texts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fs.h"
#include "base/json.h"
#include "tests/api/cli_harness.h"

namespace cairn::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::uint64_t kMaxFile = std::uint64_t{64} << 20;

/// Paths of all regular files below a folder.
void list_files(const std::string& folder, std::vector<std::string>& out) {
  for (const DirEntry& entry : list_dir(folder).value()) {
    const std::string path = join_path(folder, entry.name);
    if (entry.kind == FileKind::kDirectory) list_files(path, out);
    if (entry.kind == FileKind::kRegular) out.push_back(path);
  }
}

/// The first layer file below a folder.
std::string layer_file(const std::string& folder) {
  std::vector<std::string> files;
  list_files(folder, files);
  for (const std::string& path : files)
    if (path.ends_with(".cairn")) return path;
  ADD_FAILURE() << "no layer file in " << folder;
  return {};
}

void flip_a_byte(const std::string& path) {
  std::string bytes = read_file(path, kMaxFile).value();
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x20);
  ASSERT_TRUE(write_file_atomic(path, bytes));
}

class CliOperationsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const CliResult indexed = cli_.run({"index", root_});
    ASSERT_EQ(indexed.code, 0) << indexed.err;
  }
  Cli cli_;
  const std::string root_ = write_python_project(cli_);
};

TEST_F(CliOperationsTest, DoctorExplainsWhatItChecked) {
  const CliResult result = cli_.run({"doctor"});
  EXPECT_EQ(result.code, 0) << result.out << result.err;
  for (const char* name : {"data folder", "disk", "git", "locale", "open files"})
    EXPECT_THAT(result.out, HasSubstr(name));
  const auto json = JsonDocument::parse(cli_.run({"doctor", "--json"}).out);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->root().find("healthy").as_bool(), true);
}

TEST_F(CliOperationsTest, DoctorFindsADataFolderThatIsAFile) {
  write_file(cli_ / "file", "");
  const CliResult result = cli_.run({"doctor", "--data", cli_ / "file"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, HasSubstr("problem  data folder"));
  EXPECT_THAT(result.out, HasSubstr("give --data DIR"));
}

TEST_F(CliOperationsTest, DoctorWarnsOfALocaleWithoutUtf8) {
  cli_.environment()["LANG"] = "C";
  EXPECT_THAT(cli_.run({"doctor"}).out, HasSubstr("warning  locale"));
}

TEST_F(CliOperationsTest, VerifyPassesWhatIsIntact) {
  const CliResult result = cli_.run({"verify"});
  EXPECT_EQ(result.code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("1 snapshot, 1 layer file, "));
  EXPECT_THAT(result.out, HasSubstr("all intact"));
}

TEST_F(CliOperationsTest, VerifyFindsADamagedSnapshot) {
  flip_a_byte(layer_file(cli_.data()));
  const CliResult result = cli_.run({"verify"});
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_THAT(result.out, StartsWith("damaged  repos/"));
  const auto json = JsonDocument::parse(cli_.run({"verify", "--json"}).out);
  ASSERT_TRUE(json);
  EXPECT_GT(json->root().find("problems").size(), 0u);
}

TEST_F(CliOperationsTest, VerifyWantsAnIndex) {
  const CliResult result = cli_.run({"verify", "--data", cli_ / "empty"});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("run cairn index SOURCE or give --data DIR [E_NOT_FOUND]"));
  EXPECT_FALSE(path_exists(cli_ / "empty"));
}

TEST_F(CliOperationsTest, ARestoredFolderAnswersLikeTheOriginal) {
  const std::string before = cli_.run({"export", root_, "-f", "jsonl"}).out;
  const CliResult backup = cli_.run({"backup", cli_ / "backup"});
  ASSERT_EQ(backup.code, 0) << backup.err;
  const CliResult restored = cli_.run({"restore", cli_ / "backup", "--data", cli_ / "copy"});
  ASSERT_EQ(restored.code, 0) << restored.err;
  EXPECT_EQ(cli_.run({"verify", "--data", cli_ / "copy"}).code, 0);
  const CliResult index = cli_.run({"index", root_, "--data", cli_ / "copy"});
  EXPECT_THAT(index.out, HasSubstr("nothing changed since the last run"));
  EXPECT_EQ(cli_.run({"export", root_, "-f", "jsonl", "--data", cli_ / "copy"}).out, before);
}

TEST_F(CliOperationsTest, ABackupOutlivesLaterIndexing) {
  ASSERT_EQ(cli_.run({"backup", cli_ / "backup"}).code, 0);
  for (int i = 0; i < 3; ++i) {
    write_file(root_ + "/more.py", "x" + std::to_string(i) + " = 1\n");
    ASSERT_EQ(cli_.run({"index", root_, "--clean"}).code, 0);
  }
  EXPECT_EQ(cli_.run({"restore", cli_ / "backup", "--data", cli_ / "copy"}).code, 0);
}

TEST_F(CliOperationsTest, BackupAndRestoreNeverOverwrite) {
  write_file(cli_ / "full/file", "");
  EXPECT_EQ(cli_.run({"backup", cli_ / "full"}).code, 3);
  ASSERT_EQ(cli_.run({"backup", cli_ / "backup"}).code, 0);
  const CliResult onto = cli_.run({"restore", cli_ / "backup"});
  EXPECT_EQ(onto.code, 3);
  EXPECT_THAT(onto.err, HasSubstr("is not empty, give an empty or a new one [E_EXISTS]"));
}

TEST_F(CliOperationsTest, RestoreRefusesADamagedBackupBeforeItWrites) {
  ASSERT_EQ(cli_.run({"backup", cli_ / "backup"}).code, 0);
  flip_a_byte(layer_file(cli_ / "backup"));
  const CliResult result = cli_.run({"restore", cli_ / "backup", "--data", cli_ / "copy"});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("[E_CORRUPT]"));
  EXPECT_FALSE(path_exists(cli_ / "copy"));
}

TEST_F(CliOperationsTest, RestoreRefusesPathsThatLeaveTheFolder) {
  for (const char* path : {"../evil", "/etc/evil", "repos/../../evil", "repos/./x", "repos//x"}) {
    write_file(cli_ / "hostile/manifest.json", "{\"files\":[{\"path\":\"" + std::string(path) +
                                                   "\",\"bytes\":0,\"sha256\":\"\"}]}");
    const CliResult result = cli_.run({"restore", cli_ / "hostile", "--data", cli_ / "copy"});
    EXPECT_EQ(result.code, 3) << path;
    EXPECT_THAT(result.err, HasSubstr("is no manifest of a backup")) << path;
  }
  const CliResult none = cli_.run({"restore", cli_ / "nothing", "--data", cli_ / "copy"});
  EXPECT_EQ(none.code, 3);
  EXPECT_THAT(none.err, HasSubstr("manifest.json is missing"));
}

TEST_F(CliOperationsTest, ShellTextsArePrinted) {
  EXPECT_THAT(cli_.run({"completions", "zsh"}).out, StartsWith("#compdef cairn"));
  EXPECT_EQ(cli_.run({"completions", "csh"}).code, 2);
  EXPECT_THAT(cli_.run({"man"}).out, StartsWith(".TH CAIRN 1"));
}

TEST_F(CliOperationsTest, UsageErrorsExitTwo) {
  const CliResult result = cli_.run({"frobnicate"});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.err, "cairn: unknown command 'frobnicate', see cairn --help [E_USAGE]\n");
  EXPECT_EQ(cli_.run({"index", root_, "--threads", "-1"}).code, 2);
  EXPECT_EQ(cli_.run({"--version"}).code, 0);
}

}  // namespace
}  // namespace cairn::testing
