"""Asking the index: premises for a goal, for words, by name."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tools.lean.goals import Goal
from tools.premises.premise import LibraryPremise
from tools.premises.ranking import EMBEDDED, RERANKED, Embedder, by_goal, by_similarity, common, shown
from tools.premises.store import StoredModule, connect, module_of
from tools.premises.words import encoded, goal_constants, name_words, query_words, size_words

# Of name, conclusion, hypotheses and docstring.
_GOAL_WEIGHTS: Final = (0.6, 2.0, 0.7, 0.1)
_WORD_WEIGHTS: Final = (4.0, 1.0, 0.5, 1.0)
_FURTHER_WORD: Final = 0.2
_MAX_HYPOTHESIS_WORDS: Final = 8
_MANY_ROWS: Final = 2500
"""Scoring a row takes 2 to 4 µs: only those are scored that hold one of the rarer words."""
_FETCHED: Final = 600

_COLUMNS: Final = "id, name, kind, type, conclusion, head, variables, doc, deprecated, types, determined"


class PremiseIndex:
    """The declarations of the modules that a file's imports reach. Safe for several threads.

    Methods raise `sqlite3.Error` where the index was damaged after it had been opened.
    """

    def __init__(self, path: Path, modules: Iterable[StoredModule], *, embedder: Embedder | None = None) -> None:
        """Opens the index at `path`; only declarations of `modules` are answered with. Raises `QedError`."""
        self._connection = connect(path)
        self._lock = threading.Lock()
        self.path = path
        self.modules = tuple(modules)
        self._modules = {module.id: module.name for module in self.modules}
        self._embedder = embedder
        self._frequencies: dict[str, int] = {}

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    def for_goal(self, goal: Goal, limit: int) -> list[LibraryPremise]:
        """Premises that may help with a goal, best first."""
        of_target, of_hypotheses = goal_constants(goal)
        target = sorted(of_target)
        parts = {word for constant in of_target for word in name_words(constant.rpartition(".")[2])}
        names = sorted(word for word in parts if len(word) > 1)
        others = sorted(of_hypotheses - of_target)[:_MAX_HYPOTHESIS_WORDS]
        found = self._found(target or others, [*names, *others], _GOAL_WEIGHTS, size_words(0, len(of_target)))
        ranked = by_goal(found, goal, max(limit, EMBEDDED) if self._embedder else limit)
        return self._similar(ranked, shown(goal))[:limit]

    def for_words(self, query: str, limit: int) -> list[LibraryPremise]:
        """Premises whose names, statements or docstrings hold the words of a query, best first."""
        exact = self.by_name(query.strip()) or self.by_name(".".join(query.split()))
        groups = query_words(query)
        words = [word for group in groups for word in group]
        found = [
            premise
            for premise in self._found(words, [], _WORD_WEIGHTS)
            if premise.name not in {each.name for each in exact}
        ]
        best = max((premise.score for premise in found), default=1.0)

        def scored(premise: LibraryPremise) -> LibraryPremise:
            parts = name_words(premise.name)
            missing = sum(set(parts).isdisjoint(group) for group in groups)
            further = len(parts) - (len(groups) - missing)
            return replace(premise, score=premise.score / best + common(premise) - missing - _FURTHER_WORD * further)

        ranked = sorted(map(scored, found), key=lambda each: (-each.score, len(each.name), each.name))
        return [*exact, *self._similar(ranked, query)][:limit]

    def by_name(self, name: str) -> list[LibraryPremise]:
        """The declaration of a full name; none if the imports bring none along."""
        if not name:
            return []
        with self._lock:
            rows = self._connection.execute(f"SELECT {_COLUMNS} FROM declaration WHERE name = ?", (name,)).fetchall()
        return [self._premise(row, 0.0) for row in rows if module_of(row[0]) in self._modules][:1]

    def _similar(self, ranked: list[LibraryPremise], query: str) -> list[LibraryPremise]:
        if self._embedder is None:
            return ranked
        try:
            return [*by_similarity(ranked[:EMBEDDED], query, self._embedder), *ranked[EMBEDDED:]]
        except Exception:  # whatever a model's endpoint may raise: the order by words is good enough
            return ranked

    def _found(
        self, wanted: Sequence[str], others: Sequence[str], weights: tuple[float, ...], sizes: Sequence[str] = ()
    ) -> list[LibraryPremise]:
        """The best by BM25 among the declarations that hold one of the rarer wanted words.

        `sizes` are words, one of which is asked for as well where all that is wanted is common.
        """
        words = list(dict.fromkeys(encoded(word) for word in (*wanted, *others)))
        with self._lock:
            rare = self._rare([encoded(word) for word in wanted], [encoded(word) for word in sizes])
            rare = rare or self._rare(words, ())
            if not rare:
                return []
            rows = self._ranked(f"({rare}) AND ({_any(words)})", weights)
            scores = {row: -rank for row, rank in rows if module_of(row) in self._modules}
            best = list(scores)[:RERANKED]
            listed = ", ".join(str(row) for row in best)
            fetched = self._connection.execute(f"SELECT {_COLUMNS} FROM declaration WHERE id IN ({listed})").fetchall()
        premises = [self._premise(row, scores[row[0]]) for row in fetched]
        return sorted(premises, key=lambda premise: -premise.score)

    def _ranked(self, query: str, weights: tuple[float, ...]) -> list[tuple[int, float]]:
        rank = f"bm25({', '.join(str(weight) for weight in weights)})"
        return self._connection.execute(
            "SELECT rowid, rank FROM premise WHERE premise MATCH ? AND rank MATCH ? ORDER BY rank LIMIT ?",
            (query, rank, _FETCHED),
        ).fetchall()

    def _rare(self, words: Sequence[str], sizes: Sequence[str]) -> str:
        """A query for the rarer of some words: any of them, or where all are common, the two rarest together."""
        counted = sorted((self._frequency(word), word) for word in dict.fromkeys(words))
        known = [(count, word) for count, word in counted if count]
        chosen: list[str] = []
        total = 0
        for count, word in known:
            total += count
            if total > _MANY_ROWS:
                break
            chosen.append(word)
        if chosen or not known:
            return _any(chosen)
        together = _all([word for _, word in known[:2]])
        return f"{together} AND ({_any(sizes)})" if sizes else together

    def _frequency(self, word: str) -> int:
        """How many declarations hold a word."""
        known = self._frequencies.get(word)
        if known is None:
            row = self._connection.execute("SELECT doc FROM frequency WHERE term = ?", (word,)).fetchone()
            known = self._frequencies[word] = row[0] if row else 0
        return known

    def _premise(
        self, row: tuple[int, str, str, str, int, str, str, str, int, str, int], score: float
    ) -> LibraryPremise:
        number, name, kind, text, conclusion, head, variables, doc, deprecated, types, determined = row
        return LibraryPremise(
            name=name,
            kind=kind,
            module=self._modules[module_of(number)],
            type=text,
            conclusion=text[conclusion:],
            head=head,
            variables=tuple(variables.split()),
            doc=doc,
            types=frozenset(types.split()),
            is_determined=bool(determined),
            is_deprecated=bool(deprecated),
            score=score,
        )


def _any(words: Iterable[str]) -> str:
    return " OR ".join(f'"{word}"' for word in words)


def _all(words: Iterable[str]) -> str:
    return " AND ".join(f'"{word}"' for word in words)
