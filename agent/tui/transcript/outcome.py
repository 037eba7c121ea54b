"""What came of a tool call, drawn from its data; a tool that is not known here shows its text."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from textual.content import Content

from agent.figures import counted
from agent.state_words import to_go
from agent.tui.transcript.code import code_lines, coloured
from agent.tui.transcript.diff_lines import diff_lines
from agent.tui.transcript.rows import BLANK, Line, clean, literal
from agent.tui.transcript.styles import MUTED

Data = Mapping[str, Any]

_TRIALS = {
    "closes": ("✓", "$text-success"),
    "progress": ("→", "$text-accent"),
    "error": ("✗", "$text-error"),
    "not allowed": ("⊘", "$text-warning"),
    "timed out": ("◷", "$text-warning"),
}
_VERDICT_WIDTH = 13
_BELOW = " " * (_VERDICT_WIDTH + 2)


def outcome_words(tool: str, data: Data) -> str:
    """The result in a few words; none where the verdict says it all."""
    if trials := _dicts(data.get("trials")):
        counts = _trial_counts([str(trial.get("verdict", "")) for trial in trials])
        return f"{counts} · {_estimate(data)}" if _estimate(data) else counts
    if "errors" in data and tool == "check":
        count = len(_texts(data.get("errors")))
        return counted(count, "error") if count else "no errors"
    if "tactics" in data and "states" in data:
        found = "proof found, not written" if data.get("proof") else ""
        refuted = "refuted" if data.get("refutation") else ""
        searched = f"{counted(_number(data['tactics']), 'tactic')}, {counted(_number(data['states']), 'state')}"
        return " · ".join(part for part in (found or refuted, searched) if part)
    if tool == "outline" and (holes := _dicts(data.get("holes"))):
        return counted(len(holes), "hole")
    if tool == "goals" and (states := _dicts(data.get("states"))):
        return counted(len(states), "state")
    return ""


def _trial_counts(verdicts: list[str]) -> str:
    """The best first: `2 close, 1 progress, 1 error`."""
    told: list[str] = []
    for word in dict.fromkeys([*(word for word in _TRIALS if word in verdicts), *verdicts]):
        count = verdicts.count(word)
        several = {"closes": "close", "error": "errors"}.get(word, word)
        told.append(f"{count} {word if count == 1 else several}")
    return ", ".join(told)


def _estimate(data: Data) -> str:
    """What is predicted of the state, or of the best of what leads on; what closes the goal needs no prediction."""
    whole = data.get("estimate")
    if isinstance(whole, int | float):
        return f"the state {to_go(whole)}"
    steps = [_prediction(trial) for trial in _dicts(data.get("trials"))]
    known = [each for each in steps if each is not None]
    return f"best {to_go(min(known))}" if known else ""


def _prediction(trial: Data) -> float | None:
    steps = trial.get("steps_remaining")
    return steps if isinstance(steps, int | float) and trial.get("verdict") != "closes" else None


def outcome_lines(tool: str, data: Data, text: str) -> list[Line]:
    """The result in full."""
    draw = _DRAWN.get(tool)
    lines = draw(data) if draw is not None else []
    return lines or [Line(literal(line)) for line in text.rstrip("\n").split("\n")]


def _trials(data: Data) -> list[Line]:
    lines: list[Line] = []
    for trial in _dicts(data.get("trials")):
        verdict = str(trial.get("verdict", ""))
        sign, style = _TRIALS.get(verdict, ("?", "$text-warning"))
        tactic = coloured(str(trial.get("tactic", "")).strip("\n"))
        goals = _texts(trial.get("goals"))
        detail = "" if goals else str(trial.get("detail", "")).strip("\n")
        first, *more = detail.split("\n") if detail else [""]
        steps = _prediction(trial)
        promise = Content("") if steps is None else literal(f"  {to_go(steps)}", "$text-accent")
        head = tactic[0] + promise + literal(f"  {first}" if first else "", MUTED)
        lines.append(Line(head, f"{sign} {clean(verdict):<{_VERDICT_WIDTH}}", _BELOW, style))
        lines += [Line(part, _BELOW, _BELOW) for part in tactic[1:]]
        lines += [Line(literal(part, MUTED), "    ", "    ") for part in more]
        for number, goal in enumerate(goals):
            lines += [BLANK] if number else []
            lines += _goal(goal, "    ")
    return lines


def _goal(goal: str, lead: str = "  ") -> list[Line]:
    return [Line(part, lead, f"{lead}    ") for part in coloured(goal)]


def _states(data: Data) -> list[Line]:
    lines: list[Line] = []
    for state in _dicts(data.get("states")):
        place = f"line {state.get('line')}, column {state.get('column')} ({state.get('what', 'here')})"
        lines.append(Line(literal(place, MUTED)))
        goals = state.get("goals")
        told = _texts(goals)
        if not told:
            lines.append(Line(literal("no goal here" if goals is None else "no goals", MUTED), "  "))
        for number, goal in enumerate(told):
            lines += [BLANK] if number else []
            lines += _goal(goal)
    return lines


def _outline(data: Data) -> list[Line]:
    """The declarations with their lines; below each its holes and their goals."""
    lines: list[Line] = []
    holes = _dicts(data.get("holes"))
    for each in _dicts(data.get("declarations")):
        name, kind = str(each.get("name", "")), str(each.get("kind", ""))
        place = f"{each.get('line', '')!s:>5}  "
        lines.append(Line(coloured(f"{kind} {name}".strip())[0], place, " " * 9, MUTED))
        for hole in holes:
            if hole.get("declaration") == name:
                lines.append(
                    Line(literal(f"hole {hole.get('hole')}, line {hole.get('line')}", "$text-warning"), " " * 7)
                )
                lines += _goal(str(hole.get("goal") or "not asked for"), " " * 9)
    return lines + _messages(data, "errors", "$text-error")


def _search(data: Data) -> list[Line]:
    lines: list[Line] = []
    counts = f"{counted(_number(data.get('tactics')), 'tactic')} in {counted(_number(data.get('states')), 'state')}"
    if refutation := data.get("refutation"):
        lines.append(Line(literal(f"refuted: {refutation}", "$text-error"), hang="  "))
    if proof := data.get("proof"):
        lines.append(Line(literal(f"a proof was found after {counts}; it is not written", MUTED)))
        lines += code_lines(str(proof).strip("\n"))
    return lines


def _check(data: Data) -> list[Line]:
    lines = _messages(data, "refused", "$text-warning") + _messages(data, "errors", "$text-error")
    if "errors" in data and not lines:
        lines.append(Line(literal("no errors", MUTED)))
    return lines + _messages(data, "messages", "")


def _written(data: Data) -> list[Line]:
    lines = _messages(data, "reasons", "$text-error")
    if diff := data.get("diff"):
        lines += diff_lines(str(diff))
    return lines


def _messages(data: Data, name: str, style: str) -> list[Line]:
    lines: list[Line] = []
    for message in _texts(data.get(name)):
        for number, part in enumerate(message.split("\n")):
            lines.append(Line(literal(part, style if not number else ""), "  " if number else "", "    "))
    return lines


_DRAWN: dict[str, Callable[[Data], list[Line]]] = {
    "try_tactics": _trials,
    "score_tactics": _trials,
    "goals": _states,
    "outline": _outline,
    "search_proof": _search,
    "check": _check,
    "write_proof": _written,
    "edit_file": _written,
}


def _dicts(value: Any) -> list[Data]:
    return (
        [cast("Data", each) for each in cast("list[Any]", value) if isinstance(each, dict)] if _is_list(value) else []
    )


def _texts(value: Any) -> list[str]:
    return [str(each) for each in cast("list[Any]", value)] if _is_list(value) else []


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
