#include "indexer/worker/protocol.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "base/version.h"
#include "graph/facts.h"

namespace cairn::indexer {
namespace {

constexpr std::size_t kMaxWarnings = 1000;
constexpr std::size_t kMaxWarningBytes = 4096;
constexpr std::size_t kMaxReasonBytes = 40;
constexpr std::size_t kMaxPathBytes = std::size_t{64} << 10;  // too long ones are reported too
/// Listings are bounded by what the parent lists; this keeps a defect from taking all memory.
constexpr std::size_t kMaxRequestBytes = std::size_t{1} << 30;
constexpr std::size_t kMaxHead = std::size_t{64} << 20;

constexpr std::array<std::string_view, 3> kKinds = {"unchanged", "base", "overlay"};

// Bytes as ASCII text. ----------------------------------------------------------------------------

std::string to_text(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(bytes.size());
  for (const char c : bytes) {
    const auto u = static_cast<unsigned char>(c);
    if (u >= 0x20 && u < 0x7f && c != '%') {
      out += c;
      continue;
    }
    out += '%';
    out += kDigits[u >> 4];
    out += kDigits[u & 15];
  }
  return out;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> to_bytes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = digit_of(text[i + 1]);
    const int low = digit_of(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::optional<ContentId> content_of(std::string_view hex) {
  const Result<ContentId> content = ContentId::from_hex(hex);
  return content ? std::optional<ContentId>(*content) : std::nullopt;
}

// Fields of a request: written by this program, so one message for all that is wrong.
// --------------

class Fields {
 public:
  explicit Fields(JsonValue object) : object_(object) {}

  std::string bytes(std::string_view key) { return text_of(object_.find(key)); }
  std::uint64_t number(std::string_view key) {
    const std::optional<std::int64_t> value = object_.find(key).as_int();
    if (!value || *value < 0) bad_ = true;
    return static_cast<std::uint64_t>(value.value_or(0));
  }
  std::vector<std::string> list(std::string_view key) {
    std::vector<std::string> out;
    for (const JsonValue item : object_.find(key).items()) out.push_back(text_of(item));
    return out;
  }
  JsonValue at(std::string_view key) const { return object_.find(key); }
  void fail() { bad_ = true; }
  bool bad() const { return bad_; }
  std::string text_of(JsonValue value) {
    const std::optional<std::string_view> text = value.as_string();
    std::optional<std::string> out = text ? to_bytes(*text) : std::nullopt;
    if (!out) bad_ = true;
    return std::move(out).value_or(std::string());
  }

 private:
  JsonValue object_;
  bool bad_ = false;
};

void write_list(JsonWriter& json, std::string_view key, const std::vector<std::string>& list) {
  json.key(key).begin_array();
  for (const std::string& item : list) json.value(to_text(item));
  json.end_array();
}

void write_source(JsonWriter& json, const PreparedSource& source) {
  json.key("source").begin_object();
  json.field("kind", static_cast<unsigned>(source.kind)).field("name", to_text(source.name));
  json.field("slug", to_text(source.slug)).field("repository", to_text(source.repository));
  json.field("stat_cache", to_text(source.stat_cache));
  json.field("commit", source.commit ? source.commit->hex() : std::string()).end_object();
}

PreparedSource read_source(Fields& all) {
  Fields from(all.at("source"));
  PreparedSource out;
  const std::uint64_t kind = from.number("kind");
  if (kind > static_cast<std::uint64_t>(SourceKind::kCommit)) from.fail();
  out.kind = static_cast<SourceKind>(kind);
  out.name = from.bytes("name");
  out.slug = from.bytes("slug");
  out.repository = from.bytes("repository");
  out.stat_cache = from.bytes("stat_cache");
  const std::string commit = from.bytes("commit");
  if (!commit.empty()) {
    out.commit = content_of(commit);
    if (!out.commit) from.fail();
  }
  if (from.bad()) all.fail();
  return out;
}

void write_options(JsonWriter& json, const IndexOptions& options) {
  json.field("threads", options.threads).field("max_file_bytes", options.max_file_bytes);
  json.key("poison").begin_array();
  for (const Poison& p : options.poison) {
    if (p.extractor != graph::kExtractorVersion) continue;
    json.begin_object().field("content", p.content.hex()).field("language", name_of(p.language));
    json.field("reason", static_cast<unsigned>(p.reason)).end_object();
  }
  json.end_array().key("suspects").begin_array();
  for (const ContentId& content : options.suspects) json.value(content.hex());
  json.end_array();
}

IndexOptions read_options(Fields& all) {
  IndexOptions out;
  out.threads = static_cast<unsigned>(std::min<std::uint64_t>(all.number("threads"), 4096));
  out.max_file_bytes = all.number("max_file_bytes");
  for (const JsonValue item : all.at("poison").items()) {
    Fields from(item);
    const auto content = content_of(from.bytes("content"));
    const auto language = graph::language_named(from.bytes("language"));
    const std::uint64_t reason = from.number("reason");
    if (!content || !language || reason >= kPoisonReasons || from.bad()) all.fail();
    if (all.bad()) return out;
    out.poison.push_back(
        {*content, *language, graph::kExtractorVersion, static_cast<PoisonReason>(reason)});
  }
  for (const JsonValue item : all.at("suspects").items()) {
    const auto content = content_of(all.text_of(item));
    if (!content) all.fail();
    if (content) out.suspects.push_back(*content);
  }
  return out;
}

// Paths of a working tree: kind, tracked, bytes, NUL.
// ----------------------------------------------

void append_paths(std::string& out, const std::vector<WorkTreePath>& paths) {
  for (const WorkTreePath& path : paths) {
    out += static_cast<char>('0' + static_cast<int>(path.kind));
    out += path.tracked ? 't' : 'u';
    out += path.path;
    out += '\0';
  }
}

std::optional<std::vector<WorkTreePath>> take_paths(std::string_view text) {
  std::vector<WorkTreePath> out;
  while (!text.empty()) {
    const std::size_t end = text.find('\0');
    if (end == text.npos || end < 2 || text[0] < '0' || text[0] > '2') return std::nullopt;
    out.push_back({std::string(text.substr(2, end - 2)), static_cast<EntryKind>(text[0] - '0'),
                   text[1] == 't'});
    text.remove_prefix(end + 1);
  }
  return out;
}

// Fields of an outcome: hostile.
// -------------------------------------------------------------------

Error refused(std::string_view what) {
  return Error(ErrorCode::kCorrupt,
               "the answer of a worker process is refused: " + std::string(what));
}

Result<std::uint64_t> count_in(JsonValue object, std::string_view key) {
  const std::optional<std::int64_t> value = object.find(key).as_int();
  if (!value || *value < 0 || *value > UINT32_MAX) return refused(key);
  return static_cast<std::uint64_t>(*value);
}

/// The text itself, unless it would forge lines or steer a terminal.
std::string one_line(std::string_view text) {
  const bool plain = std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  return plain ? std::string(text) : printable(text);
}

bool is_reason(std::string_view text) {
  return !text.empty() && text.size() <= kMaxReasonBytes &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

Result<std::vector<SkippedFile>> skipped_in(JsonValue root) {
  const JsonValue list = root.find("skipped");
  if (!list.is_array() || list.size() % 2 != 0) return refused("skipped");
  std::vector<SkippedFile> out;
  out.reserve(list.size() / 2);
  for (std::size_t i = 0; i < list.size(); i += 2) {
    const auto path = list.at(i).as_string();
    const auto reason = list.at(i + 1).as_string();
    auto bytes = path ? to_bytes(*path) : std::nullopt;
    const bool usable = bytes && !bytes->empty() && bytes->size() <= kMaxPathBytes &&
                        bytes->find('\0') == std::string::npos && reason && is_reason(*reason);
    if (!usable) return refused("skipped");
    out.push_back({std::move(*bytes), std::string(*reason)});
  }
  return out;
}

Result<std::vector<std::string>> warnings_in(JsonValue root) {
  const JsonValue list = root.find("warnings");
  if (!list.is_array() || list.size() > kMaxWarnings) return refused("warnings");
  std::vector<std::string> out;
  for (const JsonValue item : list.items()) {
    const auto text = item.as_string();
    if (!text || text->size() > kMaxWarningBytes) return refused("warnings");
    out.push_back(one_line(*text));
  }
  return out;
}

std::optional<ErrorCode> code_named(std::string_view name) {
  static constexpr std::array kCodes = {
#define CAIRN_ERROR(code, text, exit_code, meaning) ErrorCode::code,
#include "base/error_code.def"
#undef CAIRN_ERROR
  };
  for (const ErrorCode code : kCodes)
    if (error_code_name(code) == name) return code;
  return std::nullopt;
}

Error error_in(JsonValue error) {
  const auto name = error.find("code").as_string();
  const auto message = error.find("message").as_string();
  const auto retryable = error.find("retryable").as_bool();
  const auto code = name ? code_named(*name) : std::nullopt;
  if (!code || !message || message->size() > kMaxWarningBytes || !retryable)
    return refused("error");
  return Error(*code, one_line(*message), *retryable);
}

}  // namespace

namespace {
/// A byte that is not UTF-8 becomes three.
std::string shortened(const std::string& text) {
  constexpr std::size_t kRoom = kMaxWarningBytes / 3;
  return text.size() <= kRoom ? text : text.substr(0, kRoom - 3) + "...";
}
}  // namespace

std::string encode(const WorkerRequest& request) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("version", version()).field("extractor", graph::kExtractorVersion);
  write_source(json, request.source);
  write_options(json, request.options);
  json.field("base", to_text(request.base)).field("overlay", to_text(request.overlay));
  json.field("facts", to_text(request.facts_folder));
  json.field("folder", to_text(request.target.folder));
  json.field("layer", to_text(request.target.layer_name));
  json.field("stat_cache", to_text(request.target.stat_cache));
  json.field("memory_bytes", request.limits.memory_bytes);
  json.field("cpu_seconds", request.limits.cpu_seconds);
  json.field("file_bytes", request.limits.file_bytes);
  json.field("sandbox", static_cast<unsigned>(request.sandbox)).field("parent", request.parent);
  write_list(json, "readable", request.readable);
  write_list(json, "writable", request.writable);
  json.end_object();
  out += '\n';
  append_paths(out, request.source.paths);
  return out;
}

Result<WorkerRequest> decode_request(std::string_view text) {
  const Error bad(ErrorCode::kParse, "worker: the request is malformed");
  const std::size_t end = text.find('\n');
  if (end == text.npos || text.size() > kMaxRequestBytes) return bad.clone();
  JsonLimits limits;
  limits.max_bytes = kMaxHead;
  CAIRN_ASSIGN(const JsonDocument document, JsonDocument::parse(text.substr(0, end), limits));
  Fields all(document.root());
  if (all.bytes("version") != version() || all.number("extractor") != graph::kExtractorVersion)
    return Error(ErrorCode::kVersion, "worker: the request is of another version of this program");
  WorkerRequest out;
  out.source = read_source(all);
  out.options = read_options(all);
  out.base = all.bytes("base");
  out.overlay = all.bytes("overlay");
  out.facts_folder = all.bytes("facts");
  out.target = {all.bytes("folder"), all.bytes("layer"), all.bytes("stat_cache")};
  out.limits = {all.number("memory_bytes"), all.number("cpu_seconds"), all.number("file_bytes")};
  const std::uint64_t level = all.number("sandbox");
  if (level > static_cast<std::uint64_t>(SandboxLevel::kNamespaces)) all.fail();
  out.sandbox = static_cast<SandboxLevel>(level);
  out.parent = static_cast<std::int64_t>(all.number("parent"));
  out.readable = all.list("readable");
  out.writable = all.list("writable");
  auto paths = take_paths(text.substr(end + 1));
  if (all.bad() || !paths) return bad.clone();
  out.source.paths = std::move(*paths);
  return out;
}

std::string encode(const Built& built) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("kind", kKinds[static_cast<std::size_t>(built.kind)]);
  json.field("files_parsed", built.files_parsed).field("files_linked", built.files_linked);
  json.field("other_files", built.other_files);
  json.key("skipped").begin_array();
  std::size_t left_out = 0;
  for (const SkippedFile& file : built.skipped) {
    // Three characters a byte at most, and room for the rest of the answer.
    const bool fits = out.size() + 3 * file.path.size() + 4 * kMaxReasonBytes +
                          kMaxWarnings * kMaxWarningBytes * 2 <
                      kMaxOutcomeBytes;
    const bool known = fits && file.path.size() <= kMaxPathBytes;
    if (known)
      json.value(to_text(file.path)).value(file.reason);
    else
      ++left_out;
  }
  json.end_array().key("warnings").begin_array();
  std::vector<std::string> warnings = built.warnings;
  if (left_out != 0)
    warnings.push_back(human_count(left_out) + " more paths were skipped by the listing");
  if (warnings.size() > kMaxWarnings) {
    const std::size_t more = warnings.size() - (kMaxWarnings - 1);
    warnings.resize(kMaxWarnings - 1);
    warnings.push_back("and " + human_count(more) + " more warnings");
  }
  for (const std::string& warning : warnings) {
    json.value(shortened(warning));
  }
  json.end_array().end_object();
  out += '\n';
  return out;
}

std::string encode(const Error& error) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("error").begin_object();
  json.field("code", error_code_name(error.code()));
  json.field("message", shortened(error.message()));
  json.field("retryable", error.retryable()).end_object().end_object();
  out += '\n';
  return out;
}

Result<Built> decode_outcome(std::string_view text) {
  if (!text.ends_with('\n')) return refused("it is cut off");
  JsonLimits limits;
  limits.max_bytes = kMaxOutcomeBytes;
  limits.max_depth = 4;
  const auto document = JsonDocument::parse(text, limits);
  if (!document) return refused(document.error().message());
  const JsonValue root = document->root();
  if (const JsonValue error = root.find("error"); error.exists()) return error_in(error);
  Built out;
  const auto kind = root.find("kind").as_string();
  const auto at = std::find(kKinds.begin(), kKinds.end(), kind.value_or(""));
  if (at == kKinds.end()) return refused("kind");
  out.kind = static_cast<BuiltKind>(at - kKinds.begin());
  CAIRN_ASSIGN(out.files_parsed, count_in(root, "files_parsed"));
  CAIRN_ASSIGN(out.files_linked, count_in(root, "files_linked"));
  CAIRN_ASSIGN(out.other_files, count_in(root, "other_files"));
  CAIRN_ASSIGN(out.skipped, skipped_in(root));
  CAIRN_ASSIGN(out.warnings, warnings_in(root));
  return out;
}

}  // namespace cairn::indexer
