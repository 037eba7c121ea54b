"""What the commit of a proof says."""

from pathlib import PurePosixPath

from agent.prover.commit_message import CommitMessage, proof_message

_FILE = PurePosixPath("Lib/Basic.lean")


def test_a_short_proof_is_part_of_the_message() -> None:
    message = proof_message("Foo.bar", _FILE, "search", "simp\n\n· exact h\n", "Lean 4.20", ("propext", "Quot.sound"))
    assert message.text == (
        "Prove Foo.bar\n\nFile: Lib/Basic.lean\nFound by: search\nAxioms: propext, Quot.sound\nToolchain: Lean 4.20\n\n"
        "Proof:\n\n    simp\n\n    · exact h\n"
    )


def test_no_axioms_is_not_the_same_as_no_answer() -> None:
    assert "Axioms: none\n" in proof_message("a", _FILE, "search", "rfl", "Lean", ()).text
    assert "Axioms: Lean could not be asked\n" in proof_message("a", _FILE, "search", "rfl", "Lean", None).text


def test_a_long_proof_is_left_out() -> None:
    for proof in ("skip\n" * 30, "exact " + "h" * 5000):
        assert "Proof" not in proof_message("a", _FILE, "search", proof, "Lean", ()).body


def test_a_long_name_loses_its_middle() -> None:
    name = f"Beginning.{'middle.' * 20}the_end"
    subject = proof_message(name, _FILE, "search", "rfl", "Lean", ()).subject
    assert len(subject) == 72
    assert subject.startswith("Prove Beginning.")
    assert "…" in subject
    assert subject.endswith(".the_end")
    exact = "x" * (72 - len("Prove "))
    assert proof_message(exact, _FILE, "search", "rfl", "Lean", ()).subject == f"Prove {exact}"


def test_what_is_said_in_several_lines_stays_one_fact() -> None:
    message = proof_message("a", _FILE, "model\n\nSigned-off-by: nobody", "rfl", "Lean", ())
    assert "Found by: model Signed-off-by: nobody\n" in message.body


def test_a_message_without_a_body() -> None:
    assert CommitMessage("Subject", "").text == "Subject\n"


def test_helper_lemmas_are_named_and_shown() -> None:
    lemmas = {"a_one": "theorem a_one : 1 = 1 := rfl", "a_two": "theorem a_two : 2 = 2 := by\n  rfl"}
    body = proof_message("a", _FILE, "helper lemmas", "exact a_one", "Lean", (), lemmas).body
    assert "Helper lemmas above it: a_one, a_two\n" in body
    assert body.endswith(
        "    theorem a_one : 1 = 1 := rfl\n\n    theorem a_two : 2 = 2 := by\n      rfl\n\n    exact a_one"
    )
    assert "Helper" not in proof_message("a", _FILE, "search", "rfl", "Lean", ()).body
