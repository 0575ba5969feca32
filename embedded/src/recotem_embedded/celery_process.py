"""`python -m recotem_embedded.celery_process worker|beat`, under the supervisor."""

import sys

from celery.__main__ import main as celery

from .children import die_with_supervisor

#: One broker folder and one worker: nothing to gossip about.
WORKER = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
QUEUES = "tuning,training,default"
ARGUMENTS = {
    "worker": [*WORKER, "-Q", QUEUES],
    "beat": ["--pidfile="],
}


def main(kind: str) -> None:
    die_with_supervisor()
    sys.argv = ["celery", "-A", "recotem", kind, "--loglevel=INFO", *ARGUMENTS[kind]]
    celery()


if __name__ == "__main__":
    main(sys.argv[1])
