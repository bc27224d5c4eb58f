#include "base/result.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace cairn {
namespace {

struct CodeRow {
  std::string_view text;
  int exit_code;
  std::string_view meaning;
};

constexpr CodeRow kRows[] = {
#define CAIRN_ERROR(name, text, exit_code, meaning) {text, exit_code, meaning},
#include "base/error_code.def"
#undef CAIRN_ERROR
};

const CodeRow& row(ErrorCode code) { return kRows[static_cast<std::uint16_t>(code)]; }

ErrorCode code_of_errno(int value) {
  switch (value) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::kNotFound;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return ErrorCode::kDiskFull;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::kReadOnly;
    case EEXIST:
      return ErrorCode::kExists;
    case EBUSY:
    case EAGAIN:
      return ErrorCode::kBusy;
    case ETIMEDOUT:
      return ErrorCode::kTimeout;
    default:
      return ErrorCode::kIo;
  }
}

}  // namespace

std::string_view error_code_name(ErrorCode code) { return row(code).text; }
std::string_view error_code_meaning(ErrorCode code) { return row(code).meaning; }
int error_exit_code(ErrorCode code) { return row(code).exit_code; }

std::string Error::to_string() const {
  return std::string(error_code_name(code())) + ": " + message();
}

Error errno_error(int errno_value, std::string_view what) {
  return Error(code_of_errno(errno_value), std::string(what) + ": " + std::strerror(errno_value));
}

namespace result_detail {

void value_of_error(const Error& error) {
  std::fprintf(stderr, "cairn: internal error: value() of an error: %s\n",
               error.to_string().c_str());
  std::abort();
}

}  // namespace result_detail

}  // namespace cairn
