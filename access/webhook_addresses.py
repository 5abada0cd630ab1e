"""Where webhooks may go. A message is an order to this server to call an address that somebody typed in, so an address of the
network it stands in is refused unless the operator listed it: nobody may reach an inner service through it (SSRF). Pure.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

ANY_PUBLIC = "*"
MAX_URL_LENGTH = 2_000

_HOST = re.compile(r"(?=.{1,253}\.?$)(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?", re.ASCII)
_HIDDEN_IPV4 = tuple(map(ipaddress.IPv6Network, ("2002::/16", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32")))
"""IPv6 that leads to an IPv4 address written inside it (6to4, NAT64, Teredo)."""


class UnfitAddress(ValueError):
    """Webhooks may not go there; the message says why and what would be right, and repeats nothing of the address."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A URL taken apart. `host` is lower case, an IPv6 address without brackets; `target` is the path with the query."""

    url: str
    secure: bool
    host: str
    port: int
    target: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class WebhookHosts:
    """`listed` are hosts (names or addresses, lower case) that may be called over http too and may be private; beside them every
    public host over https when there are none, or when `*` is among them."""

    listed: frozenset[str] = frozenset()

    @staticmethod
    def of(hosts: Iterable[str]) -> WebhookHosts:
        return WebhookHosts(frozenset(hosts))

    def receiver(self, url: str) -> Receiver:
        """`url` taken apart. Raises UnfitAddress when it can't be a webhook's; a name that stands for a private address is noticed
        only by `admits`, when it is called."""
        parts = _split(url)
        host = (parts.hostname or "").rstrip(".").lower()
        literal = _literal(host)
        if literal is None and (_HOST.fullmatch(host) is None or host.rpartition(".")[2].isdigit()):
            raise UnfitAddress("the host must be a name in ASCII (xn--… where it has other letters) or an IP address")
        if host not in self.listed:
            if self.listed and ANY_PUBLIC not in self.listed:
                raise UnfitAddress("webhooks may go only to the hosts of REKAM_WEBHOOK_HOSTS, and this one is none of them")
            if parts.scheme != "https":
                raise UnfitAddress("must begin with https://; http only goes to hosts that REKAM_WEBHOOK_HOSTS lists")
            if literal is not None and not is_public(literal):
                raise UnfitAddress("the address is not a public one; list it in REKAM_WEBHOOK_HOSTS if it is meant")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        secure = parts.scheme == "https"
        return Receiver(url, secure, host, _port(parts) or (443 if secure else 80), target)

    def admits(self, host: str, address: str) -> bool:
        """Whether `address`, which `host` stands for at this moment, may be connected to."""
        found = _literal(address.partition("%")[0])
        if found is None:
            return False
        return host in self.listed or str(found) in self.listed or is_public(found)


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether it is one host of the public internet."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _HIDDEN_IPV4):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved and not address.is_unspecified


def _split(url: str) -> SplitResult:
    if len(url) > MAX_URL_LENGTH:
        raise UnfitAddress(f"must have at most {MAX_URL_LENGTH} characters")
    if re.fullmatch(r"[!-~]+", url) is None:
        raise UnfitAddress("must be ASCII without spaces; write anything else as %XX")
    try:
        parts = urlsplit(url)
        _port(parts)
    except ValueError:
        raise UnfitAddress("must be a URL, for example https://hr.example.go.id/rekam") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UnfitAddress("must be a URL that begins with https://, for example https://hr.example.go.id/rekam")
    if "@" in parts.netloc or "\\" in parts.netloc:
        raise UnfitAddress("must hold no user or password; what proves the sender is the signature")
    if parts.fragment or url.endswith("#"):
        raise UnfitAddress("must have no fragment (#…)")
    return parts


def _port(parts: SplitResult) -> int | None:
    port = parts.port
    if port == 0:
        raise ValueError("port 0")
    return port


def _literal(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
