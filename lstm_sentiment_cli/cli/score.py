"""`lstm-sentiment score`."""

import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.options import OUTPUT, option
from lstm_sentiment_cli.cli.predict import InputFormat, Prefix, Threshold, Uncertain
from lstm_sentiment_cli.cli.terminal import Terminal, counting, print_paths
from lstm_sentiment_cli.errors import ExitCode, SentimentError
from lstm_sentiment_cli.figures import counted
from lstm_sentiment_cli.records.formats import OUTPUT_FORMATS, check_format, either, is_uri

if TYPE_CHECKING:
    from lstm_sentiment_cli.jobs.job import Engine, Summary
    from lstm_sentiment_cli.jobs.job_plan import Options, Plan, Planned
    from lstm_sentiment_cli.jobs.unit import Done, Event

ENGINES = ("local", "ray")
_MOST_SHOWN = 10
_Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT", help="Files, folders, patterns or URIs to score.", show_default=False
    ),
]
_Output = Annotated[str, option("--output -o FOLDER", "Folder or URI for the parts.", OUTPUT)]
_OutputFormat = Annotated[
    str | None,
    option(
        "--format -f FORMAT",
        f"{either(OUTPUT_FORMATS)}.",
        OUTPUT,
        default="that of each input",
        values=OUTPUT_FORMATS,
    ),
]
_RowsPerPart = Annotated[
    int,
    option(
        "--rows-per-part N",
        "Cut a parquet file of more rows between groups of rows.",
        OUTPUT,
        min=1,
    ),
]
_Workers = Annotated[
    int | None, option("--workers N", "Processes that score.", default="one per core", min=1)
]
_Engine = Annotated[str, option("--engine NAME", "Where they run: local or ray.", values=ENGINES)]
_Address = Annotated[
    str | None,
    option("--address HOST:PORT", "Ray cluster to join.", default="RAY_ADDRESS, else this machine"),
]
_Resume = Annotated[bool, option("--resume", "Go on with a job that was not finished.")]
_MaxUnreadable = Annotated[
    float,
    option(
        "--max-unreadable SHARE", "Exit with 3 if more records could not be read.", min=0, max=1
    ),
]
_DryRun = Annotated[bool, option("--dry-run", "Only list the parts: file, part, row groups.")]


