"""HTTP and web sockets, for daphne and uvicorn."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recotem.settings")

django_app = get_asgi_application()

# What needs Django can be imported only after it has been set up.
from recotem.core.arrivals import noting_arrivals  # noqa: E402
from recotem.core.body_limits import refusing_large_bodies  # noqa: E402
from recotem.tuning.routing import websocket_urlpatterns  # noqa: E402

http = noting_arrivals(refusing_large_bodies(django_app))
application = ProtocolTypeRouter(
    {"http": http, "websocket": URLRouter(websocket_urlpatterns)}
)
