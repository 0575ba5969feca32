"""What a test of the whole may do with a running Recotem, whichever mode it is in."""

from typing import Protocol


class Running(Protocol):
    """`EmbeddedRecotem` and `DeployedRecotem`."""

    @property
    def url(self) -> str: ...

    @property
    def inference_url(self) -> str: ...

    def restart(self) -> None:
        """Stop everything and start it again on the same data."""

    def logs(self) -> str: ...
