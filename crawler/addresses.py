"""Decide which addresses we may request: none in a private network, unless the settings allow it.

Each is checked twice: the URL before every request, including redirects (`refused`), and the address that a name
resolves to just before the connection is made (`GuardedResolver` in `resolver.py`). The connection uses that very
address, so a name that changes its address between two look-ups gains nothing.
"""

from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from diffs.failures import Failure, Reason

_LOCAL_SUFFIXES = (".localhost", ".local", ".localdomain", ".internal", ".home.arpa")

#: Names that stand for the machine itself.
_LOCAL_NAMES = {"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"}


def host_of(url: str) -> str:
    """The host name of a URL in lower case, without port, brackets and final dot, or "" if there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet.

    These do not: loopback, private, link-local (cloud metadata among them), carrier-grade NAT, documentation,
    multicast, and IPv6 forms that carry such an IPv4 address (RFC 6890 and IANA's special-purpose registries, by
    `ipaddress`).
    """
    try:
        ip = ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        carried = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if carried is not None:
            return is_public(str(carried))
        if ip in _NAT64:
            return is_public(str(ip_address(ip.packed[-4:])))
    return ip.is_global and not ip.is_multicast


#: Translates IPv4 to IPv6 (RFC 6052): the last four bytes are the IPv4 address that is actually reached.
_NAT64 = ip_network("64:ff9b::/96")


def is_loopback(host: str) -> bool:
    """Whether a host name or literal address means this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in _LOCAL_NAMES or host.endswith(".localhost")


def refused(url: str) -> Failure | None:
    """Why a URL may not be requested as written, or None. What its name resolves to is checked when connecting."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        _ = parts.port
    except ValueError:
        return Failure(Reason.NO_ADDRESS)
    if parts.scheme not in ("http", "https") or not host:
        return Failure(Reason.NO_WEB_ADDRESS)
    if parts.username or parts.password:
        return Failure(Reason.WITH_LOGIN, host)
    if host in _LOCAL_NAMES or host.endswith(_LOCAL_SUFFIXES):
        return Failure(Reason.PRIVATE_ADDRESS, host)
    try:
        ip_address(host)
    except ValueError:
        return None
    return None if is_public(host) else Failure(Reason.PRIVATE_ADDRESS, host)
