// Ruby: one global scope for constants and top-level methods; modules and classes reopen anywhere.
// Constants are found lexically, then through ancestors, then at the top. Methods are looked up in
// prepended modules, the class, included modules (the last first) and the superclass. A type's own
// methods and those of its instances are told apart. Foo.new calls Foo#initialize.
#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <unordered_set>

#include "indexer/link/policies.h"
#include "indexer/link/policy.h"

namespace cairn::indexer {
namespace {

using graph::kNone;
using graph::Origin;
using graph::Reason;
using graph::ScopeIdx;
using graph::SymbolId;
using graph::SymbolKind;
using graph::Tier;

constexpr std::string_view kCore[] = {"$!",
                                      "$\"",
                                      "$$",
                                      "$&",
                                      "$'",
                                      "$*",
                                      "$+",
                                      "$,",
                                      "$.",
                                      "$/",
                                      "$0",
                                      "$1",
                                      "$2",
                                      "$3",
                                      "$4",
                                      "$5",
                                      "$6",
                                      "$7",
                                      "$8",
                                      "$9",
                                      "$:",
                                      "$;",
                                      "$<",
                                      "$>",
                                      "$?",
                                      "$@",
                                      "$DEBUG",
                                      "$LOADED_FEATURES",
                                      "$LOAD_PATH",
                                      "$PROGRAM_NAME",
                                      "$VERBOSE",
                                      "$_",
                                      "$`",
                                      "$stderr",
                                      "$stdin",
                                      "$stdout",
                                      "$~",
                                      "ARGF",
                                      "ARGV",
                                      "ArgumentError",
                                      "Array",
                                      "BasicObject",
                                      "Binding",
                                      "Class",
                                      "ClosedQueueError",
                                      "Comparable",
                                      "Complex",
                                      "ConditionVariable",
                                      "DATA",
                                      "Data",
                                      "Dir",
                                      "ENV",
                                      "EOFError",
                                      "Encoding",
                                      "EncodingError",
                                      "Enumerable",
                                      "Enumerator",
                                      "Errno",
                                      "Exception",
                                      "FalseClass",
                                      "Fiber",
                                      "FiberError",
                                      "File",
                                      "FileTest",
                                      "Float",
                                      "FloatDomainError",
                                      "FrozenError",
                                      "GC",
                                      "Hash",
                                      "IO",
                                      "IOError",
                                      "IndexError",
                                      "Integer",
                                      "Interrupt",
                                      "Kernel",
                                      "KeyError",
                                      "LoadError",
                                      "LocalJumpError",
                                      "Marshal",
                                      "MatchData",
                                      "Math",
                                      "Method",
                                      "Module",
                                      "Mutex",
                                      "NameError",
                                      "NilClass",
                                      "NoMatchingPatternError",
                                      "NoMemoryError",
                                      "NoMethodError",
                                      "NotImplementedError",
                                      "Numeric",
                                      "Object",
                                      "ObjectSpace",
                                      "Proc",
                                      "Process",
                                      "Queue",
                                      "RUBY_ENGINE",
                                      "RUBY_PLATFORM",
                                      "RUBY_VERSION",
                                      "Ractor",
                                      "Random",
                                      "Range",
                                      "RangeError",
                                      "Rational",
                                      "Refinement",
                                      "Regexp",
                                      "RegexpError",
                                      "RubyVM",
                                      "RuntimeError",
                                      "STDERR",
                                      "STDIN",
                                      "STDOUT",
                                      "ScriptError",
                                      "SecurityError",
                                      "Set",
                                      "Signal",
                                      "SignalException",
                                      "SizedQueue",
                                      "StandardError",
                                      "StopIteration",
                                      "String",
                                      "Struct",
                                      "Symbol",
                                      "SyntaxError",
                                      "SystemCallError",
                                      "SystemExit",
                                      "SystemStackError",
                                      "TOPLEVEL_BINDING",
                                      "Thread",
                                      "ThreadError",
                                      "ThreadGroup",
                                      "Time",
                                      "TracePoint",
                                      "TrueClass",
                                      "TypeError",
                                      "UnboundMethod",
                                      "UncaughtThrowError",
                                      "Warning",
                                      "ZeroDivisionError",
                                      "__callee__",
                                      "__dir__",
                                      "__method__",
                                      "__send__",
                                      "abort",
                                      "alias_method",
                                      "at_exit",
                                      "attr",
                                      "attr_accessor",
                                      "attr_reader",
                                      "attr_writer",
                                      "autoload",
                                      "binding",
                                      "block_given?",
                                      "caller",
                                      "caller_locations",
                                      "catch",
                                      "class",
                                      "class_eval",
                                      "class_exec",
                                      "class_variable_get",
                                      "class_variable_set",
                                      "clone",
                                      "const_get",
                                      "const_missing",
                                      "const_set",
                                      "define_method",
                                      "define_singleton_method",
                                      "display",
                                      "dup",
                                      "enum_for",
                                      "eql?",
                                      "equal?",
                                      "eval",
                                      "exec",
                                      "exit",
                                      "exit!",
                                      "extend",
                                      "fail",
                                      "fork",
                                      "format",
                                      "freeze",
                                      "frozen?",
                                      "gets",
                                      "global_variables",
                                      "hash",
                                      "include",
                                      "inspect",
                                      "instance_eval",
                                      "instance_exec",
                                      "instance_of?",
                                      "instance_variable_defined?",
                                      "instance_variable_get",
                                      "instance_variable_set",
                                      "instance_variables",
                                      "is_a?",
                                      "itself",
                                      "kind_of?",
                                      "lambda",
                                      "load",
                                      "local_variables",
                                      "loop",
                                      "method",
                                      "method_defined?",
                                      "method_missing",
                                      "methods",
                                      "module_eval",
                                      "module_function",
                                      "nil?",
                                      "object_id",
                                      "open",
                                      "p",
                                      "pp",
                                      "prepend",
                                      "print",
                                      "printf",
                                      "private",
                                      "private_class_method",
                                      "private_constant",
                                      "private_method_defined?",
                                      "proc",
                                      "protected",
                                      "public",
                                      "public_class_method",
                                      "public_send",
                                      "putc",
                                      "puts",
                                      "raise",
                                      "rand",
                                      "readline",
                                      "readlines",
                                      "refine",
                                      "remove_const",
                                      "remove_instance_variable",
                                      "remove_method",
                                      "require",
                                      "require_relative",
                                      "respond_to?",
                                      "respond_to_missing?",
                                      "select",
                                      "send",
                                      "set_trace_func",
                                      "singleton_class",
                                      "singleton_methods",
                                      "sleep",
                                      "spawn",
                                      "sprintf",
                                      "srand",
                                      "super_method",
                                      "syscall",
                                      "system",
                                      "tap",
                                      "test",
                                      "then",
                                      "throw",
                                      "to_enum",
                                      "to_s",
                                      "trap",
                                      "undef_method",
                                      "untrace_var",
                                      "using",
                                      "warn",
                                      "yield_self"};

/// What every object has, and modules and classes besides.
constexpr std::string_view kObjectMembers[] = {"class",
                                               "define_singleton_method",
                                               "display",
                                               "dup",
                                               "enum_for",
                                               "extend",
                                               "freeze",
                                               "frozen?",
                                               "hash",
                                               "inspect",
                                               "instance_eval",
                                               "instance_exec",
                                               "instance_of?",
                                               "instance_variable_defined?",
                                               "instance_variable_get",
                                               "instance_variable_set",
                                               "instance_variables",
                                               "is_a?",
                                               "itself",
                                               "kind_of?",
                                               "method",
                                               "methods",
                                               "nil?",
                                               "object_id",
                                               "public_method",
                                               "public_send",
                                               "respond_to?",
                                               "send",
                                               "singleton_class",
                                               "singleton_methods",
                                               "tap",
                                               "then",
                                               "to_enum",
                                               "to_s",
                                               "yield_self"};
constexpr std::string_view kModuleMembers[] = {"allocate",
                                               "ancestors",
                                               "attr_accessor",
                                               "class_eval",
                                               "class_exec",
                                               "class_variable_get",
                                               "class_variable_set",
                                               "class_variables",
                                               "const_defined?",
                                               "const_get",
                                               "const_set",
                                               "const_source_location",
                                               "constants",
                                               "define_method",
                                               "include",
                                               "include?",
                                               "included_modules",
                                               "instance_method",
                                               "instance_methods",
                                               "method_defined?",
                                               "module_eval",
                                               "module_exec",
                                               "name",
                                               "prepend",
                                               "private_class_method",
                                               "private_constant",
                                               "private_instance_methods",
                                               "private_method_defined?",
                                               "public_instance_method",
                                               "public_instance_methods",
                                               "public_method_defined?",
                                               "remove_const",
                                               "remove_method",
                                               "subclasses",
                                               "superclass",
                                               "undef_method"};

/// Libraries that come with the language; a `require` anywhere in the program loads them for all.
constexpr std::string_view kLibraries[] = {"Base64",
                                           "Benchmark",
                                           "BigDecimal",
                                           "Bundler",
                                           "CGI",
                                           "CSV",
                                           "Coverage",
                                           "Date",
                                           "DateTime",
                                           "Delegator",
                                           "Digest",
                                           "ERB",
                                           "Etc",
                                           "Fiddle",
                                           "FileUtils",
                                           "Find",
                                           "Forwardable",
                                           "Gem",
                                           "IPAddr",
                                           "IRB",
                                           "JSON",
                                           "Logger",
                                           "Minitest",
                                           "Monitor",
                                           "MonitorMixin",
                                           "Net",
                                           "Observable",
                                           "Open3",
                                           "OpenSSL",
                                           "OpenStruct",
                                           "OptionParser",
                                           "PP",
                                           "PStore",
                                           "Pathname",
                                           "Psych",
                                           "Rake",
                                           "RbConfig",
                                           "Readline",
                                           "Resolv",
                                           "Ripper",
                                           "SecureRandom",
                                           "Shellwords",
                                           "SimpleDelegator",
                                           "Singleton",
                                           "Socket",
                                           "StringIO",
                                           "StringScanner",
                                           "TCPServer",
                                           "TCPSocket",
                                           "TSort",
                                           "Tempfile",
                                           "Timeout",
                                           "UDPSocket",
                                           "UNIXSocket",
                                           "URI",
                                           "WeakRef",
                                           "YAML",
                                           "Zlib"};

/// Methods that objects outside have so often that a bare name says nothing.
constexpr std::string_view kCommon[] = {
    "[]",     "add",      "any?",  "call",   "close",   "collect", "concat",  "count",   "delete",
    "detect", "dig",      "each",  "empty?", "fetch",   "find",    "first",   "flatten", "get",
    "gsub",   "include?", "index", "inject", "insert",  "inspect", "join",    "key?",    "keys",
    "last",   "length",   "map",   "match",  "match?",  "merge",   "merge!",  "name",    "new",
    "open",   "pop",      "push",  "read",   "reduce",  "reject",  "replace", "reverse", "run",
    "select", "set",      "shift", "size",   "sort",    "split",   "start",   "strip",   "sub",
    "sum",    "to_a",     "to_h",  "to_i",   "to_proc", "to_s",    "to_str",  "to_sym",  "update",
    "value",  "values",   "write", "zip"};

constexpr std::string_view kTestWords[] = {"after",
                                           "allow",
                                           "around",
                                           "assert",
                                           "be",
                                           "before",
                                           "change",
                                           "context",
                                           "describe",
                                           "described_class",
                                           "double",
                                           "eq",
                                           "eql",
                                           "equal",
                                           "expect",
                                           "fail",
                                           "flunk",
                                           "include_examples",
                                           "instance_double",
                                           "it",
                                           "it_behaves_like",
                                           "let",
                                           "let!",
                                           "match",
                                           "match_array",
                                           "must_equal",
                                           "pass",
                                           "pending",
                                           "raise_error",
                                           "receive",
                                           "refute",
                                           "shared_examples",
                                           "shared_examples_for",
                                           "should",
                                           "skip",
                                           "specify",
                                           "spy",
                                           "subject",
                                           "test",
                                           "xit"};

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::string join(std::string_view folder, std::string_view rest) {
  if (folder.empty()) return std::string(rest);
  return std::string(folder) + "/" + std::string(rest);
}

class RubyPolicy final : public LinkPolicy {
 public:
  bool unqualified_members() const override { return true; }
  bool last_definition_wins() const override { return true; }
  bool separates_sides() const override { return true; }
  std::string constructor_name(const Unit&, const graph::Symbol&) const override {
    return "initialize";
  }
  std::span<const FileLevel> file_levels() const override {
    static constexpr std::array kOrder = {FileLevel::kFile, FileLevel::kPackage,
                                          FileLevel::kPrelude};
    return kOrder;
  }
  std::string_view prelude_package(std::string_view name) const override {
    static_assert(std::is_sorted(std::begin(kCore), std::end(kCore)));
    return std::binary_search(std::begin(kCore), std::end(kCore), name) ? std::string_view("ruby")
                                                                        : std::string_view();
  }
  bool is_common_member(std::string_view name) const override {
    static_assert(std::is_sorted(std::begin(kCommon), std::end(kCommon)));
    return std::binary_search(std::begin(kCommon), std::end(kCommon), name) || of_object(name);
  }

