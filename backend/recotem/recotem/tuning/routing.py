from django.urls import URLPattern, re_path

from recotem.tuning.consumers import JobSocket, LogSocket, NoSocket, StatusSocket

_JOB = r"^ws/job/(?P<job_id>[0-9]{1,18})/"

websocket_urlpatterns: list[URLPattern] = [
    re_path(_JOB + "status/?$", StatusSocket.as_asgi()),
    re_path(_JOB + "logs/?$", LogSocket.as_asgi()),
    re_path(_JOB + "?$", JobSocket.as_asgi()),
    re_path("", NoSocket.as_asgi()),
]
