"""Edits a file outside proofs: statements, new lemmas, imports. Lean checks, and the person decides."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from tools.errors import ExitCode, QedError
from tools.lean.acceptance.axioms import outside
from tools.lean.acceptance.proof_file import ProofFile
from tools.lean.acceptance.verdict import Baseline
from tools.lean.command_screening import screen_commands
from tools.lean.diff import unified_diff
from tools.lean.document import Document
from tools.lean.toolchain import require_imports
from tools.lean.writeback import FileSnapshot
from tools.toolbox.messages import describe_message
from tools.toolbox.statements import StatementChange, changed_commands, changed_statements, new_proofs
from tools.toolbox.tool import Arguments, Permission, Proposal, Tool, ToolContext, ToolResult, ToolVerdict
from tools.toolbox.trimming import fit
from tools.toolbox.workspace import LeanFile, Workspace

_ADVICE = "Write sorry in the place of the proof, and fill it with write_proof."


class EditFileArguments(Arguments):
    """An exact text and what replaces it."""

    file: str = Field(description="Path of the Lean file, relative to the project.")
    old: str = Field(
        description="The exact text to replace; it must occur once. Empty: the new text goes to the end of the file."
    )
    new: str = Field(description="The text to put in its place. Write sorry where proofs are still to be found.")


@dataclass(frozen=True)
class _Edit:
    """An edit that Lean has seen: the file before and after, and which statements change."""

    file: LeanFile
    after: FileSnapshot
    baseline: Baseline
    statements: tuple[StatementChange, ...]
    names: tuple[str, ...]


class EditFileTool(Tool[EditFileArguments]):
    """Statements and lemmas are proposed here; proofs go through `write_proof`."""

    name: ClassVar[str] = "edit_file"
    description: ClassVar[str] = (
        "Replace an exact text of a Lean file: add a lemma or an import, propose another statement. The person sees "
        "the difference, and every statement that changes, before it is written. The new file must elaborate without "
        "new errors. Leave proofs as sorry and fill them with write_proof."
    )
    permission: ClassVar[Permission] = Permission.EDIT
    deadline: ClassVar[float] = 600.0
    arguments = EditFileArguments

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def run(self, arguments: EditFileArguments, context: ToolContext) -> ToolResult:
        """Screens, elaborates, asks, writes, in this order. Raises `QedError`."""
        async with self._workspace.writing(arguments.file) as (file, proofs):
            place: dict[str, Any] = {"path": str(file.path)}
            after = file.snapshot.with_text(_replaced(file, arguments))
            document = Document.parse(after.text)
            if refused := self._screened(file.document, document):
                text = fit(["This edit is not shown to Lean:", *refused], [])
                return ToolResult(ToolVerdict.NOT_ALLOWED, text, {**place, "reasons": refused})
            require_imports(self._workspace.toolchain, file.path, [each.name for each in document.header.imports])
            context.report("checking the file")
            edit, problems = await self._elaborated(file, proofs, after, document)
            if problems:
                data = {**place, "reasons": problems}
                return ToolResult(ToolVerdict.LEAN_REFUSED, fit([*problems, "Nothing is written."], []), data)
            decision = await context.approve(_proposal(edit))
            if not decision.allowed:
                why = f": {decision.reason}" if decision.reason else ""
                return ToolResult(ToolVerdict.NOT_ALLOWED, f"The edit was not allowed{why}", place)
            proofs.write_edit(after, edit.baseline, edit.names)
            return _written(edit, place)

    def _screened(self, old: Document, new: Document) -> list[str]:
        """Why the changed commands must not reach Lean. They are screened whole: an edit may complete a word."""
        changed = changed_commands(old, new)
        return [violation.message for violation in screen_commands(changed, policy=self._workspace.policy)]

    async def _elaborated(
        self, file: LeanFile, proof_file: ProofFile, after: FileSnapshot, document: Document
    ) -> tuple[_Edit, list[str]]:
        """What the edit comes to in Lean, and what speaks against it."""
        proofs = new_proofs(file.document, document)
        before, baseline = await proof_file.judge_edit(after, proofs)
        problems = self._new_errors(before, baseline) or self._axioms(baseline, proofs)
        statements = changed_statements(file.document, document, before.observation.types, baseline.observation.types)
        return _Edit(file, after, baseline, statements, _names(file.document, document)), problems

    def _new_errors(self, before: Baseline, after: Baseline) -> list[str]:
        is_artifact = self._workspace.is_artifact(f"{before.text}\n{after.text}")
        known = Counter(m.text for m in before.observation.messages if m.is_error)
        found: list[str] = []
        for message in after.observation.messages:
            if not message.is_error or is_artifact(message):
                continue
            if known[message.text] > 0:
                known[message.text] -= 1
            else:
                found.append(describe_message(after.observation.document.source, message))
        return found

    def _axioms(self, after: Baseline, proofs: frozenset[int]) -> list[str]:
        """Proofs that came with the edit rest on allowed axioms, or the edit is refused."""
        problems: list[str] = []
        for index in sorted(proofs):
            name = after.observation.document.declarations[index].name
            report = after.observation.axioms.get(index)
            if report is None or report.axioms is None:
                why = report.reason if report else "it was not asked"
                problems.append(f"Lean does not say what {name} rests on ({why}). {_ADVICE}")
            elif refused := outside(report.axioms, self._workspace.allowed_axioms):
                problems.append(f"{name} rests on {', '.join(refused)}. {_ADVICE}")
        return problems


def _replaced(file: LeanFile, arguments: EditFileArguments) -> str:
    """The new text. Raises `QedError` (usage) when the old text does not occur exactly once."""
    text, old, new = file.snapshot.text, file.snapshot.conform(arguments.old), file.snapshot.conform(arguments.new)
    if not old:
        if not new.strip():
            raise QedError("old and new are both empty", exit_code=ExitCode.USAGE)
        newline = file.document.newline
        return f"{text.rstrip()}{newline}{newline}{new.strip()}{newline}" if text.strip() else f"{new.strip()}{newline}"
    count = text.count(old)
    if count != 1:
        how = f"occurs {count} times in" if count else "does not occur in"
        hint = "Give more of the text around it." if count else "read_file shows the exact text, blanks included."
        raise QedError(f"the old text {how} {file.name}", hint=hint, exit_code=ExitCode.USAGE)
    if old == new:
        raise QedError("the new text is the old one", exit_code=ExitCode.USAGE)
    return text.replace(old, new)


def _names(old: Document, new: Document) -> tuple[str, ...]:
    """The declarations that the edit touches, by name, for the journal."""
    known = {old.text[each.span.start : each.span.end] for each in old.declarations}
    return tuple(each.name for each in new.declarations if new.text[each.span.start : each.span.end] not in known)


def _proposal(edit: _Edit) -> Proposal:
    summary = f"Edit {edit.file.name}"
    if edit.statements:
        summary += f", which changes the statement of {', '.join(name for name, _, _ in edit.statements)}"
    elif edit.names:
        summary += f": {', '.join(edit.names)}"
    diff = unified_diff(edit.file.path, edit.file.snapshot.text, edit.after.text)
    return Proposal(Permission.EDIT, edit.file.path, summary, diff, edit.statements)


def _written(edit: _Edit, place: dict[str, Any]) -> ToolResult:
    document = edit.baseline.observation.document
    holes = [f"{hole.declaration} (line {hole.line})" for hole in document.holes]
    text = f"The edit is written. Holes of {edit.file.name} now: {', '.join(holes) or 'none'}."
    changed = [name for name, _, _ in edit.statements]
    return ToolResult(ToolVerdict.OK, fit([text], []), {**place, "declarations": list(edit.names), "changed": changed})
