"""How near the shares of `summarize` are to the truth, and how often its intervals hold it.

    python benchmarks/prevalence.py coverage --data FOLDER [--model NAME|PATH] [--half choosing]
    python benchmarks/prevalence.py groups --data FOLDER [--model NAME|PATH] [--half choosing]
    python benchmarks/prevalence.py unknown --data FOLDER [--model NAME|PATH]

`coverage` draws samples at shares of 5 % to 95 % from the half of semeval_dev that nothing was
chosen by, and compares the estimate with counting the answers. The texts of a sample are as many
positive ones as its share says, so that the truth is known.
`groups` takes the texts that share a word as a group, as `--by` would a topic, on the halves that
nothing was chosen by: their labels are known, and so are their differences to all other texts.
`unknown` measures what calibration does not know, on the halves that choose: slope and offset of
the log-odds on each file; of the texts that share a word, how far their offsets are from each
other, how much of their share (in log-odds) the model knows already, and what then is left. The
constants of summary/prevalence.py are from it, rounded up, because two files are few, and from the
other two with `--half choosing`. Only figures leave this script.
"""

import argparse
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from experiments import DEV, Half, answered, halves
from lstm_sentiment_cli.evaluation.metrics import wilson
from lstm_sentiment_cli.model.folder import read_manifest
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.summary.groups import FEW
from lstm_sentiment_cli.summary.prevalence import Bins, Unknown, interval, learnt_shares, shares

SIZES = (50, 200, 1000)
HALVES = ("choosing", "reporting")
LEAST, MOST = 0.05, 0.95
_RESAMPLES = 1000
_FEWEST = 10  # texts of each label, for the offset of a group
Vector = npt.NDArray[np.float64]


def log_odds(model: Path, half: Half) -> Vector:
    """Return the log-odds of the first of two labels, as if both had been learnt equally often."""
    odds = (half.logits[:, 0] - half.logits[:, 1]).astype(float) / read_manifest(model).temperature
    return odds + border(model)


def border(model: Path) -> float:
    """Return the log-odds above which the first label is the answer."""
    manifest = read_manifest(model)
    first, second = learnt_shares(manifest, manifest.labels)
    return float(-np.log(first / second))


def coverage(options: argparse.Namespace) -> None:
    """Print coverage and errors, by the size of the samples and in all."""
    model = find_model(options.model)
    labels = read_manifest(model).labels
    half = answered(model, halves(options.data, "SemEval", labels)[HALVES.index(options.half)])
    print(
        f"model {options.model}, {options.samples} samples of each size, true shares of "
        f"{labels[0]} from {LEAST} to {MOST}, drawn from {len(half.gold)} texts"
    )
    found = [
        sampled(half.gold == 0, log_odds(model, half), border(model), size, options.samples)
        for size in SIZES
    ]
    for size, each in zip((*SIZES, "all sizes"), (*found, np.concatenate(found)), strict=True):
        print(f"{size:>9}: {told(each)}")


def sampled(
    belongs: npt.NDArray[np.bool_], odds: Vector, least: float, size: int, samples: int
) -> Vector:
    """Return for each sample: error of the estimate, of counting, whether held, width."""
    chance = np.random.default_rng(size)
    bins = Bins(2)
    centres = bins.centres(np.arange(bins.count))
    rows = []
    for share in chance.uniform(LEAST, MOST, samples):
        positives = round(share * size)
        drawn = np.concatenate(
            [
                chance.choice(odds[belongs], positives),
                chance.choice(odds[~belongs], size - positives),
            ]
        )
        counts = np.bincount(bins.at(drawn[:, np.newaxis]), minlength=bins.count)
        filled = counts > 0
        histogram = counts[np.newaxis, filled], centres[filled]
        value = shares(*histogram)[0, 0]
        unknown = Unknown.drawn(2, chance)
        low, high = (each[0, 0] for each in interval(unknown.shares(*histogram, chance)))
        truth = positives / size
        rows.append((abs(value - truth), abs((drawn > least).mean() - truth), low <= truth <= high,
                     high - low))  # fmt: skip
    return np.array(rows, float)


def told(rows: Vector) -> str:
    """Return the figures of samples, each with its noise."""
    drawn = rows[np.random.default_rng(0).integers(0, len(rows), (_RESAMPLES, len(rows)))]
    errors = drawn[:, :, :2].mean(axis=1)
    ratio = np.quantile(errors[:, 0] / errors[:, 1], (0.025, 0.975))
    held = wilson(int(rows[:, 2].sum()), len(rows))
    means = rows.mean(axis=0)
    noise = errors.std(axis=0) * 1.96
    return (
        f"truth held by {held.value:.3f} ({held.low:.3f} to {held.high:.3f}), "
        f"mean absolute error {means[0]:.4f} ± {noise[0]:.4f}, "
        f"of counting {means[1]:.4f} ± {noise[1]:.4f}, "
        f"ratio {means[0] / means[1]:.3f} ({ratio[0]:.3f} to {ratio[1]:.3f}), "
        f"mean width {means[3]:.3f}"
    )