  /// A variable of a script or of a type's body is none that a call could mean.
  bool fits(const Unit& home, const graph::Symbol& s, Use use) const override {
    return use != Use::kCall || s.kind != SymbolKind::kVariable || home.str(s.name)[0] == '$';
  }

  /// What every object has, unless the repository has one of its own; and what a test framework
  /// adds to all of them.
  Found any_member(Resolver& r, UnitId u, std::string_view name) const override {
    if (r.unit(u).face->is_test && (name.starts_with("must_") || name.starts_with("wont_")))
      return outside("test#", name, Origin::kBuiltin);
    if (!of_object(name)) return {};
    if (!r.lookups().named(graph::Family::kRuby, name, 1).empty()) return {};
    return outside("ruby#Object", name, Origin::kBuiltin);
  }

  void place(Unit& unit, const ProjectModel&) const override {
    unit.file_scope = root_scope("ruby-file", unit.path);
    unit.package_scope = root_scope("ruby", "");
    unit.manager = "gem";
    unit.module_path = unit.path;
  }

  /// `require "a/b"` from the load path, `require_relative` ("./a") from the file.
  Values import_module(Resolver& r, UnitId u, const graph::Import& import) const override {
    std::string_view module = r.text(u, import.module);
    std::vector<std::string> folders;
    const std::string own = folder_of(r.unit(u).path);
    if (module.starts_with('.')) {
      std::string at = own;
      while (module.starts_with('.')) {
        const bool up = module.starts_with("../");
        if (!up && !module.starts_with("./")) return {};
        if (up && at.empty()) return {};
        if (up) at = folder_of(at);
        module.remove_prefix(up ? 3 : 2);
      }
      folders.push_back(at);
    } else {
      for (std::string up = own;; up = folder_of(up)) {
        folders.push_back(join(up, "lib"));
        folders.push_back(up);
        if (up.empty()) break;
      }
      // A gem of the repository: its folder is called like the first part, or like all of it.
      const std::string first(module.substr(0, module.find('/')));
      folders.push_back(join(first, "lib"));
    }
    for (const std::string& folder : folders) {
      std::string path = join(folder, module);
      if (!path.ends_with(".rb")) path += ".rb";
      const UnitId found = r.lookups().unit_at(path);
      if (!found.exists() || !r.unit(found).face || found == u) continue;
      Value v;
      v.kind = Value::Kind::kModule;
      v.unit = found;
      return {v};
    }
    if (!import.system) return {};
    Value external;
    external.kind = Value::Kind::kExternal;
    external.external = std::string(module.substr(0, module.find('/'))) + "#";
    return {external};
  }

