"""Markdown as lines for the terminal."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from textual.content import Content

from agent.tui.transcript.code import code_lines
from agent.tui.transcript.rows import BLANK, Line, clean
from agent.tui.transcript.styles import MUTED
from agent.tui.transcript.table import table_lines

_HEADINGS = {
    "h1": "bold underline $text-primary",
    "h2": "bold $text-primary",
    "h3": "bold $text-accent",
}
_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}
_CODE = "$text-accent on $surface"


@dataclass(frozen=True, slots=True)
class _Place:
    """What stands before the lines of a block: once, and from then on."""

    lead: str = ""
    hang: str = ""

    def within(self, lead: str, hang: str) -> "_Place":
        return _Place(self.lead + lead, self.hang + hang)

    @property
    def below(self) -> "_Place":
        return _Place(self.hang, self.hang)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def markdown_lines(text: str, width: int) -> list[Line]:
    """The lines of a Markdown text: a fence that is not closed reaches to the end; HTML is shown as it is."""
    tree = SyntaxTreeNode(_parser().parse(clean(text)))
    return list(_blocks(tree.children, _Place(), width, spaced=True))


def _blocks(nodes: list[SyntaxTreeNode], place: _Place, width: int, *, spaced: bool) -> Iterator[Line]:
    for number, node in enumerate(nodes):
        if number and spaced:
            yield Line(BLANK.content, place.hang, lead_style=MUTED)
        yield from _block(node, place if not number else place.below, width)


def _block(node: SyntaxTreeNode, place: _Place, width: int) -> Iterator[Line]:
    match node.type:
        case "heading":
            yield from _text(node, place, _HEADINGS.get(node.tag, "bold"))
        case "bullet_list" | "ordered_list":
            yield from _list(node, place, width)
        case "blockquote":
            yield from _blocks(node.children, place.within("▏ ", "▏ "), width, spaced=True)
        case "fence" | "code_block":
            language = (node.info.split() or [""])[0] if node.type == "fence" else ""
            for number, line in enumerate(code_lines(node.content.removesuffix("\n"), language, "")):
                lead = place.hang if number else place.lead
                yield Line(line.content, lead + "  ", place.hang + "    ", MUTED, line.fill)
        case "table":
            room = width - len(place.hang)
            for number, line in enumerate(table_lines(*_cells(node), room)):
                yield Line(line, place.hang if number else place.lead, place.hang, MUTED, wrap=False)
        case "hr":
            yield Line(Content.styled("─" * max(1, width - len(place.hang)), MUTED), place.lead, place.hang)
        case _:
            yield from _text(node, place, "")


def _text(node: SyntaxTreeNode, place: _Place, style: str) -> Iterator[Line]:
    content = _inline_of(node, style)
    for number, part in enumerate(content.split("\n", allow_blank=True)):
        yield Line(part, place.hang if number else place.lead, place.hang, MUTED)


def _list(node: SyntaxTreeNode, place: _Place, width: int) -> Iterator[Line]:
    start = int(node.attrs.get("start", 1))
    loose = any(not child.hidden for item in node.children for child in item.children if child.type == "paragraph")
    last = len(str(start + len(node.children) - 1)) + 2
    for number, item in enumerate(node.children):
        if number and loose:
            yield Line(BLANK.content, place.hang, lead_style=MUTED)
        mark = "• " if node.type == "bullet_list" else f"{start + number}. ".rjust(last)
        here = place if not number else place.below
        inner = here.within(mark, " " * len(mark))
        if item.children:
            yield from _blocks(item.children, inner, width, spaced=loose)
        else:
            yield Line(BLANK.content, inner.lead, inner.hang, MUTED)


def _cells(node: SyntaxTreeNode) -> tuple[list[list[Content]], list[str]]:
    """The cells of a table, the head first, and how each column is aligned."""
    rows = [
        [_inline_of(cell, "bold" if cell.type == "th" else "") for cell in row.children]
        for part in node.children
        for row in part.children
    ]
    head = node.children[0].children[0].children
    return rows, [str(cell.attrs.get("style", "")).removeprefix("text-align:") for cell in head]


def _inline_of(node: SyntaxTreeNode, style: str) -> Content:
    parts: list[tuple[str, str]] = []
    for child in node.children:
        _inline(child, style, parts)
    return Content.assemble(*parts)


def _inline(node: SyntaxTreeNode, style: str, parts: list[tuple[str, str]]) -> None:
    match node.type:
        case "text" | "html_inline":
            parts.append((node.content, style))
        case "code_inline":
            parts.append((node.content, f"{style} {_CODE}".strip()))
        case "softbreak":
            parts.append((" ", style))
        case "hardbreak":
            parts.append(("\n", style))
        case "link" | "image":
            _link(node, style, parts)
        case _:
            inner = f"{style} {_STYLES.get(node.type, '')}".strip()
            for child in node.children:
                _inline(child, inner, parts)


def _link(node: SyntaxTreeNode, style: str, parts: list[tuple[str, str]]) -> None:
    """A link is shown with its address: a terminal has nothing to hover over."""
    address = str(node.attrs.get("href") or node.attrs.get("src") or "")
    before = len(parts)
    for child in node.children:
        _inline(child, f"{style} underline".strip(), parts)
    said = "".join(text for text, _ in parts[before:])
    if not said:
        parts.append((address, f"{style} underline".strip()))
    elif address and address != said:
        parts.append((f" ({address})", f"{style} {MUTED}".strip()))