def groups(options: argparse.Namespace) -> None:
    """Print coverage and errors of groups, and how often a difference is told and true."""
    model = find_model(options.model)
    labels = read_manifest(model).labels
    for name in DEV:
        rows = halves(options.data, name, labels)[HALVES.index(options.half)]
        half = answered(model, rows)
        belongs, odds = half.gold == 0, log_odds(model, half)
        found, signs, least = [], [], border(model)
        shared = Unknown.drawn(2, np.random.default_rng(0))
        for number, places in enumerate(sharing(rows).values()):
            if len(places) < FEW:
                continue
            inside = np.isin(np.arange(len(rows)), places)
            own, rest = (
                estimated(odds[which], shared, [number, side])
                for side, which in enumerate((inside, ~inside))
            )
            truth = belongs[inside].mean()
            low, high = (each[0, 0] for each in interval(own[1]))
            counted = abs((odds[inside] > least).mean() - truth)
            held = min(low, own[0]) <= truth <= max(high, own[0])
            found.append((abs(own[0] - truth), counted, held, high - low))
            low, high = (each[0, 0] for each in interval(own[1] - rest[1]))
            gap = truth - belongs[~inside].mean()
            signs.append((low > 0 or high < 0, np.sign(low + high) == np.sign(gap), abs(gap)))
        told_, right, gaps = np.array(signs).T
        print(f"{name}, {len(found)} groups: {told(np.array(found, float))}")
        print(
            f"  intervals of differences that leave out 0: {told_.mean():.3f}, of these with the "
            f"right sign {right[told_ > 0].mean():.3f}; the true difference is "
            f"{gaps[told_ > 0].mean():.3f} there, {gaps[told_ == 0].mean():.3f} elsewhere"
        )


def estimated(odds: Vector, shared: Unknown, seed: list[int]) -> tuple[float, Vector]:
    """Return the share of some texts, and what it may be: (draws, 1, labels)."""
    bins = Bins(2)
    found, counts = np.unique(bins.at(odds[:, np.newaxis]), return_counts=True)
    histogram = counts[np.newaxis], bins.centres(found)
    drawn = shared.shares(*histogram, np.random.default_rng([1, *seed]))
    return float(shares(*histogram)[0, 0]), drawn


def sharing(rows: Sequence[Example]) -> dict[str, list[int]]:
    """Return the places of the texts that have a word in common, by the word."""
    groups = defaultdict(list)
    for number, row in enumerate(rows):
        for word in set(re.findall(r"[a-z]{3,}", row.text.lower())):
            groups[word].append(number)
    return groups


def unknown(options: argparse.Namespace) -> None:
    """Print slope and offset of each file, and the spread of the offsets of its groups."""
    model = find_model(options.model)
    labels = read_manifest(model).labels
    for name in DEV:
        rows = halves(options.data, name, labels)[0]
        half = answered(model, rows)
        belongs, odds = half.gold == 0, log_odds(model, half)
        (slope, offset), errors = fitted(belongs, odds)
        print(
            f"{name}: slope {slope:.3f} ± {errors[0]:.3f}, offset {offset:+.3f} ± {errors[1]:.3f}"
        )
        offsets = np.array(
            [
                (values[1], deviations[1], np.log(share / (1 - share)))
                for each in sharing(rows).values()
                if min(belongs[each].sum(), (~belongs[each]).sum()) >= _FEWEST
                for values, deviations in [fitted(belongs[each], odds[each], slope=False)]
                for share in [belongs[each].mean()]
            ]
        )
        values, deviations, truths = offsets.T
        inputs = np.stack([np.ones_like(truths), truths], axis=1)
        line = np.linalg.lstsq(inputs / deviations[:, np.newaxis], values / deviations)[0]
        print(
            f"  {len(values)} groups that share a word: offsets differ by "
            f"{beyond(values - values.mean(), deviations):.3f}, known is {-line[1]:.3f}, "
            f"then they differ by {beyond(values - inputs @ line, deviations):.3f}"
        )


def beyond(values: Vector, deviations: Vector) -> float:
    """Return the standard deviation of values beyond that of their noise."""
    return float(np.sqrt(max((values**2 - deviations**2).mean(), 0)))


def fitted(
    belongs: npt.NDArray[np.bool_], odds: Vector, *, slope: bool = True
) -> tuple[Sequence[float], Sequence[float]]:
    """Return slope and offset that make log-odds true, at equal shares, and standard errors."""
    weights = np.where(belongs, 0.5 / belongs.mean(), 0.5 / (~belongs).mean())
    inputs = np.stack([odds, np.ones_like(odds)], axis=1)
    free = np.array([slope, True])
    found = np.array([1.0, 0.0])
    for _ in range(50):
        chances = 1 / (1 + np.exp(-(inputs @ found)))
        gradient = (weights * (belongs - chances)) @ inputs
        curvature = (inputs.T * (weights * chances * (1 - chances))) @ inputs
        found[free] += np.linalg.solve(curvature[np.ix_(free, free)], gradient[free])
    inverse = np.linalg.inv(curvature[np.ix_(free, free)])
    scores = (weights * (belongs - chances))[:, np.newaxis] * inputs[:, free]
    errors = np.zeros(2)
    errors[free] = np.sqrt(np.diag(inverse @ (scores.T @ scores) @ inverse))
    return found.tolist(), errors.tolist()


def main() -> None:
    """Do what is asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    for do in (coverage, groups, unknown):
        its = commands.add_parser(do.__name__)
        its.add_argument("--data", type=Path, required=True)
        its.add_argument("--model", default="default")
        its.add_argument("--half", choices=HALVES, default=HALVES[1])
        its.add_argument("--samples", type=int, default=1000)
        its.set_defaults(do=do)
    options = parser.parse_args()
    options.do(options)


if __name__ == "__main__":
    main()
