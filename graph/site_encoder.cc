// Encodes the sites and locals of one unit (layout: site_codec.h). Names and targets go through
// tables of the file, most used first, so that most references to them take one byte.
#include <algorithm>
#include <numeric>

#include "graph/encoded_unit.h"
#include "graph/site_codec.h"
#include "graph/varint.h"

namespace cairn::graph {
namespace {

namespace codec = site_codec;

/// Numbers values by falling frequency; equal frequencies by `before`.
template <class Value>
class FrequencyTable {
 public:
  void count(Value v) { ++uses_[v]; }
  template <class Before>
  std::vector<Value> finish(Before before) {
    std::vector<Value> order;
    order.reserve(uses_.size());
    for (const auto& entry : uses_) order.push_back(entry.first);
    std::sort(order.begin(), order.end(), [&](Value a, Value b) {
      const std::uint32_t ua = uses_.at(a);
      const std::uint32_t ub = uses_.at(b);
      return ua != ub ? ua > ub : before(a, b);
    });
    for (std::uint32_t i = 0; i < order.size(); ++i) uses_[order[i]] = i;
    return order;
  }
  /// After finish().
  std::uint32_t row_of(Value v) const { return uses_.at(v); }

 private:
  std::unordered_map<Value, std::uint32_t> uses_;
};

class StreamEncoder {
 public:
  StreamEncoder(const FileLinks& links, const BriefOf& brief_of, StringInterner& strings,
                EncodedUnit::Data& data)
      : links_(links), brief_of_(brief_of), strings_(strings), data_(data) {}

  void run() {
    order_.resize(links_.sites.size());
    std::iota(order_.begin(), order_.end(), 0u);
    std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
      const Site& x = links_.sites[a];
      const Site& y = links_.sites[b];
      if (x.owner != y.owner) return x.owner < y.owner;
      if (x.begin != y.begin) return x.begin < y.begin;
      if (x.length != y.length) return x.length < y.length;
      if (x.role != y.role) return x.role < y.role;
      return a < b;
    });
    make_tables();
    std::size_t at = 0;
    for (std::uint32_t owner = 0; owner < data_.symbols.size(); ++owner) {
      last_ = Position{};
      for (; at < order_.size() && links_.sites[order_[at]].owner == owner; ++at)
        encode(links_.sites[order_[at]]);
      data_.symbols[owner].sites_end = static_cast<std::uint32_t>(data_.sites.size());
    }
    encode_locals();
  }

 private:
  std::string_view text(StrId id) const { return links_.strings[id]; }

  /// The text a reader would show if the site carried none.
  std::string_view implied_text(const Site& s) const {
    if (s.local != kNone) return text(links_.locals[s.local].name);
    if (s.target_count != 0) return brief_of_(links_.targets[s.first_target]).name;
    return {};
  }
  bool plain_length(const Site& s) const { return s.length == text(s.name).size(); }
  bool implied(const Site& s) const {
    return (s.local != kNone || s.target_count != 0) && implied_text(s) == text(s.name);
  }
  codec::Form form_of(const Site& s, bool is_implied) const {
    if (!plain_length(s)) return codec::kGeneral;
    const bool clean = s.reason == Reason::kNone && s.external == 0;
    if (is_implied && clean) {
      if (s.local != kNone && s.target_count == 0 && s.tier == Tier::kExact &&
          s.origin == Origin::kLexical)
        return codec::kLocal;
      if (s.local == kNone && s.target_count == 1) return codec::kTarget;
    }
    const bool open = s.local == kNone && s.target_count == 0;
    if (open && (s.external == 0 || s.tier == Tier::kExternal)) return codec::kOpen;
    return codec::kGeneral;
  }

  void make_tables() {
    FrequencyTable<StrId> names;
    for (const Site& s : links_.sites) {
      if (!implied(s)) names.count(s.name);
      if (s.external != 0 || s.tier == Tier::kExternal) names.count(s.external);
      for (std::uint32_t i = 0; i < s.target_count; ++i)
        targets_.count(links_.targets[s.first_target + i].value());
    }
    for (const LinkedLocal& l : links_.locals) {
      names.count(l.name);
      if (l.type.exists()) targets_.count(l.type.value());
    }
    const std::vector<StrId> order = names.finish([&](StrId a, StrId b) {
      const auto order_of = text(a) <=> text(b);
      return order_of != 0 ? order_of < 0 : a < b;
    });
    name_row_.resize(links_.strings.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) {
      name_row_[order[i]] = i;
      data_.stream_strings.push_back(strings_.row_of(text(order[i])));
    }
    data_.stream_targets = targets_.finish(std::less<>());
  }

