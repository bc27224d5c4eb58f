// cairn verify, backup, restore. A backup is a folder: the database, the layer files it refers to,
// and manifest.json, written last, with the size and SHA-256 of each. Mirrors, cached facts and
// stat caches are made again when needed.
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "api/cli_commands.h"
#include "api/cli_output.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "base/version.h"
#include "graph/layer.h"
#include "indexer/facts_cache.h"
#include "store/state.h"
#include "store/store.h"

namespace cairn::api {
namespace {

constexpr std::string_view kDatabase = "cairn.db";
constexpr std::string_view kManifest = "manifest.json";
constexpr std::uint64_t kMaxManifest = std::uint64_t{64} << 20;
constexpr int kBackupAttempts = 5;

/// The data folder, which must hold a database.
Result<std::string> existing_data(const Session& session) {
  CAIRN_ASSIGN(std::string folder, session.data_dir());
  if (!path_exists(join_path(folder, kDatabase)))
    return Error(ErrorCode::kNotFound, "no index in the data folder '" + printable(folder) +
                                           "', run cairn index SOURCE or give --data DIR");
  return folder;
}

struct VerifyCounts {
  std::uint64_t snapshots = 0;
  std::uint64_t layer_files = 0;
  std::uint64_t segments = 0;
  std::uint64_t records = 0;
  std::vector<std::string> problems;
};

void verify_layers(const std::string& folder, const std::vector<std::string>& files,
                   VerifyCounts& counts) {
  for (const std::string& name : files) {
    ++counts.layer_files;
    const auto layer = graph::Layer::open(join_path(folder, name));
    Result<void> checked;
    if (layer) {
      checked = (*layer)->verify_all();
    } else {
      checked = layer.error().clone();
    }
    if (!checked) counts.problems.push_back(name + ": " + checked.error().message());
  }
}

Result<void> verify_store(const std::string& folder, const StopToken& stop, VerifyCounts& counts) {
  const auto store = store::open_sqlite(join_path(folder, kDatabase));
  if (!store) {
    if (store.error().code() != ErrorCode::kCorrupt) return store.error().clone();
    counts.problems.push_back(std::string(kDatabase) + ": " + store.error().message());
    return {};
  }
  if (const auto checked = (*store)->integrity_check(); !checked)
    counts.problems.push_back(std::string(kDatabase) + ": " + checked.error().message());
  CAIRN_TRY(stop.check("verifying"));
  CAIRN_ASSIGN(const std::vector<std::string> files, (*store)->referenced_files());
  verify_layers(folder, files, counts);
  CAIRN_ASSIGN(const std::vector<store::Repo> repos, (*store)->list_repos());
  for (const store::Repo& repo : repos) {
    CAIRN_TRY(stop.check("verifying"));
    CAIRN_ASSIGN(const std::vector<store::SnapshotRow> rows, (*store)->list_snapshots(repo.id));
    for (const store::SnapshotRow& row : rows) {
      if (row.state == store::SnapshotState::kQuarantined) continue;
      ++counts.snapshots;
      const auto snapshot = graph::Snapshot::open(
          join_path(folder, row.base_file),
          row.overlay_file.empty() ? std::string() : join_path(folder, row.overlay_file));
      if (!snapshot)
        counts.problems.push_back(repo.slug + ", snapshot " + row.id + ": " +
                                  snapshot.error().message());
    }
  }
  return {};
}

/// The chain of hashes of the audit log.
Result<void> verify_audit(const std::string& folder, std::shared_ptr<const Clock> clock,
                          VerifyCounts& counts) {
  const auto state = store::open_state(join_path(folder, kDatabase), std::move(clock));
  if (!state && state.error().code() != ErrorCode::kCorrupt) return state.error().clone();
  if (!state) return {};  // the database's own check has said so
  const Result<std::uint64_t> checked = (*state)->audit().verify();
  if (!checked && checked.error().code() != ErrorCode::kCorrupt) return checked.error().clone();
  if (!checked) counts.problems.push_back("audit log: " + checked.error().message());
  return {};
}

Result<void> verify_facts(const std::string& folder, VerifyCounts& counts) {
  const std::string facts = join_path(folder, "facts");
  if (!path_exists(facts)) return {};
  CAIRN_ASSIGN(const auto cache, indexer::FactsCache::open(facts));
  CAIRN_ASSIGN(const indexer::FactsCache::VerifyReport report, cache->verify());
  counts.segments = report.segments;
  counts.records = report.records;
  for (const std::string& problem : report.problems) counts.problems.push_back("facts: " + problem);
  return {};
}

struct BackupFile {
  std::string path;
  std::uint64_t bytes = 0;
  std::string sha256;
};

Result<void> copy_file(const std::string& from, const std::string& to) {
  CAIRN_ASSIGN(const MappedFile source, MappedFile::open(from));
  return write_file_atomic(to, source.text());
}

/// A second name for an immutable file, or a copy where the file system has no links.
Result<void> link_or_copy(const std::string& from, const std::string& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return sync_dir(parent_path(to));
  if (errno == ENOENT)
    return Error(ErrorCode::kNotFound, "'" + printable(from) + "' is gone", true);
  return copy_file(from, to);
}

Result<BackupFile> described(const std::string& folder, const std::string& path) {
  CAIRN_ASSIGN(const MappedFile file, MappedFile::open(join_path(folder, path)));
  return BackupFile{path, file.bytes().size(), sha256_hex(file.text())};
}

/// The database and what it refers to; kNotFound when a file was swept away meanwhile.
Result<std::vector<BackupFile>> copy_data(const std::string& data, const std::string& folder) {
  CAIRN_ASSIGN(const auto live, store::open_sqlite(join_path(data, kDatabase)));
  const std::string database = join_path(folder, kDatabase);
  CAIRN_TRY(remove_file(database));
  CAIRN_TRY(live->backup(database));
  std::vector<std::string> files;
  {
    CAIRN_ASSIGN(const auto copy, store::open_sqlite(database));
    CAIRN_ASSIGN(files, copy->referenced_files());
  }
  std::vector<BackupFile> rows;
  for (const std::string& name : files) {
    const std::string to = join_path(folder, name);
    CAIRN_TRY(create_dirs(parent_path(to)));
    if (!path_exists(to)) CAIRN_TRY(link_or_copy(join_path(data, name), to));
    CAIRN_ASSIGN(BackupFile row, described(folder, name));
    rows.push_back(std::move(row));
  }
  // Opening the copy may have left files of the write-ahead log, which are empty by now.
  for (const char* suffix : {"-wal", "-shm"}) CAIRN_TRY(remove_file(database + suffix));
  CAIRN_ASSIGN(BackupFile row, described(folder, std::string(kDatabase)));
  rows.push_back(std::move(row));
  return rows;
}

std::string manifest_text(const std::vector<BackupFile>& files, std::int64_t now_ms) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().field("cairn", version()).field("created", format_utc(now_ms));
  json.key("files").begin_array();
  for (const BackupFile& file : files) {
    json.begin_object().field("path", file.path).field("bytes", file.bytes);
    json.field("sha256", file.sha256).end_object();
  }
  json.end_array().end_object().newline();
  return text;
}

/// Names that stay inside the folder.
bool is_safe(std::string_view path) {
  if (path == kDatabase) return true;
  if (!path.starts_with("repos/") || path.ends_with('/')) return false;
  return path.find("//") == std::string_view::npos &&
         ("/" + std::string(path) + "/").find("/../") == std::string::npos &&
         ("/" + std::string(path) + "/").find("/./") == std::string::npos;
}

Result<std::vector<BackupFile>> read_manifest(const std::string& folder) {
  const std::string path = join_path(folder, kManifest);
  if (!path_exists(path))
    return Error(ErrorCode::kNotFound, "no backup in '" + printable(folder) +
                                           "', manifest.json is missing; give the folder that "
                                           "cairn backup wrote");
  CAIRN_ASSIGN(const std::string text, read_file(path, kMaxManifest));
  Result<JsonDocument> parsed = JsonDocument::parse(text);
  if (!parsed) return std::move(parsed).error().in("'" + printable(path) + "'");
  std::vector<BackupFile> files;
  for (const JsonValue item : parsed->root().find("files").items()) {
    const auto name = item.find("path").as_string();
    const auto bytes = item.find("bytes").as_int();
    const auto sha256 = item.find("sha256").as_string();
    if (!name || !bytes || !sha256 || *bytes < 0 || !is_safe(*name))
      return Error(ErrorCode::kCorrupt,
                   "'" + printable(path) + "' is no manifest of a backup, use another backup");
    files.push_back({std::string(*name), static_cast<std::uint64_t>(*bytes), std::string(*sha256)});
  }
  return files;
}

Result<void> check_backup(const std::string& folder, const std::vector<BackupFile>& files) {
  for (const BackupFile& expected : files) {
    Result<BackupFile> found = described(folder, expected.path);
    if (!found) return std::move(found).error().in("checking the backup");
    if (found->bytes != expected.bytes || found->sha256 != expected.sha256)
      return Error(ErrorCode::kCorrupt, "'" + printable(join_path(folder, expected.path)) +
                                            "' differs from the backup's manifest, use another "
                                            "backup");
  }
  return {};
}

Result<void> require_empty(const std::string& folder, const char* what) {
  if (!path_exists(folder)) return {};
  CAIRN_ASSIGN(const std::vector<DirEntry> entries, list_dir(folder));
  if (entries.empty()) return {};
  return Error(ErrorCode::kExists, std::string(what) + " '" + printable(folder) +
                                       "' is not empty, give an empty or a new one");
}

std::uint64_t total_bytes(const std::vector<BackupFile>& files) {
  std::uint64_t total = 0;
  for (const BackupFile& file : files) total += file.bytes;
  return total;
}

}  // namespace

