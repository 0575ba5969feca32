"""What a test of the whole may do with a running Recotem, whichever mode it is in."""

from typing import Protocol

from recotem_embedded.testing import Process


class Running(Protocol):
    """`EmbeddedRecotem` and `DeployedRecotem`."""

    @property
    def url(self) -> str: ...

    @property
    def inference_url(self) -> str: ...

    def child(self, part: str) -> Process | None:
        """The first process whose command contains the part."""

    def revive_worker(self) -> None:
        """Bring a worker back where nobody else does."""

    def restart(self) -> None:
        """Stop everything and start it again on the same data."""

    def logs(self) -> str: ...
