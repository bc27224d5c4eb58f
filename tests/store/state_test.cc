// Settings, tokens, sessions, the audit log, poisoned contents, and the upgrade of old databases.
#include "store/state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "store/migrations.h"
#include "store/sqlite_db.h"
#include "tests/support/temp_dir.h"

namespace cairn::store {
namespace {

using cairn::testing::TempDir;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StateTest : public ::testing::Test {
 protected:
  StateTest() { open(); }
  void open() {
    state_.reset();
    state_ = open_state(dir_ / "cairn.db", clock_).value();
  }
  std::string repo(const std::string& name) {
    RepoSpec spec;
    spec.source = spec.location = "/src/" + name;
    return state_->repos().upsert_repo(spec).value().id;
  }
  /// Changes the database behind the state's back.
  void sql(const char* script) {
    const auto db = Database::open(dir_ / "cairn.db", 1000).value();
    ASSERT_TRUE(db->execute(script));
  }
  TokenSpec token(const std::string& secret, ScopeSet scopes = scope_bit(Scope::kRead)) {
    TokenSpec spec;
    spec.name = "for " + secret;
    spec.hash = sha256_hex(secret);
    spec.scopes = scopes;
    return spec;
  }

  TempDir dir_;
  std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  std::unique_ptr<State> state_;
};

TEST_F(StateTest, SettingsHaveDefaultsAndKeepWhatIsNotChanged) {
  const std::string a = repo("a");
  EXPECT_EQ(state_->settings().get(a).value(), RepoSettings());
  RepoSettingsChange change;
  change.pinned = true;
  change.branch = "main";
  change.slug = "other";
  const RepoWithSettings changed = state_->settings().change(a, change).value();
  EXPECT_EQ(changed.repo.slug, "other");
  change = {};
  change.poll_seconds = 60;
  ASSERT_TRUE(state_->settings().change(a, change));
  open();
  const std::vector<RepoWithSettings> all = state_->settings().list().value();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].repo.slug, "other");
  EXPECT_TRUE(all[0].settings.pinned);
  EXPECT_EQ(all[0].settings.branch, "main");
  EXPECT_EQ(all[0].settings.poll_seconds, 60);
}

TEST_F(StateTest, BadSettingsChangeNothing) {
  const std::string a = repo("a");
  repo("b");
  const auto code = [&](RepoSettingsChange change) {
    change.pinned = true;
    return state_->settings().change(a, change).error().code();
  };
  RepoSettingsChange change;
  change.slug = "b";
  EXPECT_EQ(code(change), ErrorCode::kExists);
  change.slug = "No Slug";
  EXPECT_EQ(code(change), ErrorCode::kInvalidArgument);
  change = {};
  change.poll_seconds = 3;
  EXPECT_EQ(code(change), ErrorCode::kInvalidArgument);
  change = {};
  change.branch = "--upload-pack=x";
  EXPECT_EQ(code(change), ErrorCode::kInvalidArgument);
  change = {};
  change.keep_snapshots = -1;
  EXPECT_EQ(code(change), ErrorCode::kInvalidArgument);
  EXPECT_EQ(state_->settings().get(a).value(), RepoSettings());
  EXPECT_EQ(state_->settings().change("nobody", {}).error().code(), ErrorCode::kNotFound);
}

TEST_F(StateTest, TokensAreFoundByHashUntilRevokedOrExpired) {
  EXPECT_TRUE(state_->tokens().no_tokens().value());
  TokenSpec spec = token("s1", scope_bit(Scope::kRead) | scope_bit(Scope::kIndex));
  spec.repos = {repo("a")};
  spec.expires_at_ms = clock_->unix_milliseconds() + 1000;
  const Token made = state_->tokens().create_token(spec).value();
  EXPECT_FALSE(state_->tokens().no_tokens().value());
  open();
  const auto found = state_->tokens().use_token(spec.hash).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, made.id);
  EXPECT_TRUE(found->has(Scope::kIndex));
  EXPECT_FALSE(found->has(Scope::kAdmin));
  EXPECT_EQ(found->repos, spec.repos);
  EXPECT_EQ(found->last_used_at_ms, clock_->unix_milliseconds());
  EXPECT_FALSE(state_->tokens().use_token(sha256_hex("other")).value());
  EXPECT_FALSE(state_->tokens().use_token("' OR 1=1").value());
  clock_->advance(milliseconds(1000));
  EXPECT_FALSE(state_->tokens().use_token(spec.hash).value()) << "expired";

  const Token second = state_->tokens().create_token(token("s2")).value();
  EXPECT_EQ(state_->tokens().revoke_token(second.id).value().revoked_at_ms,
            clock_->unix_milliseconds());
  EXPECT_FALSE(state_->tokens().use_token(sha256_hex("s2")).value()) << "revoked";
  EXPECT_EQ(state_->tokens().list_tokens().value().size(), 2u);
  EXPECT_EQ(state_->tokens().revoke_token("nobody").error().code(), ErrorCode::kNotFound);
}

