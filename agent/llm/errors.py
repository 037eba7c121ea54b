"""What goes wrong with models, by kind; every kind tells what to do."""

from enum import Enum

from tools.errors import ExitCode, QedError


class ModelErrorKind(Enum):
    """The kinds of failure."""

    NO_KEY = "no key"
    UNKNOWN_MODEL = "unknown model"
    RATE_LIMITED = "rate limited"
    CONTEXT_TOO_LONG = "context too long"
    REFUSED = "refused"
    """The provider does not want to answer this, or does not let this account ask (400, 401, 403, a content filter)."""
    SERVER_ERROR = "server error"
    NETWORK = "network"
    TIMED_OUT = "timed out"
    """Nothing came for too long: no first token, or nothing after one."""
    BAD_ANSWER = "bad answer"
    """What came is no reply: empty, or not of the protocol."""
    BUDGET = "budget"
    """What the person allows to be spent is spent; nothing was asked."""


class ModelError(QedError):
    """A request that failed for good, after what could be retried was retried."""

    exit_code = ExitCode.MODEL_FAILED

    def __init__(self, kind: ModelErrorKind, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.kind = kind

    @property
    def code(self) -> str:
        """The stable name of this kind of error, for example `model-no-key`."""
        return "model-" + self.kind.value.replace(" ", "-")
