#include "api/http/message.h"

#include <gtest/gtest.h>

#include "api/problem.h"
#include "base/fs.h"
#include "base/json.h"

namespace cairn::api {
namespace {

TEST(MessageTest, TargetsAreDecoded) {
  Request request;
  ASSERT_TRUE(parse_target("/api/v1/repos/a%2Fb/caf%C3%A9?q=x+y%20z&flag&&k=%26", request));
  EXPECT_EQ(request.path, "/api/v1/repos/a%2Fb/caf\xC3\xA9");
  ASSERT_EQ(request.query.size(), 3u);
  EXPECT_EQ(request.parameter("q"), "x y z");
  EXPECT_EQ(request.parameter("flag"), "");
  EXPECT_EQ(request.parameter("k"), "&");
  EXPECT_FALSE(request.parameter("absent"));
}

TEST(MessageTest, BadTargetsAreRefused) {
  Request request;
  for (const char* target : {"", "api", "/%", "/%1", "/%zz", "/a%00b", "/?q=%00", "/../etc",
                             "/a/..", "/%2e%2e/etc", "/./a", "/%ff", "/?q=%f"})
    EXPECT_FALSE(parse_target(target, request)) << target;
}

TEST(MessageTest, HeaderNamesHaveNoCase) {
  Headers headers;
  headers.add("Content-Type", "a");
  headers.add("X", "1");
  headers.set("content-type", "b");
  EXPECT_EQ(headers.get("CONTENT-TYPE"), "b");
  EXPECT_EQ(headers.size(), 2u);
  headers.remove("x");
  EXPECT_FALSE(headers.get("X"));
}

TEST(ProblemTest, EveryCodeHasAnErrorStatus) {
  for (unsigned i = 0; i <= static_cast<unsigned>(ErrorCode::kOverloaded); ++i) {
    const int status = http_status(static_cast<ErrorCode>(i));
    EXPECT_GE(status, 400);
    EXPECT_LT(status, 600);
    EXPECT_NE(status_title(status), "Error") << status;
  }
}

TEST(ProblemTest, ThePageOnHttpListsEveryCodeAtItsStatus) {
  const auto page = read_file(std::string(CAIRN_SOURCE_DIR) + "/docs/http.md", 1u << 20);
  ASSERT_TRUE(page);
  for (unsigned i = 0; i <= static_cast<unsigned>(ErrorCode::kOverloaded); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    const std::string status = std::to_string(http_status(code));
    const std::string name = "`" + std::string(error_code_name(code)) + "`";
    const std::size_t row = page->find("\n| " + status + " | ");
    ASSERT_NE(row, std::string::npos) << status << " " << name;
    const std::string line = page->substr(row + 1, page->find('\n', row + 1) - row - 1);
    EXPECT_NE(line.find(name), std::string::npos) << line << " lacks " << name;
  }
}

TEST(ProblemTest, DocumentsCarryTheCode) {
  const Problem problem = problem_of(Error(ErrorCode::kBusy, "the \"thing\" is busy"));
  const Response response = problem_response(problem, "r-1");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.get("content-type"), "application/problem+json");
  EXPECT_EQ(response.headers.get("retry-after"), "1");
  const auto json = JsonDocument::parse(response.body);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->root().find("code").as_string(), "E_BUSY");
  EXPECT_EQ(json->root().find("status").as_int(), 503);
  EXPECT_EQ(json->root().find("title").as_string(), "Service Unavailable");
  EXPECT_EQ(json->root().find("detail").as_string(), "the \"thing\" is busy");
  EXPECT_EQ(json->root().find("request_id").as_string(), "r-1");
}

}  // namespace
}  // namespace cairn::api
