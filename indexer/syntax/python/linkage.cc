// Python: modules are files; absolute imports are looked for from the importing file's package
// root, the repository's root and the usual source folders; packages re-export; classes linearise
// by C3.
#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>

#include "indexer/link/policies.h"
#include "indexer/link/policy.h"

namespace cairn::indexer {
namespace {

using graph::Origin;
using graph::Reason;
using graph::SymbolId;
using graph::Tier;

constexpr std::string_view kBuiltins[] = {"ArithmeticError",
                                          "AssertionError",
                                          "AttributeError",
                                          "BaseException",
                                          "BaseExceptionGroup",
                                          "BlockingIOError",
                                          "BrokenPipeError",
                                          "BufferError",
                                          "BytesWarning",
                                          "ChildProcessError",
                                          "ConnectionAbortedError",
                                          "ConnectionError",
                                          "ConnectionRefusedError",
                                          "ConnectionResetError",
                                          "DeprecationWarning",
                                          "EOFError",
                                          "Ellipsis",
                                          "EncodingWarning",
                                          "EnvironmentError",
                                          "Exception",
                                          "ExceptionGroup",
                                          "False",
                                          "FileExistsError",
                                          "FileNotFoundError",
                                          "FloatingPointError",
                                          "FutureWarning",
                                          "GeneratorExit",
                                          "IOError",
                                          "ImportError",
                                          "ImportWarning",
                                          "IndentationError",
                                          "IndexError",
                                          "InterruptedError",
                                          "IsADirectoryError",
                                          "KeyError",
                                          "KeyboardInterrupt",
                                          "LookupError",
                                          "MemoryError",
                                          "ModuleNotFoundError",
                                          "NameError",
                                          "None",
                                          "NotADirectoryError",
                                          "NotImplemented",
                                          "NotImplementedError",
                                          "OSError",
                                          "OverflowError",
                                          "PendingDeprecationWarning",
                                          "PermissionError",
                                          "ProcessLookupError",
                                          "RecursionError",
                                          "ReferenceError",
                                          "ResourceWarning",
                                          "RuntimeError",
                                          "RuntimeWarning",
                                          "StopAsyncIteration",
                                          "StopIteration",
                                          "SyntaxError",
                                          "SyntaxWarning",
                                          "SystemError",
                                          "SystemExit",
                                          "TabError",
                                          "TimeoutError",
                                          "True",
                                          "TypeError",
                                          "UnboundLocalError",
                                          "UnicodeDecodeError",
                                          "UnicodeEncodeError",
                                          "UnicodeError",
                                          "UnicodeTranslateError",
                                          "UnicodeWarning",
                                          "UserWarning",
                                          "ValueError",
                                          "Warning",
                                          "ZeroDivisionError",
                                          "__build_class__",
                                          "__debug__",
                                          "__doc__",
                                          "__file__",
                                          "__import__",
                                          "__loader__",
                                          "__name__",
                                          "__package__",
                                          "__path__",
                                          "__spec__",
                                          "abs",
                                          "aiter",
                                          "all",
                                          "anext",
                                          "any",
                                          "ascii",
                                          "bin",
                                          "bool",
                                          "breakpoint",
                                          "bytearray",
                                          "bytes",
                                          "callable",
                                          "chr",
                                          "classmethod",
                                          "compile",
                                          "complex",
                                          "copyright",
                                          "credits",
                                          "delattr",
                                          "dict",
                                          "dir",
                                          "divmod",
                                          "enumerate",
                                          "eval",
                                          "exec",
                                          "exit",
                                          "filter",
                                          "float",
                                          "format",
                                          "frozenset",
                                          "getattr",
                                          "globals",
                                          "hasattr",
                                          "hash",
                                          "help",
                                          "hex",
                                          "id",
                                          "input",
                                          "int",
                                          "isinstance",
                                          "issubclass",
                                          "iter",
                                          "len",
                                          "license",
                                          "list",
                                          "locals",
                                          "map",
                                          "max",
                                          "memoryview",
                                          "min",
                                          "next",
                                          "object",
                                          "oct",
                                          "open",
                                          "ord",
                                          "pow",
                                          "print",
                                          "property",
                                          "quit",
                                          "range",
                                          "repr",
                                          "reversed",
                                          "round",
                                          "set",
                                          "setattr",
                                          "slice",
                                          "sorted",
                                          "staticmethod",
                                          "str",
                                          "sum",
                                          "super",
                                          "tuple",
                                          "type",
                                          "vars",
                                          "zip"};

/// Methods of built-in types: their bare names are no reason to guess.
constexpr std::string_view kCommonMembers[] = {
    "add",        "append",  "clear",     "close",      "copy",       "count",        "decode",
    "difference", "discard", "encode",    "endswith",   "exists",     "extend",       "find",
    "flush",      "format",  "get",       "index",      "insert",     "intersection", "isdigit",
    "items",      "join",    "keys",      "lower",      "lstrip",     "match",        "open",
    "pop",        "popitem", "popleft",   "read",       "readline",   "readlines",    "remove",
    "replace",    "reverse", "rsplit",    "rstrip",     "search",     "seek",         "send",
    "setdefault", "sort",    "split",     "splitlines", "startswith", "strip",        "sub",
    "tell",       "title",   "translate", "union",      "update",     "upper",        "values",
    "write"};

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::string join(std::string_view folder, std::string_view rest) {
  if (folder.empty()) return std::string(rest);
  if (rest.empty()) return std::string(folder);
  return std::string(folder) + "/" + std::string(rest);
}

std::string slashes(std::string_view dotted) {
  std::string out(dotted);
  std::replace(out.begin(), out.end(), '.', '/');
  std::erase(out, ' ');
  return out;
}

class PythonPolicy final : public LinkPolicy {
 public:
  bool type_body_names() const override { return true; }
  bool last_definition_wins() const override { return true; }
  bool call_constructs() const override { return true; }
  bool initialisers_join() const override { return true; }
  bool calls_through_variables() const override { return true; }
  std::string_view call_method() const override { return "__call__"; }
  std::string constructor_name(const Unit&, const graph::Symbol&) const override {
    return "__init__";
  }
  std::span<const FileLevel> file_levels() const override {
    static constexpr std::array kOrder = {FileLevel::kFile, FileLevel::kImports,
                                          FileLevel::kWildcards, FileLevel::kPrelude};
    return kOrder;
  }
  std::string_view prelude_package(std::string_view name) const override {
    return std::binary_search(std::begin(kBuiltins), std::end(kBuiltins), name)
               ? std::string_view("builtins")
               : std::string_view();
  }

