"""From the exceptions of litellm and below to the named kinds, each with what to do.

litellm's classes are told by their names: importing them would import litellm. A status without response headers is
one that litellm made up.
"""

import email.utils
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from agent.llm.errors import ModelError, ModelErrorKind
from agent.llm.keys import KEYRING_SERVICE
from agent.one_line import shortened

WITHOUT_A_MODEL = "`qed prove` works without a model."

_MOST_CHARACTERS = 300
_PREFIX = re.compile(r"^(?:litellm\.)?[A-Za-z_]*(?:Error|Exception)\s*(?::|-)\s*")
_NOISE = re.compile(r" ?ssl:<[^>]*>| ?ssl:default| Handle with `litellm\.\w+`\.")
_NO_CONNECTION = re.compile(
    r"connection error|cannot connect|connect call failed|connection (?:refused|reset|closed|aborted)|disconnected|"
    r"name or service not known|nodename nor servname|payload is not completed|peer closed|certificate|ssl|"
    r"proxy|unreachable|name resolution|broken pipe",
    re.IGNORECASE,
)
_TOO_LONG = re.compile(r"context.?(?:length|window)|maximum context|too many tokens|prompt is too long", re.IGNORECASE)
_NO_TOOLS = re.compile(r"\btools?\b|tool[_ -]?(?:choice|call|use)|function[_ -]?call", re.IGNORECASE)
_NO_LOG_PROBABILITIES = re.compile(r"log.?prob", re.IGNORECASE)
_NO_CREDIT = re.compile(r"insufficient_quota|credit|billing|exceeded your current quota", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a request went to: for messages. `secret` is taken out of whatever the provider says."""

    model: str
    address: str | None
    base_url: str | None
    key_names: tuple[str, ...]
    key_name: str | None
    secret: str = ""

    @property
    def where(self) -> str:
        """The address, or the model where only litellm knows the address."""
        return self.address or self.model


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that failed. `passing`: it may work if repeated, after `retry_after` seconds if the provider says.

    `extras_refused`: it may work without log-probabilities, for which not every model can be asked.
    """

    kind: ModelErrorKind
    message: str
    hint: str = ""
    passing: bool = False
    retry_after: float | None = None
    tools_refused: bool = False
    extras_refused: bool = False

    def error(self) -> ModelError:
        """The error to raise when nothing more is tried."""
        return ModelError(self.kind, self.message, hint=self.hint)


class RequestError(Exception):
    """Carries a failure to whoever retries."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def failure_of(error: Exception, asked: Asked) -> Failure:
    """What an exception out of a request means."""
    error = _innermost(error)
    names = {kind.__name__ for kind in type(error).__mro__}
    said = _said(error, asked.secret)
    status = _status(error)
    if "ContextWindowExceededError" in names or (status in (400, 413) and _TOO_LONG.search(said)):
        return _too_long(asked, said)
    if names & {"Timeout", "APITimeoutError", "TimeoutError"}:
        return timed_out(asked, "an answer", None)
    # litellm calls defects of its own connection errors too, so the words count and not the class.
    if _headers(error) is None and ("OSError" in names or _NO_CONNECTION.search(said)):
        return unreachable(asked, said)
    if status == 401 or "AuthenticationError" in names:
        return _not_let_in(asked, said)
    if status == 429:
        return _rate_limited(asked, said, error)
    if status == 404:
        return _not_found(asked, said)
    if status is not None and 400 <= status < 500 and status not in (408, 409, 425):
        return _refused(asked, said, status)
    return _server_error(asked, said, status, error)


def no_key(asked: Asked) -> Failure:
    """There is no key, and the request was not even made."""
    first, *others = asked.key_names
    either = f" (or {', '.join(others)})" if others else ""
    return Failure(
        ModelErrorKind.NO_KEY,
        f"there is no key for {asked.model}: {first} is not set",
        f"Set {first}{either} in the environment, or store it with `keyring set {KEYRING_SERVICE} {first}`. "
        + WITHOUT_A_MODEL,
    )


def timed_out(asked: Asked, what: str, seconds: float | None) -> Failure:
    """Nothing came for too long."""
    waited = "" if seconds is None else f" within {seconds:g} s"
    return Failure(
        ModelErrorKind.TIMED_OUT,
        f"{asked.where} did not send {what}{waited}",
        "Try again, use another model, or raise first_token_seconds or between_tokens_seconds of the model.",
        passing=True,
    )


def empty(asked: Asked) -> Failure:
    """The reply has neither text nor calls."""
    return Failure(
        ModelErrorKind.BAD_ANSWER, f"{asked.model} sent an empty answer", "Try again, or another model.", passing=True
    )


def filtered(asked: Asked) -> Failure:
    """The provider stopped the reply for what is in it."""
    return Failure(
        ModelErrorKind.REFUSED,
        f"{asked.where} stopped the answer: its content filter does not allow it",
        "Say it in other words, or use another model.",
    )


def _too_long(asked: Asked, said: str) -> Failure:
    return Failure(
        ModelErrorKind.CONTEXT_TOO_LONG,
        f"the conversation is too long for {asked.model}: {said}",
        "Start a new session, say less, or set context_tokens of the model to what its server allows.",
    )


def unreachable(asked: Asked, said: str) -> Failure:
    """There is no connection to the server, or it broke."""
    return Failure(
        ModelErrorKind.NETWORK,
        f"cannot reach {asked.where}: {said}",
        "Check that the server runs and that base_url is right. " + WITHOUT_A_MODEL
        if asked.base_url
        else "Check the connection to the internet, and the proxy. " + WITHOUT_A_MODEL,
        passing=True,
    )


def _not_let_in(asked: Asked, said: str) -> Failure:
    if asked.key_name is None:
        wanted = asked.key_names[0] if asked.key_names else "the variable that api_key_env of the model names"
        return Failure(
            ModelErrorKind.NO_KEY,
            f"{asked.where} wants a key, and none is set: {said}",
            f"Set {wanted}. " + WITHOUT_A_MODEL,
        )
    return Failure(
        ModelErrorKind.REFUSED,
        f"{asked.where} does not accept the key in {asked.key_name}: {said}",
        f"Check {asked.key_name}. " + WITHOUT_A_MODEL,
    )


def _rate_limited(asked: Asked, said: str, error: Exception) -> Failure:
    no_credit = _NO_CREDIT.search(said) is not None
    return Failure(
        ModelErrorKind.RATE_LIMITED,
        f"{asked.where} takes no more requests for now: {said}",
        "The account has no credit left." if no_credit else "Wait a while, or set a fallback for the model.",
        passing=not no_credit,
        retry_after=_retry_after(error),
    )


def _not_found(asked: Asked, said: str) -> Failure:
    return Failure(
        ModelErrorKind.UNKNOWN_MODEL,
        f"{asked.where} does not know {asked.model}: {said}",
        "Check the name of the model" + (" and base_url." if asked.base_url else " with the provider's list."),
        tools_refused=_NO_TOOLS.search(said) is not None,
        extras_refused=_NO_LOG_PROBABILITIES.search(said) is not None,
    )


def _refused(asked: Asked, said: str, status: int) -> Failure:
    hint = "The account has no credit left." if status == 402 else "Ask in another way, or use another model."
    return Failure(
        ModelErrorKind.REFUSED,
        f"{asked.where} refused the request ({status}): {said}",
        hint,
        tools_refused=_NO_TOOLS.search(said) is not None,
        # Many servers do not say which parameter they do not have.
        extras_refused=status in (400, 422) or _NO_LOG_PROBABILITIES.search(said) is not None,
    )


def _server_error(asked: Asked, said: str, status: int | None, error: Exception) -> Failure:
    return Failure(
        ModelErrorKind.SERVER_ERROR,
        f"{asked.where} failed{f' ({status})' if status else ''}: {said}",
        "Try again later, use another model, or set a fallback for the model.",
        passing=True,
        retry_after=_retry_after(error),
        extras_refused=_NO_LOG_PROBABILITIES.search(said) is not None,
    )


def _innermost(error: Exception) -> Exception:
    inner = getattr(error, "original_exception", None)
    return inner if isinstance(inner, Exception) else error


def _status(error: Exception) -> int | None:
    status: object = getattr(error, "status_code", None)
    return status if isinstance(status, int) else None


def _headers(error: Exception) -> Mapping[str, str] | None:
    """The headers of the response, if there was one."""
    headers: object = getattr(error, "litellm_response_headers", None)
    return cast(Mapping[str, str], headers) if isinstance(headers, Mapping) and headers else None


def _retry_after(error: Exception) -> float | None:
    value = next((v for k, v in (_headers(error) or {}).items() if k.lower() == "retry-after"), None)
    return None if value is None else read_retry_after(value, time.time())


def read_retry_after(value: str, now: float) -> float | None:
    """Seconds to wait by a Retry-After header, which holds seconds or an HTTP date (RFC 9110, 10.2.3)."""
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - now)
    except ValueError:
        return None


def _said(error: Exception, secret: str) -> str:
    """What the provider said, without litellm's prefixes and without the key."""
    text = str(getattr(error, "message", "") or error).split("Original exception:")[0].strip()
    while stripped := _PREFIX.match(text):
        text = text[stripped.end() :]
    text = _NOISE.sub("", _message_in(text))
    if secret:
        text = text.replace(secret, "…")
    return shortened(" ".join(text.split()), _MOST_CHARACTERS)


def _message_in(text: str) -> str:
    """The message of an error object, if the text is one."""
    start = text.find("{")
    try:
        value: Any = json.loads(text[start:]) if start != -1 else None
    except ValueError:
        return text
    if not isinstance(value, dict):
        return text
    fields = cast(dict[str, Any], value)
    inner: Any = fields.get("error", fields)
    told: Any = cast(dict[str, Any], inner).get("message") if isinstance(inner, dict) else inner
    return str(told) if told else text
