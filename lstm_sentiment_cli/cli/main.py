"""The entry point: which commands there are, and how each of them ends."""

import os
import signal
import sys
import threading
import time
from collections import UserDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import ENOSPC
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, TextIO

import typer
from typer.core import TyperGroup

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.options import Command, option, write_options
from lstm_sentiment_cli.cli.settings import spread, use_files
from lstm_sentiment_cli.errors import ExitCode, SentimentError
from lstm_sentiment_cli.rendering.style import visible


class OnDemand(UserDict[str, Any]):
    """Name → command, in the order of the help.

    A command is the function of its name in the module of its name, or a group if that module
    has an `app`.
    """

    def __getitem__(self, name: str) -> Any:
        if self.data[name] is None:
            attribute = name.replace("-", "_")
            module = import_module(f"lstm_sentiment_cli.cli.{attribute}")
            app = getattr(module, "app", None)
            if app is None:
                app = typer.Typer(add_completion=False, rich_markup_mode=None)
                app.command(name, cls=Command)(getattr(module, attribute))
            self.data[name] = typer.main.get_command(app)
            self.data[name].name = name
        return self.data[name]


# How long a thread keeps Python's lock while another waits. The network's threads wait for the one
# that tokenises: bulk scoring is a fifth faster than with the usual 0.005 (benchmarks/run.py).
_SWITCH_SECONDS = 0.0001

_NAMES = (
    *("predict", "score", "summarize", "repl", "label", "train", "tune", "evaluate"),
    *("find-threshold", "calibrate", "benchmark", "models", "data", "config"),
)

# Typer exports no name for what unknown commands, unknown options and bad values have in common.
_UsageError: Any = typer.BadParameter.__base__


class _Commands(TyperGroup):
    """Typer's group, which keeps our promises about exit codes and messages."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = OnDemand(dict.fromkeys(_NAMES))

    def list_commands(self, _context: Any) -> list[str]:
        """Return the names alone, for which nothing must be imported."""
        return list(_NAMES)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, and the summaries of the commands."""
        write_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options; those of completion are for the current shell if they name none."""
        if args and args[-1] in _COMPLETIONS and not ctx.resilient_parsing:
            from lstm_sentiment_cli.cli.completion import current_shell

            args = [*args, current_shell()]
        return super().parse_args(ctx, args)

    def make_context(self, *arguments: Any, **extra: Any) -> Any:
        """Read the options before the command; some of them (--help) write and end here."""
        with _promised_ends():
            return super().make_context(*arguments, **extra)

    def invoke(self, ctx: Any) -> object:
        """Read the command's own options, and run it."""
        with _promised_ends():
            return super().invoke(ctx)


