"""Everything the service refuses: a status, a stable code, a sentence."""

from typing import ClassVar


class InferenceError(Exception):
    """Base of all answers that are not a prediction; `str(error)` is a sentence."""

    status: ClassVar[int] = 500
    code: str = "internal_error"
    message: str = "The service failed; the failure is in its log."

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.retry_after = retry_after
        super().__init__(self.message)

    @property
    def headers(self) -> dict[str, str]:
        """Headers that go with the answer; Retry-After in seconds."""
        seconds = self.retry_after
        return {} if seconds is None else {"retry-after": str(seconds)}

    @property
    def body(self) -> dict[str, str]:
        return {"detail": self.message, "code": self.code}


class BatchTooLong(InferenceError):
    status = 400
    code = "batch_too_long"
    message = "A batch holds at most 100 users."


class NotAuthenticated(InferenceError):
    status = 401
    code = "not_authenticated"
    message = "Send an API key in the X-API-Key header."


class InvalidApiKey(InferenceError):
    status = 401
    code = "invalid_api_key"
    message = "The API key is unknown, revoked or expired."


class ScopeMissing(InferenceError):
    status = 403
    code = "scope_missing"
    message = "The API key has no predict scope."


class OtherProject(InferenceError):
    status = 403
    code = "other_project"
    message = "The API key belongs to another project."


class NotFound(InferenceError):
    status = 404
    code = "not_found"
    message = "There is nothing at this address."


class ModelNotFound(NotFound):
    code = "model_not_found"
    message = "There is no such model."


class UserNotFound(NotFound):
    code = "user_not_found"
    message = "The model does not know this user."


class NoActiveSlot(NotFound):
    code = "no_active_slot"
    message = "The project has no active slot with a weight above zero."


class BodyTooLarge(InferenceError):
    status = 413
    code = "body_too_large"
    message = "The body is larger than 1 MiB."


class InvalidBody(InferenceError):
    status = 422
    code = "invalid_body"
    message = "The body is not a valid request."


class RateLimited(InferenceError):
    status = 429
    code = "rate_limited"
    message = "The API key has used up its requests for now."


class ModelNotReady(InferenceError):
    status = 503
    code = "model_not_ready"
    message = "The model has no file to serve yet."


class Unavailable(InferenceError):
    status = 503
    code = "unavailable"
    message = "The service cannot read its database at the moment."


class Busy(InferenceError):
    status = 503
    code = "busy"
    message = "Too many new API keys are being checked; try again in a second."
