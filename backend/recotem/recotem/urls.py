from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from recotem.api.admin import site
from recotem.api.fallback import unknown_route

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(("recotem.api.urls", "api"), namespace="v1")),
    # The same tree, for clients from before there were versions.
    path("api/", include(("recotem.api.urls", "api"), namespace="unversioned")),
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/", site.urls),
    re_path(r"^(?P<path>api(?:/.*)?)$", unknown_route),
]

handler400 = "recotem.api.fallback.bad_request"
handler403 = "recotem.api.fallback.forbidden"
handler404 = "recotem.api.fallback.not_found"
handler500 = "recotem.api.fallback.server_error"