  void place(Unit& unit, const ProjectModel&) const override {
    unit.file_scope = root_scope("python", unit.path);
    unit.package_scope = unit.file_scope;
    std::string module = unit.path;
    for (const std::string_view ending : {".pyi", ".pyw", ".py"})
      if (module.ends_with(ending)) {
        module.resize(module.size() - ending.size());
        break;
      }
    if (module.starts_with("src/")) module.erase(0, 4);
    if (module.ends_with("/__init__")) module.resize(module.size() - 9);
    unit.manager = "python";
    unit.module_path = module;
    unit.package_path = module;
    std::replace(module.begin(), module.end(), '/', '.');
    unit.qualified_prefix = module;
  }

  Values import_module(Resolver& r, UnitId u, const graph::Import& import) const override {
    const std::string_view spec = r.text(u, import.module);
    const bool whole = import.kind != graph::ImportKind::kModule || r.text(u, import.name) == "=";
    const std::string path = slashes(spec);
    if (import.level > 0) {
      std::string folder = folder_of(r.unit(u).path);
      for (unsigned i = 1; i < import.level; ++i) folder = folder_of(folder);
      return at_folder(r, folder, path, true);
    }
    for (const std::string& root : roots(r, u)) {
      Values found = at_folder(r, root, path, whole);
      if (!found.empty()) return found;
    }
    Value external;
    external.kind = Value::Kind::kExternal;
    const std::size_t dot = spec.find('.');
    external.external = std::string(spec.substr(0, dot)) + "#";
    if (whole && dot != std::string_view::npos) external.external += spec.substr(dot + 1);
    return {external};
  }

  Found import_binding(Resolver& r, UnitId u, const graph::Import& import) const override {
    if (import.kind == graph::ImportKind::kName) {
      // `from a import b` where a is a folder without __init__.py and b a module in it.
      graph::Import whole = import;
      Values modules = import_module(r, u, whole);
      if (!modules.empty() && modules.front().kind == Value::Kind::kScope) {
        Found found = scope_member(r, modules.front(), r.text(u, import.name), 255);
        if (found.ok()) found.origin = Origin::kImport;
        return found;
      }
    }
    return LinkPolicy::import_binding(r, u, import);
  }

  Found module_member(Resolver& r, UnitId module, std::string_view name,
                      unsigned args) const override {
    Found found = r.find_in_file(module, name, args, Origin::kModuleMember);
    if (!found.ok()) found = r.find_imports(module, 0, name);
    if (!found.ok() && r.unit(module).path.ends_with("__init__.py")) {
      Value folder;
      folder.external = folder_of(r.unit(module).path);
      found = scope_member(r, folder, name, args);
    }
    if (!found.ok()) found = r.find_in_wildcards(module, 0, name, args);
    if (!found.ok() && found.reason == Reason::kNoSuchName) found.reason = Reason::kNoSuchMember;
    return found;
  }

