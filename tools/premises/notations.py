"""How Lean's core library writes its operations: what the printer prints, and what a goal's symbols stand for."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

MAX: Final = 1024
"""The precedence of what never needs parentheses."""
APPLICATION: Final = 1022
NEGATION: Final = 40
"""The precedence of `¬p`: it is an argument or a right side without parentheses, but not the left side of `=`."""


@dataclass(frozen=True, slots=True)
class Infix:
    """An operation between two terms, with Lean's precedences: its own, and what it asks of either side."""

    symbol: str
    own: int
    left: int
    right: int


def _infixes() -> dict[str, Infix]:
    plain = {
        50: "Eq = Ne ≠ LE.le ≤ LT.lt < GE.ge ≥ GT.gt > BEq.beq == bne != HEq ≍ Dvd.dvd ∣ HasEquiv.Equiv ≈ "
        "HasSubset.Subset ⊆ HasSSubset.SSubset ⊂ List.IsPrefix <+: List.IsSuffix <:+ "
        "List.IsInfix <:+: Membership.mem ∈",
        20: "Iff ↔",
    }
    left = {
        65: "HAdd.hAdd + HSub.hSub - HAppend.hAppend ++ Union.union ∪",
        70: "HMul.hMul * HDiv.hDiv / HMod.hMod % Inter.inter ∩ SDiff.sdiff \\",
        75: "HShiftLeft.hShiftLeft <<< HShiftRight.hShiftRight >>>",
        60: "HAnd.hAnd &&&",
        58: "HXor.hXor ^^^",
        55: "HOr.hOr ||| Bind.bind >>=",
        35: "and && Bool.and &&",
        30: "or || Bool.or ||",
    }
    right = {35: "And ∧ Prod ×", 30: "Or ∨", 67: "List.cons ::", 75: "HPow.hPow ^", 90: "Function.comp ∘"}
    found: dict[str, Infix] = {}
    for table, more_left, more_right in ((plain, 1, 1), (left, 0, 1), (right, 1, 0)):
        for level, text in table.items():
            words = text.split()
            for name, symbol in zip(words[::2], words[1::2], strict=True):
                found[name] = Infix(symbol, level, level + more_left, level + more_right)
    found["HSMul.hSMul"] = Infix("•", 73, 74, 73)
    found["Functor.map"] = Infix("<$>", 100, 101, 100)
    return found


INFIXES: Final = MappingProxyType(_infixes())
"""By the constant's name."""

PREFIXES: Final = MappingProxyType(
    {
        "Not": ("¬", NEGATION, NEGATION),
        "Bool.not": ("!", NEGATION, NEGATION),
        "Fin.val": ("↑", MAX, MAX),
        "Subtype.val": ("↑", MAX, MAX),
        "Neg.neg": ("-", 75, 75),
        "Complement.complement": ("~~~", 75, 75),
        "Nat.cast": ("↑", MAX, MAX),
        "Int.cast": ("↑", MAX, MAX),
        "IntCast.intCast": ("↑", MAX, MAX),
        "NatCast.natCast": ("↑", MAX, MAX),
    }
)
"""By the constant's name: the symbol, its precedence, and what it asks of its argument."""

_MORE_SYMBOLS: Final = {
    "¬": "Not", "∃": "Exists", "∉": "Membership.mem", "∅": "EmptyCollection.emptyCollection", "⁻¹": "Inv.inv",
    "ℕ": "Nat", "ℤ": "Int", "ℚ": "Rat", "ℝ": "Real", "if": "ite", "::": "List.cons", "[]": "List.nil",
    "∑": "Finset.sum", "∏": "Finset.prod", "⊤": "Top.top", "⊥": "Bot.bot", "⊓": "Min.min", "⊔": "Max.max",
    "∩": "Inter.inter", "∪": "Union.union", "~~~": "Complement.complement", "!": "Bool.not", "max": "Max.max",
    "min": "Min.min", "~": "List.Perm", "<+": "List.Sublist",
}  # fmt: skip

SYMBOLS: Final = MappingProxyType({infix.symbol: name for name, infix in INFIXES.items()} | _MORE_SYMBOLS)
"""The constants that symbols in a printed goal stand for."""

COMMUTED: Final = MappingProxyType({"GE.ge": "LE.le", "GT.gt": "LT.lt"})
"""Relations that lemmas write the other way round."""
