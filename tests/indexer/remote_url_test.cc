#include "indexer/remote_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace cairn::indexer {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(RemoteUrlTest, AcceptsHttpsAndSsh) {
  const std::tuple<const char*, Transport, const char*> cases[] = {
      {"https://example.org/a/b.git", Transport::kHttps, "example.org"},
      {"https://example.org:8443/a", Transport::kHttps, "example.org:8443"},
      {"ssh://git@example.org:22/a/b", Transport::kSsh, "example.org:22"},
      {"git@example.org:a/b.git", Transport::kSsh, "example.org"},
      {"example.org:a/b", Transport::kSsh, "example.org"}};
  for (const auto& [text, transport, host] : cases) {
    EXPECT_TRUE(looks_remote(text)) << text;
    const auto url = parse_remote_url(text);
    ASSERT_TRUE(url) << url.error().to_string();
    EXPECT_EQ(url->transport, transport);
    EXPECT_EQ(url->host, host);
    EXPECT_EQ(url->text, text);
  }
}

TEST(RemoteUrlTest, RefusesWhatRunsProgramsOrLooksLikeAnOption) {
  for (const char* text : {"--upload-pack=touch x",
                           "-x",
                           "ext::sh -c id",
                           "ext::sh",
                           "fd::17",
                           "file:///etc",
                           "http://example.org/a",
                           "git://example.org/a",
                           "ftp://example.org/a",
                           "https://-oProxyCommand=x/a",
                           "ssh://-oProxyCommand=x/a",
                           "ssh://-x@example.org/a",
                           "-oProxyCommand=x:a",
                           "git@-oProxyCommand=x:a",
                           "git@example.org:-x",
                           "git@example.org:",
                           "https://example.org",
                           "https://example.org/",
                           "https:///a",
                           "https://exa mple.org/a",
                           "https://example.org/a\nb",
                           "https://example.org\\@evil/a",
                           ""}) {
    const auto url = parse_remote_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code(), ErrorCode::kInvalidArgument) << text;
  }
}

TEST(RemoteUrlTest, CredentialsAreRefusedAndNeverRepeated) {
  for (const char* text : {"https://user:hunter2@example.org/a", "https://hunter2@example.org/a",
                           "ssh://git:hunter2@example.org/a"}) {
    const auto url = parse_remote_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_THAT(url.error().message(), Not(HasSubstr("hunter2")));
    EXPECT_THAT(url.error().message(), HasSubstr("CAIRN_GIT_TOKEN"));
  }
}

TEST(RemoteUrlTest, ExistingPathsAreNotAddresses) {
  const cairn::testing::TempDir folder;
  ASSERT_TRUE(create_dirs(folder / "odd:name"));
  EXPECT_FALSE(looks_remote(folder / "odd:name"));
  EXPECT_FALSE(looks_remote("./a:b"));
  EXPECT_FALSE(looks_remote("plain"));
}

}  // namespace
}  // namespace cairn::indexer
