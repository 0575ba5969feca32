"""Settings, all read from the environment (`docs/deployment/environment.md`)."""

from .auth import *  # noqa: F403
from .base import *  # noqa: F403
from .cache import *  # noqa: F403
from .celery import *  # noqa: F403
from .database import *  # noqa: F403
from .email import *  # noqa: F403
from .logging import *  # noqa: F403
from .rest import *  # noqa: F403
from .security import *  # noqa: F403
from .storage import *  # noqa: F403
from .webhooks import *  # noqa: F403
