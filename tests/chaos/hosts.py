"""Hosts of their own on this machine: network namespaces on a bridge. Linux, root."""

import os
import secrets
import shutil
import subprocess
from typing import Self

_MAC = "02:00:00:00:00:{:02x}"


class NoHostsError(Exception):
    """This machine cannot have them; the message says why."""


#: The cable is pulled out; or it is in, and whatever is sent vanishes on its way.
CUTS = ("link down", "black hole")


class Network:
    """A bridge at `address`, and hosts that reach nothing else."""

    def __init__(self) -> None:
        if os.geteuid() != 0 or not shutil.which("ip"):
            raise NoHostsError("Network namespaces need root and iproute2.")
        tag = secrets.token_hex(2)
        self._bridge = f"rc{tag}"
        self._subnet = f"10.{203 + secrets.randbelow(40)}.{secrets.randbelow(256)}"
        self.address = f"{self._subnet}.1"
        self._hosts: list[str] = []

    def __enter__(self) -> Self:
        _ip("link", "add", self._bridge, "address", _MAC.format(1), "type", "bridge")
        _ip("address", "add", f"{self.address}/24", "dev", self._bridge)
        _ip("link", "set", self._bridge, "up")
        return self

    def __exit__(self, *_: object) -> None:
        for host in self._hosts:
            _ip("netns", "delete", host)
        _ip("link", "delete", self._bridge)

    def host(self) -> str:
        """The name of a new one, for `ip netns exec`."""
        number = len(self._hosts) + 1
        name = f"{self._bridge}-{number}"
        _ip("netns", "add", name)
        self._hosts.append(name)
        place, mac = f"{self._subnet}.{number + 1}", _MAC.format(number + 1)
        inside = ("-netns", name)
        peer = ("peer", "name", "eth0", "address", mac, "netns", name)
        _ip("link", "add", name, "type", "veth", *peer)
        _ip(*inside, "address", "add", f"{place}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            _ip(*inside, "link", "set", device, "up")
        self.mend(name)
        # Neighbours for good, as behind a router: nobody notices that one is gone.
        there, here = (place, "lladdr", mac), (self.address, "lladdr", _MAC.format(1))
        _ip("neighbour", "replace", *there, "dev", self._bridge)
        _ip(*inside, "neighbour", "replace", *here, "dev", "eth0")
        return name

    def cut(self, host: str, how: str) -> None:
        """Nothing comes through any more, in one of CUTS."""
        _ip("link", "set", host, *(["nomaster"] if how == "black hole" else ["down"]))

    def mend(self, host: str) -> None:
        _ip("link", "set", host, "master", self._bridge, "up")


def _ip(*arguments: str) -> None:
    done = subprocess.run(
        ["ip", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NoHostsError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
