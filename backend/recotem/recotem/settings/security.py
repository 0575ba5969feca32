from corsheaders.defaults import default_headers
from django.core.exceptions import ImproperlyConfigured

from . import env
from .base import DEBUG

__all__ = [
    "ALLOWED_HOSTS",
    "CORS_ALLOWED_ORIGINS",
    "CORS_ALLOW_CREDENTIALS",
    "CORS_ALLOW_HEADERS",
    "CORS_EXPOSE_HEADERS",
    "CSRF_COOKIE_SECURE",
    "CSRF_FAILURE_VIEW",
    "CSRF_TRUSTED_ORIGINS",
    "RECOTEM_MODEL_SIGNING_KEYS",
    "SECRET_KEY",
    "SECURE_CONTENT_TYPE_NOSNIFF",
    "SECURE_COOKIES",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_SECONDS",
    "SECURE_SSL_REDIRECT",
    "SESSION_COOKIE_AGE",
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_PATH",
    "SESSION_COOKIE_SECURE",
    "X_FRAME_OPTIONS",
]

_DEVELOPMENT_KEY = "only-for-development-" + "x" * 40
SECRET_KEY = env.text("SECRET_KEY", _DEVELOPMENT_KEY)
if not DEBUG and (SECRET_KEY == _DEVELOPMENT_KEY or len(SECRET_KEY) < 50):
    message = "SECRET_KEY must be set to at least 50 random characters (or DEBUG=true)."
    raise ImproperlyConfigured(message)

#: `kid:hex,…`; when empty, derived from SECRET_KEY.
RECOTEM_MODEL_SIGNING_KEYS = env.text("RECOTEM_MODEL_SIGNING_KEYS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
#: Web pages elsewhere that may call the API; none by default.
CORS_ALLOWED_ORIGINS = env.words("CORS_ALLOWED_ORIGINS")
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = (*default_headers, "x-api-key")
CORS_EXPOSE_HEADERS = ("Content-Disposition", "Retry-After", "X-Request-ID")
CSRF_FAILURE_VIEW = "recotem.api.fallback.csrf_failure"
#: Off only where the browser is on the same machine and there is no TLS.
SECURE_COOKIES = env.flag("SECURE_COOKIES", default=not DEBUG)
CSRF_COOKIE_SECURE = SECURE_COOKIES
#: Sessions of `/admin/`; no other path gets to see the cookie.
SESSION_COOKIE_NAME = "admin-session"
SESSION_COOKIE_PATH = "/admin/"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SECURE = SECURE_COOKIES
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT")
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("SECURE_HSTS_INCLUDE_SUBDOMAINS")
#: Says that the proxy sets X-Forwarded-Proto itself, so that it can be believed.
if env.flag("SECURE_PROXY_SSL_HEADER"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    __all__ += ["SECURE_PROXY_SSL_HEADER"]
