from . import env

__all__ = ["DATABASES"]

_database = env.database("DATABASE_URL", "sqlite:///db.sqlite3")
if str(_database["ENGINE"]).endswith("sqlite3"):
    # Many writers without 'database is locked': write locks are taken at once and
    # waited for.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # Each request of an ASGI server has a thread of its own, and with it goes a
    # connection that was meant to be kept: by default none is.
    _database["CONN_MAX_AGE"] = env.number("CONN_MAX_AGE", 0)
    _database["CONN_HEALTH_CHECKS"] = True
    _database.setdefault("OPTIONS", {"connect_timeout": 5})

DATABASES = {"default": _database}