Result<int> run_verify(Session& session) {
  CAIRN_ASSIGN(const std::string folder, existing_data(session));
  VerifyCounts counts;
  CAIRN_TRY(verify_store(folder, session.stop(), counts));
  CAIRN_TRY(verify_audit(folder, session.services().clock, counts));
  CAIRN_TRY(verify_facts(folder, counts));
  std::string text;
  if (session.json()) {
    JsonWriter json(text);
    json.begin_object().field("snapshots", counts.snapshots);
    json.field("layer_files", counts.layer_files).field("segments", counts.segments);
    json.field("records", counts.records).key("problems").begin_array();
    for (const std::string& problem : counts.problems) json.value(problem);
    json.end_array().end_object().newline();
  } else {
    for (const std::string& problem : counts.problems)
      text += "damaged  " + printable(problem) + "\n";
    text += "# " + counted(counts.snapshots, "snapshot", "snapshots") + ", " +
            counted(counts.layer_files, "layer file", "layer files") + ", " +
            counted(counts.segments, "segment", "segments") + " of facts with " +
            counted(counts.records, "record", "records") + ": " +
            (counts.problems.empty() ? "all intact"
                                     : counted(counts.problems.size(), "problem", "problems")) +
            "\n";
    if (!counts.problems.empty())
      text += "# the next cairn index leaves damaged files aside and makes them anew\n";
  }
  CAIRN_TRY(session.print(text));
  return counts.problems.empty() ? 0 : 1;
}

