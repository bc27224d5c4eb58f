#include "analysis/coverage/xml_events.h"

#include <expat.h>

#include <memory>
#include <string>

#include "base/text.h"

namespace cairn::analysis {

namespace {
constexpr int kMaxDepth = 256;
// expat reads an unfinished tag again with every piece.
constexpr std::uint64_t kMaxTag = std::uint64_t{1} << 20;
}  // namespace

std::optional<std::string_view> XmlAttributes::find(std::string_view name) const {
  for (const char* const* pair = pairs_; *pair != nullptr; pair += 2)
    if (name == pair[0]) return std::string_view(pair[1]);
  return std::nullopt;
}

class XmlReader {
 public:
  explicit XmlReader(XmlHandler& handler)
      : parser_(::XML_ParserCreate(nullptr)), handler_(handler) {
    handler_.line_ = [this] { return ::XML_GetCurrentLineNumber(parser_.get()); };
  }
  ~XmlReader() { handler_.line_ = nullptr; }
  XmlReader(const XmlReader&) = delete;
  XmlReader& operator=(const XmlReader&) = delete;

  Result<void> run(ReportInput& input, const StopToken& stop) {
    if (!parser_) return Error(ErrorCode::kLimitExceeded, "not enough memory to read XML");
    ::XML_SetUserData(parser_.get(), this);
    ::XML_SetElementHandler(parser_.get(), on_start, on_end);
    ::XML_SetCharacterDataHandler(parser_.get(), on_text);
    ::XML_SetEntityDeclHandler(parser_.get(), on_entity);
    ::XML_SetSkippedEntityHandler(parser_.get(), on_skipped);
    std::uint64_t fed = 0;
    for (;;) {
      CAIRN_TRY(stop.check("reading the report"));
      CAIRN_ASSIGN(const std::string_view piece, input.next());
      fed += piece.size();
      const auto status = ::XML_Parse(parser_.get(), piece.data(), static_cast<int>(piece.size()),
                                      piece.empty() ? XML_TRUE : XML_FALSE);
      if (failed_) return std::move(*failed_);
      if (status != XML_STATUS_OK) return syntax_error(piece.empty(), fed);
      if (piece.empty()) return {};
      const auto done = ::XML_GetCurrentByteIndex(parser_.get());
      if (done >= 0 && fed - static_cast<std::uint64_t>(done) > kMaxTag + piece.size())
        return Error(ErrorCode::kLimitExceeded,
                     at_line() + "a single tag is longer than " + human_bytes(kMaxTag));
    }
  }

 private:
  struct Free {
    void operator()(XML_Parser parser) const { ::XML_ParserFree(parser); }
  };
  static XmlReader& self(void* data) { return *static_cast<XmlReader*>(data); }
  std::string at_line() const {
    return "XML at line " + std::to_string(::XML_GetCurrentLineNumber(parser_.get())) + ": ";
  }
  void stop_with(Error error) {
    if (failed_) return;
    failed_ = std::make_unique<Error>(std::move(error));
    ::XML_StopParser(parser_.get(), XML_FALSE);
  }
  /// expat may still call while it stops.
  void take(const Result<void>& done) {
    if (!done) stop_with(done.error().clone());
  }
  Error syntax_error(bool at_end, std::uint64_t fed) const {
    const XML_Error code = ::XML_GetErrorCode(parser_.get());
    if (fed == 0)
      return Error(ErrorCode::kParse, "the report is empty, upload what the tool wrote");
    if (at_end && (code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN ||
                   code == XML_ERROR_UNCLOSED_CDATA_SECTION || code == XML_ERROR_PARTIAL_CHAR))
      return Error(ErrorCode::kParse,
                   at_line() + "the report ends in the middle, it was cut off; upload it whole");
    if (code == XML_ERROR_UNKNOWN_ENCODING || code == XML_ERROR_INCORRECT_ENCODING)
      return Error(ErrorCode::kUnsupported,
                   at_line() + "the encoding it declares is not read here; convert it to UTF-8");
    std::string what = ::XML_ErrorString(code);
    if (code == XML_ERROR_INVALID_TOKEN)
      what += " (also bytes that are not in the declared encoding)";
    return Error(ErrorCode::kParse, at_line() + what);
  }

  static void on_start(void* data, const XML_Char* name, const XML_Char** attributes) {
    XmlReader& reader = self(data);
    if (reader.failed_) return;
    if (++reader.depth_ > kMaxDepth) {
      reader.stop_with(
          Error(ErrorCode::kLimitExceeded,
                reader.at_line() + "elements are nested deeper than " + std::to_string(kMaxDepth)));
      return;
    }
    reader.take(reader.handler_.start(name, XmlAttributes(attributes)));
  }
  static void on_end(void* data, const XML_Char* name) {
    XmlReader& reader = self(data);
    if (reader.failed_) return;
    --reader.depth_;
    reader.take(reader.handler_.end(name));
  }
  static void on_text(void* data, const XML_Char* text, int size) {
    XmlReader& reader = self(data);
    if (reader.failed_) return;
    reader.take(reader.handler_.text(std::string_view(text, static_cast<std::size_t>(size))));
  }
  static void on_entity(void* data, const XML_Char* name, int, const XML_Char*, int,
                        const XML_Char*, const XML_Char*, const XML_Char*, const XML_Char*) {
    XmlReader& reader = self(data);
    reader.stop_with(Error(ErrorCode::kParse,
                           reader.at_line() + "the report declares the entity '" + printable(name) +
                               "'; coverage tools write none, and it is not expanded"));
  }
  static void on_skipped(void* data, const XML_Char* name, int) {
    XmlReader& reader = self(data);
    reader.stop_with(
        Error(ErrorCode::kParse, reader.at_line() + "unknown entity '&" + printable(name) + ";'"));
  }

  std::unique_ptr<std::remove_pointer_t<XML_Parser>, Free> parser_;
  XmlHandler& handler_;
  int depth_ = 0;
  std::unique_ptr<Error> failed_;
};

Result<void> read_xml(ReportInput& input, XmlHandler& handler, const StopToken& stop) {
  return XmlReader(handler).run(input, stop);
}

}  // namespace cairn::analysis
