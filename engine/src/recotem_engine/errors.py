"""What can go wrong, each with a stable code and a sentence for people."""


class EngineError(Exception):
    """Base of all errors of the engine; `str(error)` is a full sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


class DataError(EngineError):
    """A file or table that cannot be used as it is.

    Codes: empty_file, unsupported_suffix, cannot_parse, column_missing,
    duplicate_column, time_not_readable, null_ids, no_rows, unpacked_too_large,
    too_many_columns, cell_too_long, too_deep.
    """


class ConfigError(EngineError):
    """A setting that does not exist, is out of range, or does not fit the data."""


class ArtifactError(EngineError):
    """A model file that must not be opened.

    Codes: artifact_damaged, artifact_unknown_key, artifact_version.
    """


class UnknownIds(EngineError):
    """A user or an item that the model has never seen."""

    def __init__(self, message: str) -> None:
        super().__init__("unknown_ids", message)

    def __reduce__(self) -> tuple[type["UnknownIds"], tuple[str]]:
        return type(self), (self.message,)


class NotSupported(EngineError):
    """A question that this kind of model has no answer to."""

    def __init__(self, message: str) -> None:
        super().__init__("not_supported", message)

    def __reduce__(self) -> tuple[type["NotSupported"], tuple[str]]:
        return type(self), (self.message,)
