"""Property tests may take their time: machines are slow, and no test measures it."""

from hypothesis import settings

settings.register_profile("recotem", deadline=None)
settings.load_profile("recotem")