  /// Foo.new makes a Foo: the call is one of its initialize.
  Found value_member(Resolver& r, const Value& v, std::string_view name,
                     unsigned args) const override {
    if (name.empty()) return {};
    if (v.kind == Value::Kind::kInstance) return of_every_type(r, v, name);
    if (v.kind != Value::Kind::kType) return {};
    if (name == "new") return construct(r, v.symbol, args);
    if (name[0] < 'A' || name[0] > 'Z') return of_every_type(r, v, name);
    // A namespace that the repository shares with a library: Rack::Request.
    Found found = from_required(r, r.self(), r.lookups().name(v.symbol));
    if (found.ok()) found.external = external_member(found.external, name);
    return found;
  }

  Found fallback_name(Resolver& r, UnitId u, ScopeIdx scope, std::string_view name) const override {
    if (name.empty()) return {};
    if (name[0] >= 'A' && name[0] <= 'Z') {
      // `class Minitest::Test` adds to a namespace that is defined outside.
      const std::uint64_t inside = nested_scope(root_scope("ruby", ""), name);
      if (r.lookups().members(inside).empty()) {
        Found found = from_required(r, u, name);
        static_assert(std::is_sorted(std::begin(kLibraries), std::end(kLibraries)));
        if (!found.ok() && std::binary_search(std::begin(kLibraries), std::end(kLibraries), name))
          found = outside("ruby#", name, Origin::kBuiltin);
        return found.ok() || name != "RSpec" ? found : outside("rspec#", name, Origin::kBuiltin);
      }
      Value v;
      v.kind = Value::Kind::kScope;
      v.scope = inside;
      v.external = name;
      Found found;
      found.modules = {v};
      found.tier = Tier::kResolved;
      found.origin = Origin::kPackageScope;
      found.reason = Reason::kNone;
      return found;
    }
    if (is_test_word(r, u, name)) {
      Found found;
      found.tier = Tier::kExternal;
      found.origin = Origin::kBuiltin;
      found.reason = Reason::kNone;
      found.external = external_member("test#", name);
      return found;
    }
    const SymbolId type = r.enclosing_type(u, scope);
    if (!type.exists() || name[0] == '@' || name[0] == '$') return {};
    if (name == "new") return construct(r, type, 255);
    // A superclass or mixin outside the repository may have it.
    Found found = r.find_type_member(type, name, 255);
    return found.tier == Tier::kExternal ? found : Found{};
  }

