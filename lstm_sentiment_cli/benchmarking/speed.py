"""How fast the program is with a model on this machine: start, latency, throughput, memory."""

import dataclasses
import math
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from lstm_sentiment_cli.benchmarking.processes import OURS, Run, alternating, run
from lstm_sentiment_cli.benchmarking.synthetic import synthetic_texts, synthetic_tweets
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.explanation import explain
from lstm_sentiment_cli.inference.predictor import BATCH_SIZE, WINDOW, Predictor, cores
from lstm_sentiment_cli.inference.runtime import Ids, Ragged
from lstm_sentiment_cli.text.tokenizer import RESERVED


@dataclass(frozen=True, slots=True)
class Machine:
    """What figures depend on, beside the program."""

    system: str
    architecture: str
    cores: int
    python: str

    @classmethod
    def current(cls) -> "Machine":
        """Return the machine that this runs on."""
        return cls(platform.system(), platform.machine(), cores(), platform.python_version())

    def __str__(self) -> str:
        return f"{self.architecture}, {self.cores} cores, Python {self.python}"


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several runs, and the lowest and highest of them."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the spread of at least one value: [3, 1, 2] → 2, 1, 3."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds that one call takes: half of all calls at most, and 99 of 100."""

    median: float
    p99: float

    @classmethod
    def of(cls, milliseconds: Sequence[float]) -> "Latency":
        """Return the latency of at least one call; p99 is that of a call, never between two."""
        ordered = sorted(milliseconds)
        return cls(statistics.median(ordered), ordered[math.ceil(0.99 * len(ordered)) - 1])


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds of whole processes."""

    help_seconds: Spread
    predict_seconds: Spread


@dataclass(frozen=True, slots=True)
class Latencies:
    """What a loaded model takes for one text."""

    tweet_ms: Latency
    explanation_ms: Latency
    explanation_tokens: int


@dataclass(frozen=True, slots=True)
class Throughput:
    """Texts a second: by the whole program, its start included, and by the network alone."""

    program_per_second: Spread
    network_per_second: Spread
    peak_mb: float | None
    """The most memory the whole program held in any run; None where the system does not tell."""

    @property
    def ratio(self) -> float:
        """Return how much of the network's throughput the whole program has, by the medians."""
        return self.program_per_second.median / self.network_per_second.median


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All that was measured, and of what."""

    model: str
    machine: Machine
    rows: int
    rounds: int
    start: Start
    latency: Latencies
    throughput: Throughput

    def to_json(self) -> dict[str, Any]:
        """Return the figures under the names of the fields, with the ratio beside its parts."""
        found = dataclasses.asdict(self)
        peak = found["throughput"].pop("peak_mb")
        found["throughput"]["ratio"] = self.throughput.ratio
        return found | {"peak_mb": peak}


Batches = Sequence[tuple[Ids, Ids]]
"""Ids, padded, and lengths, of each batch."""


def ready_batches(predictor: Predictor, texts: Iterable[str]) -> Batches:
    """Return the batches that the program makes of the texts."""
    given = iter(texts)
    found = []
    while window := list(islice(given, WINDOW)):
        ragged = Ragged.of([predictor.tokenizer.encode(text).ids for text in window])
        starts = ragged.starts
        found += [ragged.padded(rows, starts) for rows in ragged.batches(BATCH_SIZE)]
    return found


def seconds_of_network(predictor: Predictor, batches: Batches) -> float:
    """Return how long the network takes for all of them on all cores."""
    with ThreadPoolExecutor(cores()) as pool:
        started = time.perf_counter()
        # What is left is cancelled when an interrupt ends the loop.
        for _ in pool.map(lambda batch: predictor.runtime.run(*batch), batches):
            pass
        return time.perf_counter() - started


_TEXT = "what a lovely day, i love it"
# So many texts are asked one by one, after some that warm up.
_TWEETS, _EXPLANATIONS, _WARM_UP = 1000, 200, 20
_EXPLAINED_TOKENS = 40
# The texts that are asked one by one must be other ones than those of the throughput.
_SEED, _OTHER_SEED = 0, 1


@dataclass(frozen=True, slots=True)
class Step:
    """What is measured now, and how much of it has been done."""

    name: str
    done: int = 0
    total: int = 1


OnStep = Callable[[Step], None]


def benchmark(
    folder: Path, *, rows: int, rounds: int, on_step: OnStep = lambda _step: None
) -> Benchmark:
    """Measure the program with the model of a folder on so many tweets, all different.

    While something is measured, this process does nothing else: on_step must not either.
    """
    predictor = Predictor.load(folder)
    on_step(Step("writing tweets"))
    tweets = synthetic_tweets(_words(predictor), rows, seed=_SEED)
    with _written(tweets) as file:
        return Benchmark(
            model=predictor.name,
            machine=Machine.current(),
            rows=rows,
            rounds=rounds,
            start=_start(folder, rounds=rounds, on_step=on_step),
            latency=_latency(predictor, on_step),
            throughput=_throughput(predictor, folder, tweets, file, rounds=rounds, on_step=on_step),
        )


def _words(predictor: Predictor) -> Sequence[str]:
    return predictor.tokenizer.vocabulary[len(RESERVED) :]


@contextmanager
def _written(tweets: Sequence[str]) -> Iterator[Path]:
    """Give a file of the tweets, one a line, in a folder that is removed in the end."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="lstm-sentiment-")
    except OSError as error:
        raise SentimentError(
            f"cannot make a folder for temporary files: {error.strerror}; set TMPDIR"
        ) from None
    with folder:
        file = Path(folder.name, "tweets.txt")
        try:
            file.write_text("".join(f"{tweet}\n" for tweet in tweets), encoding="utf-8")
        except OSError as error:
            raise SentimentError(
                f"cannot write {file}: {error.strerror}; make room or give fewer --rows"
            ) from None
        yield file


