"""What keeps `recotem up` from starting is said in a sentence, not in a traceback."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from recotem_embedded.home import Home

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def up(tmp_path: Path, environment: dict[str, str]) -> Run:
    def run(
        *arguments: str, **variables: str | Path
    ) -> subprocess.CompletedProcess[str]:
        changes = {"RECOTEM_HOME": str(tmp_path / "home"), **environment}
        changes |= {name: str(value) for name, value in variables.items()}
        return subprocess.run(
            [sys.executable, "-m", "recotem_embedded", "up", *arguments],
            env={**os.environ, **changes},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_taken_port_is_named(up: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"Port {port} on 127.0.0.1 cannot be used" in refused(up("--port", port))


@pytest.mark.parametrize("port", ["eighty", "-1", "70000"])
def test_a_port_that_is_no_port_is_refused(up: Run, port: str) -> None:
    assert f"not '{port}'" in refused(up(RECOTEM_PORT=port))


def test_a_folder_below_a_file_is_refused(up: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = refused(up("--port", "0", RECOTEM_HOME=tmp_path / "file" / "home"))
    assert f"{tmp_path / 'file' / 'home'} cannot be used" in said
    assert "RECOTEM_HOME" in said


def test_a_web_app_that_was_not_built_is_refused(up: Run, tmp_path: Path) -> None:
    said = refused(up("--port", "0", RECOTEM_FRONTEND_DIST=tmp_path))
    assert "The web app is not built" in said
    assert "make up" in said


def test_a_folder_in_use_is_refused(up: Run, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    with home.locked():
        assert f"already running with the folder {home.folder}" in refused(
            up("--port", "0")
        )


def test_damaged_secrets_are_refused(up: Run, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    home.secret_file.write_text("{")
    assert f"{home.secret_file} cannot be read" in refused(up("--port", "0"))


def test_a_damaged_database_is_refused(up: Run, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    home.database.write_bytes(b"no database" * 1000)
    said = refused(up("--port", "0"))
    assert "could not be prepared" in said
    assert "file is not a database" in said
