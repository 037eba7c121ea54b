"""Texts that a dishonest or careless author offers as a proof, with the rule that refuses each.

`runs_code` marks those that would run code or a command if Lean saw them: each must be refused before that. Those with
`needs_lean` pass screening by design, for only Lean and the acceptance check can judge them: `context` is what the
user's own file declares before the theorem.
"""

from dataclasses import dataclass

from tools.lean.document import HoleKind
from tools.lean.screening_rules import Rule

_TACTIC, _TERM = HoleKind.TACTIC, HoleKind.TERM


@dataclass(frozen=True, slots=True)
class Cheat:
    """One text: what it is called, the kind of hole that it is offered for, and the rule that refuses it."""

    name: str
    kind: HoleKind
    text: str
    rule: Rule | None
    runs_code: bool = False
    needs_lean: bool = False
    context: str = ""


def _many(rule: Rule, texts: dict[str, str], *, kind: HoleKind = _TACTIC, runs_code: bool = False) -> list[Cheat]:
    return [Cheat(name, kind, text, rule, runs_code=runs_code) for name, text in texts.items()]


INCOMPLETE = _many(
    Rule.INCOMPLETE,
    {
        "sorry": "sorry",
        "exact sorry": "exact sorry",
        "sorry among others": "simp\nsorry",
        "sorry behind a comment": "/- fine -/ sorry",
        "sorry in parentheses": "(((sorry)))",
        "sorry after a bullet without blank": "constructor\n.sorry\n.sorry",
        "sorry behind a number": "exact Nat.foo 1sorry",
        "sorry in an interpolated string": 'exact foo s!"{(sorry : Nat)}"',
        "sorry in the last alternative": "first | trivial | sorry",
        "sorry over a line break": "exact\n  sorry",
        "admit": "admit",
        "admit under try": "try admit",
        "stop": "intro h\nstop\nexact h",
        "sorryAx": "exact sorryAx _ true",
        "comment that ends earlier than it seems": "/- /- -/ -/ sorry",
        "line comment that ends": "-- fine\nsorry",
        "nested by": "exact (by first | done | sorry)",
    },
) + _many(Rule.INCOMPLETE, {"term sorry": "sorry", "term pair": "⟨sorry, sorry⟩"}, kind=_TERM)

UNSOUND = _many(
    Rule.UNSOUND,
    {
        "escaped sorryAx": "exact «sorryAx» _ true",
        "rooted sorryAx": "exact _root_.sorryAx _ true",
        "dotted sorryAx": "exact .sorryAx",
        "ofReduceBool": "exact Lean.ofReduceBool _ _ rfl",
        "escaped ofReduceBool": "exact Lean.«ofReduceBool» _ _ rfl",
        "ofReduceNat": "exact Lean.ofReduceNat _ _ rfl",
        "trustCompiler": "exact absurd Lean.trustCompiler id",
        "reduceBool": "have : Lean.reduceBool true = true := rfl\ntrivial",
        "lcProof": "exact lcProof",
        "lcUnreachable": "exact lcUnreachable",
        "unsafeCast": "exact unsafeCast trivial",
        "escaped unsafeCast": "exact «unsafeCast» trivial",
        "ptrAddrUnsafe": "exact (ptrAddrUnsafe 1).elim",
        "unsafe term": "exact unsafe foo",
        "unsafe outside of aesop": "exact foo (add, unsafe 50)",
        "unsafeIO": "exact unsafeIO foo",
    },
)

NATIVE = _many(
    Rule.NATIVE,
    {
        "native_decide": "native_decide",
        "native_decide behind by": "exact by native_decide",
        "decide +native": "decide +native",
        "decide + native over a line": "decide\n  +native",
        "decide with configuration": "decide (config := { native := true })",
        "decide with option": "decide (native := true)",
        "bv_decide": "bv_decide",
        "bv_check": 'bv_check "foo.lrat"',
    },
    runs_code=True,
)

