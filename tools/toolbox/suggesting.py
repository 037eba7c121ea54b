"""Tactics that search and print what to write instead of them: useful to try, out of place in a file."""

from tools.lean.tokens import TokenKind, tokenize, words

_SUGGESTING = words(
    """
    exact? apply? rw? rw?? simp? simp!? simp?! simp_all? simp_all?! simp_all!? simpa? simpa!? simpa?! dsimp? dsimp!?
    aesop? grind? decide? try? have? observe? norm_num? constructor? rfl? gcongr? field? says? bv_decide? unfold? cases?
    induction? split? omega? linarith? positivity? fun_prop? push_cast? norm_cast? show_term
    """
)
_NAMES = (TokenKind.IDENTIFIER, TokenKind.KEYWORD)


def suggesting_tactics(proof: str) -> tuple[str, ...]:
    """The words of a proof that suggest something else, each once."""
    found = (token.text for token in tokenize(proof) if token.kind in _NAMES and token.text in _SUGGESTING)
    return tuple(dict.fromkeys(found))


def unresolved(proof: str) -> str:
    """Why a proof cannot stay as it is: it still searches for what it should say; empty where it does not."""
    names = ", ".join(suggesting_tactics(proof))
    return f"{names}: try it first, and write what it suggests in its place" if names else ""
