"""What some hundred labels of one's own are worth, with labels from a file in place of a person.

    python benchmarks/adaptation.py --data FOLDER --work FOLDER [--base MODEL]
        [--labels 50 100 200 500] [--seeds 1 2 3] [--picks random mixed] [--setting NAME=VALUE,…]…

The base is a model that never saw airline_train: `--base` names one, else it is trained as
`--config` says (experiments/seed.toml), without that file. For each seed a random half of
airline_train is offered to `lstm-sentiment label`; whatever is asked gets its label from the file,
and neutral texts are skipped. `train --from` goes on from the base with the first 50, 100, 200 and
500 labels. Both models are measured on the other half, which nothing was asked of, and on
semeval_dev, to see what is forgotten.

A setting is how it goes on: hyperparameters as `train` names them, `weight` of the labels, and
`replay`, the share of the files `--replay` that is learnt again: learning_rate=0.0002,rehearsal=0,
replay=0.05. Without one, it goes on as `train --from` does by default. Runs are kept in the
folder of the work, and not done again. Only figures leave this script.
"""

import argparse
import csv
import json
import statistics
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from measure import OURS

from lstm_sentiment_cli.evaluation.comparison import PairedComparison
from lstm_sentiment_cli.figures import points
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.labelling.candidates import read_candidates
from lstm_sentiment_cli.labelling.label_file import SKIPPED, open_labels
from lstm_sentiment_cli.labelling.labeller import Labeller
from lstm_sentiment_cli.labelling.picking import Scorer
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.records.labelled import DataFile, Example, read_examples

ROOT = Path(__file__).resolve().parent.parent
NEW, ELSEWHERE = "airline_train.tsv.gz", "semeval_dev.tsv.gz"
_ALL_LABELS = ("positive", "negative", "neutral")
_OURS_ALONE = ("weight", "replay")  # what a setting has that is no hyperparameter
_DEFAULT = "defaults"


def base_model(options: argparse.Namespace) -> Path:
    """Return the folder of a model that never saw the new texts; train it if none is named."""
    if options.base:
        return find_model(options.base)
    folder: Path = options.work / "base"
    if not folder.exists():
        first, *tables = options.config.read_text(encoding="utf-8").split("[[data]]")
        kept = [table for table in tables if NEW not in table]
        recipe = options.work / "base.toml"
        recipe.write_text("[[data]]".join([first, *kept]), encoding="utf-8")
        train(folder, "--config", str(recipe), "--data-folder", str(options.data))
    return folder


def train(folder: Path, *arguments: str) -> None:
    """Train a model, or go on with a training that was killed."""
    checkpoint = folder.parent / f".{folder.name}.training.npz"
    resume = ["--resume"] if checkpoint.exists() else []
    command = [*OURS, "train", *arguments, "--output", str(folder), "--quiet", *resume]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def parted(data: Path, seed: int) -> tuple[list[Example], list[Example]]:
    """Return a random half of the new texts to offer, and the other half to measure on."""
    rows = {row.text: row for row in read_examples([DataFile(data / NEW)], _ALL_LABELS)}
    texts = [*rows.values()]
    order = np.random.default_rng(seed).permutation(len(texts)).tolist()
    half = len(texts) // 2
    return [texts[row] for row in order[:half]], [texts[row] for row in order[half:]]


def label(
    base: Path, offered: Sequence[Example], pick: str, seed: int, options: argparse.Namespace
) -> list[tuple[str, str]]:
    """Label texts as their file does, as many as are wanted; return text and label in order."""
    path = options.work / f"labels-{pick}-{seed}.csv"
    texts = options.work / f"offered-{seed}.csv"
    write(texts, ("text",), ([row.text] for row in offered))
    right = {row.text: row.label for row in offered}
    predictor = Predictor.load(base)
    found = read_candidates(DataFile(texts), predictor.labels, seed)
    pool = [each.text for each in found.pool]
    with open_labels(path, found.columns) as file, Scorer(lambda: predictor, pool, []) as scorer:
        labeller = Labeller(predictor.labels, found, file, scorer, picks=pick, seed=seed)
        while labeller.labelled < max(options.labels):
            labeller.advance()  # again and again until the model has read enough
            if question := labeller.question:
                known = right[question.text]
                labeller.answer(known if known in predictor.labels else SKIPPED)
            elif not labeller.waiting:
                break
        return [(each.text, each.label) for each in file.asked if each.labelled]


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a csv."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def recipe(labels: Path, setting: str, options: argparse.Namespace) -> list[str]:
    """Return how `train` learns these labels, as the setting says."""
    values = dict(each.split("=", 1) for each in setting.split(",") if setting != _DEFAULT)
    weight, replay = (values.pop(name, None) for name in _OURS_ALONE)
    tables = [{"path": labels.resolve(), "weight": weight or "1.0"}]
    if replay:
        paths = ((options.data / name).resolve() for name in options.replay)
        tables += [{"path": path, "share": replay} for path in paths]
    config = labels.parent / f"{labels.stem}.toml"
    with config.open("w", encoding="utf-8") as file:
        for table in tables:
            file.write("[[data]]\n")
            file.writelines(
                f"{key} = {json.dumps(str(value)) if key == 'path' else value}\n"
                for key, value in table.items()
            )
    flags = (f"--{name.replace('_', '-')}={value}" for name, value in values.items())
    return ["--config", str(config), *flags]