  /// What else such a namespace has is outside.
  Found scope_member(Resolver&, const Value& scope, std::string_view name,
                     unsigned) const override {
    Found found;
    found.reason = Reason::kNoSuchMember;
    if (scope.external.empty()) return found;
    found.tier = Tier::kExternal;
    found.origin = Origin::kExternalReceiver;
    found.reason = Reason::kNone;
    found.external = external_member(scope.external + "#", name);
    return found;
  }

  std::vector<SymbolId> linearise(Resolver& r, SymbolId type) const override {
    std::unordered_set<std::uint32_t> open;
    return ancestors(r, type, open, 0);
  }

 private:
  static bool of_object(std::string_view name) {
    static_assert(std::is_sorted(std::begin(kObjectMembers), std::end(kObjectMembers)));
    return std::binary_search(std::begin(kObjectMembers), std::end(kObjectMembers), name);
  }

  static Found outside(std::string_view owner, std::string_view name, Origin origin) {
    Found found;
    found.tier = Tier::kExternal;
    found.origin = origin;
    found.reason = Reason::kNone;
    found.external = external_member(owner, name);
    return found;
  }

  /// A member of a type of the repository that the type does not define. Test frameworks add theirs
  /// to all.
  static Found of_every_type(Resolver& r, const Value& v, std::string_view name) {
    static_assert(std::is_sorted(std::begin(kModuleMembers), std::end(kModuleMembers)));
    if (r.unit(r.self()).face->is_test && (name.starts_with("must_") || name.starts_with("wont_")))
      return outside("test#", name, Origin::kBuiltin);
    const bool of_module =
        v.kind == Value::Kind::kType &&
        std::binary_search(std::begin(kModuleMembers), std::end(kModuleMembers), name);
    if (!of_module && !of_object(name)) return {};
    Found found =
        outside(of_module ? "ruby#Module" : "ruby#Object", name, Origin::kExternalReceiver);
    if (name == "to_s" || name == "inspect") return found;
    // What `send` or `tap` gives may be anything: a callable whose result nobody declares.
    Value unknown;
    unknown.kind = Value::Kind::kCallable;
    unknown.symbol = v.symbol;
    found.modules = {unknown};
    return found;
  }

