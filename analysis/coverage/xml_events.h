#pragma once
// XML read as a stream of elements (expat behind it). Private to the folder. DTDs may be named but
// are not fetched; entities of a document's own are refused, so that nothing can grow. Used by one
// thread.
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "analysis/coverage/input.h"
#include "base/result.h"
#include "base/stop_token.h"

namespace cairn::analysis {

/// Attributes of a start tag; valid during the call.
class XmlAttributes {
 public:
  explicit XmlAttributes(const char* const* pairs) : pairs_(pairs) {}
  /// nullopt when it is not there.
  std::optional<std::string_view> find(std::string_view name) const;
  /// "" when it is not there.
  std::string_view operator[](std::string_view name) const {
    return find(name).value_or(std::string_view());
  }

 private:
  const char* const* pairs_;
};

class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual Result<void> start(std::string_view element, const XmlAttributes& attributes) = 0;
  virtual Result<void> end(std::string_view element) = 0;
  /// A piece of text between tags.
  virtual Result<void> text(std::string_view) { return {}; }

 protected:
  /// Of the element that is being handled, from 1.
  std::uint64_t line() const { return line_ ? line_() : 0; }

 private:
  friend class XmlReader;
  std::function<std::uint64_t()> line_;
};

/// kParse, kLimitExceeded (nesting, a single tag of megabytes), kUnsupported (encoding) with the
/// line, and the errors of the input, the stop token and the handler.
Result<void> read_xml(ReportInput& input, XmlHandler& handler, const StopToken& stop);

}  // namespace cairn::analysis
