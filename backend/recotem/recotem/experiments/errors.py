from recotem.core.errors import Conflict


class NoEvents(Conflict):
    """There is nothing to make training data of."""

    code = "no_events"
    message = "The project has no such events with an item yet."


class TooManyEvents(Conflict):
    """The file would be larger than one that somebody uploads may be."""

    code = "file_too_large"
    message = "These are too many events for one file. Choose a later `since`."


class RunningTest(Conflict):
    """It would disturb what is being measured."""

    code = "test_running"
    message = "The test is running. Stop or cancel it first."


class StartedTest(Conflict):
    """What it was about stays as it was when it was counted."""

    code = "test_started"
    message = "Of a test that has been started only the name can change."


class WrongState(Conflict):
    code = "wrong_state"


class SlotBusy(Conflict):
    """One of the arms serves another running test."""

    code = "slot_in_test"
    message = "One of the slots is part of a test that is running."


class SlotIdle(Conflict):
    """One of the arms would never be shown to anybody."""

    code = "slot_idle"


class SlotTested(Conflict):
    code = "in_use"
    message = "A test compares this slot with another one; deactivate it instead."