  /// `external` of a scope value is the folder of a package without __init__.py.
  Found scope_member(Resolver& r, const Value& folder, std::string_view name,
                     unsigned) const override {
    Found found;
    found.reason = Reason::kNoSuchMember;
    Values inner = at_folder(r, folder.external, name, true);
    if (inner.empty() || inner.front().kind != Value::Kind::kModule) return found;
    found.modules = std::move(inner);
    found.tier = Tier::kResolved;
    found.origin = Origin::kModuleMember;
    found.reason = Reason::kNone;
    return found;
  }

  bool wildcard_offers(Resolver& r, const Value& module, std::string_view name) const override {
    if (module.kind != Value::Kind::kModule) return true;
    if (!r.unit(module.unit).face->exports.empty())
      return !r.lookups().exports_of(module.unit, name).empty();
    return !name.starts_with('_');
  }

  /// What every object has; and what a mixin's own methods call on `self` may be defined by the
  /// classes it is mixed into.
  Found value_member(Resolver& r, const Value& v, std::string_view name, unsigned) const override {
    Found found;
    found.reason = Reason::kNoSuchMember;
    const bool typed = v.kind == Value::Kind::kInstance || v.kind == Value::Kind::kType;
    if (typed && is_object_member(name)) {
      found.tier = Tier::kExternal;
      found.origin = Origin::kExternalReceiver;
      found.reason = Reason::kNone;
      found.external =
          external_member(v.kind == Value::Kind::kType ? "builtins#type" : "builtins#object", name);
      return found;
    }
    if (v.kind != Value::Kind::kInstance || v.how != Origin::kSelfMember) return found;
    std::vector<SymbolId> seen = r.lookups().subtypes(v.symbol);
    for (std::size_t i = 0; i < seen.size() && seen.size() <= kMaxTargets; ++i) {
      for (const SymbolId s : r.lookups().defs(r.member_scope(seen[i]), name))
        if (std::find(found.targets.begin(), found.targets.end(), s) == found.targets.end())
          found.targets.push_back(s);
      for (const SymbolId next : r.lookups().subtypes(seen[i]))
        if (std::find(seen.begin(), seen.end(), next) == seen.end()) seen.push_back(next);
    }
    if (found.targets.empty()) return found;
    if (found.targets.size() > kMaxTargets || seen.size() > kMaxTargets) {
      found.targets.clear();
      found.reason = Reason::kTooManyCandidates;
      return found;
    }
    found.tier = Tier::kDispatch;
    found.origin = Origin::kOverrideDispatch;
    found.reason = Reason::kNone;
    return found;
  }

  bool is_common_member(std::string_view name) const override {
    return std::binary_search(std::begin(kCommonMembers), std::end(kCommonMembers), name);
  }

  ItemStep item_step(std::string_view name) const override {
    if (name == "get" || name == "pop" || name == "popleft" || name == "setdefault")
      return ItemStep::kItem;
    return name == "values" || name == "copy" ? ItemStep::kSame : ItemStep::kNone;
  }

  /// "" by index, "iter" by iteration, "with" what a with statement binds.
  Values items_of(Resolver& r, const Values& containers, std::string_view how) const override {
    Values out;
    for (const Value& c : containers) {
      const bool mapping = is_mapping(c.external);
      if (c.element != graph::kNone) {
        // Iterating a mapping gives keys; what a mapping is typed by is its values.
        if (how == "iter" && mapping) continue;
        for (Value& v : r.element_of({c})) Resolver::add_value(out, std::move(v));
        continue;
      }
      Values made;
      if (c.kind == Value::Kind::kInstance) {
        if (how == "iter") {
          made = r.element_of(result_of(r, c, "__iter__"));
          if (made.empty()) made = result_of(r, c, "__next__");
        } else if (how == "with") {
          made = result_of(r, c, "__enter__");
          if (made.empty()) made = result_of(r, c, "__aenter__");
          if (made.empty()) made = {c};
        } else {
          made = result_of(r, c, "__getitem__");
        }
      } else if (c.kind == Value::Kind::kType && how.empty()) {
        made = {c};  // Box[int] is Box
      } else if (c.kind == Value::Kind::kExternal) {
        made = how == "with" ? Values{c} : r.element_of({c});
      }
      for (Value& v : made) Resolver::add_value(out, std::move(v));
    }
    return out;
  }