RUNS_CODE = _many(
    Rule.RUNS_CODE,
    {
        "run_tac": "run_tac Lean.logInfo m!\"'t' does not depend on any axioms\"",
        "run_tac that writes": 'run_tac do IO.FS.writeFile "x" "y"',
        "run_tac over lines": "run_tac\n  do\n    pure ()",
        "run_tac in focus": "constructor <;> run_tac pure ()",
        "run_tac under a bullet": ".run_tac pure ()",
        "run_conv": "conv => run_conv pure ()",
        "by_elab": "exact by_elab do return Lean.mkConst ``True.intro",
        "by_elab in a type": "have h : by_elab return .sort .zero := trivial\nexact h",
        "eval%": "exact eval% foo",
        "include_str": 'exact foo (include_str "/etc/passwd")',
        "dbg_trace": 'exact dbg_trace "proved"; trivial',
        "trace": "trace \"'t' depends on axioms: []\"\ntrivial",
        "sleep": "sleep 1000000",
        "timeit": 'exact timeit "fine" trivial',
    },
    runs_code=True,
) + _many(
    Rule.RUNS_CODE,
    {"term by_elab": "by_elab return Lean.mkConst ``True.intro", "term by run_tac": "by run_tac pure ()"},
    kind=_TERM,
    runs_code=True,
)

COMMANDS = _many(
    Rule.COMMAND,
    {
        "#eval on the next line": 'trivial\n\n#eval IO.println "hi"',
        "#eval on the same line": "trivial #eval 1",
        "#eval without blank": "trivial\n#evalx",
        "#eval!": "trivial\n#eval! sorryFree",
        "#exit": "trivial\n#exit",
        "#print axioms forged": "trivial\n#print axioms Nat.add_comm",
        "axiom": "exact ax\n\naxiom ax : False",
        "theorem after the proof": "trivial\n\ntheorem t : False := id sorryFree",
        "theorem on the same line": "trivial theorem t2 : True := trivial",
        "instance": "trivial\ninstance : Decidable False := isTrue foo",
        "def": "trivial\ndef x := 1",
        "attribute": "trivial\nattribute [simp] foo",
        "attribute in": "attribute [local simp] foo in\nsimp",
        "attribute brackets": "trivial\n@[simp]",
        "notation": 'trivial\nnotation "⊥⊥" => True',
        "local notation": 'trivial\nlocal notation "False" => True',
        "infix": 'trivial\ninfixl:65 " = " => fun _ _ => True',
        "macro": 'trivial\nmacro "rfl" : tactic => default',
        "macro_rules": "trivial\nmacro_rules | _ => default",
        "syntax": 'trivial\nsyntax "foo" : tactic',
        "elab": 'trivial\nelab "foo" : tactic => pure ()',
        "simproc": "trivial\nsimproc foo (_ + _) := fun _ => default",
        "initialize": "trivial\ninitialize pure ()",
        "run_cmd-like declare": "trivial\ndeclare_syntax_cat foo",
        "export": "trivial\nexport Nat (add)",
        "open without in": "trivial\nopen Classical",
        "namespace": "trivial\nnamespace Foo",
        "end": "trivial\nend Foo",
        "section": "trivial\nsection",
        "variable": "trivial\nvariable (h : False)",
        "universe": "trivial\nuniverse u",
        "import": "trivial\nimport Lean",
        "where": "exact aux\nwhere aux : True := trivial",
        "let rec": "let rec f : Nat → False := fun n => f (n + 1)\nexact f 0",
        "termination_by": "exact foo\ntermination_by 0",
        "decreasing_by": "exact foo\ndecreasing_by trivial",
        "deriving instance": "trivial\nderiving instance Repr for Foo",
        "mutual": "trivial\nmutual",
        "module documentation": "trivial /-! -/",
        "documentation": "trivial\n/-- x -/",
        "command at an odd column": "trivial\n     axiom oops : False",
        "command in an argument": "exact foo (axiom bar : False)",
        "private": "trivial\nprivate theorem x : True := trivial",
        "compiler attribute": "trivial\nattribute [implemented_by foo] bar",
    },
    runs_code=True,
) + _many(
    Rule.COMMAND,
    {
        "term and command": "trivial\n\naxiom oops : False",
        "term with where": "aux where aux := trivial",
        "interpolated command": 's!"{#eval 1}"',
    },
    kind=_TERM,
    runs_code=True,
)

