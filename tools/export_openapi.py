#!/usr/bin/env python
"""Write the description of the management API, or check that it is up to date.

python tools/export_openapi.py [--check] [--output docs/openapi.json]
"""

import argparse
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "openapi.json")
    parser.add_argument("--check", action="store_true", help="only compare")
    options = parser.parse_args()
    text = describe()
    if options.check:
        fresh = options.output.is_file() and options.output.read_text() == text
        if not fresh:
            print(f"{options.output} is stale; run tools/export_openapi.py.")
        return 0 if fresh else 1
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(text)
    return 0


def describe() -> str:
    """The schema as JSON, the same for the same code. Exits on any warning."""
    sys.path.insert(0, str(ROOT / "backend" / "recotem"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recotem.settings")
    os.environ.setdefault("DEBUG", "true")
    # Django can be imported from here on only, and its generator after set-up.
    import django  # noqa: PLC0415

    django.setup()
    from drf_spectacular.drainage import GENERATOR_STATS  # noqa: PLC0415
    from drf_spectacular.generators import SchemaGenerator  # noqa: PLC0415
    from drf_spectacular.validation import validate_schema  # noqa: PLC0415

    schema = SchemaGenerator().get_schema(request=None, public=True)
    GENERATOR_STATS.emit_summary()
    if GENERATOR_STATS:
        sys.exit("The API does not describe itself fully; see the warnings above.")
    validate_schema(schema)
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
