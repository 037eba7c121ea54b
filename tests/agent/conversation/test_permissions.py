"""Who may write."""

from pathlib import Path

import pytest

from agent.conversation.events import TurnEnd
from agent.conversation.limits import Spending, TurnLimits
from agent.conversation.permissions import Answer, Gatekeeper, Mode
from agent.llm.chat import Usage
from tools.toolbox.tool import Permission, Proposal

PROOF = Proposal(Permission.WRITE_PROOF, Path("A.lean"), "prove t", "diff")
EDIT = Proposal(Permission.EDIT, Path("A.lean"), "add a lemma", "diff")
STATEMENT = Proposal(Permission.EDIT, Path("A.lean"), "weaken t", "diff", (("t", "p", "p ∨ q"),))


class Person:
    """Answers as told, and remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[Proposal] = []

    async def __call__(self, proposal: Proposal) -> Answer:
        self.asked.append(proposal)
        return self.answers.pop(0)


@pytest.mark.parametrize("proposal", [PROOF, EDIT, STATEMENT])
def test_read_only_writes_nothing(proposal: Proposal) -> None:
    everything = {Permission.WRITE_PROOF, Permission.EDIT}
    ruling = Gatekeeper(Mode.READ_ONLY, Person(), everything).standing(proposal)
    assert ruling is not None and not ruling.decision.allowed and "read-only" in ruling.decision.reason


@pytest.mark.parametrize(("proposal", "allowed"), [(PROOF, True), (EDIT, False), (STATEMENT, False)])
def test_accept_proofs_accepts_proofs(proposal: Proposal, allowed: bool) -> None:
    ruling = Gatekeeper(Mode.ACCEPT_PROOFS).standing(proposal)
    assert ruling is not None and ruling.decision.allowed is allowed


@pytest.mark.parametrize(("proposal", "allowed"), [(PROOF, True), (EDIT, True), (STATEMENT, False)])
def test_what_is_allowed_beforehand_is_no_change_of_a_statement(proposal: Proposal, allowed: bool) -> None:
    everything = {Permission.WRITE_PROOF, Permission.EDIT}
    ruling = Gatekeeper(Mode.ASK, None, everything).standing(proposal)
    assert ruling is not None and ruling.decision.allowed is allowed
    assert allowed or "nobody to ask" in ruling.decision.reason


async def test_a_person_is_asked_until_they_say_always() -> None:
    person = Person(Answer(True), Answer(False, reason="not like this"), Answer(True, always=True))
    gate = Gatekeeper(Mode.ASK, person)
    assert gate.standing(PROOF) is None
    assert (await gate.ask(PROOF)).decision.allowed
    assert gate.standing(PROOF) is None
    refused = await gate.ask(PROOF)
    assert (refused.decision.allowed, refused.decision.reason, refused.by) == (False, "not like this", "person")
    await gate.ask(PROOF)
    always = gate.standing(PROOF)
    assert always is not None and always.decision.allowed
    assert gate.standing(EDIT) is None  # another kind of write


async def test_statements_are_asked_about_every_time() -> None:
    person = Person(Answer(True, always=True), Answer(True))
    gate = Gatekeeper(Mode.ACCEPT_PROOFS, person)
    await gate.ask(STATEMENT)
    assert gate.standing(EDIT) is not None
    assert gate.standing(STATEMENT) is None


@pytest.mark.parametrize(
    ("limits", "end"),
    [
        (TurnLimits(replies=2), TurnEnd.MAX_TURNS),
        (TurnLimits(tokens=25), TurnEnd.MAX_TOKENS),
        (TurnLimits(cost=0.015), TurnEnd.MAX_COST),
        (TurnLimits(seconds=1e-9), TurnEnd.MAX_SECONDS),
    ],
)
def test_limits(limits: TurnLimits, end: TurnEnd) -> None:
    spending = Spending(limits)
    for _ in range(2):
        spending.add(Usage(prompt_tokens=10, completion_tokens=5, cost=0.01))
    assert spending.exceeded() is end
    assert Spending(TurnLimits(replies=None)).exceeded() is None
