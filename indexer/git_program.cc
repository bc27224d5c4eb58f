#include "indexer/git_program.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "base/fs.h"
#include "base/process.h"
#include "base/text.h"

namespace cairn::indexer {
namespace {

constexpr std::string_view kHeads = "refs/heads/";

// Set on the command line because that outranks the repository's own config.
constexpr std::array<std::string_view, 17> kSettings = {
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.excludesFile=/dev/null",
    "core.attributesFile=/dev/null",
    "core.alternateRefsCommand=",
    "core.sshCommand=ssh -oBatchMode=yes -oConnectTimeout=15",
    "credential.helper=",
    "protocol.ext.allow=never",
    "http.followRedirects=false",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "fetch.writeCommitGraph=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "init.defaultBranch=main",
    "transfer.fsckObjects=true",
};

// Old honest repositories contain these; they cannot mislead a reader of trees and blobs.
constexpr std::array<std::string_view, 10> kToleratedFindings = {"badTimezone",
                                                                 "badDate",
                                                                 "badDateOverflow",
                                                                 "missingSpaceBeforeDate",
                                                                 "missingEmail",
                                                                 "zeroPaddedFilemode",
                                                                 "missingNameBeforeEmail",
                                                                 "missingSpaceBeforeEmail",
                                                                 "badEmail",
                                                                 "nullSha1"};

std::string base64(std::string_view bytes) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      out += k <= count ? kAlphabet[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::string_view token() {
  const char* value = std::getenv("CAIRN_GIT_TOKEN");
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool token_is_for(std::string_view host) {
  const char* only = std::getenv("CAIRN_GIT_TOKEN_HOST");
  return !token().empty() && (only == nullptr || *only == '\0' || host == only);
}

std::vector<std::string> environment(const RemoteUrl* url) {
  std::vector<std::string> out = inherited_environment({"PATH", "TMPDIR"});
  for (const char* fixed :
       {"LC_ALL=C", "HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
        "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1",
        "GIT_NO_REPLACE_OBJECTS=1", "GIT_ATTR_NOSYSTEM=1", "GIT_LFS_SKIP_SMUDGE=1"})
    out.emplace_back(fixed);
  if (url == nullptr) {
    out.emplace_back("GIT_ALLOW_PROTOCOL=none");
    return out;
  }
  out.emplace_back(url->transport == Transport::kLocalPath ? "GIT_ALLOW_PROTOCOL=file"
                                                           : "GIT_ALLOW_PROTOCOL=https:ssh");
  // What a machine behind a proxy or with its own certificates needs to get out at all.
  for (std::string& item :
       inherited_environment({"https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy",
                              "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO"}))
    out.push_back(std::move(item));
  if (url->transport == Transport::kSsh)
    for (std::string& item : inherited_environment({"SSH_AUTH_SOCK"}))
      out.push_back(std::move(item));
  if (url->transport == Transport::kHttps && token_is_for(url->host)) {
    out.emplace_back("GIT_CONFIG_COUNT=1");
    out.push_back("GIT_CONFIG_KEY_0=http.https://" + url->host + "/.extraHeader");
    out.push_back("GIT_CONFIG_VALUE_0=Authorization: Basic " +
                  base64("x-access-token:" + std::string(token())));
  }
  return out;
}

/// The last words of git, one line, without what is secret.
std::string reason(std::string_view errors) {
  std::string_view best;
  while (!errors.empty()) {
    const auto end = std::min(errors.find_first_of("\r\n"), errors.size());
    const std::string_view line = errors.substr(0, end);
    errors.remove_prefix(std::min(end + 1, errors.size()));
    const bool counts = line.starts_with("fatal: ") || line.starts_with("error: ") ||
                        line.starts_with("remote: ") || line.starts_with("ssh: ");
    // The first complaint names the cause; "fatal: the remote end hung up" comes after it.
    if (counts && (best.empty() || (best.starts_with("remote: ") && line.starts_with("fatal: "))))
      best = line;
  }
  std::string out(best.empty() ? "git gave no reason" : best);
  if (const std::string_view secret = token(); !secret.empty())
    for (auto at = out.find(secret); at != out.npos; at = out.find(secret))
      out.replace(at, secret.size(), "***");
  return printable(out);
}

std::uint64_t stored_bytes(const std::string& mirror) {
  const std::string folder = join_path(mirror, "objects/pack");
  const auto entries = list_dir(folder);
  std::uint64_t sum = 0;
  // Packs come and go while git works: what cannot be seen now is counted next time.
  if (entries)
    for (const DirEntry& entry : *entries)
      if (const auto stat = stat_path(join_path(folder, entry.name))) sum += stat->size;
  return sum;
}

/// Splits git's stderr into lines, which end in "\r" while a counter runs.
class ProgressReader {
 public:
  ProgressReader(const FetchOptions& options, const std::string& mirror)
      : options_(options), mirror_(mirror) {}

  Result<void> take(std::string_view bytes) {
    for (const char c : bytes) {
      if (c != '\r' && c != '\n') {
        if (line_.size() < 400) line_ += c;
        continue;
      }
      TransferProgress progress;
      if (options_.on_progress && parse_progress(line_, progress)) options_.on_progress(progress);
      line_.clear();
    }
    if (stored_bytes(mirror_) <= options_.max_bytes) return {};
    return Error(ErrorCode::kLimitExceeded,
                 "the repository is larger than the limit of " + human_bytes(options_.max_bytes));
  }

 private:
  const FetchOptions& options_;
  const std::string& mirror_;
  std::string line_;
};

}  // namespace

bool parse_progress(std::string_view line, TransferProgress& out) {
  if (line.starts_with("remote: ")) line.remove_prefix(8);
  const auto colon = line.find(": ");
  const auto open = line.find('(');
  const auto slash = line.find('/', std::min(open, line.size()));
  if (colon == line.npos || open == line.npos || slash == line.npos || colon > open) return false;
  const auto number = [&line](std::size_t from, std::uint64_t& value) {
    return std::from_chars(line.data() + from, line.data() + line.size(), value).ec == std::errc();
  };
  out.stage = line.substr(0, colon);
  return number(open + 1, out.done) && number(slash + 1, out.total);
}

struct GitProgram::Run {
  std::string what;                    // for messages
  std::vector<std::string> arguments;  // after the settings
  const RemoteUrl* url = nullptr;      // set: may use the network
  StopToken stop;
  std::function<Result<void>(std::string_view)> on_errors = {};
  std::uint64_t max_output = 16u << 20;
};

Result<std::string> GitProgram::run(const Run& run) const {
  ProcessSpec spec;
  spec.arguments.push_back(program_);
  for (const std::string_view setting : kSettings) {
    spec.arguments.emplace_back("-c");
    spec.arguments.emplace_back(setting);
  }
  for (const std::string_view finding : kToleratedFindings) {
    spec.arguments.emplace_back("-c");
    spec.arguments.push_back("fetch.fsck." + std::string(finding) + "=warn");
  }
  spec.arguments.insert(spec.arguments.end(), run.arguments.begin(), run.arguments.end());
  spec.environment = environment(run.url);
  // Not the folder of the caller, which may lie in some repository with a config of its own.
  spec.folder = "/";
  spec.max_output = run.max_output;
  spec.stop = run.stop;
  spec.on_errors = run.on_errors;
  auto result = run_process(spec);
  if (!result) {
    if (result.error().code() == ErrorCode::kNotFound)
      return Error(ErrorCode::kNotFound, run.what + ": the program '" + printable(program_) +
                                             "' is not there; install git");
    return std::move(result).error().in(run.what);
  }
  if (result->ok()) return std::move(result->out);
  const std::string text = run.what + ": " + reason(result->err);
  if (result->err.find("No space left on device") != std::string::npos ||
      result->err.find("Disk quota exceeded") != std::string::npos)
    return Error(ErrorCode::kDiskFull, text);
  if (result->err.find("fsck error") != std::string::npos) return Error(ErrorCode::kCorrupt, text);
  if (run.url != nullptr) return Error(ErrorCode::kUnreachable, text, true);
  return Error(ErrorCode::kIo, text);
}

Result<void> GitProgram::init_bare(const std::string& path, const StopToken& stop) const {
  CAIRN_TRY(run({"creating the mirror",
                 {"init", "--quiet", "--bare", "--template=", "--end-of-options", path},
                 nullptr,
                 stop}));
  return {};
}

Result<std::string> GitProgram::remote_head(const RemoteUrl& url, const std::string& path,
                                            const StopToken& stop) const {
  CAIRN_ASSIGN(
      const std::string answer,
      run({"asking " + printable(url.text),
           {"--git-dir=" + path, "ls-remote", "--symref", "--end-of-options", url.text, "HEAD"},
           &url,
           stop}));
  constexpr std::string_view kMark = "ref: ";
  if (!answer.starts_with(kMark)) return std::string();
  const auto end = answer.find_first_of("\t\n");
  const std::string name = answer.substr(kMark.size(), end - kMark.size());
  return name.starts_with(kHeads) ? name : std::string();
}

Result<void> GitProgram::fetch(const RemoteUrl& url, const std::string& path,
                               const FetchOptions& options) const {
  const StopToken stop = options.stop.with_timeout(options.timeout);
  CAIRN_ASSIGN(const std::string head, remote_head(url, path, stop));
  ProgressReader progress(options, path);
  CAIRN_TRY(run({"fetching " + printable(url.text),
                 {"--git-dir=" + path, "fetch", "--progress", "--prune", "--force", "--no-tags",
                  "--no-recurse-submodules", "--no-write-fetch-head", "--end-of-options", url.text,
                  "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"},
                 &url,
                 stop,
                 [&progress](std::string_view bytes) { return progress.take(bytes); }}));
  if (head.empty()) return {};
  CAIRN_TRY(run({"setting the branch of the mirror",
                 {"--git-dir=" + path, "symbolic-ref", "HEAD", head},
                 nullptr,
                 stop}));
  return {};
}

Result<void> GitProgram::update_mirror(const RemoteUrl& url, const std::string& path,
                                       const FetchOptions& options) const {
  CAIRN_TRY(create_dirs(cairn::parent_path(path)));
  CAIRN_ASSIGN(const FileLock lock, FileLock::try_acquire(path + ".lock"));
  if (path_exists(path)) return fetch(url, path, options);
  // Under the lock nobody else uses this name; what a killed process left there is rubbish.
  const std::string folder = cairn::parent_path(path);
  const std::string temp =
      join_path(folder, std::string(kTempPrefix) + path.substr(path.rfind('/') + 1));
  CAIRN_TRY(remove_tree(temp));
  const auto made = [&]() -> Result<void> {
    CAIRN_TRY(init_bare(temp, options.stop));
    return fetch(url, temp, options);
  }();
  if (!made) {
    // The first error is what matters; the next attempt sweeps what cannot be removed now.
    static_cast<void>(remove_tree(temp));
    return made.error().clone();
  }
  if (std::rename(temp.c_str(), path.c_str()) != 0)
    return errno_error(errno, "naming the mirror " + printable(path));
  return sync_dir(folder);
}

Result<std::vector<WorkTreePath>> GitProgram::list_work_tree(const std::string& root,
                                                             const std::string& git_dir,
                                                             const StopToken& stop) const {
  CAIRN_ASSIGN(const std::string answer,
               run({"listing the working tree " + printable(root),
                    {"--git-dir=" + git_dir, "--work-tree=" + root, "-C", root, "ls-files", "-z",
                     "-t", "--stage", "--cached", "--others", "--exclude-standard"},
                    nullptr,
                    stop.with_timeout(std::chrono::minutes(5)),
                    {},
                    std::uint64_t{1} << 30}));
  std::vector<WorkTreePath> out;
  std::string_view rest = answer;
  while (!rest.empty()) {
    const std::string_view record = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(record.size() + 1, rest.size()));
    if (record.size() < 3) continue;
    WorkTreePath item;
    std::string_view name = record.substr(2);
    // "? path" is untracked; others are "H mode id stage\tpath".
    item.tracked = record.front() != '?';
    if (item.tracked) {
      if (name.starts_with("160000 ")) item.kind = EntryKind::kSubmodule;
      name.remove_prefix(std::min(name.find('\t') + 1, name.size()));
    } else if (name.ends_with('/')) {
      // An untracked repository inside this one.
      name.remove_suffix(1);
      item.kind = EntryKind::kSubmodule;
    }
    item.path = name;
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace cairn::indexer