TEST_F(StateTest, ATokenForADeletedRepoDoesNotBecomeOneForAll) {
  TokenSpec spec = token("s");
  spec.repos = {repo("a")};
  ASSERT_TRUE(state_->tokens().create_token(spec));
  ASSERT_TRUE(state_->repos().delete_repo(spec.repos[0]));
  EXPECT_EQ(state_->tokens().use_token(spec.hash).value()->repos, spec.repos);
}

TEST_F(StateTest, BadTokensAreRefused) {
  const auto code = [&](const TokenSpec& spec) {
    return state_->tokens().create_token(spec).error().code();
  };
  TokenSpec spec = token("s");
  spec.scopes = 0;
  EXPECT_EQ(code(spec), ErrorCode::kInvalidArgument);
  spec = token("s");
  spec.hash = "s";
  EXPECT_EQ(code(spec), ErrorCode::kInvalidArgument);
  spec = token("s");
  spec.repos = {"nobody"};
  EXPECT_EQ(code(spec), ErrorCode::kNotFound);
  ASSERT_TRUE(state_->tokens().create_token(token("s")));
  EXPECT_EQ(code(token("s")), ErrorCode::kExists);
  EXPECT_EQ(state_->tokens().list_tokens().value().size(), 1u);
}

TEST_F(StateTest, SessionsEndByTimeByLogoutAndWithTheirToken) {
  TokenStore& tokens = state_->tokens();
  const Token holder = tokens.create_token(token("s")).value();
  const std::int64_t later = clock_->unix_milliseconds() + 1000;
  const std::string one = sha256_hex("one");
  const std::string two = sha256_hex("two");
  const std::string three = sha256_hex("three");
  ASSERT_TRUE(tokens.create_session(one, holder.id, later));
  ASSERT_TRUE(tokens.create_session(two, holder.id, later + 1000));
  ASSERT_TRUE(tokens.create_session(three, holder.id, later + 1000));
  EXPECT_EQ(tokens.use_session(one).value()->token.id, holder.id);
  ASSERT_TRUE(tokens.end_session(two));
  EXPECT_FALSE(tokens.use_session(two).value());
  clock_->advance(milliseconds(1000));
  EXPECT_FALSE(tokens.use_session(one).value());
  EXPECT_EQ(tokens.drop_expired_sessions().value(), 1u);
  EXPECT_TRUE(tokens.use_session(three).value());
  ASSERT_TRUE(tokens.revoke_token(holder.id));
  EXPECT_FALSE(tokens.use_session(three).value());
  EXPECT_EQ(tokens.create_session(one, holder.id, later).error().code(), ErrorCode::kNotFound);
}

