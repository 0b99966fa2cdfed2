#include "runtime/http/forwarded.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "runtime/http/authority.h"
#include "runtime/http/scan.h"

namespace troupe::http {
namespace {

bool IsTrusted(const IpAddress& address, std::span<const Cidr> trusted) {
  return std::any_of(trusted.begin(), trusted.end(),
                     [&](const Cidr& block) { return block.Contains(address); });
}

// "192.0.2.1", "192.0.2.1:8080", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:8080".
std::optional<IpAddress> ParseNode(std::string_view node) {
  if (node.starts_with('[')) {
    const size_t end = node.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view port = node.substr(end + 1);
    if (!port.empty() && port[0] != ':') return std::nullopt;
    return IpAddress::Parse(node.substr(1, end - 1));
  }
  const size_t colon = node.find(':');
  const bool has_port = colon != std::string_view::npos && node.find(':', colon + 1) == node.npos;
  return IpAddress::Parse(has_port ? node.substr(0, colon) : node);
}

// What one proxy says of the hop before it. Views into the fields.
struct Hop {
  std::string_view node;
  std::string_view scheme = {};
  std::string_view host = {};
};

// Cuts off what stands before the next `separator` that is in no quoted string.
std::string_view CutAt(char separator, std::string_view& text) {
  bool quoted = false;
  size_t end = 0;
  for (; end < text.size(); ++end) {
    if (text[end] == '"') quoted = !quoted;
    if (quoted && text[end] == '\\') ++end;
    if (!quoted && end < text.size() && text[end] == separator) break;
  }
  end = std::min(end, text.size());
  const std::string_view cut = TrimBlanks(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return cut;
}

// Without its quotes. Nodes, schemes and hosts need no escapes; one that has them is no valid one.
std::string_view Unquoted(std::string_view value) {
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

// for=192.0.2.60;proto=http;by=203.0.113.43
Hop ParseForwardedElement(std::string_view element) {
  Hop hop{};
  while (!element.empty()) {
    const std::string_view pair = CutAt(';', element);
    const size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view name = pair.substr(0, equals);
    const std::string_view value = Unquoted(pair.substr(std::min(equals + 1, pair.size())));
    if (EqualsIgnoreCase(name, "for")) hop.node = value;
    if (EqualsIgnoreCase(name, "proto")) hop.scheme = value;
    if (EqualsIgnoreCase(name, "host")) hop.host = value;
  }
  return hop;
}

// All hops of all lines of that field, in order (RFC 9110 section 5.3).
std::vector<Hop> ReadHops(const Fields& fields, KnownField field) {
  std::vector<Hop> hops;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields.known(i) != field) continue;
    for (std::string_view list = fields[i].value; !list.empty();) {
      const std::string_view element = CutAt(',', list);
      if (element.empty()) continue;
      hops.push_back(field == KnownField::kForwarded ? ParseForwardedElement(element)
                                                     : Hop{element});
    }
  }
  return hops;
}

std::string_view LastOf(const Fields& fields, KnownField field) {
  std::string_view last;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields.known(i) == field) last = fields[i].value;
  }
  return TrimBlanks(last.substr(last.rfind(',') + 1));
}

Origin Walk(const std::vector<Hop>& hops, const IpAddress& peer, std::span<const Cidr> trusted) {
  Origin origin{peer, {}, {}};
  for (auto hop = hops.rbegin(); hop != hops.rend() && IsTrusted(origin.client, trusted); ++hop) {
    origin.scheme = hop->scheme;
    origin.host = hop->host;
    const std::optional<IpAddress> address = ParseNode(hop->node);
    if (!address) break;
    origin.client = *address;
  }
  return origin;
}

Origin WithoutGarbage(Origin origin) {
  if (origin.scheme != "http" && origin.scheme != "https") origin.scheme = {};
  if (!IsAuthority(origin.host)) origin.host = {};
  return origin;
}

Origin FromForwarded(const Fields& fields, const IpAddress& peer, std::span<const Cidr> trusted) {
  return WithoutGarbage(Walk(ReadHops(fields, KnownField::kForwarded), peer, trusted));
}

Origin FromXForwarded(const Fields& fields, const IpAddress& peer, std::span<const Cidr> trusted) {
  Origin origin = Walk(ReadHops(fields, KnownField::kXForwardedFor), peer, trusted);
  origin.scheme = LastOf(fields, KnownField::kXForwardedProto);
  origin.host = LastOf(fields, KnownField::kXForwardedHost);
  return WithoutGarbage(origin);
}

}  // namespace

Origin FindOrigin(const Fields& fields, const IpAddress& peer, std::span<const Cidr> trusted) {
  const bool has_forwarded = fields.Has(KnownField::kForwarded);
  const bool has_x_forwarded = fields.Has(KnownField::kXForwardedFor) ||
                               fields.Has(KnownField::kXForwardedProto) ||
                               fields.Has(KnownField::kXForwardedHost);
  const Origin unknown{peer, {}, {}};
  if ((!has_forwarded && !has_x_forwarded) || !IsTrusted(peer, trusted)) return unknown;
  if (!has_forwarded) return FromXForwarded(fields, peer, trusted);
  const Origin origin = FromForwarded(fields, peer, trusted);
  const bool agreed = !has_x_forwarded || origin == FromXForwarded(fields, peer, trusted);
  return agreed ? origin : unknown;
}

}  // namespace troupe::http