def _start(folder: Path, *, rounds: int, on_step: OnStep) -> Start:
    commands = {
        "help": [*OURS, "--help"],
        "predict": [*OURS, "predict", _TEXT, *_with(folder)],
    }
    runs = alternating(
        {name: partial(run, command) for name, command in commands.items()},
        rounds,
        lambda done: on_step(Step("start", done, rounds + 1)),
    )
    seconds = {name: Spread.of([each.seconds for each in its]) for name, its in runs.items()}
    return Start(seconds["help"], seconds["predict"])


def _latency(predictor: Predictor, on_step: OnStep) -> Latencies:
    tokens = min(_EXPLAINED_TOKENS, predictor.tokenizer.max_tokens)
    words = _words(predictor)
    tweets = synthetic_tweets(words, _WARM_UP + _TWEETS, seed=_OTHER_SEED)
    texts = synthetic_texts(words, _WARM_UP + _EXPLANATIONS, tokens, seed=_OTHER_SEED)
    on_step(Step("latency", 0, 2))
    of_a_tweet = _milliseconds(lambda text: predictor.scores([text]), tweets)
    on_step(Step("latency", 1, 2))
    of_an_explanation = _milliseconds(lambda text: explain(predictor, [text]), texts)
    return Latencies(of_a_tweet, of_an_explanation, tokens)


def _milliseconds(ask: Callable[[str], object], texts: Sequence[str]) -> Latency:
    found = []
    for text in texts:
        started = time.perf_counter()
        ask(text)
        found.append(1000 * (time.perf_counter() - started))
    return Latency.of(found[_WARM_UP:])


def _throughput(
    predictor: Predictor,
    folder: Path,
    tweets: Sequence[str],
    file: Path,
    *,
    rounds: int,
    on_step: OnStep,
) -> Throughput:
    on_step(Step("throughput", 0, rounds + 1))
    output = str(file.with_name("scored.tsv"))
    # Named one by one, so that settings of files, which count here too, change none of them.
    scoring = [
        *(*OURS, "predict", "--input", str(file), "--input-format", "lines", "--encoding", "utf-8"),
        *("--output", output, "--format", "tsv", "--force", *_with(folder)),
    ]
    batches = ready_batches(predictor, tweets)

    def network() -> Run:
        # Its memory cannot be told: this process holds more than the network.
        return Run(seconds_of_network(predictor, batches), math.nan)

    runs = alternating(
        {"program": lambda: run(scoring), "network": network},
        rounds,
        lambda done: on_step(Step("throughput", done, rounds + 1)),
    )
    rates = {
        name: Spread.of([len(tweets) / each.seconds for each in its]) for name, its in runs.items()
    }
    peak = max(each.peak_mb for each in runs["program"])
    return Throughput(rates["program"], rates["network"], None if math.isnan(peak) else peak)


def _with(folder: Path) -> tuple[str, ...]:
    return ("--model", str(folder.resolve()), "--quiet")