  /// A word of RSpec or Minitest in a file that uses one of them.
  static bool is_test_word(Resolver& r, UnitId u, std::string_view name) {
    if (!r.unit(u).face->is_test) return false;
    return name.starts_with("assert_") || name.starts_with("refute_") || name.starts_with("be_") ||
           name.starts_with("have_") ||
           std::binary_search(std::begin(kTestWords), std::end(kTestWords), name);
  }

  /// A constant called like a library that the file requires: `require "rack/test"` gives Rack.
  static Found from_required(Resolver& r, UnitId u, std::string_view name) {
    const auto plain = [](std::string_view text) {
      std::string out;
      for (const char c : text)
        if (c != '_' && c != '-') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      return out;
    };
    for (const graph::ImportIdx i : r.lookups().wildcards(u)) {
      const graph::Import& import = r.unit(u).face->imports[i];
      const std::string_view module = r.text(u, import.module);
      const std::string_view first = module.substr(0, module.find('/'));
      if (!import.system || plain(first) != plain(name)) continue;
      Found found;
      found.tier = Tier::kExternal;
      found.origin = Origin::kExternalImport;
      found.reason = Reason::kNone;
      found.external = external_member(std::string(first) + "#", name);
      return found;
    }
    return {};
  }

  static Found construct(Resolver& r, SymbolId type, unsigned args) {
    Found found = r.find_type_member(type, "initialize", args, false, Resolver::Side::kInstance);
    std::erase_if(found.targets, [&](SymbolId s) {
      return r.lookups().symbol(s).kind != SymbolKind::kConstructor;
    });
    if (found.tier != Tier::kExternal && !found.targets.empty()) {
      found.origin = Origin::kStaticMember;
      return found;
    }
    // Without one of its own, what is known is the type.
    found = Found{};
    found.targets = {type};
    found.tier = Tier::kResolved;
    found.origin = Origin::kStaticMember;
    found.reason = Reason::kNone;
    return found;
  }

