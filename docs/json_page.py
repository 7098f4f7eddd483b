"""Write docs/json.md: what --json prints, a table of keys and a sample for each command.

The samples are printed by the program, then shortened. Those of the commands that train or measure
this machine are kept from the page, unless --all is given.
Run it in the root of the repository: python -m docs.json_page [--check] [--all]
"""

import json
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from docs.examples import ROOT, first_difference, output, settled
from lstm_sentiment_cli.figures import METRICS

PAGE = Path(__file__).with_name("json.md")
PREAMBLE = """\
# JSON output

With `--json` a command prints one JSON value to standard output instead of a table.
Scored texts are JSON too: `predict --format jsonl`.

A metric with a 95% interval is an object of `value`, `low` and `high`.
The whole object is null where the metric is undefined.
The samples below are real, but shortened: `…` stands for what is left out.
Long numbers are rounded.
"""
_WIDTH = 90
_DIGITS = 4
# Longer lists of numbers and words, and objects with more entries, are cut.
_MOST_VALUES, _MOST_ENTRIES = 4, 24
# Objects whose keys are names: one or two entries show what they are.
_BY_NAME = {
    *(
        "by_capability",
        "by_kind",
        "by_tone",
        "shifts",
        "hyperparameters",
        "differs",
        "versions",
        "with_signs",
        "telling_words",
        "surest",
    ),
}
_ELLIPSIS = "…"


class Section(NamedTuple):
    """A command, and what its JSON holds."""

    command: str
    keys: dict[str, str]
    kept: bool = False
    """Whether the sample stays as it is on the page: it takes minutes, or is another each time."""


