// Results, errors, ids and hashes.
#include "base/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <unordered_set>

#include "base/check.h"
#include "base/hash.h"
#include "base/ids.h"

namespace cairn {
namespace {

struct ThingTag;
using ThingId = Id<ThingTag>;

Result<std::unique_ptr<int>> make(bool good) {
  if (!good) return Error(ErrorCode::kNotFound, "no int");
  return std::make_unique<int>(7);
}

Result<int> use(bool good) {
  CAIRN_ASSIGN(const std::unique_ptr<int> value, make(good));
  CAIRN_TRY(make(good));
  return *value;
}

TEST(Result, PassesValuesAndErrorsThroughTheMacros) {
  EXPECT_EQ(use(true).value(), 7);
  const auto failed = use(false);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(failed.error().to_string(), "E_NOT_FOUND: no int");
  EXPECT_EQ(failed.error().clone().in("loading x").message(), "loading x: no int");
}

TEST(ResultDeathTest, TheValueOfAnErrorAbortsWithItsText) {
  EXPECT_DEATH(static_cast<void>(make(false).value()), "E_NOT_FOUND: no int");
}

TEST(Error, EveryCodeHasAUniqueNameAMeaningAndAnExitCode) {
  std::unordered_set<std::string_view> names;
  for (unsigned i = 0; i <= static_cast<unsigned>(ErrorCode::kGone); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    EXPECT_TRUE(error_code_name(code).starts_with("E_"));
    EXPECT_TRUE(names.insert(error_code_name(code)).second) << error_code_name(code);
    EXPECT_FALSE(error_code_meaning(code).empty());
    EXPECT_GE(error_exit_code(code), 1);
    EXPECT_LE(error_exit_code(code), 3);
  }
}

TEST(Error, ErrnoValuesKeepTheirClass) {
  EXPECT_EQ(errno_error(ENOSPC, "x").code(), ErrorCode::kDiskFull);
  EXPECT_EQ(errno_error(EDQUOT, "x").code(), ErrorCode::kDiskFull);
  EXPECT_EQ(errno_error(EROFS, "x").code(), ErrorCode::kReadOnly);
  EXPECT_EQ(errno_error(ENOENT, "x").code(), ErrorCode::kNotFound);
  EXPECT_EQ(errno_error(EIO, "x").code(), ErrorCode::kIo);
  EXPECT_EQ(errno_error(ENOENT, "opening 'f'").message(), "opening 'f': No such file or directory");
}

TEST(Id, DefaultIsNoneAndRowsCompare) {
  EXPECT_FALSE(ThingId().exists());
  EXPECT_EQ(ThingId(), ThingId::none());
  EXPECT_TRUE(ThingId(0).exists());
  EXPECT_LT(ThingId(1), ThingId(2));
}

TEST(CheckDeathTest, SaysWhatDoesNotHold) {
  EXPECT_DEATH(CAIRN_CHECK(1 + 1 == 3), "1 \\+ 1 == 3 does not hold");
}

TEST(ContentId, IsGitsBlobName) {
  EXPECT_EQ(content_id_of("").hex(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  EXPECT_EQ(content_id_of("hello\n").hex(), "ce013625030ba8dba906f756967f9e9ca394464a");
}

TEST(ContentId, ReadsHexBackAndRefusesOther) {
  const ContentId id = content_id_of("x");
  EXPECT_EQ(ContentId::from_hex(id.hex()).value(), id);
  EXPECT_FALSE(ContentId::from_hex("12"));
  EXPECT_FALSE(ContentId::from_hex(std::string(40, 'g')));
}

TEST(Hash, MatchesKnownValues) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash64(std::string_view("")), 0x2d06800538d394c2ull);
  EXPECT_NE(hash64(std::string_view("a")), hash64(std::string_view("a"), 1));
  EXPECT_NE(hash_mix(1, 2), hash_mix(2, 1));
}

}  // namespace
}  // namespace cairn
