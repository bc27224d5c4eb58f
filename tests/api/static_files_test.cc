#include "api/front/static_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_dir.h"

namespace cairn::api {
namespace {

void put(const std::string& path, std::string_view bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST(StaticFilesTest, VariantsFollowWhatTheClientAccepts) {
  const testing::TempDir dir;
  put(dir / "assets/app-1f2e.js", "plain");
  put(dir / "assets/app-1f2e.js.br", "brotli");
  put(dir / "assets/app-1f2e.js.gz", "gzip");
  const auto files = StaticFiles::load(dir.path());
  ASSERT_TRUE(files);
  EXPECT_EQ(files->size(), 1u);
  const auto bytes = [&](std::string_view accept) {
    return files->find("/assets/app-1f2e.js", accept)->variant->bytes;
  };
  EXPECT_EQ(bytes("gzip, deflate, br"), "brotli");
  EXPECT_EQ(bytes("gzip"), "gzip");
  EXPECT_EQ(bytes("br;q=0, gzip;q=0.5"), "gzip");
  EXPECT_EQ(bytes("br;q=0.0"), "plain");
  EXPECT_EQ(bytes(""), "plain");
  const auto choice = files->find("/assets/app-1f2e.js", "br");
  EXPECT_EQ(choice->encoding, "br");
  EXPECT_EQ(choice->file->content_type, "text/javascript; charset=utf-8");
  EXPECT_NE(choice->file->cache_control.find("immutable"), std::string::npos);
  EXPECT_NE(choice->variant->etag, choice->file->plain.etag);
}

TEST(StaticFilesTest, TagsFollowTheContent) {
  StaticFiles files;
  files.add("/a.txt", "one");
  files.add("/b.txt", "one");
  files.add("/c.txt", "two");
  const auto tag = [&](std::string_view path) { return files.find(path, "")->variant->etag; };
  EXPECT_EQ(tag("/a.txt"), tag("/b.txt"));
  EXPECT_NE(tag("/a.txt"), tag("/c.txt"));
  EXPECT_TRUE(etag_matches("\"x\", W/" + tag("/a.txt"), tag("/a.txt")));
  EXPECT_TRUE(etag_matches("*", tag("/a.txt")));
  EXPECT_FALSE(etag_matches("\"x\"", tag("/a.txt")));
}

TEST(StaticFilesTest, OnlyListedPathsAreFound) {
  const testing::TempDir outside;
  put(outside / "secret.txt", "secret");
  const testing::TempDir dir;
  put(dir / "index.html", "<p>");
  put(dir / "sub/index.html", "<p>sub");
  put(dir / ".hidden", "no");
  std::filesystem::create_symlink(outside / "secret.txt", dir / "link.txt");
  const auto files = StaticFiles::load(dir.path());
  ASSERT_TRUE(files);
  EXPECT_TRUE(files->find("/", ""));
  EXPECT_TRUE(files->find("/index.html", ""));
  EXPECT_TRUE(files->find("/sub/", ""));
  for (const char* path : {"/.hidden", "/link.txt", "/../secret.txt", "/sub/../index.html",
                           "//index.html", "/sub", "/sub/%2e%2e/index.html", "", "index.html"})
    EXPECT_FALSE(files->find(path, "")) << path;
}

TEST(StaticFilesTest, FallbackServesPagesButNoReservedPath) {
  StaticFiles files;
  files.add("/index.html", "page");
  files.set_fallback("/index.html", {"/api/", "/healthz"});
  EXPECT_TRUE(files.find("/repos/x", ""));
  EXPECT_FALSE(files.find("/api/v1/repos", ""));
  EXPECT_FALSE(files.find("/healthz", ""));
}

TEST(StaticFilesTest, FoldersOverTheLimitAreRefused) {
  const testing::TempDir dir;
  put(dir / "large.bin", std::string(100, 'x'));
  const auto files = StaticFiles::load(dir.path(), 99);
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code(), ErrorCode::kLimitExceeded);
  EXPECT_FALSE(StaticFiles::load(dir / "absent"));
}

}  // namespace
}  // namespace cairn::api
