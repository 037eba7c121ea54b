"""Times, tokens and money in few characters."""

from agent.llm.chat import Usage


def seconds_word(seconds: float) -> str:
    """A duration: `0.4 s`, `12 s`, `3 min 05 s`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s"


def tokens_word(tokens: int) -> str:
    """A number of tokens: `950 tokens`, `12.3k tokens`."""
    if tokens < 1000:
        return f"{tokens} token{'s' if tokens != 1 else ''}"
    return f"{tokens / 1000:.1f}k tokens" if tokens < 100_000 else f"{tokens / 1000:.0f}k tokens"


def usage_words(usage: Usage) -> list[str]:
    """Tokens and cost, what of it is known."""
    words = [tokens_word(usage.total_tokens)] if usage.total_tokens else []
    return [*words, f"${usage.cost:.4f}"] if usage.cost is not None else words


def counted(number: int, noun: str) -> str:
    """A number and its noun: `1 goal`, `3 goals`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