def score(
    inputs: _Inputs,
    *,
    input_format: InputFormat = None,
    text_column: options.TextColumn = None,
    encoding: options.Encoding = "utf-8",
    delimiter: options.Delimiter = None,
    model: options.Model = options.DEFAULT_MODEL,
    threshold: Threshold = None,
    uncertain: Uncertain = None,
    output: _Output,
    format: _OutputFormat = None,  # noqa: A002  # the option's name
    prefix: Prefix = "",
    rows_per_part: _RowsPerPart = 1_000_000,
    workers: _Workers = None,
    engine: _Engine = "local",
    address: _Address = None,
    resume: _Resume = False,
    force: options.Force = False,
    max_unreadable: _MaxUnreadable = 0.0,
    dry_run: _DryRun = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Score many files, in parts that survive a kill.

    Each file becomes a part of the same name in the output folder, with its columns and those of
    the answer. What is done is not done again: --resume goes on after a kill, and adds files that
    are new. _SUCCESS is written when all parts are there.

    Examples:
      lstm-sentiment score tweets/ --output scored
      lstm-sentiment score 'tweets/2018-*.csv.gz' --output scored --format parquet
    """
    from lstm_sentiment_cli.inference.decision import rule
    from lstm_sentiment_cli.jobs.job_plan import Options
    from lstm_sentiment_cli.model.folder import read_manifest, reserved
    from lstm_sentiment_cli.model.locations import find_model
    from lstm_sentiment_cli.records.storage import local

    if format is not None:
        check_format(format, OUTPUT_FORMATS, "format")
    decision, folder = rule(threshold, uncertain), find_model(model)
    decision.check(read_manifest(folder).labels)
    how = Options(
        input_format, text_column, encoding, delimiter, decision.threshold, decision.uncertain,
        format, prefix, rows_per_part,
    )  # fmt: skip
    asked = _Asked(tuple(map(local, inputs)), local(output), folder, how)
    chosen = _engine(engine, address, workers)
    if dry_run:
        _list_parts(asked, resume=resume)
        return
    with nullcontext() if is_uri(asked.output) else reserved(Path(asked.output)):
        summary = _run(asked, chosen, Terminal(quiet, no_color), resume=resume, force=force)
    print_paths(asked.output)
    if summary.failed:
        raise typer.Exit(ExitCode.UNITS_FAILED)
    if summary.unreadable_share > max_unreadable:
        raise typer.Exit(ExitCode.UNREADABLE_RECORDS)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What to score, where the parts go, and how."""

    inputs: tuple[str, ...]
    output: str
    model: Path
    options: "Options"

    def planned(self, going_on: "Plan | None", done: "Sequence[Done]") -> "Planned":
        """Plan the job, or what is left of one that stands there."""
        from lstm_sentiment_cli.jobs.job_plan import plan_of

        known = going_on.units if going_on else ()
        parts = {each.part for each in done}
        return plan_of(self.inputs, self.output, self.model, self.options, known=known, done=parts)


Chosen = Callable[[_Asked], "Engine"]


def _run(
    asked: _Asked, chosen: Chosen, terminal: Terminal, *, resume: bool, force: bool
) -> "Summary":
    """Run a job in place of the one that stands there, or go on with that one."""
    from lstm_sentiment_cli.jobs import job

    before = job.read_plan(asked.output)
    job.check_begun(asked.output, before, resume=resume, force=force)
    going_on = before if resume else None
    done = job.done_of(asked.output, going_on) if going_on else []
    planned = asked.planned(going_on, done)
    if before and not going_on:
        job.remove_job(asked.output, before)
    job.begin(asked.output, planned.plan, going_on)
    for remark in _remarks(planned, len(done)):
        terminal.say(remark)
    began = time.monotonic()
    with _progress(terminal) as tell:
        summary = job.run(asked.output, planned.plan, done, chosen(asked), tell)
    for line in _report(planned, summary, len(done), time.monotonic() - began):
        terminal.say(line)
    return summary


def _engine(name: str, address: str | None, workers: int | None) -> Chosen:
    """Return what makes the engine; SentimentError for options that contradict each other."""
    if name not in ENGINES:
        raise SentimentError(f"unknown engine '{name}'; choose from {', '.join(ENGINES)}", "engine")
    if name == "ray":
        from lstm_sentiment_cli.jobs.ray_engine import RayEngine, check_ray

        check_ray(address)
        return lambda asked: RayEngine(asked.model, asked.options, asked.output, address, workers)
    if address is not None:
        raise SentimentError("--address names a Ray cluster; add --engine ray", "address")
    from lstm_sentiment_cli.inference.predictor import cores
    from lstm_sentiment_cli.jobs.local_engine import LocalEngine

    return lambda asked: LocalEngine(asked.model, asked.options, asked.output, workers or cores())


def _list_parts(asked: _Asked, *, resume: bool) -> None:
    """Print all parts of a job: file, part, and how many groups of rows if it is cut."""
    from lstm_sentiment_cli.jobs import job

    before = job.read_plan(asked.output)
    for unit in asked.planned(before if resume else None, []).plan.units:
        groups = (
            "" if unit.row_groups is None else f"\t{counted(len(unit.row_groups), 'row group')}"
        )
        print_paths(f"{unit.source.path}\t{unit.part}{groups}")


def _remarks(planned: "Planned", done: int) -> Iterator[str]:
    units = planned.plan.units
    files = {unit.source.path: unit.source.size for unit in units}
    size = f"{sum(files.values()) / 1e6:,.1f} MB"
    of_them = f", of which {done:,} are done" if done else ""
    yield f"{counted(len(files), 'file')}, {size}, in {counted(len(units), 'part')}{of_them}"
    if planned.left_out:
        yield f"{counted(planned.left_out, 'file')} left out, with no ending that tells a format"
    if planned.gone:
        some = ", ".join(planned.gone[:_MOST_SHOWN])
        more = (
            f" and {len(planned.gone) - _MOST_SHOWN:,} more" if planned.gone[_MOST_SHOWN:] else ""
        )
        yield f"{counted(len(planned.gone), 'file')} of the job no longer there: {some}{more}"


@contextmanager
def _progress(terminal: Terminal) -> Iterator[Callable[["Event"], None]]:
    """Show how many records are scored, or elsewhere than on a terminal a line for each part."""
    from lstm_sentiment_cli.jobs.unit import Failed, Scored

    scored: dict[str, int] = {}  # of the parts under way
    ended = 0
    with counting(terminal, "records") as show:

        def tell(event: "Event") -> None:
            nonlocal ended
            if isinstance(event, Scored):
                scored[event.unit.part] = event.records
            elif isinstance(event, Failed):
                ended += scored.pop(event.unit.part, 0)
                terminal.say(f"failed: {event}")
            else:
                scored.pop(event.part, None)
                ended += event.records
                if not terminal.animated:
                    terminal.say(f"{event.part}: {counted(event.records, 'record')}")
            show(ended + sum(scored.values()))

        yield tell


def _report(planned: "Planned", summary: "Summary", before: int, seconds: float) -> Iterator[str]:
    """Yield the lines of the table that ends a job, and the command that goes on with it."""
    units = planned.plan.units
    records, unreadable = summary.total("records"), summary.total("unreadable")
    now = sum(each.records for each in summary.done[before:])
    rows = {
        "files": f"{len({unit.source.path for unit in units}):,}",
        "parts": f"{len(summary.done):,} of {len(units):,}",
        "records": f"{records:,}",
        "without an answer": f"{unreadable:,}",
        "with bytes that were not decoded": f"{summary.total('undecodable'):,}",
        "longer than the model reads": f"{summary.total('truncated'):,}",
        "without words": f"{summary.total('wordless'):,}",
        "records a second": f"{now / max(seconds, 0.001):,.0f}" if now else "",
    }
    for name, value in rows.items():
        if value not in {"", "0"}:
            yield f"{name:>34}  {value}"
    for failed in summary.failed[:_MOST_SHOWN]:
        yield f"{'failed':>34}  {failed}"
    if summary.failed:
        more = len(summary.failed) - _MOST_SHOWN
        if more > 0:
            yield f"{'':>34}  and {more:,} more, in _summary.json"
        words = [word for word in sys.argv[1:] if word not in {"--force", "--resume"}]
        yield f"then go on with: {shlex.join(['lstm-sentiment', *words, '--resume'])}"
