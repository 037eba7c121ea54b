"""What the harness knows of a turn: where it worked, what was accepted, what is still open, what was refused.

The model's word counts for nothing here. Proofs are those that the acceptance check announced; holes are those that
stand in the file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.conversation.events import ProofState
from agent.llm.chat import Usage
from tools.errors import QedError
from tools.lean.document import Document
from tools.lean.writeback import FileSnapshot
from tools.toolbox.tool import AcceptedProof

_WORKING_TOOLS = frozenset({"try_tactics", "score_tactics", "search_proof", "write_proof", "submit_proof"})
# A model that says one of these has not claimed that everything is proved. In a language that is not here, an honest
# model is asked once more than needed; a dishonest one is asked in every language.
_ADMISSION = re.compile(
    r"\b(not (?:yet )?(?:been )?(?:proved|proven|written|accepted|complete|able|closed|finished)|unproved|unproven"
    r"|could ?n[o']t|can ?not|can't|unable|failed|remains? open|still open|open hole|no proof|sorry|refused|rejected"
    r"|nicht|offen|kein beweis|pas (?:encore )?(?:prouv|démontr)|impossible|no (?:pude|está|he)|не |未|没有|無法)",
    re.IGNORECASE,
)


@dataclass
class TurnRecord:
    """The record of one turn."""

    accepted: list[AcceptedProof] = field(default_factory=list[AcceptedProof])
    refused: int = 0
    since_proof: Usage = field(default_factory=Usage)
    """What was spent since the last accepted proof."""
    _worked: dict[Path, list[str]] = field(default_factory=dict[Path, list[str]])

    def accept(self, proof: AcceptedProof) -> Usage:
        """Takes an accepted proof; returns what was spent on it."""
        spent, self.since_proof = self.since_proof, Usage()
        self.accepted.append(proof)
        return spent

    def note(self, tool: str, data: Mapping[str, Any]) -> None:
        """Notes the place that a tool call worked at, as its result names it (`path`, `declaration`)."""
        path, declaration = data.get("path"), data.get("declaration")
        if tool in _WORKING_TOOLS and isinstance(path, str) and isinstance(declaration, str):
            names = self._worked.setdefault(Path(path), [])
            if declaration not in names:
                names.append(declaration)

    def states(self) -> tuple[ProofState, ...]:
        """For every file worked at: the declarations proved in this turn, and those worked at that have holes left."""
        files = dict.fromkeys([*self._worked, *(proof.path for proof in self.accepted)])
        states: list[ProofState] = []
        for path in files:
            left = _declarations_with_holes(path)
            proved = tuple(dict.fromkeys(p.declaration for p in self.accepted if p.path == path))
            still = tuple(name for name in dict.fromkeys([*self._worked.get(path, []), *proved]) if name in left)
            states.append(ProofState(path=path, proved=tuple(n for n in proved if n not in left), open=still))
        return tuple(states)

    def contradicts(self, text: str) -> tuple[ProofState, ...]:
        """The files with holes left where the model worked, unless its last word admits that something is open."""
        if _ADMISSION.search(text):
            return ()
        return tuple(state for state in self.states() if state.open)


def _declarations_with_holes(path: Path) -> frozenset[str]:
    try:
        document = Document.parse(FileSnapshot.read(path).text)
    except QedError:
        return frozenset()
    return frozenset(hole.declaration for hole in document.holes)