Result<int> run_backup(Session& session) {
  CAIRN_ASSIGN(const std::string data, existing_data(session));
  const std::string& folder = session.arguments().at("FOLDER");
  CAIRN_TRY(require_empty(folder, "the backup's folder"));
  CAIRN_TRY(create_dirs(folder));
  // An index run may replace files between the copy of the database and theirs: begin again then.
  Result<std::vector<BackupFile>> files = copy_data(data, folder);
  for (int attempt = 1;
       attempt < kBackupAttempts && !files && files.error().code() == ErrorCode::kNotFound;
       ++attempt)
    files = copy_data(data, folder);
  if (!files) return std::move(files).error().in("backup");
  CAIRN_TRY(
      write_file_atomic(join_path(folder, kManifest),
                        manifest_text(*files, session.services().clock->unix_milliseconds())));
  CAIRN_TRY(session.print("# " + counted(files->size(), "file", "files") + ", " +
                          human_bytes(total_bytes(*files)) + ", in " + printable(folder) + "\n"));
  return 0;
}

Result<int> run_restore(Session& session) {
  const std::string& folder = session.arguments().at("FOLDER");
  CAIRN_ASSIGN(const std::string data, session.data_dir());
  CAIRN_ASSIGN(std::vector<BackupFile> files, read_manifest(folder));
  CAIRN_TRY(require_empty(data, "the data folder"));
  CAIRN_TRY(check_backup(folder, files));
  // The database last: until it is there, the folder counts as having no index.
  std::stable_partition(files.begin(), files.end(),
                        [](const BackupFile& file) { return file.path != kDatabase; });
  for (const BackupFile& file : files) {
    CAIRN_TRY(session.stop().check("restoring"));
    const std::string to = join_path(data, file.path);
    CAIRN_TRY(create_dirs(parent_path(to)));
    CAIRN_TRY(copy_file(join_path(folder, file.path), to));
  }
  CAIRN_TRY(check_backup(data, files));
  CAIRN_TRY(session.print("# " + counted(files.size(), "file", "files") + ", " +
                          human_bytes(total_bytes(files)) + ", restored to " + printable(data) +
                          "\n"));
  return 0;
}

}  // namespace cairn::api