_ROWS = {
    "model": "Name of the model.",
    "files": "Files that were read.",
    "fingerprint": "SHA-256 of the examples.",
    "left_out": "Label → rows left out, because the model does not have that label.",
    "unreadable": "Number of unreadable rows that were skipped.",
}
_COMPARISON = (
    "`peer` (its name), `both_right`, `only_first` (only the model), `only_second` (only the "
    "peer), `both_wrong`, `difference` (of the accuracies), `p` (McNemar's test), `verdict`, "
    "`figures` (the peer's)"
)
SECTIONS = (
    Section(
        "evaluate data/sample.csv --against majority",
        _ROWS
        | {
            "rows": "Rows measured.",
            "labels": "Labels of the model, in its order.",
            **{
                name: f"{each.title[0].upper()}{each.title[1:]}: {each.meaning}."
                for name, each in METRICS.items()
            },
            "interval_method": "How the intervals were computed.",
            "by_label": "Label → `precision`, `recall`, `f1`, `support` (rows of that label).",
            "confusion": "A list for each true label: how often each label was predicted.",
            "slices": "Kinds of text, the worst first: `name`, `rows`, `accuracy`, `rest` (accuracy"
            " on the other rows), `worse` (whether the interval is below that of the rest).",
            "mistakes": "The most confident mistakes: `text`, `label` (the true one), `predicted`,"
            " `probability`, `file`, `line`.",
            "comparison": f"With `--against`, else null: {_COMPARISON}.",
        },
    ),
    Section(
        "evaluate --behaviour",
        {
            "model": "Name of the model.",
            "suite": "SHA-256 of the cases.",
            "not_asked": "Cases that expect a label which the model does not have.",
            "passed": "Cases passed.",
            "asked": "Cases asked.",
            "rate": "Share passed.",
            "by_kind": "Kind of case → `passed`, `asked`, `rate`.",
            "by_capability": "Capability → `passed`, `asked`, `rate`, the lowest rate first.",
            "failures": "Every failure: `capability`, `kind`, `text`, `other` (the second text of a"
            " pair, or null), `expected`, and lists with an entry for each text: `predicted`, "
            "`probabilities`.",
            "comparison": f"With `--against`, else null: {_COMPARISON}; they count cases.",
            "reversals": "The same, of the cases for what turns the tone of the words.",
            "people": "Sets of texts that differ only in a word for a group, or in a name: `suite`"
            " (SHA-256 of templates and words), `changed` (sets whose answer changes), `sets`, "
            "`share`, `largest_shift` (`word`, `log_odds`: how far it moves positive from the mean "
            "of its kind), `by_kind` (the same by kind of word, with the `shifts` of all words, the"
            " largest first), `by_tone` (the changes by tone of the template), `right` (tone → "
            "share of texts answered with it), `comparison` (its counts are of sets that do not "
            "change).",
        },
    ),
    Section(
        "find-threshold data/sample.csv --precision 0.9",
        _ROWS
        | {
            "wanted": "What was asked for: `precision`, `label`, `coverage`, `objective`.",
            "threshold": "Threshold, as `predict --threshold` takes it, or null.",
            "uncertain": "Band, as `predict --uncertain` takes it, or null.",
            "rows": "Rows measured.",
            "answered": "Rows answered with it.",
            "coverage": "Share of the rows answered.",
            "accuracy": "Accuracy on the rows answered.",
            "by_label": "Label → `answers`, `precision`, `recall`.",
            "gain": "Against threshold 0.5, or null: `objective`, `before`, `after`, `difference`.",
        },
    ),
    Section(
        "summarize data/cafes.csv --by cafe --over date --every month",
        {
            "files": "Files that were read.",
            "model": "Name of the model; null where the files had probabilities.",
            "labels": "Labels, in their order.",
            "texts": "Texts that are in it.",
            "unreadable": "Records that could not be read, or have no probabilities.",
            "blank": "Records with an empty text, which are left out.",
            "repeated": "Texts that are the same as one before, about.",
            "by": "As `--by`.",
            "over": "As `--over`, or null.",
            "every": "As `--every`, or null.",
            "without_time": "Texts without a time that can be read: they are in no period.",
            "whole": "All texts: `group` (null), `texts`, `few_texts` (whether they are too few to "
            "say much), `shares` (label → share with its interval), with `--naive` `counted` (label"
            " → share of the answers), `periods` (`start`, `texts`, `shares` or null), "
            "`telling_words` (label → `word`, `z`, `here`, `elsewhere`), `surest` (label → "
            "`probability`, `line`, `text`).",
            "groups": "The same of each group, the most positive first; `group` is its value in "
            "each column, and `differences` those to all other texts, with `--compare` to the other"
            " group: label → `value`, `low`, `high`, `differs` (whether beyond chance).",
            "rest": "The same of all groups that are not shown, or null.",
        },
    ),
    Section(
        "tune data/sample.csv --output models/tuned --trials 2 --folds 2",
        {
            "folder": "Folder of the model.",
            "search_folder": "Folder of the search.",
            "algorithm": "As `--algorithm`.",
            "objective": "As `--objective`.",
            "folds": "As `--folds`.",
            "trials": "Trials started.",
            "complete": "Trials measured on all folds.",
            "seconds": "Duration of the search.",
            "stopped": "Why the search ended early, or null.",
            "trial": "Number of the best trial.",
            "score": "Its objective: `mean`, `deviation`, `folds`.",
            "reference": "Number of the reference trial.",
            "reference_score": "Its objective, likewise.",
            "comparison": "The best trial and the reference on the rows held out, or null: `rows`, "
            "`accuracy`, `log_loss`, `reference_accuracy`, `reference_log_loss`, "
            "`log_loss_difference`, and `both_right`, `only_first`, `only_second`, `both_wrong`, "
            "`difference` (of the accuracies), `p`, `verdict`.",
            "leaderboard": "All trials, the best first: `rank`, `trial`, `status`, `reason` (of a "
            "failure), `differs` (from the reference), `best_epoch`, `seconds`, `log_loss`, "
            "`accuracy`, `hyperparameters`.",
        },
        kept=True,
    ),
    Section(
        "benchmark",
        {
            "model": "Name of the model.",
            "machine": "`system`, `architecture`, `cores`, `python`.",
            "rows": "Tweets scored for the throughput.",
            "rounds": "Runs of each measurement.",
            "start": "Seconds of whole processes: `help_seconds` (`--help`), `predict_seconds` "
            "(`predict TEXT`); each with `median`, `low`, `high`.",
            "latency": "Milliseconds with the model loaded: `tweet_ms`, `explanation_ms` (each with"
            " `median` and `p99`), `explanation_tokens`.",
            "throughput": "Tweets per second: `program_per_second` (text file to tsv, start "
            "included), `network_per_second` (token ids to logits, all cores), `ratio` of the two.",
            "peak_mb": "Peak memory of the program while scoring, or null if the system does not "
            "report it.",
        },
        kept=True,
    ),
    Section(
        "models list",
        {
            "name": "Name of the model. (The value is a list of such objects.)",
            "folder": "Its folder.",
            "source": "Where it was found: `./models`, `user` or `shipped`.",
            "shadowed": "Whether another model of the same name is found first.",
            "labels": "Its labels, or null if it is damaged.",
            "accuracy": "Its accuracy, as recorded, or null.",
            "rows": "Rows that the accuracy was measured on.",
            "created": "When it was trained.",
            "problem": "What is wrong with it, or null.",
        },
    ),
    Section(
        "models show",
        {
            "name": "Name of the model.",
            "folder": "Its folder.",
            "manifest": "Its `manifest.json`, see [models](../models/README.md).",
            "metrics": "Its `metrics.json`.",
        },
    ),
    Section(
        "models verify",
        {
            "name": "A file of the model. (The value is a list of such objects.)",
            "problem": "What is wrong with it, or null.",
        },
    ),
    Section(
        "data check data/sample.csv",
        {
            "rows": "Rows read.",
            "by_label": "Label → rows.",
            "left_out": "Other label → rows left out.",
            "empties": "Rows without text.",
            "duplicates": "Rows whose text occurred before.",
            "contradictions": "Texts that occur with different labels.",
            "unreadable": "Rows that cannot be read: `path`, `line`, `problem`.",
            "lengths": "Words in a text: `mean`, `median`, `percentile_95`, `longest`.",
            "by_file": "File → rows.",
            "undecodable": "Number of rows with bytes of another encoding.",
            "with_probabilities": "Rows with columns `p_LABEL`.",
            "with_both": "Of these, rows with a label too.",
        },
    ),
    Section(
        "data describe data/sample.csv",
        {
            "rows": "Rows read.",
            "by_label": "Label → rows.",
            "by_file": "File → rows.",
            "with_probabilities": "Rows with columns `p_LABEL`.",
            "with_both": "Of these, rows with a label too.",
            "left_out": "Other label → rows left out.",
            "unreadable": "Number of rows that cannot be read.",
            "undecodable": "Number of rows with bytes of another encoding.",
            "empties": "Rows without text.",
            "duplicates": "Rows whose text occurred before.",
            "contradictions": "Texts that occur with different labels.",
            "with_signs": "Sign (emoji, hashtag …) → texts that contain it.",
            "lengths": "Words in a text: `mean`, `median`, `percentile_95`, `longest`.",
            "histogram": "Texts by number of words: `first`, `last`, `texts`.",
            "max_tokens": "Tokens that the default model reads of a text.",
            "over_max_tokens": "Texts that are longer.",
            "telling_words": "Label → its keywords: `word`, `z` (z-score of the log-odds ratio), "
            "`here` (occurrences in texts of this label), `elsewhere` (in other texts).",
        },
    ),
    Section(
        "--model three-class config show",
        {
            "command": "Command that the setting is for. (The value is a list of such objects.)",
            "name": "Name of the setting.",
            "value": "Its value.",
            "origin": "Where it comes from: an option, a variable, or a file.",
        },
    ),
    Section(
        "config path",
        {
            "path": "A settings file, the one that counts most first. (A list of such objects.)",
            "exists": "Whether it exists.",
        },
    ),
)


