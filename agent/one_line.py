"""Texts cut to size, on one line where there is but one."""

from rich.cells import cell_len, set_cell_size

from agent.visible import shown


def shortened(text: str, most: int) -> str:
    """A text of at most `most` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def one_line(text: str, width: int) -> str:
    """A text on one line, safe to show, cut to `width` characters."""
    return shortened(shown(" ".join(text.split())), width)


def cut(text: str, width: int) -> str:
    """A text on one line, safe to show, cut to `width` cells; some symbols take two."""
    flat = one_line(text, 2 * width + 2)  # what is longer need not be measured
    if cell_len(flat) <= width:
        return flat
    return set_cell_size(flat, width - 1) + "…" if width > 1 else ""


def fitted(text: str, width: int) -> str:
    """A text on one line, safe to show, in exactly `width` cells."""
    return set_cell_size(cut(text, width), width)
