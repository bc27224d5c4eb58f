#pragma once
// FileFacts: everything one file contributes to the graph, as plain data. A pure function of the
// file's bytes, its language and the extractor's version: no path, no other file, no repository.
//
// Two parts. The *face* is what the linking of other files may read (symbols, imports, exports,
// supertypes, type expressions). The *body* is what only linking this file itself needs
// (references, locals, flows). Faces of a whole repository stay in memory while linking; bodies are
// streamed.
//
// Indices: StrId indexes `strings` (0 = ""). SymbolIdx indexes `symbols`; row 0 is always the
// file's module symbol; a parent precedes its children. ScopeIdx indexes `scopes`; scope 0 is the
// file's. ExprIdx indexes `exprs`. kNone means absent. Decoders bounds-check every index
// (validate()).
//
// Order: operands precede their users. Every expression named by `a` or `b` of an Expr has a
// smaller index than the Expr itself, kArg cells included: a list is built from its back, the next
// cell before the cell that names it. So expressions have no cycles and evaluation needs no visited
// set. A parent scope precedes its children too. Any operand may be kNone: readers take it as
// kUnknown.
// Thread-compatible value types; no ownership beyond the vectors.
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/string_table.h"
#include "graph/types.h"

namespace cairn::graph {

using StrId = std::uint32_t;
using SymbolIdx = std::uint32_t;
using ScopeIdx = std::uint32_t;
using ExprIdx = std::uint32_t;
using ImportIdx = std::uint32_t;
using LocalIdx = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xffffffffu;

/// Raise whenever any extractor or the meaning of a field changes: cached facts of another version
/// are not used.
inline constexpr std::uint32_t kExtractorVersion = 3;

enum class ScopeKind : std::uint8_t {
  kFile,       // scope 0
  kNamespace,  // namespace or package block
  kType,       // class-like body
  kFunction,   // parameters and body of a callable
  kBlock,      // block, comprehension, template or match arm
};

struct Scope {
  ScopeIdx parent = kNone;
  SymbolIdx owner = 0;  // innermost symbol that owns code in this scope
  ScopeKind kind = ScopeKind::kFile;
  friend bool operator==(const Scope&, const Scope&) = default;
};

/// What an expression evaluates to, as far as syntax says. Expressions exist only where something
/// needs their type: receivers, annotations, supertypes, initialisers, flow sources.
enum class ExprKind : std::uint8_t {
  kUnknown,
  kName,     // name in scope; bind says what the function-level scopes gave
  kMember,   // a.name   (also A::name, a->name)
  kCall,     // a(...)
  kNew,      // new a(...); where construction is a plain call, use kCall
  kSelf,     // self, this, cls (flag kExprIsType for a class-side receiver)
  kSuper,    // super(), super, base, parent
  kBuiltin,  // a literal or built-in of type `name` in the language's own word ("str", "string",
             // "int")
  kElement,  // a[...] or one item of iterating a
  kAwait,    // await a
  kGeneric,  // a<args>: b = first kArg cell
  kArg,      // list cell: a = the item, b = next cell or kNone
  kUnion,   // a | b ...: b = first kArg cell; optional types drop their null part; named: a or else
            // b
  kSymbol,  // a symbol of this file (lambda, class expression, nested function): a = SymbolIdx
  kTypeOf,  // the type of value a (TypeScript typeof, decltype)
  kArray,   // array, list or slice type of element a, or a literal of such
  kCast,    // a value asserted to have type a
};

/// Where a name was found by the extractor's own lexical pass (function-level scopes only).
enum class BindKind : std::uint8_t { kUnbound, kLocal, kSymbol, kImport };

struct Expr {
  ExprKind kind = ExprKind::kUnknown;
  BindKind bind = BindKind::kUnbound;  // kName only
  bool is_type = false;                // the expression stands in type position
  StrId name = 0;
  std::uint32_t a = kNone;  // operand; for a bound kName: the LocalIdx, SymbolIdx or ImportIdx
  std::uint32_t b = kNone;
  ScopeIdx scope = 0;  // where names in it are looked up
  friend bool operator==(const Expr&, const Expr&) = default;
};

/// A definition. Parameters and variables inside functions are Locals, not Symbols.
struct Symbol {
  StrId name = 0;
  SymbolIdx parent = kNone;
  ScopeIdx scope = kNone;    // the scope it opens, if it opens one
  ScopeIdx declared_in = 0;  // the scope its name is bound in
  SymbolKind kind = SymbolKind::kModule;
  Visibility visibility = Visibility::kUnknown;
  std::uint8_t min_args = 0;
  std::uint8_t max_args = 255;  // 255: variadic or unknown
  std::uint32_t flags = 0;
  /// Written prefix of an out-of-line member ("Foo" in `void Foo::bar()`, the type of a Rust impl),
  /// parts joined with "::". The symbol belongs to that type, found from `parent`'s scope.
  StrId qualifier = 0;
  /// Distinguishes overloads in the symbol's id: a hash of the normalised parameter types in
  /// languages with overloading, else 0. Repeats of one id in one scope get "+n" at link time.
  std::uint32_t disambiguator = 0;
  StrId signature = 0;          // one line, white space normalised, without the body
  std::uint64_t body_hash = 0;  // over tokens, insensitive to comments and formatting
  ExprIdx type = kNone;  // declared type of a value, result type of a callable, target of an alias
  ExprIdx init = kNone;  // initialiser of a value, when it says what type it has
  Range name_range;
  Range range;                 // the whole definition with body, decorators and modifiers
  std::uint32_t doc_line = 0;  // first line of the documentation comment or string; 0 = none
  Metrics metrics;             // callables only
  friend bool operator==(const Symbol&, const Symbol&) = default;
};

enum class SuperKind : std::uint8_t {
  kExtends,     // class inheritance
  kImplements,  // interface or trait
  kMixin,       // Ruby include, PHP use, Dart-like with
  kPrepend,     // Ruby prepend
  kClassMixin,  // Ruby extend
  kEmbeds,      // Go embedding
};

struct Super {
  SymbolIdx symbol = kNone;  // the subtype; kNone when `subject` names it (Rust impl Trait for T)
  ExprIdx subject = kNone;
  ExprIdx type = kNone;
  SuperKind kind = SuperKind::kExtends;
  friend bool operator==(const Super&, const Super&) = default;
};

enum class ImportKind : std::uint8_t {
  kModule,  // binds the module itself: import a.b, import * as ns, const x = require(..), #include
            // has no alias
  kName,    // binds one name of a module: from a import b, use a::b, import a.b.C
  kWildcard,    // every public name
  kInclude,     // textual inclusion (C, PHP require, Ruby require)
  kSideEffect,  // runs the module, binds nothing
};

struct Import {
  StrId module =
      0;  // specifier as written, without quotes: "a.b", "./x", "org.foo", "foo.h", "crate::a"
  StrId name = 0;   // kName: the name taken from the module
  StrId alias = 0;  // the local name bound; equals name (or the first/last part) when not renamed
  ScopeIdx scope = 0;
  ImportKind kind = ImportKind::kModule;
  std::uint8_t level = 0;  // leading dots of a relative Python import
  bool type_only = false;
  bool system = false;       // #include <...>
  bool is_static = false;    // Java static import, C# using static, PHP use function/const
  bool reexport = false;     // also visible to importers: pub use, export from, public import
  bool conditional = false;  // inside try, if, #if
  bool dynamic = false;      // import("./x"), importlib.import_module("x") with a constant
  Range range;               // the specifier or name that other tools would underline
  friend bool operator==(const Import&, const Import&) = default;
};

/// A name the file offers to importers, where the language has explicit exports.
struct Export {
  StrId name = 0;            // "default" for a default export, "=" for module.exports = / export =
  StrId local = 0;           // local name it stands for, or 0
  SymbolIdx symbol = kNone;  // the symbol, when known
  ImportIdx import = kNone;  // re-export through this import
  ExprIdx value = kNone;     // otherwise what is exported
  friend bool operator==(const Export&, const Export&) = default;
};

/// A variable, parameter or type parameter inside a function.
struct Local {
  StrId name = 0;
  SymbolIdx owner = 0;
  ScopeIdx scope = 0;
  SymbolKind kind = SymbolKind::kLocal;  // kParameter, kLocal, kTypeParameter
  bool reassigned = false;               // written after its definition
  std::uint8_t position = 255;           // index among the parameters
  ExprIdx type = kNone;
  ExprIdx init = kNone;
  Range range;  // of the name
  friend bool operator==(const Local&, const Local&) = default;
};

namespace ref_flag {
inline constexpr std::uint8_t kHasReceiver =
    1;  // receiver is written, whether or not it has an Expr
inline constexpr std::uint8_t kReturnType = 2;     // role type: as a result type
inline constexpr std::uint8_t kThrown = 4;         // thrown, or in a throws clause
inline constexpr std::uint8_t kTypeSide = 8;       // receiver written with :: or as a type
inline constexpr std::uint8_t kImplicit = 16;      // not written as a call (operator, for, with)
inline constexpr std::uint8_t kTypeArgument = 32;  // inside type arguments
inline constexpr std::uint8_t kCrossesType =
    64;  // `bind` lies outside a type body that encloses the site
inline constexpr std::uint8_t kImplementsClause = 128;  // role inherit: interface or trait position
}  // namespace ref_flag

/// One reference site: an identifier that names something defined elsewhere.
struct Ref {
  Position begin;            // of the identifier
  std::uint32_t length = 0;  // in bytes; identifiers stay on one line
  StrId name = 0;
  SymbolIdx owner = 0;  // innermost enclosing function, method, type or module
  ScopeIdx scope = 0;
  ExprIdx receiver = kNone;
  RefRole role = RefRole::kRead;
  std::uint8_t flags = 0;
  std::uint8_t args = 255;  // written arguments of a call; 255 unknown
  BindKind bind = BindKind::kUnbound;
  std::uint32_t bound = kNone;
  friend bool operator==(const Ref&, const Ref&) = default;
};

enum class FlowKind : std::uint8_t { kAssign, kReturn, kArgument, kYield };

/// One movement of a value: input of value-flow analysis.
struct Flow {
  FlowKind kind = FlowKind::kAssign;
  std::uint8_t position = 255;  // kArgument: index of the argument
  ExprIdx target = kNone;       // kAssign: the place written
  std::uint32_t site = kNone;   // kArgument: index of the call in refs; kReturn/kYield: SymbolIdx
  ExprIdx source = kNone;
  friend bool operator==(const Flow&, const Flow&) = default;
};

struct Diagnostic {
  std::uint32_t line = 0;
  StrId text = 0;
  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

struct Face {
  Language language = Language::kUnknown;
  ParseStatus parse = ParseStatus::kOk;
  bool is_test = false;       // by content (test framework used); paths are judged elsewhere
  bool is_generated = false;  // by a marker in the content
  std::uint32_t lines = 0;
  std::uint32_t bytes = 0;
  StrId package = 0;  // declared package or module name, as written ("org.foo", "main")
  StringTable strings;
  std::vector<Symbol> symbols;
  std::vector<Scope> scopes;
  std::vector<Expr> exprs;
  std::vector<Super> supers;
  std::vector<Import> imports;
  std::vector<Export> exports;
  friend bool operator==(const Face&, const Face&) = default;
};

/// StrIds and ExprIdxs of the body continue the face's numbering: an id below face.strings.size()
/// is in the face, otherwise it indexes `strings` of the body after subtracting that size.
struct Body {
  StringTable strings = StringTable::without_empty();
  std::vector<Expr> exprs;
  std::vector<Local> locals;
  std::vector<Ref> refs;
  std::vector<Flow> flows;
  std::vector<Diagnostic> diagnostics;
  friend bool operator==(const Body&, const Body&) = default;
};

struct FileFacts {
  Face face;
  Body body;

  std::string_view str(StrId id) const {
    return id < face.strings.size() ? face.strings[id] : body.strings[id - face.strings.size()];
  }
  const Expr& expr(ExprIdx id) const {
    return id < face.exprs.size() ? face.exprs[id] : body.exprs[id - face.exprs.size()];
  }
  friend bool operator==(const FileFacts&, const FileFacts&) = default;
};

/// Checks every index, enum and the documented order; facts from a cache are hostile until this
/// passes. Errors: kCorrupt, naming the first table and row that is wrong. A face cannot check the
/// LocalIdx of its names bound to locals (they belong to the body, and mean nothing to other
/// files): the forms that see the body do.
Result<void> validate(const FileFacts& facts);
Result<void> validate(const Face& face);
/// The body, given a face that is already valid.
Result<void> validate(const Face& face, const Body& body);

}  // namespace cairn::graph