  void encode(const Site& s) {
    std::string& out = data_.sites;
    const bool is_implied = implied(s);
    const codec::Form form = form_of(s, is_implied);
    const bool same_line = s.begin.line == last_.line;
    unsigned control = static_cast<unsigned>(s.role) | static_cast<unsigned>(form)
                                                           << codec::kFormShift;
    if (same_line) control |= codec::kSameLine;
    if (s.flags != 0) control |= codec::kHasFlags;
    put_byte(out, static_cast<std::uint8_t>(control));
    const unsigned present = presence(s, is_implied);
    if (form == codec::kGeneral) put_byte(out, static_cast<std::uint8_t>(present));
    if (form != codec::kLocal) {
      put_byte(out, static_cast<std::uint8_t>(static_cast<unsigned>(s.origin) << 3 |
                                              static_cast<unsigned>(s.tier)));
    }
    if (s.flags != 0) put_byte(out, s.flags);
    if (same_line) {
      put_varint(out, s.begin.column - last_.column);
    } else {
      put_varint(out, s.begin.line - last_.line);
      put_varint(out, s.begin.column);
    }
    last_ = s.begin;
    encode_fields(s, form, present);
  }

  unsigned presence(const Site& s, bool is_implied) const {
    unsigned present = 0;
    if (!is_implied) present |= codec::kName;
    if (!plain_length(s)) present |= codec::kLength;
    if (s.local != kNone) present |= codec::kLocalRow;
    if (s.external != 0) present |= codec::kExternal;
    if (s.reason != Reason::kNone) present |= codec::kReason;
    if (s.target_count != 0) present |= codec::kTargets;
    return present;
  }

  void encode_fields(const Site& s, codec::Form form, unsigned present) {
    std::string& out = data_.sites;
    if (form == codec::kLocal) return put_varint(out, s.local);
    if (form == codec::kTarget) return put_target(s.first_target);
    if (form == codec::kOpen) {
      put_byte(out, static_cast<std::uint8_t>(s.reason));
      put_varint(out, name_row_[s.name]);
      if (s.tier == Tier::kExternal) put_varint(out, name_row_[s.external]);
      return;
    }
    if (present & codec::kName) put_varint(out, name_row_[s.name]);
    if (present & codec::kLength) put_varint(out, s.length);
    if (present & codec::kLocalRow) put_varint(out, s.local);
    if (present & codec::kExternal) put_varint(out, name_row_[s.external]);
    if (present & codec::kReason) put_byte(out, static_cast<std::uint8_t>(s.reason));
    if (present & codec::kTargets) {
      put_varint(out, s.target_count);
      for (std::uint32_t i = 0; i < s.target_count; ++i) put_target(s.first_target + i);
    }
  }

  void put_target(std::uint32_t index) {
    put_varint(data_.sites, targets_.row_of(links_.targets[index].value()));
  }

  void encode_locals() {
    std::string& out = data_.locals;
    std::uint32_t owner = 0;
    std::uint32_t line = 0;
    for (const LinkedLocal& l : links_.locals) {
      put_signed(out, std::int64_t{l.owner} - std::int64_t{owner});
      put_varint(out, name_row_[l.name]);
      unsigned kind = static_cast<unsigned>(l.kind);
      if (l.position != 255) kind |= codec::kLocalHasPosition;
      if (l.type.exists()) kind |= codec::kLocalHasType;
      put_byte(out, static_cast<std::uint8_t>(kind));
      if (l.position != 255) put_byte(out, l.position);
      put_signed(out, std::int64_t{l.begin.line} - std::int64_t{line});
      put_varint(out, l.begin.column);
      if (l.type.exists()) put_varint(out, targets_.row_of(l.type.value()));
      owner = l.owner;
      line = l.begin.line;
    }
    data_.local_count = static_cast<std::uint32_t>(links_.locals.size());
  }

  const FileLinks& links_;
  const BriefOf& brief_of_;
  StringInterner& strings_;
  EncodedUnit::Data& data_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> name_row_;  // by StrId of the links
  FrequencyTable<std::uint32_t> targets_;
  Position last_;
};

}  // namespace

void encode_streams(const FileLinks& links, const BriefOf& brief_of, StringInterner& strings,
                    EncodedUnit::Data& data) {
  StreamEncoder(links, brief_of, strings, data).run();
}

}  // namespace cairn::graph
