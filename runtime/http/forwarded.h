// Who the client is when requests come through proxies: from X-Forwarded-For or Forwarded (RFC
// 7239), as far as the addresses that wrote them are trusted. A pure function; any thread.
#pragma once

#include <span>
#include <string_view>

#include "runtime/http/address.h"
#include "runtime/http/fields.h"

namespace troupe::http {

struct Origin {
  IpAddress client;
  std::string_view
      scheme;  // "http" or "https" as the client used it; empty when no trusted proxy says
  std::string_view host;  // the same, an authority; a view into the fields

  friend bool operator==(const Origin&, const Origin&) = default;
};

// Begins at `peer`, the other end of the connection, and walks the list from the right, for each
// proxy appends at its end: as long as an address is trusted, what it says about the one before it
// is believed. The first that is not trusted is the client, or the last one known when the list
// ends or goes on with what is no address.
//
// Scheme and host are taken from X-Forwarded-Proto and X-Forwarded-Host (their last value), or from
// the element of Forwarded that names the client. When a request has fields of both kinds and they
// do not say the same, one of them passed a proxy that does not know it, and none is believed: the
// client is the peer.
Origin FindOrigin(const Fields& fields, const IpAddress& peer, std::span<const Cidr> trusted);

}  // namespace troupe::http
