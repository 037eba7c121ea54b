"""The scorer: what it answers, and the models that it refuses."""

import json
import random
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tools.progress.made_up import conjunction
from tests.tools.progress.trained import Trained
from tools.errors import ExitCode, QedError
from tools.progress.checkpoint import RECORD_FILE
from tools.progress.libraries import library
from tools.progress.scorer import LeanProgressScorer, Query
from tools.progress.template import DEFAULT_TEMPLATE

Spoil = Callable[[Path], object]


@pytest.fixture(scope="session")
def scorer(trained: Trained) -> LeanProgressScorer:
    return LeanProgressScorer(str(trained.folder), device="cpu")


def ranks(values: list[float]) -> list[float]:
    """Ranks from 0; equal values share the mean of theirs."""
    order = sorted(values)
    return [(order.index(value) + len(order) - 1 - order[::-1].index(value)) / 2 for value in values]


def spearman(one: list[float], other: list[float]) -> float:
    a, b = ranks(one), ranks(other)
    mean = (len(a) - 1) / 2
    above = sum((x - mean) * (y - mean) for x, y in zip(a, b, strict=True))
    return above / (sum((x - mean) ** 2 for x in a) * sum((y - mean) ** 2 for y in b)) ** 0.5


def test_goals_that_were_never_seen_are_put_in_order(scorer: LeanProgressScorer) -> None:
    source = random.Random(77)
    labels = [source.randint(0, 6) for _ in range(120)]
    answers = scorer.predict_many([Query(conjunction(steps, source), "constructor") for steps in labels])
    assert spearman(answers, [float(label) for label in labels]) > 0.8
    assert all(answer >= 0 for answer in answers)


def test_predict_and_reward(scorer: LeanProgressScorer) -> None:
    steps = scorer.predict("⊢ p ∧ q ∧ r", "constructor", None)
    assert isinstance(steps, float) and steps > 0
    assert scorer.reward("⊢ p ∧ q ∧ r", "constructor") == -steps
    assert scorer.predict("⊢ p ∧ q ∧ r", "constructor", "intro h") != steps


def test_an_answer_below_zero_is_zero(scorer: LeanProgressScorer, monkeypatch: pytest.MonkeyPatch) -> None:
    head = scorer._model.classifier  # pyright: ignore[reportPrivateUsage]
    torch = library("torch")
    before = head.bias.detach().clone()
    with torch.no_grad():
        head.bias.fill_(-1000.0)
    try:
        assert scorer.predict("⊢ below zero", "t") == 0.0
        assert str(scorer.reward("⊢ below zero", "t")) == "0.0"
    finally:
        with torch.no_grad():
            head.bias.copy_(before)


def test_batches_give_what_single_questions_give(trained: Trained) -> None:
    source = random.Random(5)
    queries = [Query(conjunction(n % 7, source), "constructor", "intro\n" * (n % 3)) for n in range(50)]
    together = LeanProgressScorer(str(trained.folder), device="cpu", batch_size=7).predict_many(queries)
    alone = LeanProgressScorer(str(trained.folder), device="cpu", batch_size=1).predict_many(queries)
    assert max(abs(a - b) for a, b in zip(together, alone, strict=True)) < 1e-4