@contextmanager
def _promised_ends() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:  # a reader that closes the pipe, as `| head` does, is no error
        _drop_output(sys.stdout)
        raise typer.Exit(ExitCode.DONE) from None
    except ImportError as error:
        # Ctrl-C while ONNX Runtime is imported: its C++ turns it into an ImportError.
        if isinstance(error.__cause__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise
    except OSError as error:
        if error.errno != ENOSPC:
            raise
        _drop_output(sys.stdout)
        raise SentimentError(
            f"cannot write standard output: {error.strerror}; free some space"
        ) from None
    except _UsageError as error:
        if type(error) is typer.BadParameter:  # a wrong value is an error like any other
            raise SentimentError(error.format_message()) from None
        error.message = visible(error.message)
        resembles_none = not getattr(error, "possibilities", True)
        if resembles_none and error.ctx is not None and error.ctx.info_name == "predict":
            error.message += (
                "; put a text that begins with a dash after --: predict -- '-5 degrees'"
            )
        raise


def _drop_output(*streams: TextIO) -> None:
    """Drop what is still in buffers, which would wait for a reader that may not read."""
    for stream in streams:
        with suppress(OSError, ValueError, AttributeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


# Who closes a terminal often sends HUP twice: the second time must not disturb the cleaning up. A
# signal that comes later is one of its own, from somebody who has lost patience.
_SAME_SIGNAL_SECONDS = 1.0
# An exception can get lost, where Python or C++ ignores those of callbacks: it is raised again,
# soon where Python tells that it was ignored.
_AGAIN_SECONDS, _SOON_SECONDS = 5.0, 0.01


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let TERM and HUP end the block as errors do, cleaning up; the exit code is 128 + n.

    Ctrl-C stays what each command makes of it: it may end less than the program. A signal that the
    parent has had ignored, as nohup does with HUP, stays ignored.
    """
    numbers = []
    if threading.current_thread() is threading.main_thread():  # no other may handle signals
        known = (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP", "SIGALRM"))
        numbers = [each for each in known if each and signal.getsignal(each) is signal.SIG_DFL]
    received: list[tuple[int, float]] = []

    def end(number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        by_timer = number == getattr(signal, "SIGALRM", None)
        if not received or by_timer or now - received[-1][1] > _SAME_SIGNAL_SECONDS:
            received.append((number, now))
            again(_AGAIN_SECONDS)
            raise SystemExit(128 + number)

    def again(seconds: float) -> None:
        if sys.platform != "win32" and signal.SIGALRM in numbers:
            signal.setitimer(signal.ITIMER_REAL, seconds)

    def ignored(unraisable: Any) -> None:
        if received and isinstance(unraisable.exc_value, SystemExit):
            again(_SOON_SECONDS)
        else:
            report_ignored(unraisable)

    report_ignored, sys.unraisablehook = sys.unraisablehook, ignored
    try:
        for number in numbers:
            signal.signal(number, end)
        yield
    except BaseException:
        if not received:
            raise
        again(0)  # not any more
        # Whatever became of it on the way, such as an error because the terminal is gone.
        _drop_output(sys.stdout, sys.stderr)
        raise SystemExit(128 + received[0][0]) from None
    finally:
        sys.unraisablehook = report_ignored
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


app = typer.Typer(
    name="lstm-sentiment",
    cls=_Commands,
    help="Score the sentiment of tweets and other short English texts, offline.",
    epilog="Run 'lstm-sentiment COMMAND --help' for the options of a command, and examples.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    add_completion=False,  # ours is below
)


def _show_version(context: typer.Context, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:  # which is completion
        from importlib.metadata import version

        typer.echo(f"lstm-sentiment {version('lstm-sentiment-cli')}")
        raise typer.Exit


def _show_completion(context: typer.Context, shell: str | None) -> None:
    if shell is not None and not context.resilient_parsing:
        from lstm_sentiment_cli.cli.completion import show

        show(shell)
        raise typer.Exit


def _install_completion(context: typer.Context, shell: str | None) -> None:
    if shell is not None and not context.resilient_parsing:
        from lstm_sentiment_cli.cli.completion import install

        install(shell)
        raise typer.Exit


_COMPLETIONS = ("--show-completion", "--install-completion")


def _shells() -> Iterable[str]:
    from lstm_sentiment_cli.cli.completion import SHELLS

    return SHELLS


@app.callback()
def root(
    context: typer.Context,
    model: Annotated[
        str | None,
        option(
            "--model -m NAME|PATH",
            "Model to use: a name or a folder.",
            default=options.DEFAULT_MODEL,
            envvar="LSTM_SENTIMENT_MODEL",
            values=options.model_names,
        ),
    ] = None,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
    _version: Annotated[
        bool, option("--version", "Show the version.", callback=_show_version, is_eager=True)
    ] = False,
    _install: Annotated[
        str | None,
        option(
            "--install-completion [SHELL]",
            "Complete commands, options and their values in bash, zsh, fish or powershell.",
            callback=_install_completion,
            is_eager=True,
            values=_shells,
            default="the current shell",
        ),
    ] = None,
    _show: Annotated[
        str | None,
        option(
            "--show-completion [SHELL]",
            "Show what a shell must read for that.",
            callback=_show_completion,
            is_eager=True,
            values=_shells,
            default="the current shell",
        ),
    ] = None,
) -> None:
    """Pass settings and the options before a command to it; without a command, show the help."""
    _require_working_directory()
    if context.invoked_subcommand not in {None, "config"}:  # config must work beside a broken file
        use_files(context)
    spread(context, {"model": model, "quiet": quiet, "no_color": no_color})
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _require_working_directory() -> None:
    """Raise SentimentError where there is none: names of models and files are looked up in it."""
    try:
        Path.cwd()
    except OSError as error:
        raise SentimentError(
            f"cannot use the working directory: {error.strerror}; change to another, with cd"
        ) from None


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; an error the user can fix is one line on stderr and exit code 1."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    if sys.stderr is None:  # closed by the caller; no file we open may take its place
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    try:
        if sys.stdout is None:
            raise SentimentError(
                "standard output is closed; redirect it, to /dev/null for instance"
            )
        if asked := os.environ.get("_LSTM_SENTIMENT_COMPLETE"):
            from lstm_sentiment_cli.cli.completion import answer

            answer(app, asked)
        else:
            with _ended_by_signals():
                try:
                    app(arguments)
                finally:
                    # Only imported by commands that write.
                    if atomic := sys.modules.get("lstm_sentiment_cli.atomic"):
                        atomic.remove_unfinished()
    except SentimentError as error:
        problem = str(error)
    except MemoryError:
        problem = "out of memory; close other programs, or use a smaller model or fewer rows"
    else:
        return
    sys.stderr.write(f"error: {visible(problem)}\n")
    raise SystemExit(ExitCode.ERROR)
