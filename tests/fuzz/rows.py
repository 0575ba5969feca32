"""Everything that is stored, to see afterwards that none of it was touched."""

from collections import Counter
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg import sql

#: Counters of the whole installation, not rows of anybody.
EVERYBODYS = {"core_revision"}
_TABLES = """
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1
"""

type Stored = Counter[tuple[str, str]]


def stored(database_url: str, media: Path) -> Stored:
    """Each row of each table as text, and each file by its hash."""
    found: Stored = Counter()
    with psycopg.connect(database_url) as connection:
        for (table,) in connection.execute(_TABLES).fetchall():
            if table not in EVERYBODYS:
                query = sql.SQL("SELECT to_jsonb(t)::text FROM {} t")
                rows = connection.execute(query.format(sql.Identifier(table)))
                found.update((table, text) for (text,) in rows)
    for file in media.rglob("*"):
        if file.is_file():
            content = sha256(file.read_bytes()).hexdigest()
            found[str(file.relative_to(media)), content] += 1
    return found


def mark_logs(database_url: str, marker: str) -> None:
    """The lines that a worker writes hold no text of the tenant by themselves."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "UPDATE jobs_tasklog SET contents = contents || %s", (f" {marker}",)
        )