RUN_BEFORE_THE_COMMAND = _many(
    Rule.RUNS_CODE,
    {
        "run_cmd": "trivial\nrun_cmd pure ()",
        "run_meta": "trivial\nrun_meta pure ()",
        "run_elab": "trivial\nrun_elab pure ()",
    },
    runs_code=True,
)

QUOTATIONS = _many(
    Rule.QUOTATION,
    {
        "quotation": "exact foo `(trivial)",
        "tactic quotation": "exact foo `(tactic| sorry)",
        "double quotation": "exact foo ``(trivial)",
        "name literal": "exact foo `sorryAx",
        "checked name literal": "exact foo ``Nat.add",
    },
)

OPTIONS = _many(
    Rule.OPTION,
    {
        "skipKernelTC": "set_option debug.skipKernelTC true in\ntrivial",
        "skipKernelTC over lines": "set_option\n  debug.skipKernelTC\n    true in trivial",
        "escaped option": "set_option debug.«skipKernelTC» true in trivial",
        "compiler option": "set_option compiler.extract_closed false in trivial",
        "pp option": "set_option pp.all true in trivial",
        "allowed option without in": "set_option maxRecDepth 1000\ntrivial",
        "allowed option with a string": 'set_option maxHeartbeats "0" in trivial',
    },
)

CONFIGURATION = _many(
    Rule.CONFIGURATION,
    {
        "configuration by a function": "simp (config := f 1)",
        "configuration by a name": "simp (config := myConfig)",
        "configuration with a field that is code": "simp (config := { maxSteps := g 3 })",
        "option that is code": "simp (maxSteps := h 0)",
        "option after another": "simp +arith (ground := f true)",
        "option after a literal one": "omega (splitNatSub := true) (foo := evil 1)",
        "escaped configuration": "simp («config» := f 1)",
        "option of decide": "decide (kernel := f 0)",
        "option with by": "simp (maxSteps := by exact 3)",
        "option with if": "simp (maxSteps := if true then 1 else 2)",
        "update of a structure": "simp (config := { cfg with maxSteps := 3 })",
    },
    runs_code=True,
)

NAMES = _many(
    Rule.NAME,
    {
        "IO": 'exact (IO.println "x" |> fun _ => trivial)',
        "escaped IO": 'exact («IO».println "x" |> fun _ => trivial)',
        "file system": 'exact (FS.writeFile "x" "y" |> fun _ => trivial)',
        "Lean.Elab": "exact Lean.Elab.foo",
        "open Lean": "open Lean in exact foo",
        "Lean.Meta": "exact _root_.Lean.Meta.foo",
        "process": "exact Process.spawn foo",
    },
)

EXTERNAL = _many(
    Rule.EXTERNAL,
    {"polyrith": "polyrith", "leansearch": 'leansearch "x"', "loogle": "loogle Nat", "LeanCopilot": "search_proof"},
    runs_code=True,
)

