"""Errors that only the embedded Lean shows.

The embedded Lean has the library's `.olean` files at the *exported* level: no compiled code (`.ir`) and no private
parts. It elaborates and checks everything, but cannot compile code that inlines something private, or that uses an
auxiliary function which the compiler made in the library. The declaration is then in the environment all the same,
and theorems about it hold; only its compiled code is missing. A native Lean shows no error there.

It also treats each file as a `module`. What follows from that is recognised unless the file says `module` itself.

What was seen (Lean 4.28.0-pre), all with severity error:

- ``Unknown constant `List.reverse._redArg` ``, for `def`, `instance`, `abbrev`, a default in a `structure`, `elab`,
  `#eval`, and what `deriving` makes;
- ``Unknown constant `_private.Init.Data.Array.Basic.0.Array.mapMUnsafe.map` ``, for the same;
- ``failed to compile definition, compiler IR check failed at `…`. Error: depends on declaration 'id._boxed', which
  has no executable code; …``, for `instance : K Nat := ⟨id⟩`;
- ``cannot use `#print axioms` in a `module`; …``;
- ``Cannot add attribute `[…]`: Declaration `…` must be public`` (or ``must be marked as `meta` ``), for `simproc`,
  `csimp`, `@[command_elab]`, `@[tactic]`, `@[app_unexpander]`.

Not recognised, on purpose, because they leave a hole where a proof should be or because a native Lean has the same
text for a mistake: ``Tactic `native_decide` failed. Error: Unknown constant …``, `bv_decide`'s `unsupported operation
(error code: 52, …)`, ``Tactic `…` has not been implemented`` and ``elaboration function for `…` has not been
implemented`` (what follows when an `elab` could not be compiled). Code that runs inside a proof (`run_tac`, `by_elab`)
can fail with the first two texts of the table: an error that is passed over here never makes a theorem proved; that
it rests on no `sorry` is checked elsewhere.
"""

import re

ERROR = 1
"""The severity of an error in the language-server protocol."""

# Names that the compiler gives to what it makes of a definition; Lean/Compiler/LCNF and Lean/Compiler/IR.
_COMPILER_SUFFIX = re.compile(
    r"(?:_redArg|_boxed|_closed_\d+|_lam_\d+|_elam_\d+|_lambda_\d+|_spec(?:_\d+)?|_jp_\d+)(?:\.|$)"
)
# Nobody can write such a name: its number is not an identifier. `_private.MODULE.0.NAME` is private to MODULE.
_LIBRARY_PRIVATE = re.compile(r"_private\.(?:Init|Std|Lean|Lake)(?:\.\w+)*\.0\.")

_UNKNOWN_CONSTANT = re.compile(r"Unknown constant `([^`\n]+)`")
_NO_CODE = re.compile(
    r"failed to compile definition, compiler IR check failed at `[^`\n]+`\. "
    r"Error: depends on declaration '([^'\n]+)', which has no executable code; "
    r"consider marking definition as 'noncomputable'"
)
_PRINT_AXIOMS = "cannot use `#print axioms` in a `module`"
_NOT_IN_A_MODULE = re.compile(
    r"Cannot add attribute `\[[^\]\n]+\]`: Declaration `[^`\n]+` must be (?:public|marked as `meta`)"
)
_MODULE_HEADER = re.compile(r"(?:\s|--[^\n]*\n|/-(?:(?!-/).)*-/)*module\s", re.DOTALL)


def is_toolchain_artifact(severity: int, message: str, source: str = "") -> bool:
    """Tell whether a message is one that a native Lean would not show for the same file.

    `severity` is the protocol's (1 is an error; nothing else is an artifact), `message` the whole text, `source` the
    text of the file: with it, a name that the file itself contains is the file's mistake, and a file that begins with
    `module` answers for what follows from that. Never true for what concerns types, goals or unknown names of the
    user's own.
    """
    if severity != ERROR:
        return False
    text = message.strip()
    unknown = _UNKNOWN_CONSTANT.fullmatch(text)
    if unknown is not None:
        return _is_compilers(unknown.group(1), source)
    without_code = _NO_CODE.fullmatch(text)
    if without_code is not None:
        return _is_compilers(without_code.group(1), source)
    if text.startswith(_PRINT_AXIOMS) or _NOT_IN_A_MODULE.fullmatch(text):
        return _MODULE_HEADER.match(source) is None
    return False


def _is_compilers(name: str, source: str) -> bool:
    """Tell whether a constant is one that the compiler asked for, not the person who wrote `source`."""
    if _LIBRARY_PRIVATE.match(name):
        return True
    suffix = _COMPILER_SUFFIX.search(name)
    if suffix is None:
        return False
    # Whoever writes `List.reverse._redArg`, or `reverse._redArg` after `open List`, has made a mistake.
    *_, base = name[: suffix.start()].rstrip(".").split(".")
    return f"{base}.{suffix.group().rstrip('.')}" not in source
