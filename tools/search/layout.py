"""From the steps of a search to a proof as a person would write it: bullets, named arms, indentation."""

from collections.abc import Sequence

from tools.search.tree import Step

_HOLE = "?_"


def linear(steps: Sequence[Step]) -> str:
    """The steps one under the other."""
    return "\n".join(step.tactic for step in steps)


def structured(steps: Sequence[Step]) -> str | None:
    """The steps with a bullet, or an arm of `induction … with`, for every goal that a step opens.

    None when the numbers of goals do not make a tree (a step closed a goal of another branch, say): the linear form
    is then the only one.
    """
    block = _block(steps, 0)
    if block is None or block[1] != len(steps):
        return None
    return "\n".join(block[0])


def _block(steps: Sequence[Step], at: int) -> tuple[list[str], int] | None:
    """The lines that close one goal, beginning with step `at`, and the index of the step after them."""
    lines: list[str] = []
    while at < len(steps):
        step = steps[at]
        opened = step.goals_after - step.goals_before + 1
        if opened < 0:
            return None
        if opened == 0:
            return [*lines, *step.tactic.split("\n")], at + 1
        if opened == 1:
            lines += step.tactic.split("\n")
            at += 1
            continue
        branches = _branches(steps, at + 1, opened)
        if branches is None:
            return None
        blocks, at = branches
        return [*lines, *_joined(step.tactic, blocks)], at
    return None


def _branches(steps: Sequence[Step], at: int, count: int) -> tuple[list[list[str]], int] | None:
    blocks: list[list[str]] = []
    for _ in range(count):
        block = _block(steps, at)
        if block is None:
            return None
        blocks.append(block[0])
        at = block[1]
    return blocks, at


def _joined(tactic: str, blocks: list[list[str]]) -> list[str]:
    lines = tactic.split("\n")
    arms = [line for line in lines if line.endswith(f"=> {_HOLE}")]
    if len(arms) != len(blocks) or len(arms) != len(lines) - 1:
        return [*lines, *(line for block in blocks for line in _bulleted(block))]
    result = lines[:1]
    for arm, block in zip(arms, blocks, strict=True):
        head = arm.removesuffix(f" {_HOLE}")
        if len(block) == 1:
            result.append(f"{head} {block[0]}")
        else:
            result += [head, *(f"  {line}" for line in block)]
    return result


def _bulleted(block: list[str]) -> list[str]:
    return [f"· {block[0]}", *(f"  {line}" for line in block[1:])]
