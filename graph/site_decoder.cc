#include "graph/site_decoder.h"

#include "graph/layer.h"
#include "graph/site_codec.h"
#include "graph/varint.h"

namespace cairn::graph {
namespace {

namespace codec = site_codec;

constexpr unsigned kReasons = 0
#define CAIRN_REASON(name, text, meaning) +1
#include "graph/schema.def"
    ;
constexpr unsigned kOrigins = 0
#define CAIRN_ORIGIN(name, text, meaning) +1
#include "graph/schema.def"
    ;
constexpr unsigned kTiers = 6;

Error damaged(const Layer& layer, std::string_view what, std::uint32_t row) {
  return Error(ErrorCode::kCorrupt, layer.path() + ": the " + std::string(what) + " of row " +
                                        std::to_string(row) + " cannot be decoded; index again");
}

class SiteDecoder {
 public:
  SiteDecoder(const Layer& layer, std::uint32_t file_row, std::uint32_t symbol_row,
              const RawNames& names, const std::vector<RawLocal>* locals, std::string_view bytes,
              SiteList& out)
      : layer_(layer),
        strings_(layer.file_string_rows(file_row)),
        targets_(layer.file_target_ids(file_row)),
        local_count_(layer.files[file_row].local_count),
        owner_(layer.id_base() + symbol_row),
        names_(names),
        locals_(locals),
        in_(bytes),
        out_(out) {}

  bool run() {
    while (!in_.done()) {
      if (!decode_one()) return false;
    }
    return true;
  }

 private:
  bool decode_one() {
    SiteView site;
    const unsigned control = in_.byte();
    const auto form = static_cast<codec::Form>((control >> codec::kFormShift) & 3);
    const unsigned role = control & codec::kRoleMask;
    if (role > static_cast<unsigned>(RefRole::kMacro)) return false;
    site.role = static_cast<RefRole>(role);
    site.owner = SymbolId(owner_);
    const unsigned present = form == codec::kGeneral ? in_.byte() : 0;
    if (form == codec::kLocal) {
      site.tier = Tier::kExact;
      site.origin = Origin::kLexical;
    } else {
      const unsigned rule = in_.byte();
      if ((rule & 7) >= kTiers || (rule >> 3) >= kOrigins) return false;
      site.tier = static_cast<Tier>(rule & 7);
      site.origin = static_cast<Origin>(rule >> 3);
    }
    if (control & codec::kHasFlags) site.flags = in_.byte();
    if (control & codec::kSameLine) {
      last_.column += in_.varint32();
    } else {
      last_.line += in_.varint32();
      last_.column = in_.varint32();
    }
    site.begin = last_;
    site.first_target = static_cast<std::uint32_t>(out_.targets.size());
    if (!fields(form, present, site) || in_.failed()) return false;
    out_.sites.push_back(site);
    return true;
  }

  bool fields(codec::Form form, unsigned present, SiteView& site) {
    switch (form) {
      case codec::kLocal:
        return local(site) && imply_text(site);
      case codec::kTarget:
        return target(site) && imply_text(site);
      case codec::kOpen:
        if (!reason(site) || !string(site.name)) return false;
        site.length = static_cast<std::uint32_t>(site.name.size());
        return site.tier != Tier::kExternal || string(site.external);
      case codec::kGeneral:
        return general(present, site);
    }
    return false;
  }

  bool general(unsigned present, SiteView& site) {
    if ((present & codec::kName) && !string(site.name)) return false;
    const std::uint32_t length = present & codec::kLength ? in_.varint32() : 0;
    if ((present & codec::kLocalRow) && !local(site)) return false;
    if ((present & codec::kExternal) && !string(site.external)) return false;
    if ((present & codec::kReason) && !reason(site)) return false;
    if (present & codec::kTargets) {
      const std::uint32_t count = in_.varint32();
      for (std::uint32_t i = 0; i < count; ++i) {
        if (!target(site)) return false;
      }
    }
    if (!(present & codec::kName) && !imply_text(site)) return false;
    if (present & codec::kName) site.length = static_cast<std::uint32_t>(site.name.size());
    if (present & codec::kLength) site.length = length;
    return true;
  }

