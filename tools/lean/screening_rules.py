"""What may not stand in a proof, as tables: words, names, options.

The words are what Lean, Batteries and Mathlib reserve for commands, for code that runs while Lean elaborates, and for
steps that leave a proof without a proof.
"""

from enum import StrEnum

from tools.lean.tokens import words


class Rule(StrEnum):
    """Why a text is refused."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    CHARACTER = "character"
    """A control character, a tab, or a character that is invisible or changes the direction of writing."""
    UNTERMINATED = "unterminated"
    MALFORMED = "malformed"
    """A string, character or comment that Lean may read otherwise than it looks, or resume reading within."""
    BRACKETS = "brackets"
    LAYOUT = "layout"
    """A line that leaves the block, or a comment that would swallow what follows the hole."""
    COMMAND = "command"
    """Ends the proof and begins, or changes, something else."""
    RUNS_CODE = "runs-code"
    QUOTATION = "quotation"
    INCOMPLETE = "incomplete"
    """`sorry` and its kin."""
    UNSOUND = "unsound"
    """Rests on something that the kernel does not check."""
    NATIVE = "native"
    """Rests on compiled code."""
    OPTION = "option"
    CONFIGURATION = "configuration"
    """Lean runs the value of a tactic's option as code: it has to be a literal."""
    NAME = "name"
    """A name of Lean's metaprogramming or input and output."""
    EXTERNAL = "external"
    """Asks a service or another program."""
    DISGUISE = "disguise"
    """`«…»` around what needs none; refused only where the policy is strict."""


_COMMANDS = words(
    """
    abbrev add_aesop_rules add_decl_doc alias assert_exists assert_not_exists assert_not_imported attribute axiom
    binder_predicate builtin_dsimproc builtin_initialize builtin_simproc class coinductive compile_def
    compile_inductive count_heartbeats decreasing_by def deprecate deriving docs_to_verso elab elab_rules end
    erase_aesop_rules example export extend_docs extends gen_injective_theorems gen_injective_theorems% grind_pattern
    grind_propagator import include inductive infix infixl infixr init_quot init_grind_norm initialize
    initialize_simps_projections instance irreducible_def lemma library_note local macro macro_rules
    mk_iff_of_inductive_prop mutual namespace noncomputable nonrec notation notation3 omit opaque partial postfix
    prefix prelude private proof_wanted protected public recommended_spelling scoped seal section
    set_library_suggestions set_premise_selector show_panel_widgets simproc simproc_decl dsimproc dsimproc_decl
    structure suppress_compilation syntax tactic_extension termination_by theorem theorem? unif_hint universe unseal
    unsuppress_compilation variable variable? whatsnew where
    """
)
_RUNS_CODE = words(
    """
    by_elab run_cmd run_conv run_elab run_meta run_tac include_str include_bytes dbg_trace dbg_trace_if_shared
    eval_suggest_tactic logInfo logInfoAt logWarning logError println! throwError sleep timeit allocprof
    """
)
_INCOMPLETE = words("sorry admit stop sorryAx")
_EXTERNAL = words(
    """
    polyrith leansearch lean_search loogle moogle statesearch llmstep llmqed suggest_tactics search_proof
    select_premises duper zipperposition smt smt! lean_state_search
    """
)
_NATIVE = words("native_decide native_decide! bv_decide bv_decide? bv_check")

WORDS: dict[str, tuple[Rule, str]] = {
    **dict.fromkeys(_COMMANDS, (Rule.COMMAND, "belongs to a command; a proof is a tactic block or a term")),
    **dict.fromkeys(_RUNS_CODE, (Rule.RUNS_CODE, "runs code or writes messages while Lean elaborates")),
    **dict.fromkeys(_INCOMPLETE, (Rule.INCOMPLETE, "leaves the goal unproved")),
    **dict.fromkeys(_EXTERNAL, (Rule.EXTERNAL, "asks a service or another program")),
    **dict.fromkeys(_NATIVE, (Rule.NATIVE, "rests on compiled code, which the kernel does not check")),
}
"""Words that are refused where they stand as a token of their own."""

COMMAND_PREFIXES = ("declare_", "register_")
"""Words that begin so are commands."""