  std::vector<SymbolId> linearise(Resolver& r, SymbolId type) const override {
    std::unordered_set<std::uint32_t> open;
    return c3(r, type, open, 0);
  }

 private:
  static bool is_object_member(std::string_view name) {
    static constexpr std::string_view kNames[] = {"__class__",  "__dict__", "__doc__",
                                                  "__module__", "__name__", "__qualname__"};
    return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
  }

  static bool is_mapping(std::string_view external) {
    const std::size_t at = external.find_last_of("#.");
    const std::string_view name = at == std::string_view::npos ? external : external.substr(at + 1);
    return name.ends_with("dict") || name.ends_with("Dict") || name.ends_with("Mapping");
  }

  /// What the method of an instance says it returns.
  static Values result_of(Resolver& r, const Value& instance, std::string_view method) {
    Value plain = instance;
    plain.constructed = true;
    Values callees;
    for (const SymbolId s : r.member_of_value(plain, method, 0).targets)
      for (Value& v : r.value_of(s)) Resolver::add_value(callees, std::move(v));
    return r.call(callees);
  }

  /// The module `path` ("a/b") below a folder: the module itself when `whole`, else what its first
  /// part binds, provided that all of it exists.
  static Values at_folder(Resolver& r, const std::string& folder, std::string_view path,
                          bool whole) {
    Values target = module_at(r, join(folder, path));
    if (target.empty()) return {};
    if (whole) return target;
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return target;
    Values first = module_at(r, join(folder, path.substr(0, slash)));
    if (!first.empty()) return first;
    Value scope;
    scope.kind = Value::Kind::kScope;
    scope.external = join(folder, path.substr(0, slash));
    scope.scope = root_scope("python-folder", scope.external);
    return {scope};
  }

  static Values module_at(Resolver& r, const std::string& stem) {
    for (const std::string_view ending : {".py", "/__init__.py", ".pyi", "/__init__.pyi"}) {
      std::string path = stem + std::string(ending);
      if (stem.empty()) path = path.substr(ending.starts_with('/') ? 1 : 0);
      const UnitId found = r.lookups().unit_at(path);
      if (!found.exists() || !r.unit(found).face) continue;
      Value v;
      v.kind = Value::Kind::kModule;
      v.unit = found;
      return {v};
    }
    return {};
  }

  static std::vector<std::string> roots(Resolver& r, UnitId u) {
    std::vector<std::string> out;
    const auto add = [&](std::string root) {
      if (std::find(out.begin(), out.end(), root) == out.end()) out.push_back(std::move(root));
    };
    // The folder that holds the importing file's top package.
    std::string folder = folder_of(r.unit(u).path);
    while (!folder.empty() && r.lookups().unit_at(folder + "/__init__.py").exists())
      folder = folder_of(folder);
    add(folder);
    add("");
    add("src");
    add("lib");
    for (const PackageRoot& root : r.lookups().project(graph::Family::kPython).python_roots)
      add(root.folder);
    // Folders inside the package are no roots: `import json` in pkg/ never means pkg/json.py.
    for (std::string up = folder; !up.empty(); up = folder_of(up)) add(up);
    return out;
  }

  static std::vector<SymbolId> c3(Resolver& r, SymbolId type,
                                  std::unordered_set<std::uint32_t>& open, int depth) {
    std::vector<SymbolId> out{type};
    if (depth > 64 || !open.insert(type.value()).second) return out;
    const std::vector<SymbolId> bases = r.supertypes(type, nullptr);
    std::vector<std::vector<SymbolId>> lists;
    for (const SymbolId base : bases) lists.push_back(c3(r, base, open, depth + 1));
    open.erase(type.value());
    lists.push_back(bases);
    for (;;) {
      std::erase_if(lists, [](const auto& l) { return l.empty(); });
      if (lists.empty()) return out;
      SymbolId next;
      for (const auto& list : lists) {
        const SymbolId head = list.front();
        const bool in_tail = std::any_of(lists.begin(), lists.end(), [&](const auto& other) {
          return std::find(other.begin() + 1, other.end(), head) != other.end();
        });
        if (!in_tail) {
          next = head;
          break;
        }
      }
      // No consistent order: Python would refuse the class; the first base goes first here.
      if (!next.exists()) next = lists.front().front();
      out.push_back(next);
      for (auto& list : lists) std::erase(list, next);
    }
  }
};

}  // namespace

const LinkPolicy& python_policy() {
  static const PythonPolicy policy;
  return policy;
}

}  // namespace cairn::indexer
