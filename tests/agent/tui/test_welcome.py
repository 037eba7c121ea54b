"""What stands at the beginning of the conversation."""

from pathlib import Path

from agent.conversation.session import Session
from agent.llm.chat import Message
from tests.agent.tui.opened import HOLES, opened
from tests.agent.tui.still import project
from tests.openai_server import Answer, OpenAIServer


async def test_the_welcome_stands_above_what_was_said_before(tmp_path: Path, openai_server: OpenAIServer) -> None:
    root = project(tmp_path, A=HOLES)
    openai_server.will(Answer("An old answer."))
    async with opened(root, openai_server.url, lean=False) as app:
        await app.says("An old question")
        await app.shows("An old answer.")
        await app.idle()
        name = app.bench.session.id
    async with opened(root, openai_server.url, lean=False, session=Session.resume(name)) as app:
        await app.shows("2 open holes")
        assert app.text.index("qed 0.0.0") < app.text.index("2 open holes") < app.text.index("An old question")


async def test_a_new_conversation_begins_with_it_too(tmp_path: Path) -> None:
    async with opened(project(tmp_path, A=HOLES), lean=False) as app:
        await app.shows("2 open holes")
        app.bench.session.say(Message(role="user", content="Hello"))
        await app.says("/clear")
        await app.until(lambda: app.text.count("2 open holes") == 1 and "no such toolchain" not in app.text)