  bool local(SiteView& site) {
    site.local = in_.varint32();
    return !in_.failed() && site.local < local_count_;
  }
  bool target(SiteView& site) {
    const std::uint32_t row = in_.varint32();
    if (in_.failed() || row >= targets_.size()) return false;
    out_.targets.push_back(SymbolId(targets_[row]));
    ++site.target_count;
    return true;
  }
  bool reason(SiteView& site) {
    const unsigned value = in_.byte();
    site.reason = static_cast<Reason>(value);
    return value < kReasons;
  }
  bool string(std::string_view& text) {
    const std::uint32_t row = in_.varint32();
    if (in_.failed() || row >= strings_.size()) return false;
    text = layer_.text(strings_[row]);
    return true;
  }
  /// The text of the local or of the first target.
  bool imply_text(SiteView& site) {
    if (site.local != 0xffffffffu) {
      if (locals_ == nullptr) return true;
      if (site.local >= locals_->size()) return false;
      site.name = layer_.text((*locals_)[site.local].name);
    } else {
      if (site.target_count == 0) return false;
      site.name = names_(out_.targets[site.first_target].value());
    }
    site.length = static_cast<std::uint32_t>(site.name.size());
    return true;
  }

  const Layer& layer_;
  std::span<const std::uint32_t> strings_;
  std::span<const std::uint32_t> targets_;
  const std::uint32_t local_count_;
  const std::uint32_t owner_;
  const RawNames& names_;
  const std::vector<RawLocal>* locals_;
  ByteReader in_;
  SiteList& out_;
  Position last_;
};

}  // namespace

std::string_view RawNames::operator()(std::uint32_t dense) const {
  const bool in_base = overlay_ == nullptr || dense < overlay_->id_base();
  return in_base ? base_.name(dense) : overlay_->name(dense - overlay_->id_base());
}

Result<void> decode_sites(const Layer& layer, std::uint32_t file_row, std::uint32_t symbol_row,
                          const RawNames& names, const std::vector<RawLocal>* locals,
                          SiteList& out) {
  CAIRN_ASSIGN(const std::string_view bytes, layer.site_bytes(symbol_row));
  SiteDecoder decoder(layer, file_row, symbol_row, names, locals, bytes, out);
  if (!decoder.run()) return damaged(layer, "sites", symbol_row);
  return {};
}

Result<std::vector<RawLocal>> decode_locals(const Layer& layer, std::uint32_t file_row) {
  CAIRN_ASSIGN(const std::string_view bytes, layer.local_bytes(file_row));
  const std::span<const std::uint32_t> strings = layer.file_string_rows(file_row);
  const std::span<const std::uint32_t> targets = layer.file_target_ids(file_row);
  const std::uint32_t first = layer.files[file_row].first_symbol;
  const std::uint32_t symbols = layer.files[file_row + 1].first_symbol - first;
  std::vector<RawLocal> locals;
  ByteReader in(bytes);
  std::uint32_t owner = 0;
  std::uint32_t line = 0;
  while (!in.done()) {
    RawLocal local;
    owner = in.relative(owner);
    const std::uint32_t name = in.varint32();
    const unsigned kind = in.byte();
    if (kind & codec::kLocalHasPosition) local.position = in.byte();
    line = in.relative(line);
    local.begin = {line, in.varint32()};
    const std::uint32_t type = kind & codec::kLocalHasType ? in.varint32() : 0;
    const unsigned symbol_kind = kind & codec::kLocalKindMask;
    if (in.failed() || owner >= symbols || name >= strings.size() ||
        symbol_kind > static_cast<unsigned>(SymbolKind::kRoute) ||
        ((kind & codec::kLocalHasType) && type >= targets.size()))
      return damaged(layer, "locals", file_row);
    local.owner = first + owner;
    local.name = strings[name];
    local.kind = static_cast<SymbolKind>(symbol_kind);
    if (kind & codec::kLocalHasType) local.type = targets[type];
    locals.push_back(local);
  }
  if (locals.size() != layer.files[file_row].local_count) return damaged(layer, "locals", file_row);
  return locals;
}

}  // namespace cairn::graph
