"""Where a webhook may go: out into the world by https, and into private networks only where the bureau said so."""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

import httpx

from services.kernel.problem import Problem

Network = IPv4Network | IPv6Network
IpAddress = IPv4Address | IPv6Address

LONGEST: Final = 500
LAST_PORT: Final = 65_535
_HOST: Final = re.compile(r"[0-9A-Za-z._-]+|[0-9A-Fa-f:.]+", re.ASCII)
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/32")
"""IPv6 addresses behind which a gateway reaches any IPv4 address."""


class AddressNotAllowed(Problem):
    """A webhook must not be led to where only this machine, or only this network, may go."""

    status = 422
    code = "webhook-address-not-allowed"
    zh = "不能推送到 {url}：{because_zh}"
    en = "nothing may be sent to {url}: {because_en}"
    remedy_zh = "请使用 https 的公网地址；内网地址须由运维加入 GUIHUA_WEBHOOK_NETWORKS"
    remedy_en = "give a public https address; a private network must be listed in GUIHUA_WEBHOOK_NETWORKS"


@dataclass(frozen=True, slots=True)
class Borders:
    """Which networks may be called besides public ones, and whether this machine may be, also without TLS."""

    networks: Sequence[Network] = ()
    loopback: bool = False

    @classmethod
    def of(cls, networks: Sequence[str], *, loopback: bool) -> "Borders":
        """From the settings. Raises ValueError for what is no network."""
        return cls(tuple(ipaddress.ip_network(each) for each in networks), loopback)

    def allows(self, address: IpAddress) -> bool:
        """Whether this address may be called."""
        plain = address.ipv4_mapped if isinstance(address, IPv6Address) and address.ipv4_mapped else address
        if plain.is_loopback:
            return self.loopback
        if any(plain in network for network in self.networks if network.version == plain.version):
            return True
        return plain.is_global and not plain.is_multicast and not _leads_elsewhere(plain)

    def check(self, url: str) -> httpx.URL:
        """The address, if it may be subscribed; raises AddressNotAllowed. A name is looked up when it is called."""
        try:
            found = httpx.URL(url)
            host = found.host  # decoded by this: not every name that looks like an international one is one
        except (httpx.InvalidURL, ValueError):
            raise AddressNotAllowed(url=url, because_zh="地址无法识别", because_en="it is no address") from None
        if not _HOST.fullmatch(found.raw_host.decode()):
            raise AddressNotAllowed(url=url, because_zh="主机名无效", because_en="its host is none")
        if found.userinfo or found.fragment or not 0 < (found.port or 443) <= LAST_PORT:
            raise AddressNotAllowed(
                url=url, because_zh="地址不得含账号或片段", because_en="it holds an account or a fragment"
            )
        literal = _literal(host)
        if literal is not None and not self.allows(literal):
            raise AddressNotAllowed(url=url, because_zh="该网段不允许推送", because_en="its network is closed")
        if found.scheme != "https" and not (found.scheme == "http" and self.loopback and _is_here(host, literal)):
            raise AddressNotAllowed(url=url, because_zh="必须使用 https", because_en="it is not https")
        return found

    async def resolve(self, url: httpx.URL) -> IpAddress:
        """An address of the host that may be called; raises AddressNotAllowed, OSError.

        One that is not allowed among several refuses them all: who owns a name must not lead us in by luck.
        """
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
        addresses = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found]
        if not addresses or not all(self.allows(each) for each in addresses):
            raise AddressNotAllowed(url=url.host, because_zh="该网段不允许推送", because_en="its network is closed")
        return addresses[0]


def _literal(host: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_here(host: str, literal: IpAddress | None) -> bool:
    return host == "localhost" or (literal is not None and literal.is_loopback)


def _leads_elsewhere(address: IpAddress) -> bool:
    """IPv6 addresses that carry an IPv4 address inside, which may be a private one."""
    if isinstance(address, IPv4Address):
        return False
    return address in _TRANSLATED or address.sixtofour is not None or address.teredo is not None
