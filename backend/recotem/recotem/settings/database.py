from recotem_contracts.environment import POSTGRES_TIMEOUTS

from . import env

__all__ = ["DATABASES"]

#: The server gives us up as soon as we give it up, and then lets go of the locks of an
#: unfinished transaction; so it does when we are silent in one for 30 seconds.
_SERVER_TIMEOUTS = {
    "tcp_keepalives_idle": "5s",
    "tcp_keepalives_interval": "5s",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "15s",
    "idle_in_transaction_session_timeout": "30s",
}

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
    # Each request of an ASGI server has a thread of its own, so a connection is kept
    # by the process, not by its thread.
    _kept = env.number("CONN_MAX_AGE", 60)
    _pool = {
        "min_size": 0,
        "max_size": env.number("DATABASE_POOL_SIZE", 50),
        "max_idle": _kept,
        "timeout": 10,
        "reconnect_timeout": 5,
    }
    _given: dict[str, object] = _database.get("OPTIONS", {})
    _database["CONN_HEALTH_CHECKS"] = True
    _told = " ".join(f"-c {name}={value}" for name, value in _SERVER_TIMEOUTS.items())
    _database["OPTIONS"] = {
        **POSTGRES_TIMEOUTS,
        "options": _told,
        **({"pool": _pool} if _kept else {}),
        **_given,
    }

DATABASES = {"default": _database}
