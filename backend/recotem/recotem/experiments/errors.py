from recotem.core.errors import Conflict


class NoEvents(Conflict):
    """There is nothing to make training data of."""

    code = "no_events"
    message = "The project has no such events with an item yet."


class TooManyEvents(Conflict):
    """The file would be larger than one that somebody uploads may be."""

    code = "file_too_large"
    message = "These are too many events for one file. Choose a later `since`."
