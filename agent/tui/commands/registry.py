"""All slash commands, in the order in which /help lists them."""

from typing import TYPE_CHECKING

from agent.tui.commands import proof, settings, talk, watch
from agent.tui.commands.command import SlashCommand
from agent.tui.commands.help import help_text

if TYPE_CHECKING:
    from agent.tui.app import QedApp


async def _help(app: "QedApp", argument: str) -> None:
    app.show_markdown(help_text(COMMANDS))


COMMANDS: tuple[SlashCommand, ...] = (
    SlashCommand("help", "", "keys and commands", _help),
    SlashCommand(
        "goals", "[HOLE | FILE:LINE]", "the goals at a hole; makes it the current one", proof.goals, proof.hole_names
    ),
    SlashCommand("holes", "[FILE]", "the open holes", proof.holes, proof.file_names),
    SlashCommand(
        "prove",
        "[HOLE | FILE | all]",
        "search a proof, and write it when Lean accepts it",
        proof.prove,
        proof.hole_names,
    ),
    SlashCommand("try", "[@HOLE] TACTIC [;; TACTIC …]", "try tactics at the current hole", proof.try_),
    SlashCommand("score", "[@HOLE] [TACTIC ;; TACTIC …]", "how many steps LeanProgress sees left", proof.score),
    SlashCommand("search", "[HOLE | FILE | all]", "search a proof, write nothing", proof.search, proof.hole_names),
    SlashCommand("check", "[FILE]", "what Lean says about a file", proof.check, proof.file_names),
    SlashCommand("model", "[NAME]", "choose the model", settings.model, settings.model_names),
    SlashCommand("models", "", "the models to choose from", settings.models),
    SlashCommand("config", "[PART OF A NAME]", "the settings and where they come from", settings.config),
    SlashCommand("permissions", "[MODE]", "what is written without asking", settings.permissions, settings.mode_names),
    SlashCommand("undo", "", "take back the last write", proof.undo),
    SlashCommand("diff", "", "what this session has written", proof.diff),
    SlashCommand("clear", "", "a new conversation", talk.clear),
    SlashCommand("compact", "", "shorten what the model is sent", talk.compact),
    SlashCommand("sessions", "", "the conversations about this project", talk.sessions),
    SlashCommand("resume", "[ID]", "go on with another conversation", talk.resume, talk.session_names),
    SlashCommand("export", "[FILE]", "write the conversation into a file", talk.export),
    SlashCommand("cost", "", "what this conversation has cost", talk.cost),
    SlashCommand("theme", "[NAME]", "the colours", settings.theme, settings.theme_names),
    SlashCommand("doctor", "", "what is there, and what is missing", settings.doctor),
    SlashCommand("watch", watch.ARGUMENTS, "work on what you save, as `qed watch`", watch.watch, watch.choices),
    SlashCommand("quit", "", "leave", talk.quit_),
)
