"""A job from its plan to `_SUCCESS`: begun or resumed, its units run by an engine, summed up."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Protocol

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import counted
from lstm_sentiment_cli.jobs.job_plan import Plan, Unit
from lstm_sentiment_cli.jobs.unit import (
    DONE,
    OTHERWISE,
    RECORDS,
    Done,
    Event,
    Failed,
)
from lstm_sentiment_cli.records.storage import (
    join,
    names_below,
    read_stored,
    remove_stored,
    write_stored,
)

PLAN = f"{RECORDS}/plan.json"
SUMMARY, SUCCESS = "_summary.json", "_SUCCESS"
_SAME_FAILURES = 3  # so many first units that fail for one reason end the job


class Engine(Protocol):
    """Runs units, somewhere."""

    def run(self, units: Sequence[Unit]) -> Iterator[Event]:
        """Yield what happens, until all units are done or failed, or the generator is closed."""
        ...


@dataclass(slots=True)
class Summary:
    """What became of a job."""

    done: list[Done] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)

    def total(self, what: str) -> int:
        """Return the sum over the parts that are done, of "records" for instance."""
        return sum(getattr(each, what) for each in self.done)

    @property
    def unreadable_share(self) -> float:
        """The share of records without an answer."""
        return self.total("unreadable") / max(1, self.total("records"))

    def to_json(self, plan: Plan) -> bytes:
        """Return it as JSON: sums over all parts, and the units that failed."""
        names = ("records", "unreadable", "undecodable", "truncated", "wordless", "bytes")
        facts = {
            "model": plan.model,
            "manifest": plan.manifest,
            "package_version": plan.package_version,
            "files": len({unit.source.path for unit in plan.units}),
            "parts": len(self.done),
            **{name: self.total(name) for name in names},
            "failed": [
                {"source": each.unit.source.path, "part": each.unit.part, "reason": each.reason}
                for each in self.failed
            ],
        }
        return json.dumps(facts, indent=1).encode() + b"\n"


def read_plan(output: str) -> Plan | None:
    """Return the plan of the job in a folder; None if there is nothing in it.

    SentimentError where the folder holds something else.
    """
    content = read_stored(join(output, PLAN))
    if content is None:
        if names_below(output):
            raise SentimentError(f"{output} holds other files; name a new folder", "output")
        return None
    try:
        return Plan.from_json(content)
    except ValueError as error:
        raise SentimentError(
            f"{join(output, PLAN)}: {error}; remove the folder, or name another", "output"
        ) from None


def check_begun(output: str, before: Plan | None, *, resume: bool, force: bool) -> None:
    """Raise SentimentError for what is neither to be resumed nor to be replaced."""
    if before is None or resume or force:
        return
    done = len(names_below(join(output, DONE)))
    state = f"a job, {done:,} of {counted(len(before.units), 'part')} done"
    raise SentimentError(
        f"{output} holds {state}; continue with --resume, or start again with --force", "output"
    )


def remove_job(output: str, plan: Plan) -> None:
    """Remove everything that a job has written."""
    # First what says that something is done.
    for name in (SUCCESS, SUMMARY, *(f"{DONE}/{name}" for name in names_below(join(output, DONE)))):
        remove_stored(join(output, name))
    for unit in plan.units:
        remove_stored(join(output, unit.part))
    remove_stored(join(output, PLAN))


def done_of(output: str, plan: Plan) -> list[Done]:
    """Return what is done of a plan, in its order."""
    there = set(names_below(join(output, DONE)))
    found = (Done.read(output, unit.part) for unit in plan.units if f"{unit.part}.json" in there)
    return [each for each in found if each is not None]


def begin(output: str, plan: Plan, before: Plan | None) -> None:
    """Write the plan down, instead of the one `before`.

    SentimentError if the parts of that one depend on something else.
    """
    if before and (names := plan.differing(before)):
        raise SentimentError(
            f"cannot resume: {', '.join(names)} changed since the job began; give the same, or "
            "start again with --force",
            "output",
        )
    for name in (SUCCESS, SUMMARY):
        remove_stored(join(output, name))
    if before is None or before.units != plan.units:
        write_stored(join(output, PLAN), plan.to_json(), OTHERWISE)


def run(
    output: str, plan: Plan, done: Sequence[Done], engine: Engine, tell: Callable[[Event], None]
) -> Summary:
    """Run what is not done, write the summary, and `_SUCCESS` if no unit failed.

    SentimentError if the first units fail for one reason, or the engine cannot run at all.
    """
    summary = Summary(list(done))
    known = {each.part for each in done}
    left = [unit for unit in plan.units if unit.part not in known]
    if left:
        with closing(engine.run(left)) as events:  # type: ignore[type-var]
            for event in events:
                if isinstance(event, Done):
                    summary.done.append(event)
                elif isinstance(event, Failed):
                    summary.failed.append(event)
                    _check_hope(summary)
                tell(event)
    order = {unit.part: number for number, unit in enumerate(plan.units)}
    summary.failed.sort(key=lambda failed: order[failed.unit.part])
    write_stored(join(output, SUMMARY), summary.to_json(plan), OTHERWISE)
    if not summary.failed:
        write_stored(join(output, SUCCESS), b"", OTHERWISE)
    return summary


def _check_hope(summary: Summary) -> None:
    """Raise SentimentError where nothing has succeeded, and units fail for one reason."""
    causes = [
        failed.reason.replace(failed.unit.source.path, "").partition(";")[0]
        for failed in summary.failed
    ]
    if not summary.done and len(causes) >= _SAME_FAILURES and len(set(causes)) == 1:
        raise SentimentError(
            f"the first {_SAME_FAILURES} parts failed for the same reason, so the job ends here: "
            f"{summary.failed[0].reason}"
        )
