"""The holes as a tree: file, declaration, holes. Rows are made when they come into view, so that many cost little."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from agent.tui.proof_pane.drawing import fitted
from agent.tui.proof_pane.hole_list import DeclarationRows, FileRows, HoleList, HoleRow
from agent.tui.proof_pane.place import HoleState, Place
from agent.visible import shown

_PAGE = 500
_OPEN_AT_FIRST = 60
_TITLE_ROWS = 1


@dataclass(frozen=True, slots=True)
class FileKey:
    """The row of a file."""

    path: Path


@dataclass(frozen=True, slots=True)
class DeclarationKey:
    """The row of a declaration with several holes, or of one whose holes are all proved."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class MoreKey:
    """The row that stands for the declarations of a file after the first ones."""

    path: Path
    shown: int


Key = FileKey | DeclarationKey | MoreKey | Place


class HolesTree(Tree[Key]):
    """Draws a `HoleList`. Enter shows the goal of a hole, `p` has it proved, `t` tries tactics at it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "show goal"),
        Binding("p", "ask('prove')", "prove"),
        Binding("t", "ask('try')", "try tactics"),
        Binding("right,l", "unfold", "unfold", show=False),
        Binding("left,h", "fold", "fold", show=False),
        Binding("j", "cursor_down", "down", show=False),
        Binding("k", "cursor_up", "up", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "holes--working",
        "holes--failed",
        "holes--proved",
        "holes--dim",
        "holes--file",
    }
    DEFAULT_CSS = """
    HolesTree {
        height: auto;
        border-top: solid $foreground 30%;
        border-title-color: $text-primary;
        border-title-style: bold;
        border-title-background: $surface;
        background: $surface;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        overflow-x: hidden;
        &:focus { border-top: heavy $primary; background-tint: $foreground 0%; }
        &:ansi { border-top: solid ansi_default; }
        & > .holes--working { color: $text-warning; }
        & > .holes--failed { color: $text-error; }
        & > .holes--proved { color: $text-success; }
        & > .holes--dim { text-style: dim; }
        & > .holes--file { text-style: bold; }
    }
    """

    class Asked(Message):
        """Something is wanted of a hole: its goal, a proof, or tactics tried."""

        def __init__(self, place: Place, what: str) -> None:
            super().__init__()
            self.place, self.what = place, what

    def __init__(self, holes: HoleList) -> None:
        super().__init__("", id="holes")
        self.show_root = False
        self.guide_depth = 2
        self.auto_expand = True
        self._holes = holes
        self._files: dict[Path, FileRows] = {}
        self._rows: dict[Place, HoleRow] = {}
        self._version = -1
        self._folded: dict[Path, bool] = {}
        self._pages: dict[Path, int] = {}

    @property
    def rows(self) -> int:
        """Rows that the section would fill, with its title."""
        return max(self.last_line + 1, 1) + _TITLE_ROWS

    # -- from the list to rows

    def show(self) -> None:
        """Draws the list as it is now; where only states have changed, rows stay."""
        files = self._holes.rows()
        self._files = {file.path: file for file in files}
        self._rows = {hole.place: hole for file in files for each in file.declarations for hole in each.holes}
        if self._version == self._holes.version:
            for node in self._tree_nodes.values():
                node.refresh()
            return
        self._version = self._holes.version
        self._rebuild(files)

    def _rebuild(self, files: Sequence[FileRows]) -> None:
        cursor = self.cursor_node.data if self.cursor_node is not None else None
        line = self.cursor_line
        self.clear()
        room = _OPEN_AT_FIRST
        for file in files:
            size = sum(max(len(each.holes), 1) for each in file.declarations)
            folded = self._folded.get(file.path, room < size and file is not files[0])
            room -= 0 if folded else size
            node = self.root.add(Text(file.name), FileKey(file.path), expand=not folded)
            if not folded:
                self._fill(node, file)
        self.root.expand()
        self._move_to(cursor, line)

    def _move_to(self, key: Key | None, line: int) -> None:
        """Puts the cursor on the row it was on; where that is gone, on the line it was on."""
        last = self.last_line
        for node in self._tree_nodes.values():
            if key is not None and node.data == key and node.line >= 0:
                self.move_cursor(node)
                return
        self.move_cursor_to_line(min(line, last)) if line >= 0 else self.move_cursor(None)

    def _fill(self, node: TreeNode[Key], file: FileRows) -> None:
        limit = self._pages.get(file.path, _PAGE)
        for each in file.declarations[:limit]:
            self._add(node, file, each)
        if len(file.declarations) > limit:
            node.add_leaf("", MoreKey(file.path, limit))

    def _add(self, node: TreeNode[Key], file: FileRows, each: DeclarationRows) -> None:
        if len(each.holes) == 1 and not each.proved:
            node.add_leaf("", each.holes[0].place)
            return
        if not each.holes:
            node.add_leaf("", DeclarationKey(file.path, each.name))
            return
        below = node.add("", DeclarationKey(file.path, each.name), expand=True)
        for hole in each.holes:
            below.add_leaf("", hole.place)

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[Key]) -> None:
        """Makes the rows of a file when they are to be seen."""
        if isinstance(event.node.data, FileKey):
            path = event.node.data.path
            self._folded[path] = False
            if not event.node.children and path in self._files:
                self._fill(event.node, self._files[path])

    def on_tree_node_collapsed(self, event: Tree.NodeCollapsed[Key]) -> None:
        """Keeps a file folded when the rows are made anew."""
        if isinstance(event.node.data, FileKey):
            self._folded[event.node.data.path] = True

    # -- keys

    def on_tree_node_selected(self, event: Tree.NodeSelected[Key]) -> None:
        """Enter or a click."""
        event.stop()
        match event.node.data:
            case Place() as place:
                self.post_message(self.Asked(place, "goal"))
            case MoreKey(path, count):
                self._pages[path] = count + _PAGE
                self._version = -1
                self.show()
            case _:
                pass

    def action_ask(self, what: str) -> None:
        """Asks for something at the hole under the cursor; at a declaration, for its first hole."""
        node = self.cursor_node
        key = node.data if node is not None else None
        if isinstance(key, DeclarationKey) and node is not None and node.children:
            key = node.children[0].data
        if isinstance(key, Place):
            self.post_message(self.Asked(key, what))
        else:
            self.notify("Choose a hole first: up and down move, Enter shows its goal.", markup=False)

    def action_fold(self) -> None:
        """Folds the row under the cursor, or goes to the row above it in the tree."""
        node = self.cursor_node
        if node is not None and node.is_expanded and node.allow_expand:
            node.collapse()
        elif node is not None and node.parent is not None and node.parent is not self.root:
            self.move_cursor(node.parent)

    def action_unfold(self) -> None:
        """Unfolds the row under the cursor."""
        if self.cursor_node is not None and self.cursor_node.allow_expand:
            self.cursor_node.expand()

    # -- drawing

    def get_label_width(self, node: TreeNode[Key]) -> int:
        """Labels are cut to the width that there is: none makes the tree wider."""
        return 1

    def render_label(self, node: TreeNode[Key], base_style: Style, style: Style) -> Text:
        """A row: sign and name to the left, state and line to the right."""
        depth = 0
        at = node.parent
        while at is not None and at is not self.root:
            depth, at = depth + 1, at.parent
        width = max(self.scrollable_content_region.width - depth * self.guide_depth, 4)
        left, right, kind = self._parts(node)
        left, right = shown(left), shown(right)
        if cell_len(right) + 6 > width:
            right = ""
        room = width - cell_len(right) - (1 if right else 0)
        text = Text(set_cell_size(fitted(Content(left), room).plain, width - cell_len(right)) + right)
        at_right = len(text) - len(right)
        dim, coloured = self._style("dim"), self._style(kind) if kind not in ("", "open") else Style()
        text.stylize(coloured, 0, len(text) if kind in ("file", "dim") else 2)
        text.stylize(coloured if kind in ("working", "failed", "proved") else dim, at_right)
        text.stylize(style)
        return text

    def _style(self, kind: str) -> Style:
        return self.get_component_rich_style(f"holes--{kind}", partial=True)

    def _parts(self, node: TreeNode[Key]) -> tuple[str, str, str]:
        """What a row says to the left and to the right, and which style it has."""
        match node.data:
            case FileKey(path):
                return self._file_parts(node, self._files.get(path))
            case DeclarationKey(path, name):
                return self._declaration_parts(node, path, name)
            case MoreKey(path, count):
                file = self._files.get(path)
                left = len(file.declarations) - count if file else 0
                return f"… {left:,} more declarations (Enter)", "", "dim"
            case Place() as place:
                return self._hole_parts(place, several=isinstance(node.parent and node.parent.data, DeclarationKey))
            case _:
                return "", "", ""

    def _file_parts(self, node: TreeNode[Key], file: FileRows | None) -> tuple[str, str, str]:
        if file is None:
            return "", "", "file"
        if file.problem:
            return f"! {file.name}: {file.problem}", "", "failed"
        count = sum(len(each.holes) for each in file.declarations)
        return f"{'▾' if node.is_expanded else '▸'} {file.name}", _holes(count) if count else "all proved", "file"

    def _declaration_parts(self, node: TreeNode[Key], path: Path, name: str) -> tuple[str, str, str]:
        proved = self._holes.proved[path, name]
        if not node.children:
            return f"{HoleState.PROVED.sign} {name}", HoleState.PROVED.value, "proved"
        fold = "▾" if node.is_expanded else "▸"
        done = f"{proved} proved · " if proved else ""
        return f"{fold} {name}", done + _holes(len(node.children)), "open"

    def _hole_parts(self, place: Place, *, several: bool) -> tuple[str, str, str]:
        row = self._rows.get(place)
        if row is None:
            return "", "", ""
        name = f"hole {place.number}" if several else place.declaration
        word = row.state.value if row.info.fillable else "in the statement"
        return f"{row.state.sign} {name}", f"{word} :{row.info.line}", _KINDS[row.state]


def _holes(count: int) -> str:
    return f"{count:,} hole{'s' * (count != 1)}"


_KINDS = {
    HoleState.OPEN: "open",
    HoleState.WORKING: "working",
    HoleState.FAILED: "failed",
    HoleState.PROVED: "proved",
}
