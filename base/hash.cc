#include "base/hash.h"

#include <openssl/evp.h>
#include <xxhash.h>

#include <memory>

#include "base/check.h"

namespace cairn {
namespace {

void append_hex(std::string& out, const std::uint8_t* bytes, std::size_t size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < size; ++i) {
    out += kDigits[bytes[i] >> 4];
    out += kDigits[bytes[i] & 15];
  }
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

void digest(const EVP_MD* kind, std::string_view head, std::string_view body, std::uint8_t* out) {
  // One context per thread: creating it costs more than hashing a small file.
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> owner(EVP_MD_CTX_new());
  EVP_MD_CTX* context = owner.get();
  CAIRN_CHECK(context != nullptr);
  unsigned size = 0;
  CAIRN_CHECK(EVP_DigestInit_ex(context, kind, nullptr) == 1);
  CAIRN_CHECK(EVP_DigestUpdate(context, head.data(), head.size()) == 1);
  CAIRN_CHECK(EVP_DigestUpdate(context, body.data(), body.size()) == 1);
  CAIRN_CHECK(EVP_DigestFinal_ex(context, out, &size) == 1);
}

}  // namespace

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::uint64_t hash64(std::span<const std::byte> bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::string ContentId::hex() const {
  std::string out;
  out.reserve(40);
  append_hex(out, bytes.data(), bytes.size());
  return out;
}

Result<ContentId> ContentId::from_hex(std::string_view hex) {
  ContentId id;
  if (hex.size() != 2 * id.bytes.size())
    return Error(ErrorCode::kParse, "content id '" + std::string(hex) + "' is not 40 hex digits");
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    const int high = hex_value(hex[2 * i]);
    const int low = hex_value(hex[2 * i + 1]);
    if (high < 0 || low < 0)
      return Error(ErrorCode::kParse, "content id '" + std::string(hex) + "' is not 40 hex digits");
    id.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return id;
}

ContentId content_id_of(std::string_view bytes) {
  ContentId id;
  std::string head = "blob " + std::to_string(bytes.size());
  head += '\0';
  digest(EVP_sha1(), head, bytes, id.bytes.data());
  return id;
}

std::string sha256_hex(std::string_view bytes) {
  std::uint8_t raw[32];
  digest(EVP_sha256(), {}, bytes, raw);
  std::string out;
  append_hex(out, raw, sizeof raw);
  return out;
}

}  // namespace cairn
