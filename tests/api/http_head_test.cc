#include "api/front/http_head.h"

#include <gtest/gtest.h>

namespace cairn::api {
namespace {

struct HeadCase {
  std::string name;
  std::string head;
  /// 0 = accepted.
  int status;
};

void PrintTo(const HeadCase& one, std::ostream* out) { *out << one.name; }

class HeadTest : public ::testing::TestWithParam<HeadCase> {};

int status_of(const std::string& head) {
  HeadScanner scanner;
  const auto state = scanner.scan(head);
  if (state == HeadScanner::State::kBad) return 400;
  EXPECT_EQ(state, HeadScanner::State::kComplete);
  EXPECT_EQ(scanner.size(), head.size());
  RequestHead parsed;
  const auto problem = parse_request_head(head, {}, parsed);
  return problem ? problem->status : 0;
}

TEST_P(HeadTest, HasItsStatus) { EXPECT_EQ(status_of(GetParam().head), GetParam().status); }

const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n";
const std::string kPost = "POST / HTTP/1.1\r\nHost: a\r\n";

INSTANTIATE_TEST_SUITE_P(
    Shapes, HeadTest,
    ::testing::Values(
        HeadCase{"Plain", kGet + "\r\n", 0},
        HeadCase{"Length", kPost + "Content-Length: 3\r\n\r\n", 0},
        HeadCase{"Chunked", kPost + "Transfer-Encoding: Chunked\r\n\r\n", 0},
        HeadCase{"AbsoluteForm", "GET http://a/x?y HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        HeadCase{"OldWithoutHost", "GET / HTTP/1.0\r\n\r\n", 0},
        HeadCase{"Ipv6Host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 0},
        HeadCase{"LengthAndChunked",
                 kPost + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        HeadCase{"ChunkedAndLength",
                 kPost + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400},
        HeadCase{"TwoLengths", kPost + "Content-Length: 3\r\nContent-Length: 3\r\n\r\n", 400},
        HeadCase{"LengthList", kPost + "Content-Length: 3, 3\r\n\r\n", 400},
        HeadCase{"SignedLength", kPost + "Content-Length: +3\r\n\r\n", 400},
        HeadCase{"HexLength", kPost + "Content-Length: 0x3\r\n\r\n", 400},
        HeadCase{"EmptyLength", kPost + "Content-Length:\r\n\r\n", 400},
        HeadCase{"HugeLength", kPost + "Content-Length: 99999999999999999999\r\n\r\n", 400},
        HeadCase{"TwoCodings",
                 kPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        HeadCase{"CodingList", kPost + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
        HeadCase{"UnknownCoding", kPost + "Transfer-Encoding: xchunked\r\n\r\n", 501},
        HeadCase{"CodingInOldVersion",
                 "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        HeadCase{"BareLineFeed", "GET / HTTP/1.1\nHost: a\n\n", 400},
        HeadCase{"BareReturn", "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400},
        HeadCase{"Folded", kGet + "X: a\r\n b\r\n\r\n", 400},
        HeadCase{"FoldedFirst", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
        HeadCase{"SpaceBeforeColon", kPost + "Content-Length : 3\r\n\r\n", 400},
        HeadCase{"NoColon", kGet + "Nothing\r\n\r\n", 400},
        HeadCase{"EmptyName", kGet + ": x\r\n\r\n", 400},
        HeadCase{"NameWithControl", kGet + "X\x01: a\r\n\r\n", 400},
        HeadCase{"ValueWithNul", kGet + std::string("X: a\0b\r\n\r\n", 10), 400},
        HeadCase{"TargetWithNul", std::string("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 28), 400},
        HeadCase{"TargetWithByte", "GET /\xC3\xA4 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        HeadCase{"TargetWithFragment", "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        HeadCase{"TwoSpaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        HeadCase{"SpaceInTarget", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        HeadCase{"NoVersion", "GET /\r\nHost: a\r\n\r\n", 400},
        HeadCase{"OddVersion", "GET / HTTP/1.x\r\nHost: a\r\n\r\n", 400},
        HeadCase{"NextVersion", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        HeadCase{"Preface", "PRI * HTTP/2.0\r\n\r\n", 505},
        HeadCase{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
        HeadCase{"TwoHosts", kGet + "Host: b\r\n\r\n", 400},
        HeadCase{"HostWithPath", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        HeadCase{"HostWithUser", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
        HeadCase{"EmptyHost", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
        HeadCase{"OtherAuthority", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        HeadCase{"OtherScheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        HeadCase{"Asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        HeadCase{"UnknownMethod", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        HeadCase{"Connect", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        HeadCase{"Trace", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        HeadCase{"SmallMethod", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        HeadCase{"OddMethod", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        HeadCase{"GetWithBody", kGet + "Content-Length: 1\r\n\r\n", 400},
        HeadCase{"GetWithEmptyBody", kGet + "Content-Length: 0\r\n\r\n", 0},
        HeadCase{"OtherExpectation", kPost + "Expect: a-pony\r\n\r\n", 417},
        HeadCase{"LongTarget", "GET /" + std::string(7'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n",
                 414},
        HeadCase{"LongField", kGet + "X: " + std::string(8'000, 'x') + "\r\n\r\n", 431}),
    [](const auto& of) { return of.param.name; });

TEST(HttpHeadTest, ManyFieldsAreRefused) {
  std::string head = kGet;
  for (int i = 0; i < 101; ++i) head += "X: a\r\n";
  EXPECT_EQ(status_of(head + "\r\n"), 431);
}

TEST(HttpHeadTest, FieldsAreRead) {
  const std::string text =
      "POST http://Example.org:81/a/b?c=d HTTP/1.1\r\nhost: example.org:81\r\n"
      "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nExpect: 100-Continue\r\n"
      "Content-Length: 12\r\nX-Note: \t two words \r\n\r\n";
  RequestHead head;
  ASSERT_FALSE(parse_request_head(text, {}, head));
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/a/b?c=d");
  EXPECT_EQ(head.path(), "/a/b");
  EXPECT_EQ(head.content_length, 12u);
  EXPECT_TRUE(head.expects_continue);
  EXPECT_TRUE(head.websocket);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_EQ(head.get("x-note"), "two words");
  EXPECT_EQ(host_name(head.host), "example.org");
  EXPECT_EQ(host_name("[::1]:80"), "::1");
}

TEST(HttpHeadTest, KeepAliveFollowsTheVersion) {
  RequestHead head;
  ASSERT_FALSE(parse_request_head("GET / HTTP/1.0\r\n\r\n", {}, head));
  EXPECT_FALSE(head.keep_alive);
  ASSERT_FALSE(parse_request_head("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", {}, head));
  EXPECT_TRUE(head.keep_alive);
  ASSERT_FALSE(
      parse_request_head("GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", {}, head));
  EXPECT_FALSE(head.keep_alive);
}

TEST(HttpHeadTest, HeadsMayArriveByteByByte) {
  const std::string text = kGet + "X: y\r\n\r\nrest";
  HeadScanner scanner;
  for (std::size_t size = 1; size < text.size() - 4; ++size)
    ASSERT_EQ(scanner.scan(std::string_view(text).substr(0, size)), HeadScanner::State::kMore);
  EXPECT_EQ(scanner.scan(text), HeadScanner::State::kComplete);
  EXPECT_EQ(scanner.size(), text.size() - 4);
}

ChunkedDecoder::State decode_by(std::size_t step, const std::string& text, std::string& out,
                                std::string& rest) {
  ChunkedDecoder decoder;
  auto state = ChunkedDecoder::State::kMore;
  std::size_t at = 0;
  while (at < text.size() && state == ChunkedDecoder::State::kMore) {
    std::string_view piece = std::string_view(text).substr(at, step);
    const std::size_t size = piece.size();
    state = decoder.feed(piece, out);
    at += size - piece.size();
  }
  rest = text.substr(at);
  return state;
}

TEST(ChunkedTest, BodiesAreDecodedHoweverTheyAreCut) {
  const std::string text = "5\r\nhello\r\n0000a\r\n, chunked!\r\n0\r\n\r\nGET /";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    std::string out;
    std::string rest;
    EXPECT_EQ(decode_by(step, text, out, rest), ChunkedDecoder::State::kComplete);
    EXPECT_EQ(out, "hello, chunked!");
    EXPECT_EQ(rest, "GET /");
  }
}

TEST(ChunkedTest, BadShapesAreRefused) {
  for (const char* text :
       {"\r\n", "x\r\n", "-1\r\n", "0x5\r\n", "5\nhello", "5 \r\nhello", "5;a=b\r\nhello", " 5\r\n",
        "5\r\nhelloX", "5\r\nhello\n", "0\r\nTrailer: x\r\n\r\n", "0\r\n\n",
        "ffffffffffffffffff\r\n", "5\rhello"}) {
    std::string out;
    std::string rest;
    EXPECT_EQ(decode_by(100, text, out, rest), ChunkedDecoder::State::kBad) << text;
  }
}

TEST(HttpHeadTest, AnswersAreRead) {
  const auto head = parse_response_head(
      "HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\nConnection: close\r\nA: b\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 404);
  EXPECT_EQ(head->content_length, 7u);
  EXPECT_FALSE(head->keep_alive);
  EXPECT_FALSE(parse_response_head("HTTP/1.1 99 x\r\n\r\n"));
  EXPECT_FALSE(parse_response_head("HELLO\r\n\r\n"));
}

}  // namespace
}  // namespace cairn::api
