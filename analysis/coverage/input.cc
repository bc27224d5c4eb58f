#include "analysis/coverage/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/fs.h"
#include "base/text.h"

namespace cairn::analysis {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;

Error too_large(std::uint64_t max_bytes) {
  return Error(ErrorCode::kLimitExceeded, "the report is larger than " + human_bytes(max_bytes) +
                                              ", split it or leave out what is not needed");
}

class MemoryInput final : public ReportInput {
 public:
  explicit MemoryInput(std::string_view bytes) : bytes_(bytes) {}
  Result<std::string_view> next() override {
    const std::string_view piece = bytes_.substr(0, kPiece);
    bytes_.remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view bytes_;
};

class FileInput final : public ReportInput {
 public:
  FileInput(Fd fd, std::string path, std::uint64_t max_bytes)
      : fd_(std::move(fd)), path_(std::move(path)), left_(max_bytes), max_bytes_(max_bytes) {}
  Result<std::string_view> next() override {
    ssize_t got = 0;
    do {
      got = ::read(fd_.get(), buffer_.data(), buffer_.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) return errno_error(errno, "reading '" + printable(path_) + "'");
    if (static_cast<std::uint64_t>(got) > left_) return too_large(max_bytes_);
    left_ -= static_cast<std::uint64_t>(got);
    return std::string_view(buffer_.data(), static_cast<std::size_t>(got));
  }

 private:
  const Fd fd_;
  const std::string path_;
  std::uint64_t left_;
  const std::uint64_t max_bytes_;
  std::vector<char> buffer_ = std::vector<char>(kPiece);
};

/// A first piece that was looked at already, then the rest.
class Resumed final : public ReportInput {
 public:
  Resumed(std::string first, std::unique_ptr<ReportInput> rest)
      : first_(std::move(first)), rest_(std::move(rest)) {}
  Result<std::string_view> next() override {
    if (!first_.empty() && !given_) {
      given_ = true;
      return std::string_view(first_);
    }
    first_ = {};
    return rest_->next();
  }

 private:
  std::string first_;
  bool given_ = false;
  std::unique_ptr<ReportInput> rest_;
};

class GzipInput final : public ReportInput {
 public:
  GzipInput(std::unique_ptr<ReportInput> packed, std::uint64_t max_bytes)
      : packed_(std::move(packed)), left_(max_bytes), max_bytes_(max_bytes) {}
  ~GzipInput() override {
    if (open_) ::inflateEnd(&stream_);
  }
  Result<void> start() {
    constexpr int kGzipOnly = 15 + 16;
    if (::inflateInit2(&stream_, kGzipOnly) != Z_OK)
      return Error(ErrorCode::kLimitExceeded, "not enough memory to unpack gzip");
    open_ = true;
    return {};
  }

  Result<std::string_view> next() override {
    for (;;) {
      if (stream_.avail_in == 0 && !ended_) CAIRN_TRY(refill());
      if (ended_ && stream_.avail_in == 0) {
        if (within_member_) return damaged("it ends in the middle, upload it whole");
        return std::string_view();
      }
      within_member_ = true;
      stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      const int status = ::inflate(&stream_, Z_NO_FLUSH);
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        return damaged(stream_.msg == nullptr ? "checksum or data are wrong" : stream_.msg);
      if (status == Z_STREAM_END) {
        within_member_ = false;
        ::inflateReset(&stream_);
      }
      const std::size_t got = buffer_.size() - stream_.avail_out;
      if (got > left_) return too_large(max_bytes_);
      left_ -= got;
      if (got > 0) return std::string_view(buffer_.data(), got);
    }
  }

 private:
  Result<void> refill() {
    CAIRN_ASSIGN(const std::string_view piece, packed_->next());
    ended_ = piece.empty();
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size());
    read_ += piece.size();
    return {};
  }
  Error damaged(std::string_view what) const {
    return Error(ErrorCode::kParse, "the gzip data is damaged at byte " +
                                        std::to_string(read_ - stream_.avail_in) + ": " +
                                        std::string(what));
  }

  std::unique_ptr<ReportInput> packed_;
  std::uint64_t left_;
  const std::uint64_t max_bytes_;
  std::uint64_t read_ = 0;
  z_stream stream_{};
  bool open_ = false;
  bool ended_ = false;
  bool within_member_ = false;
  std::vector<char> buffer_ = std::vector<char>(kPiece);
};

Result<std::unique_ptr<ReportInput>> unpacked(std::unique_ptr<ReportInput> input,
                                              std::uint64_t max_bytes) {
  CAIRN_ASSIGN(const std::string_view piece, input->next());
  std::string first(piece);
  // A pipe may give a single byte at first.
  while (first.size() == 1) {
    CAIRN_ASSIGN(const std::string_view more, input->next());
    if (more.empty()) break;
    first += more;
  }
  const bool is_gzip = first.starts_with("\x1f\x8b");
  std::unique_ptr<ReportInput> whole =
      std::make_unique<Resumed>(std::move(first), std::move(input));
  if (!is_gzip) return whole;
  auto gzip = std::make_unique<GzipInput>(std::move(whole), max_bytes);
  CAIRN_TRY(gzip->start());
  return std::unique_ptr<ReportInput>(std::move(gzip));
}

}  // namespace

Result<std::unique_ptr<ReportInput>> report_from_memory(std::string_view bytes,
                                                        std::uint64_t max_bytes) {
  if (bytes.size() > max_bytes) return too_large(max_bytes);
  return unpacked(std::make_unique<MemoryInput>(bytes), max_bytes);
}

Result<std::unique_ptr<ReportInput>> report_from_file(const std::string& path,
                                                      std::uint64_t max_bytes) {
  if (path == "-") {
    Fd in(::dup(STDIN_FILENO));
    if (!in.is_open()) return errno_error(errno, "opening standard input");
    return unpacked(std::make_unique<FileInput>(std::move(in), path, max_bytes), max_bytes);
  }
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.is_open()) return errno_error(errno, "opening '" + printable(path) + "'");
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return errno_error(errno, "reading '" + printable(path) + "'");
  if (!S_ISREG(info.st_mode))
    return Error(ErrorCode::kInvalidArgument, "'" + printable(path) +
                                                  "' is no regular file, name a report, or - for "
                                                  "standard input");
  return unpacked(std::make_unique<FileInput>(std::move(fd), path, max_bytes), max_bytes);
}

}  // namespace cairn::analysis