def count_forward(scorer: LeanProgressScorer, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    sizes: list[int] = []
    real = scorer._model  # pyright: ignore[reportPrivateUsage]

    def counting(**tokens: Any) -> Any:
        sizes.append(len(tokens["input_ids"]))
        return real(**tokens)

    monkeypatch.setattr(scorer, "_model", counting)
    return sizes


def test_answers_are_remembered_up_to_a_number(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = LeanProgressScorer(str(trained.folder), device="cpu", cache_size=2)
    sizes = count_forward(scorer, monkeypatch)
    a, b, c = (Query(f"⊢ {name}", "t") for name in "abc")
    assert len(set(scorer.predict_many([a, a, b, a]))) == 2
    scorer.predict_many([a, b])
    assert sizes == [2]
    scorer.predict_many([c])  # a was used before b: it goes
    scorer.predict_many([b, c])
    assert sizes == [2, 1]
    scorer.predict_many([a])
    assert sizes == [2, 1, 1]
    assert len(scorer.predict_many([a, b, c])) == 3
    assert scorer.predict_many([]) == []


def test_several_threads_may_ask(scorer: LeanProgressScorer) -> None:
    answers: list[float] = []
    threads = [threading.Thread(target=lambda: answers.append(scorer.predict("⊢ p ∧ p", "t"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4 and len(set(answers)) == 1


def test_a_state_of_any_length_is_scored(scorer: LeanProgressScorer) -> None:
    assert scorer.predict("h : p\n" * 5000 + "⊢ p ∧ q", "simp " * 3000, "step\n" * 3000) >= 0


def test_the_template_of_the_training_is_used_unless_another_is_given(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(trained.folder, folder, ignore=shutil.ignore_patterns("checkpoint-*"))
    record = json.loads((folder / RECORD_FILE).read_text())
    (folder / RECORD_FILE).write_text(json.dumps(record | {"template": "{tactic} at {goal}"}))
    assert LeanProgressScorer(str(folder), device="cpu").template.text == "{tactic} at {goal}"
    monkeypatch.setenv("LEANPROGRESS_TEMPLATE", "{goal} {tactic}")
    assert LeanProgressScorer(str(folder), device="cpu").template.text == "{goal} {tactic}"
    given = LeanProgressScorer(str(folder), device="cpu", template=DEFAULT_TEMPLATE)
    assert given.template.text == DEFAULT_TEMPLATE and given.max_length == 48


def test_the_environment_names_the_model(trained: Trained) -> None:
    assert LeanProgressScorer.from_environment({}) is None
    variables = {"LEANPROGRESS_MODEL": str(trained.folder), "LEANPROGRESS_DEVICE": "cpu"}
    found = LeanProgressScorer.from_environment(variables)
    assert found is not None and found.device == "cpu"
    with pytest.raises(QedError, match="lacks"):
        LeanProgressScorer.from_environment({**variables, "LEANPROGRESS_TEMPLATE": "{goal}"})


# -- models that are refused


def edit_config(folder: Path, **values: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | values))


def two_labels(folder: Path) -> None:
    edit_config(folder, id2label={"0": "A", "1": "B"}, label2id={"A": 0, "B": 1})


def without_head(folder: Path) -> None:
    torch = library("safetensors.torch")
    weights = torch.load_file(folder / "model.safetensors")
    kept = {name: value for name, value in weights.items() if not name.startswith("classifier")}
    torch.save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def of_another_tokenizer(folder: Path) -> None:
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    words = tokenizer["model"]["vocab"]
    words.update({f"more{n}": len(words) + n for n in range(500)})
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))


def of_a_smaller_tokenizer(folder: Path) -> None:
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tokenizer["model"]["merges"] = []
    words = sorted(tokenizer["model"]["vocab"].items(), key=lambda pair: pair[1])[:261]
    tokenizer["model"]["vocab"] = dict(words)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))


def no_numbers(folder: Path) -> None:
    torch = library("safetensors.torch")
    weights = torch.load_file(folder / "model.safetensors")
    broken = {name: value * float("nan") for name, value in weights.items()}
    torch.save_file(broken, folder / "model.safetensors", metadata={"format": "pt"})


def write(name: str, text: str) -> Spoil:
    return lambda folder: (folder / name).write_text(text)


def remove(*names: str) -> Spoil:
    return lambda folder: [(folder / name).unlink() for name in names]


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (remove("config.json"), "no config.json"),
        (write("config.json", "{"), "no LeanProgress model"),
        (write("config.json", "[]"), "no LeanProgress model"),
        (write("config.json", '{"model_type": "nothing-known"}'), "no LeanProgress model"),
        (two_labels, "no regression head (num_labels is 2"),
        (without_head, "the regression head was never trained"),
        (remove("model.safetensors"), "no weights"),
        (write("model.safetensors", "nonsense"), "no LeanProgress model"),
        (pickled, "pickle, which could run code"),
        (of_another_tokenizer, "another model's"),
        (of_a_smaller_tokenizer, "not the one that it was trained with"),
        (remove("tokenizer.json", "tokenizer_config.json"), "no LeanProgress model"),
        (write(RECORD_FILE, "{"), RECORD_FILE),
        (no_numbers, "NaN"),
    ],
)
def test_folders_that_are_no_model(trained: Trained, tmp_path: Path, spoil: Spoil, what: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(trained.folder, folder, ignore=shutil.ignore_patterns("checkpoint-*"))
    spoil(folder)
    with pytest.raises(QedError) as caught:
        LeanProgressScorer(str(folder), device="cpu").predict("⊢ p", "simp")
    assert caught.value.exit_code == ExitCode.BAD_CHECKPOINT
    assert str(folder) in caught.value.message and what in caught.value.message
    assert "\n" not in caught.value.message


def test_names_that_lead_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library("huggingface_hub").constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(QedError) as hub:
        LeanProgressScorer("nobody/no-such-model", device="cpu")
    assert hub.value.exit_code == ExitCode.BAD_CHECKPOINT and "could not be asked" in hub.value.message
    with pytest.raises(QedError) as folder:
        LeanProgressScorer(str(tmp_path / "none"), device="cpu")
    assert folder.value.exit_code == ExitCode.FILE_NOT_FOUND
    (tmp_path / "file").write_text("")
    with pytest.raises(QedError, match="a model is a folder"):
        LeanProgressScorer(str(tmp_path / "file"), device="cpu")


def test_a_cuda_device_that_is_not_there(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = library("torch").cuda
    monkeypatch.setattr(cuda, "is_available", lambda: False)
    for name in ("cuda", "cuda:3"):
        with pytest.raises(QedError) as caught:
            LeanProgressScorer(str(trained.folder), device=name)
        assert caught.value.exit_code == ExitCode.DEVICE_NOT_FOUND and name in caught.value.message
    assert LeanProgressScorer(str(trained.folder), device="auto").device == "cpu"
    monkeypatch.setattr(cuda, "is_available", lambda: True)
    monkeypatch.setattr(cuda, "device_count", lambda: 2)
    with pytest.raises(QedError, match="cuda:0 to cuda:1"):
        LeanProgressScorer(str(trained.folder), device="cuda:2")
    with pytest.raises(QedError) as usage:
        LeanProgressScorer(str(trained.folder), device="banana")
    assert usage.value.exit_code == ExitCode.USAGE


def test_a_package_that_is_not_installed() -> None:
    with pytest.raises(QedError) as caught:
        library("qed_no_such_package.inside")
    assert caught.value.exit_code == ExitCode.EXTRA_NOT_INSTALLED
    assert "qed_no_such_package" in caught.value.message and "qed-agent[progress]" in caught.value.hint