_META = words(
    """
    IO BaseIO EIO evalDecl evalConst evalConstCheck withIsolatedStreams unsafePerformIO
    ImportM initFn runFrontend liftCommandElabM addDecl addAndCompile addDeclCore addDeclWithoutChecking
    mkSorry ofReduceBoolM dbgTraceIfShared dbgTraceVal dbgStackTrace dbgSleep allocprof timeit
    """
)
_UNSOUND = words(
    """
    sorryAx ofReduceBool ofReduceNat reduceBool reduceNat trustCompiler lcProof lcUnreachable lcAny lcErased
    unsafeCast ptrAddrUnsafe unsafeIO unsafeBaseIO unsafeEIO implemented_by implementedBy extern csimp lcInv lcRec
    skipKernelTC
    """
)
NAMES: dict[str, tuple[Rule, str]] = {
    **dict.fromkeys(_META, (Rule.NAME, "can act outside Lean while it elaborates")),
    **dict.fromkeys(_UNSOUND, (Rule.UNSOUND, "bypasses the kernel")),
}
"""Components that are refused anywhere in a name."""

NAME_PREFIXES = ("dbgTrace", "unsafeIO", "unsafeBaseIO", "unsafeEIO")
"""Components of names that begin so are refused."""

META_ROOTS = words("Lean FS Elab Qq MacroM TacticM TermElabM CommandElabM MetaM CoreM")
"""Names whose first component is one of these belong to metaprogramming or to input and output, if more follows."""

META_PAIRS = words(
    """
    Process.spawn Process.output Process.run Process.exit Process.getPID System.FilePath System.mkFilePath Meta.evalExpr
    Term.evalTerm Tactic.run Tactic.evalTactic Mathlib.Meta Mathlib.Tactic Std.Internal Std.Time
    """
)
"""The same for the first two components, where the first alone may be a person's own (`Term.app`, `Process.step`)."""

PURE_PAIRS = words("Lean.Grind Lean.Omega Lean.Order Lean.RArray")
"""What proofs may use below `META_ROOTS`."""

ALLOWED_OPTIONS = words(
    "maxHeartbeats maxRecDepth synthInstance.maxHeartbeats synthInstance.maxSize exponentiation.threshold"
)
"""Options that `set_option … in` may set within a proof: limits, which change nothing of what is proved."""

CONFIG_TACTICS = words(
    """
    simp simp! simp? simp?! simp_all simp_all! simp_all? simp_all?! dsimp dsimp! dsimp? simpa simpa! simpa? simp_arith
    simp_rw simp_intro norm_num norm_num1 omega grind grind? decide rw rewrite erw nth_rw exact? apply?
    rw? aesop aesop? linarith nlinarith positivity ring ring_nf field_simp push_cast norm_cast exact_mod_cast apply
    apply_rules solve_by_elim ext rcases gcongr fun_prop continuity measurability tauto split_ifs congr! convert
    convert_to infer_instance abel abel_nf noncomm_ring lia cutsat ac_rfl rfl bv_omega bv_normalize
    apply_fun induction cases fun_induction fun_cases interval_cases fin_cases mvcgen try?
    """
)
"""Tactics that take `(option := value)` directly after their name."""

CODE_OPTIONS = words("disch discharger add erase rule_sets simp_options")
"""Options whose value is a tactic or a list of rules, which is screened like the rest of the text."""

KNOWN_OPTIONS = words(
    """
    config maxSteps maxDischargeDepth contextual memoize singlePass zeta beta eta etaStruct iota arith autoUnfold
    failIfUnchanged unfoldPartialApp zetaDelta zetaUnused zetaHave implicitDefEqProofs letToHave catchRuntime
    congrConsts bitVecOfNat warnExponents maxSuggestions loopProtection occs transparency offsetCnstrs newGoals kernel
    native splits ematch matchEqs splitMatch splitIte splitIndPred splitImp canonHeartbeats extAll ringSteps acSteps
    abstractProof splitDisjunctions splitNatSub splitNatAbs splitMinMax splitHypotheses splitNe allowEmpty
    warnOnNonterminal maxRuleApplications maxRuleApplicationDepth maxRuleHeartbeats maxNormIterations
    maxSafePrefixRuleApplications useSimpAll useDefaultSimpSet enableSimp enableUnfold applyHypsTransparency
    assumptionTransparency maxDepth backtracking timeout instances transparencyBackward
    """
)
"""Names of options that are nothing else, so that they count wherever they stand."""
