"""Which addresses a webhook may have. No rows and no network in here."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

_PUBLIC_6 = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")


class Refused(ValueError):
    """Nothing is sent there; `str(error)` is a sentence that says why."""


def check_url(url: str) -> None:
    """Raises Refused for what cannot be posted to, or may not, whatever DNS says."""
    parts = _parts(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Refused("This is no http or https address.")
    if parts.username is not None or parts.password is not None:
        raise Refused("An address must not hold a user name or a password.")
    if parts.fragment:
        raise Refused("An address that is posted to has no fragment (#).")
    if is_address(parts.hostname):
        check_address(parts.hostname)


def check_address(address: str) -> None:
    """Raises Refused unless this IP address is public, or in a network that is let."""
    found = _meant(ip_address(address.partition("%")[0]))
    if any(found in network for network in settings.WEBHOOK_PRIVATE_NETWORKS):
        return
    if not _is_public(found):
        raise Refused("This address is not a public one.")


def is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _parts(url: str) -> SplitResult:
    if not url.isascii() or any(char <= " " for char in url):
        raise Refused("An address is written without spaces, in ASCII (punycode).")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise Refused("This is no http or https address.") from error
    return parts


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address leads to, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _PUBLIC_6:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)
