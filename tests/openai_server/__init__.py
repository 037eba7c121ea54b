"""A real HTTP server that speaks OpenAI's chat completions protocol and does what a script tells it.

    with OpenAIServer(
        Answer("Let me look.", calls=(Call("proof_state", {"path": "Basic.lean"}),)),
        Refusal(429, headers={"Retry-After": "1"}),
        lambda request: Answer(f"You said {request['messages'][-1]['content']}"),
    ) as server:
        settings = ModelSettings(model="hosted_vllm/test", base_url=server.url, api_key_env=None)
        ...
        assert server.requests[0]["messages"][0]["role"] == "system"

The fixture `openai_server` of tests/conftest.py is one without a script yet: `openai_server.will(Answer("hello"))`.
It runs in a thread, so a `qed` in a process of its own reaches it by `url` as well (`openai/test` with any
`OPENAI_API_KEY`, or `hosted_vllm/test`, which needs none). It streams when the request says `stream`; it sends usage
when `stream_options` asks for it. `server.exchanges` has the headers and times, and whether the client hung up.
"""

from tests.openai_server.replies import DROP, HANG, Answer, Call, Choices, Endless, Refusal, Reply, Scripted
from tests.openai_server.server import Exchange, OpenAIServer

__all__ = [
    "DROP",
    "HANG",
    "Answer",
    "Call",
    "Choices",
    "Endless",
    "Exchange",
    "OpenAIServer",
    "Refusal",
    "Reply",
    "Scripted",
]
