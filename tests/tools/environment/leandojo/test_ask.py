"""A conversation whose settings name LeanDojo: tactics are tried there, and what they prove is checked by Lean."""

import pytest

from tests.agent.command import qed
from tests.openai_server import Answer, Call, OpenAIServer
from tests.tools.environment.leandojo.conftest import LEAN, Traced, answer, gone

MODEL = """[lean]
toolchain = "embedded"
environment = "leandojo"

[model]
name = "scripted"

[models.scripted]
model = "hosted_vllm/test"
base_url = "{url}"
tool_calling = "native"
"""


@pytest.mark.lean
@pytest.mark.usefixtures("toolchain")
def test_the_settings_count_in_a_conversation(traced: Traced, openai_server: OpenAIServer) -> None:
    (traced.root / "config").mkdir()
    (traced.root / "config" / "config.toml").write_text(MODEL.format(url=openai_server.url))
    traced.replay(answer("simp_all", {"sid": "next", "tacticState": "no goals"}))
    hole = {"file": "Facts.lean", "declaration": "both"}
    openai_server.will(
        Answer(calls=(Call("try_tactics", {**hole, "tactics": ["simp_all", "omega"]}),)),
        Answer(calls=(Call("write_proof", {**hole, "proof": "simp_all"}),)),
        Answer("simp_all closes it."),
    )
    done = qed(traced.root, "ask", "prove both", "--yes")
    assert done.code == 0, done.out + done.err
    tried, _ = [each["content"] for each in openai_server.requests[-1]["messages"] if each["role"] == "tool"]
    assert "1. simp_all: closes" in tried and "2. omega: error" in tried
    assert traced.requests() == [(0, "simp_all"), (0, "omega")]
    assert traced.file.read_text(encoding="utf-8") == LEAN.replace("sorry", "simp_all", 1)
    assert all(gone(pid) for pid, _ in traced.starts())
