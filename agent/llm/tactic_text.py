"""Telling tactics from what else models write: prose, reasoning, proof states, terms, the same thing over and over."""

import itertools
import re
from collections.abc import Sequence

from tools.lean.commands import significant
from tools.lean.tokens import PROSE, TokenKind, tokenize, words

# What tactics begin with, in Lean and in Mathlib. Outside of marked code nothing else is taken for a tactic.
_HEADS = words("""
    abel abel_nf absurd ac_nf ac_rfl aesop all_goals and_intros any_goals apply apply? apply_assumption apply_fun
    apply_mod_cast apply_rules assumption assumption_mod_cast bound bv_decide bv_omega by_cases by_contra by_contra!
    calc case case' cases cases' change choose classical clear clear_value congr congr! constructor continuity
    contradiction contrapose contrapose! conv conv_lhs conv_rhs convert convert_to cutsat decide delta dsimp dsimp!
    dsimp? eq_refl erw exact exact? exact_mod_cast exfalso exists ext ext1 fapply fconstructor field_simp fin_cases
    fin_omega first focus fun_cases fun_induction fun_prop funext gcongr generalize grind grind? group have if haveI
    have' infer_instance injection injections interval_cases intro intros induction induction' iterate itauto left
    let letI lia lift linarith linear_combination match measurability mod_cases module monotonicity native_decide
    next nlinarith nofun nomatch noncomm_ring norm_cast norm_num norm_num1 nth_rewrite nth_rw obtain omega on_goal
    order peel pick_goal polyrith positivity pull push push_cast push_neg rcases rcongr refine refine' rel rename
    rename_i repeat repeat' repeat1 replace rfl rfl' rewrite rify right ring ring! ring1 ring_nf rintro rotate_left
    rotate_right rsuffices rw rw! rw? rw_mod_cast rwa saturate set set_option show show_term simp simp! simp?
    simp_all simp_all! simp_all? simp_arith simp_rw simpa simpa! simpa? skip solve solve_by_elim specialize split
    split_ifs subsingleton subst subst_eqs subst_vars suffices swap symm tauto transitivity trans trivial try unfold
    use use! wlog zify
    """)
# Tactics that a name of a hypothesis, or its `:`, may follow.
_NAMING = words("have haveI have' let letI suffices replace set show rsuffices next case obtain")
_OPENING = frozenset({"·", ".", "("})
# Words of sentences that Lean's tactics do not have, and that nobody names a variable.
_PROSE = words("""
    the because which should our we would could might may maybe however therefore thus hence since that is are was be
    to of an on must can will need needs let's then wait so it's there here means
    """)
_SENTENCE_ENDS = (".", ":", ",", "…")
_CONTINUING = (" ", "\t", "|", ")", "]", "⟩", "}", "<;>")
_REPETITIONS = 4
"""So often in a row, and it is no proof any more. Three `constructor` or two `simp` do occur."""
_LONGEST_CYCLE = 6
_PERIODIC = re.compile(r"(\S[^\n]{0,200}?)(?:(?:\s*(?:;|<;>)\s*|\s+)\1){3,}(?=$|\s|;|<)")


def is_prose(text: str) -> bool:
    """Whether a text has words, or an end, that sentences have and tactics do not."""
    text = text.rstrip()
    if text.endswith(_SENTENCE_ENDS) and not text.endswith(" .."):
        return True
    tokens = significant(tokenize(text))
    names = {token.text.lower() for token in tokens if token.kind in (TokenKind.IDENTIFIER, TokenKind.KEYWORD)}
    return bool((names & _PROSE) - ({"then"} if "if" in names else set[str]()))


def is_tactic(text: str, *, marked: bool) -> bool:
    """Whether a text can be a tactic, for all that can be seen without Lean.

    `marked`: the model set it apart as code, so that a tactic may be one that is not known here.
    """
    tokens = significant(tokenize(text))
    if not tokens or is_prose(text) or any(token.kind is TokenKind.UNTERMINATED for token in tokens):
        return False
    tokens = list(itertools.dropwhile(lambda token: token.text in _OPENING, tokens))
    if not tokens:
        return False
    first, *rest = tokens
    if rest and rest[0].is_symbol(":", ":=", ",") and first.text not in _NAMING:
        return False  # `h : p`, a hypothesis, or `simp: it closes the goal`
    unknown = marked and first.kind is TokenKind.IDENTIFIER and first.text[0].islower() and "." not in first.text
    return unknown or first.text in _HEADS


def continues(line: str) -> bool:
    """Whether a line belongs to the tactic on the lines before it."""
    return line.startswith(_CONTINUING) and not is_prose(line)


def without_comments(text: str) -> str:
    """The text without its comments, and without the lines and the ends of lines that they leave blank."""
    kept, at = "", 0
    for token in tokenize(text):
        if token.kind in PROSE:
            kept, at = kept + text[at : token.start], token.end
    kept += text[at:]
    return "\n".join(line.rstrip() for line in kept.split("\n") if line.strip())


def steps(block: str) -> list[str]:
    """The tactics of a block that begins at column 0, each with the lines that belong to it."""
    found: list[str] = []
    for line in block.split("\n"):
        if found and (not line or line.startswith(_CONTINUING)):
            found[-1] += "\n" + line
        else:
            found.append(line)
    return found


def without_repetition(found: Sequence[str]) -> list[str]:
    """Steps up to where the same ones come over and over, within one step as well as from step to step."""
    once = [_once(step) for step in found]
    for start in range(len(once)):
        for period in range(1, _LONGEST_CYCLE + 1):
            cycle = once[start : start + period]
            if once[start : start + period * _REPETITIONS] == cycle * _REPETITIONS:
                return once[: start + period]
    return once


def _once(step: str) -> str:
    """A step whose beginning is repeated to its end, `simp; simp; simp; …`, as that beginning alone."""
    match = _PERIODIC.match(step)
    return match[1] if match and len(step) - match.end() < max(len(match[1]), 1) + 4 else step