  static std::vector<SymbolId> ancestors(Resolver& r, SymbolId type,
                                         std::unordered_set<std::uint32_t>& open, int depth) {
    if (depth > 32 || !open.insert(type.value()).second) return {type};
    std::vector<SymbolId> before;
    std::vector<SymbolId> mixed;
    std::vector<SymbolId> classes;
    Lookups& lookups = r.lookups();
    const graph::SymbolKeys& keys = lookups.keys(type);
    for (const SymbolId place : lookups.defs(keys.scope_key, lookups.name(type))) {
      if (lookups.keys(place).stable_id != keys.stable_id) continue;
      const UnitId u = lookups.world().unit_of(place);
      const Unit& file = r.unit(u);
      std::vector<std::uint32_t> rows;
      const auto [begin, end] =
          file.supers_of.equal_range(place.value() - file.first_symbol.value());
      for (auto at = begin; at != end; ++at) rows.push_back(at->second);
      std::sort(rows.begin(), rows.end());
      for (const std::uint32_t row : rows) {
        const graph::Super& super = file.face->supers[row];
        if (super.type == kNone) continue;
        std::vector<SymbolId>& into = super.kind == graph::SuperKind::kPrepend   ? before
                                      : super.kind == graph::SuperKind::kExtends ? classes
                                                                                 : mixed;
        for (const Value& v : r.eval(u, super.type))
          if (v.kind == Value::Kind::kType) into.push_back(r.representative(v.symbol, u));
      }
    }
    std::vector<SymbolId> out;
    const auto add = [&](SymbolId s) {
      if (std::find(out.begin(), out.end(), s) == out.end()) out.push_back(s);
    };
    // The last one mixed in is asked first.
    for (std::size_t i = before.size(); i-- > 0;)
      for (const SymbolId s : ancestors(r, before[i], open, depth + 1)) add(s);
    add(type);
    for (std::size_t i = mixed.size(); i-- > 0;)
      for (const SymbolId s : ancestors(r, mixed[i], open, depth + 1)) add(s);
    for (const SymbolId base : classes)
      for (const SymbolId s : ancestors(r, base, open, depth + 1)) add(s);
    open.erase(type.value());
    return out;
  }
};

}  // namespace

const LinkPolicy& ruby_policy() {
  static const RubyPolicy policy;
  return policy;
}

}  // namespace cairn::indexer