TEST_F(StateTest, TheAuditLogIsAChain) {
  AuditLog& audit = state_->audit();
  EXPECT_EQ(audit.verify().value(), 0u);
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(audit.append({"cli", "repo.pin", "r" + std::to_string(i), R"({"n":1})"}));
  EXPECT_EQ(audit.verify().value(), 5u);
  const std::vector<AuditRow> page = audit.list(4, 2).value();
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].seq, 3);
  EXPECT_EQ(page[0].event.target, "r2");
  EXPECT_EQ(page[0].previous, page[1].hash);
  EXPECT_EQ(audit.append({"", "x", "", ""}).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(audit.append({"a", "x", "", "no json"}).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(audit.list({}, 0).error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(StateTest, AChangeToTheAuditLogIsFound) {
  AuditLog& audit = state_->audit();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(audit.append({"cli", "act", std::to_string(i), ""}));
  const auto verdict = [&] { return audit.verify().error().message(); };
  sql("UPDATE audit SET target = 'x' WHERE seq = 2");
  EXPECT_THAT(verdict(), HasSubstr("row 2 was changed"));
  sql("UPDATE audit SET target = '1' WHERE seq = 2");
  EXPECT_EQ(audit.verify().value(), 5u);
  sql("DELETE FROM audit WHERE seq = 3");
  EXPECT_THAT(verdict(), HasSubstr("row 3 is missing"));
  sql("DELETE FROM audit WHERE seq > 2");
  EXPECT_THAT(verdict(), HasSubstr("row 3 is missing")) << "cut off at the end";
}

TEST_F(StateTest, PoisonHoldsForOneExtractorVersion) {
  PoisonStore& poison = state_->poison();
  const std::string content = content_id_of("bad").hex();
  const std::string other = content_id_of("worse").hex();
  ASSERT_TRUE(poison.add({content, "python", 7, "it hung", 0}));
  ASSERT_TRUE(poison.add({content, "python", 7, "it crashed", 0}));
  ASSERT_TRUE(poison.add({other, "c", 8, "it hung", 0}));
  EXPECT_EQ(poison.find(content, "python", 7).value()->reason, "it crashed");
  EXPECT_EQ(poison.find(content, "python", 7).value()->at_ms, clock_->unix_milliseconds());
  EXPECT_FALSE(poison.find(content, "c", 7).value());
  EXPECT_EQ(poison.list(7).value().size(), 1u);
  EXPECT_EQ(poison.clear_other_versions(8).value(), 1u);
  EXPECT_THAT(poison.list(7).value(), IsEmpty());
  ASSERT_TRUE(poison.remove(other));
  EXPECT_THAT(poison.list(8).value(), IsEmpty());
  EXPECT_EQ(poison.add({"zz", "c", 8, "x", 0}).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(poison.add({other, "c", 8, "", 0}).error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(StateTest, ABackupHoldsEverything) {
  const std::string a = repo("a");
  JobSpec job;
  job.repo = a;
  const std::int64_t id = state_->jobs().enqueue(job).value().job.id;
  ASSERT_TRUE(state_->tokens().create_token(token("s")));
  ASSERT_TRUE(state_->audit().append({"cli", "act", "", ""}));
  ASSERT_TRUE(state_->repos().backup(dir_ / "copy.db"));
  const auto copy = open_state(dir_ / "copy.db", clock_).value();
  EXPECT_TRUE(copy->repos().integrity_check());
  EXPECT_EQ(copy->jobs().get(id).value().repo, a);
  EXPECT_TRUE(copy->tokens().use_token(sha256_hex("s")).value());
  EXPECT_EQ(copy->audit().verify().value(), 1u);
}

TEST(StateUpgradeTest, ADatabaseOfVersionOneIsTakenOver) {
  const TempDir dir;
  const std::string path = dir / "cairn.db";
  {
    const auto db = Database::open(path, 1000).value();
    ASSERT_TRUE(db->execute(migrations()[0]));
    const std::string marks =
        "PRAGMA application_id = " + std::to_string(kApplicationId) + "; PRAGMA user_version = 1";
    ASSERT_TRUE(db->execute(marks.c_str()));
    ASSERT_TRUE(db->execute(
        "BEGIN;"
        "INSERT INTO repo VALUES('00ff', 'old', x'2f', 'directory', x'2f', 5, 's2');"
        "INSERT INTO snapshot VALUES('00ff', 's1', 1, '', 'b1', '', 6, 1, 2, 3, 'ready', 4);"
        "INSERT INTO snapshot VALUES('00ff', 's2', 2, '', 'b2', '', 7, 1, 2, 3, 'ready', 4);"
        "COMMIT"));
  }
  const auto state = open_state(path, std::make_shared<FakeClock>()).value();
  EXPECT_TRUE(state->repos().integrity_check());
  EXPECT_EQ(state->repos().repo_by_slug("old").value().current_snapshot, "s2");
  EXPECT_EQ(state->repos().snapshot_report("00ff", "s2").value(), "");
  EXPECT_EQ(state->settings().get("00ff").value(), RepoSettings());
  JobSpec job;
  job.repo = "00ff";
  EXPECT_TRUE(state->jobs().enqueue(job).value().added);
  SnapshotRow row;
  row.id = "s3";
  row.base_file = "b3";
  ASSERT_TRUE(state->repos().publish_snapshot("00ff", row, "{}"));
  ASSERT_TRUE(state->repos().delete_snapshot("00ff", "s1"));
  ASSERT_TRUE(state->repos().delete_repo("00ff"));
  EXPECT_TRUE(state->repos().integrity_check());
}

}  // namespace
}  // namespace cairn::store
