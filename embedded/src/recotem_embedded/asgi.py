"""The whole of Recotem as one ASGI application."""

import os
from typing import cast

from starlette.types import ASGIApp

from inference.main import app as inference
from recotem.asgi import application as management

from .doors import Doors
from .frontend import FRONTEND_NAME, Frontend

application = Doors(
    management=cast("ASGIApp", management),
    inference=inference,
    frontend=Frontend(directory=os.environ[FRONTEND_NAME]),
)