def main() -> None:
    """Write the page; with --check, end with 1 when it is not what would be written."""
    written = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    found = page(written, everything="--all" in sys.argv)
    if "--check" not in sys.argv:
        PAGE.write_text(found, encoding="utf-8", newline="\n")
    elif difference := first_difference(written, found):
        raise SystemExit(f"docs/json.md is not what --json prints; run: make docs\n{difference}")


def page(written: str, *, everything: bool = False) -> str:
    """Return the page: a section for each command."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / "data").mkdir()
        for file in ("sample.csv", "cafes.csv"):
            shutil.copy(ROOT / "data" / file, folder / "data")
        parts = [PREAMBLE]
        for section in SECTIONS:
            kept = _kept(section, written) if section.kept and not everything else None
            parts.append(_written(section, kept or _sample(section, folder)))
    return settled(written, "\n".join(parts))


def _written(section: Section, sample: str) -> str:
    title = re.split(r" (?=data/|--p|--a)", section.command.removeprefix("--model three-class "))[0]
    rows = "".join(f"| `{key}` | {meaning} |\n" for key, meaning in section.keys.items())
    return (
        f"## {title}\n\n| key | meaning |\n|---|---|\n{rows}\n"
        f"`{_typed(section)}`\n\n```json\n{sample}```\n"
    )


def _typed(section: Section) -> str:
    return f"lstm-sentiment {section.command} --json"


def _kept(section: Section, written: str) -> str | None:
    """Return the sample that is on the page."""
    found = re.search(rf"`{re.escape(_typed(section))}`\n\n```json\n(.*?)```", written, re.DOTALL)
    return found[1] if found else None


def _sample(section: Section, folder: Path) -> str:
    printed = json.loads(output(f"{_typed(section)} --quiet", folder))
    first = printed[0] if isinstance(printed, list) else printed
    if list(first) != list(section.keys):
        raise SystemExit(f"{_typed(section)}: the keys are {', '.join(first)}; document these")
    text = _laid_out(_shortened(printed), 0)
    return text.replace(str(folder), _ELLIPSIS).replace(str(ROOT), _ELLIPSIS) + "\n"


def _shortened(value: Any, name: str = "") -> Any:
    """Return a value with long lists and objects cut, and numbers rounded."""
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if abs(value) < 10**_DIGITS else round(value)
    if isinstance(value, str):
        return f"{value[:8]}{_ELLIPSIS}" if re.fullmatch("[0-9a-f]{64}", value) else value
    if isinstance(value, list):
        few = 1 if value and isinstance(value[0], dict) and name else _MOST_VALUES
        return [_shortened(each) for each in value[:few]] + [_ELLIPSIS] * (len(value) > few)
    if isinstance(value, dict):
        few = 2 if name in _BY_NAME else _MOST_ENTRIES
        shown = {key: _shortened(each, key) for key, each in list(value.items())[:few]}
        return shown | ({_ELLIPSIS: _ELLIPSIS} if len(value) > few else {})
    return value


def _laid_out(value: Any, indent: int) -> str:
    """Return JSON with everything on one line that fits there."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + indent <= _WIDTH or not isinstance(value, list | dict):
        return line
    inside = " " * (indent + 2)
    if isinstance(value, list):
        parts = [_laid_out(each, indent + 2) for each in value]
        return "[\n" + ",\n".join(inside + part for part in parts) + "\n" + " " * indent + "]"
    parts = [
        f"{json.dumps(key, ensure_ascii=False)}: {_laid_out(each, indent + 2)}"
        for key, each in value.items()
    ]
    return "{\n" + ",\n".join(inside + part for part in parts) + "\n" + " " * indent + "}"


if __name__ == "__main__":
    main()
