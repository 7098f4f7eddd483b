"""Completion in bash, zsh, fish and PowerShell: scripts for the shells, and what these are told.

Typer finds what can stand at a place of a line. Its own scripts are used for PowerShell alone: that
for zsh evaluates the names of folders as code, and leaves the first Tab unanswered.
"""

import os
import re
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from typing import Any

import typer
from typer._completion_classes import BashComplete, FishComplete, PowerShellComplete, ZshComplete
from typer._completion_shared import _get_shell_name, get_completion_script
from typer._completion_shared import install as write_files

from lstm_sentiment_cli.cli.terminal import print_paths
from lstm_sentiment_cli.errors import SentimentError, suggestion

PROGRAM = "lstm-sentiment"
VARIABLE = "_LSTM_SENTIMENT_COMPLETE"
"""What scripts set: complete_zsh asks for what can stand at the cursor, source_zsh for a script."""

# The program is started as it was typed, which may be a path; ~ is not expanded by then.
_SCRIPTS = {
    "bash": r"""
_lstm_sentiment_completion() {
    local IFS=$'\n'
    COMPREPLY=( $( env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \
        _LSTM_SENTIMENT_COMPLETE=complete_bash "${1/#\~\//$HOME/}" 2>/dev/null ) )
}
# Without values of ours, bash completes the names of files.
complete -o default -F _lstm_sentiment_completion lstm-sentiment
""",
    "zsh": r"""
#compdef lstm-sentiment
_lstm_sentiment_completion() {
    local -a found
    found=("${(@f)$(env _TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" \
        _LSTM_SENTIMENT_COMPLETE=complete_zsh "${words[1]/#\~\//$HOME/}" 2>/dev/null)}")
    if [[ -n $found[1] ]]; then
        _describe value found
    else
        _files
    fi
}
# A file in fpath becomes a function, which must answer; read otherwise, it announces the one above.
if [[ $funcstack[1] == _lstm-sentiment ]]; then
    _lstm_sentiment_completion "$@"
else
    compdef _lstm_sentiment_completion lstm-sentiment
fi
""",
    "fish": r"""
function _lstm_sentiment_completion
    set --local words (commandline --current-process --tokenize --cut-at-cursor)
    set --local program (string replace --regex '^~/' "$HOME/" -- $words[1])
    set --local typed (commandline --current-process --cut-at-cursor)
    set --local found (env _TYPER_COMPLETE_ARGS="$typed" \
        _LSTM_SENTIMENT_COMPLETE=complete_fish $program 2>/dev/null)
    if set --query found[1]
        printf '%s\n' $found
    else
        __fish_complete_path (commandline --current-token)
    end
end
complete --command lstm-sentiment --no-files --arguments "(_lstm_sentiment_completion)"
""",
}
_READ_BY = {"bash": "~/.bashrc", "zsh": "~/.zshrc"}  # which Typer adds a line to

# Nothing that a shell, or a person who sees it, could take for more than a word.
_PLAIN = re.compile(r"[\w.+,=/@-]+")


class _Words:
    """Finds what can stand at the cursor, as Typer does, and makes words of it."""

    def get_completions(self, args: list[str], incomplete: str) -> list[Any]:
        """Return what can stand here; names that are no plain words are left to be typed."""
        if args[-1:] == ["="]:  # bash makes three words of --format=csv
            args = args[:-1]
        found = super().get_completions(args, incomplete)  # type: ignore[misc]
        flag, equals, _ = incomplete.partition("=")
        for item in found:
            if equals and flag.startswith("-"):
                item.value = f"{flag}={item.value}"
            item.help = " ".join((item.help or "").split())
        return [item for item in found if _PLAIN.fullmatch(item.value)]

    def complete(self) -> str:
        """Return a line for each."""
        found = self.get_completions(*self.get_completion_args())  # type: ignore[attr-defined]
        return "\n".join(map(self.format_completion, found))

    def format_completion(self, item: Any) -> str:
        """Return the line of one."""
        return str(item.value)


class _Bash(_Words, BashComplete):
    pass


class _Zsh(_Words, ZshComplete):
    def format_completion(self, item: Any) -> str:
        return f"{item.value}:{item.help}" if item.help else str(item.value)


class _Fish(_Words, FishComplete):
    def format_completion(self, item: Any) -> str:
        return f"{item.value}\t{item.help}"


class _PowerShell(_Words, PowerShellComplete):
    def format_completion(self, item: Any) -> str:
        return f"{item.value}:::{item.help or ' '}"


_SHELLS: Mapping[str, Any] = {
    "bash": _Bash, "zsh": _Zsh, "fish": _Fish, "powershell": _PowerShell, "pwsh": _PowerShell
}  # fmt: skip
SHELLS = tuple(_SHELLS)


def answer(app: typer.Typer, asked: str) -> None:
    """Print what a shell asks for, and never anything else: it would appear in the user's line."""
    instruction, _, shell = asked.partition("_")
    text = ""
    with (
        open(os.devnull, "w") as nowhere,  # noqa: PTH123
        redirect_stdout(nowhere),
        redirect_stderr(nowhere),
        suppress(Exception, SystemExit),
    ):
        if instruction == "source":
            text = script(shell)
        else:
            command = typer.main.get_command(app)
            text = _SHELLS[shell](command, {}, PROGRAM, VARIABLE).complete()
    if text:
        typer.echo(text.encode())


def script(shell: str) -> str:
    """Return what a shell must read to complete our words."""
    ours = _SCRIPTS.get(shell)
    return (
        ours.strip()
        if ours
        else get_completion_script(prog_name=PROGRAM, complete_var=VARIABLE, shell=shell)
    )


def show(shell: str) -> None:
    """Print the script of a shell."""
    typer.echo(script(_known(shell, "show")))


def install(shell: str) -> None:
    """Write the script of a shell where it reads it, and say where that is."""
    shell = _known(shell, "install")
    try:
        _, path = write_files(shell=shell, prog_name=PROGRAM, complete_var=VARIABLE)
        if shell in _SCRIPTS:
            path.write_text(script(shell) + "\n", encoding="utf-8")
    except (OSError, ValueError) as error:  # ValueError: a settings file that is not UTF-8
        raise SentimentError(
            f"cannot install the completion of {shell}: {error}; let {shell} read the output of "
            f"--show-completion {shell}"
        ) from None
    read_by = f", read by {_READ_BY[shell]}" if shell in _READ_BY else ""
    print_paths(f"completion of {shell} is written to {path}{read_by}; open a new terminal")


def _known(shell: str, what: str) -> str:
    if shell not in SHELLS:
        found = f"unknown shell '{shell}'{suggestion(shell, SHELLS)}" if shell else "unknown shell"
        raise SentimentError(f"{found}; name it: --{what}-completion {'|'.join(SHELLS)}")
    return shell


def current_shell() -> str:
    """Return the name of the shell that started the program, "" if it is not known."""
    return _get_shell_name() or ""