def right_on(model: Path, rows: Sequence[Example]) -> npt.NDArray[np.bool_]:
    """Return which of these rows, (n,), the model answers correctly."""
    predictor = Predictor.load(model)
    gold = np.array([predictor.labels.index(row.label) for row in rows])
    answers: npt.NDArray[np.intp] = predictor.scores([row.text for row in rows]).logits.argmax(1)
    return answers == gold


def runs(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Do every run that is not done yet, and yield its figures."""
    options.work.mkdir(parents=True, exist_ok=True)
    base = base_model(options)
    known = Predictor.load(base).labels
    elsewhere = read_examples([DataFile(options.data / ELSEWHERE)], known).examples
    before_elsewhere = right_on(base, elsewhere)
    for seed, pick in product(options.seeds, options.picks):
        offered, rest = parted(options.data, seed)
        rest = [row for row in rest if row.label in known]
        before = right_on(base, rest)
        labels = label(base, offered, pick, seed, options)
        for count, setting in product(options.labels, options.setting or [_DEFAULT]):
            name = f"{pick}-{count}-{seed}-{setting.replace(',', '-').replace('=', '-')}"
            folder = options.work / name
            if not folder.exists():
                first = options.work / f"{name}.csv"
                write(first, ("text", "label"), labels[:count])
                how = recipe(first, setting, options)
                try:
                    train(folder, *how, "--from", str(base), "--seed", str(seed))
                except subprocess.CalledProcessError:
                    print(f"{name}: not trained")  # for the reason that `train` gave
                    continue
            yield {
                "setting": setting,
                "pick": pick,
                "labels": min(count, len(labels)),
                "seed": seed,
                "rest": compared(right_on(folder, rest), before),
                "elsewhere": compared(right_on(folder, elsewhere), before_elsewhere),
            }


def compared(after: npt.NDArray[np.bool_], before: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Return the accuracy before and after, and the gain with its interval."""
    gain = PairedComparison.of(after, before).difference
    return {"before": float(before.mean()), "after": float(after.mean()), "gain": list(gain)}


def main() -> None:
    """Do all runs, print each, and write down the means over the seeds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--base")
    parser.add_argument("--config", type=Path, default=ROOT / "experiments" / "seed.toml")
    parser.add_argument("--labels", type=int, nargs="+", default=[50, 100, 200, 500])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--picks", nargs="+", default=["random", "mixed"])
    parser.add_argument("--setting", action="append")
    parser.add_argument("--replay", nargs="+", default=["semeval_train.tsv.gz"])
    options = parser.parse_args()
    found = []
    for run in runs(options):
        found.append(run)
        head = "{setting}, {pick}, {labels} labels, seed {seed}".format(**run)
        tails = (f"{name} {points(tuple(run[name]['gain']))}" for name in ("rest", "elsewhere"))
        print(f"{head}: {'; '.join(tails)}", flush=True)
    content = "".join(f"{json.dumps(run)}\n" for run in found)
    (options.work / "adaptation.jsonl").write_text(content, encoding="utf-8")
    print("\n| setting | pick | labels | rest: before → after | elsewhere: before → after |")
    print("|---|---|---|---|---|")
    groups: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
    for run in found:
        groups.setdefault((run["setting"], run["pick"], run["labels"]), []).append(run)
    for group, its in groups.items():
        cells = (over_seeds([run[name] for run in its]) for name in ("rest", "elsewhere"))
        print(f"| {' | '.join([*map(str, group), *cells])} |")


def over_seeds(figures: Sequence[dict[str, Any]]) -> str:
    """Return means over seeds, and how far the gains of single seeds reach from each other."""
    before, after = (
        statistics.mean(each[name] for each in figures) for name in ("before", "after")
    )
    gains = [100 * each["gain"][0] for each in figures]
    reach = f"{min(gains):+.1f} to {max(gains):+.1f}"
    return f"{before:.1%} → {after:.1%} ({statistics.mean(gains):+.1f} points; {reach})"


if __name__ == "__main__":
    main()
