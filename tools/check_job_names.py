"""Compare every task name written in the backend with the tasks there are.

Names are literal strings given to `enqueue`, `send_task` and `task_name=`.
"""

import ast
import os
import sys
from collections.abc import Iterator
from pathlib import Path

BACKEND = Path(__file__).parents[1] / "backend" / "recotem"
SENDERS = ("enqueue", "send_task")


def literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def names_in(call: ast.Call) -> Iterator[str]:
    called = call.func
    name = called.attr if isinstance(called, ast.Attribute) else None
    name = called.id if isinstance(called, ast.Name) else name
    values = [k.value for k in call.keywords if k.arg == "task_name"]
    if name in SENDERS:
        values += call.args[:1]
    for value in values:
        if found := literal(value):
            yield found


def written_names() -> dict[str, str]:
    """Task name → a place where it stands."""
    found: dict[str, str] = {}
    for file in sorted(BACKEND.rglob("*.py")):
        if "tests" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                place = f"{file.relative_to(BACKEND)}:{node.lineno}"
                found |= dict.fromkeys(names_in(node), place)
    return found


def registered_names() -> set[str]:
    sys.path.insert(0, str(BACKEND))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recotem.settings")
    # The settings read the environment when imported.
    import django  # noqa: PLC0415

    django.setup()
    from recotem.celery import app  # noqa: PLC0415

    app.loader.import_default_modules()
    return set(app.tasks)


def main() -> int:
    written, registered = written_names(), registered_names()
    unknown = {name: where for name, where in written.items() if name not in registered}
    for name, where in unknown.items():
        print(f"{where}: no task is called {name!r}")
    if not written:
        print("No task name was found at all: this check looks in the wrong place.")
    print(f"{len(written)} names written, {len(registered)} tasks registered")
    return 1 if unknown or not written else 0


if __name__ == "__main__":
    sys.exit(main())