STRUCTURE = [
    Cheat("empty", _TACTIC, "", Rule.EMPTY),
    Cheat("blank", _TACTIC, " \n ", Rule.EMPTY),
    Cheat("only a comment", _TACTIC, "/- obvious -/", Rule.EMPTY),
    Cheat("too long", _TACTIC, "trivial" + " " * 200_000 + "x", Rule.TOO_LONG),
    Cheat("closes a bracket of the file", _TACTIC, "trivial) (trivial", Rule.BRACKETS),
    Cheat("closes an anonymous constructor", _TERM, "trivial⟩, ⟨trivial", Rule.BRACKETS),
    Cheat("wrong bracket", _TACTIC, "exact (foo]", Rule.BRACKETS),
    Cheat("open bracket", _TACTIC, "exact (foo", Rule.BRACKETS),
    Cheat("open comment", _TACTIC, "trivial /- the rest of the file", Rule.UNTERMINATED),
    Cheat("open string", _TACTIC, 'exact foo "the rest of the file', Rule.UNTERMINATED),
    Cheat("open escape", _TACTIC, "exact «the rest of the file", Rule.UNTERMINATED),
    Cheat("open raw string", _TACTIC, 'exact foo r#"the rest of the file"', Rule.UNTERMINATED),
    Cheat("trailing comment", _TACTIC, "trivial -- and what follows", Rule.LAYOUT),
    Cheat("dedented line", _TACTIC, "    trivial\nexact foo", Rule.LAYOUT),
    Cheat("right-to-left override", _TACTIC, "trivial /- \u202e -/", Rule.CHARACTER),
    Cheat("zero-width space", _TACTIC, "sor\u200bry", Rule.CHARACTER),
    Cheat("NUL", _TACTIC, "trivial\0", Rule.CHARACTER),
    Cheat("tab", _TACTIC, "\ttrivial", Rule.CHARACTER),
    Cheat("lone carriage return", _TACTIC, "trivial\r#eval 1", Rule.CHARACTER),
    Cheat("line separator", _TACTIC, "-- x\u2028sorry", Rule.CHARACTER),
    Cheat("no-break space", _TACTIC, "exact\u00a0foo", Rule.CHARACTER),
    Cheat("byte order mark", _TACTIC, "\ufefftrivial", Rule.CHARACTER),
    # Lean's parser recovers from the unknown escape within the string and runs the command there.
    Cheat("command in a string with an unknown escape", _TACTIC, 'exact foo "\\q #eval 1"', Rule.MALFORMED, True),
    Cheat("command in a string with an escaped brace", _TACTIC, 'exact foo "\\{ #eval 1"', Rule.MALFORMED, True),
    Cheat("command in an ambiguous string", _TACTIC, 'exact f! "{" #eval 1 "}"', Rule.MALFORMED, True),
    Cheat("string that may be interpolated", _TACTIC, 'exact foo "{sorry}"', Rule.MALFORMED),
    Cheat("character with an unknown escape", _TACTIC, "exact foo '\\q'", Rule.MALFORMED),
    Cheat("character that is none", _TACTIC, "exact foo 'ab\"' #eval 1 \"", Rule.MALFORMED, True),
    Cheat("comment that a longer symbol undoes", _TACTIC, "rw [<-- sorry\n  ]", Rule.INCOMPLETE),
    Cheat("comment directly after a symbol", _TACTIC, "exact foo +-- bar\n  baz", Rule.MALFORMED),
]

NEEDS_LEAN = [
    # Cyrillic ѕ and о: no identifiers to Lean.
    Cheat("look-alike of sorry", _TACTIC, "exact ѕоrry", None, needs_lean=True),
    Cheat("full-width look-alike", _TACTIC, "ｓorry", None, needs_lean=True),
    Cheat(
        "macro of the file that expands to sorry",
        _TACTIC,
        "finish",
        None,
        needs_lean=True,
        context='macro "finish" : tactic => `(tactic| sorry)\n',
    ),
    Cheat(
        "axiom of the file",
        _TACTIC,
        "exact oops.elim",
        None,
        needs_lean=True,
        context="axiom oops : False\n",
    ),
    Cheat(
        "lemma of the file that rests on sorry",
        _TACTIC,
        "exact unproved.elim",
        None,
        needs_lean=True,
        context="theorem unproved : False := sorry\n",
    ),
    Cheat(
        "term macro of the file that expands to sorryAx",
        _TERM,
        "done!",
        None,
        needs_lean=True,
        context='macro "done!" : term => `(sorryAx _ false)\n',
    ),
    Cheat("escaped name that is not there", _TACTIC, "exact «sorry»", None, needs_lean=True),
    Cheat("proof of another statement", _TACTIC, "show True\ntrivial", None, needs_lean=True),
    Cheat("proof that leaves a goal", _TACTIC, "constructor", None, needs_lean=True),
    Cheat("error within try", _TACTIC, "try omega", None, needs_lean=True),
    Cheat("term of another type", _TERM, "(trivial : True)", None, needs_lean=True),
    Cheat("the theorem itself", _TACTIC, "exact target", None, needs_lean=True),
]

CHEATS: tuple[Cheat, ...] = (
    *INCOMPLETE,
    *UNSOUND,
    *NATIVE,
    *RUNS_CODE,
    *COMMANDS,
    *RUN_BEFORE_THE_COMMAND,
    *QUOTATIONS,
    *OPTIONS,
    *CONFIGURATION,
    *NAMES,
    *EXTERNAL,
    *STRUCTURE,
    *NEEDS_LEAN,
)
"""All cheats; `NEEDS_LEAN` are offered as proofs of `theorem target : 2 + 2 = 5`, which has none."""
