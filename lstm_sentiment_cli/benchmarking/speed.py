"""The speed of the program with a model on this machine: start, latency, throughput, memory."""

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

from lstm_sentiment_cli.atomic import temporary_files, writing
from lstm_sentiment_cli.benchmarking.processes import OURS, Run, alternating, run
from lstm_sentiment_cli.inference.explanation import explain
from lstm_sentiment_cli.inference.predictor import BATCH_SIZE, WINDOW, Predictor, cores
from lstm_sentiment_cli.inference.runtime import Ids, Ragged
from lstm_sentiment_cli.text.synthetic import synthetic_texts, synthetic_tweets
from lstm_sentiment_cli.text.tokenizer import RESERVED


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures depend on, besides the program."""

    system: str
    architecture: str
    cores: int
    python: str

    @classmethod
    def current(cls) -> "Machine":
        """Return the machine that this process runs on."""
        return cls(platform.system(), platform.machine(), cores(), platform.python_version())

    def __str__(self) -> str:
        return f"{self.architecture}, {self.cores} cores, Python {self.python}"


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several runs, with the lowest and the highest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the spread of at least one value: [3, 1, 2] → 2, 1, 3."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of one call: the median, and what 99 of 100 calls stay within."""

    median: float
    p99: float

    @classmethod
    def of(cls, milliseconds: Sequence[float]) -> "Latency":
        """Return the latency of at least one call; p99 is one of the values, never between two."""
        ordered = sorted(milliseconds)
        return cls(statistics.median(ordered), ordered[math.ceil(0.99 * len(ordered)) - 1])


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds of whole processes."""

    help_seconds: Spread
    predict_seconds: Spread


@dataclass(frozen=True, slots=True)
class Latencies:
    """Times of a loaded model for one text."""

    tweet_ms: Latency
    explanation_ms: Latency
    explanation_tokens: int


@dataclass(frozen=True, slots=True)
class Throughput:
    """Texts per second: of the whole program, including its start, and of the network alone."""

    program_per_second: Spread
    network_per_second: Spread
    peak_mb: float | None  # of the whole program over all runs; None where the system does not tell

    @property
    def ratio(self) -> float:
        """The share of the network's throughput that the whole program reaches, by the medians."""
        return self.program_per_second.median / self.network_per_second.median


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Everything that was measured, and on what."""

    model: str
    machine: Machine
    rows: int
    rounds: int
    start: Start
    latency: Latencies
    throughput: Throughput

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: the fields by their names, with the ratio beside its parts."""
        found = dataclasses.asdict(self)
        peak = found["throughput"].pop("peak_mb")
        found["throughput"]["ratio"] = self.throughput.ratio
        return found | {"peak_mb": peak}


Batches = Sequence[tuple[Ids, Ids]]  # padded ids and lengths of each batch


def ready_batches(predictor: Predictor, texts: Iterable[str]) -> Batches:
    """Return the batches that the program makes of texts."""
    given = iter(texts)
    found = []
    while window := list(islice(given, WINDOW)):
        ragged = Ragged.of([predictor.tokenizer.encode(text).ids for text in window])
        found += [ragged.padded(rows, ragged.starts) for rows in ragged.batches(BATCH_SIZE)]
    return found


def seconds_of_network(predictor: Predictor, batches: Batches) -> float:
    """Return how long the network takes for all batches on all cores."""
    with ThreadPoolExecutor(cores()) as pool:
        started = time.perf_counter()
        # An interrupt ends the loop, and cancels the rest.
        for _ in pool.map(lambda batch: predictor.runtime.run(*batch), batches):
            pass
        return time.perf_counter() - started


_TEXT = "what a lovely day, i love it"
# Texts that are scored one by one, after some that warm up.
_TWEETS, _EXPLANATIONS, _WARM_UP = 1000, 200, 20
_EXPLAINED_TOKENS = 40
# Texts that are scored one by one must differ from those of the throughput.
_SEED, _OTHER_SEED = 0, 1


OnStep = Callable[[str, int, int], None]
"""Called before each measurement with its name, how much of it is done, and of how much."""


def benchmark(
    folder: Path, *, rows: int, rounds: int, on_step: OnStep = lambda *_: None
) -> Benchmark:
    """Measure the program with the model of a folder on this many different tweets.

    While something is measured this process does nothing else, nor must on_step.
    """
    options = ("--model", str(folder.resolve()), "--quiet")
    bench = _Bench(Predictor.load(folder), options, rounds, on_step)
    on_step("writing tweets", 0, 1)
    tweets = synthetic_tweets(bench.words, rows, seed=_SEED)
    with _written(tweets) as file:
        return Benchmark(
            model=bench.predictor.name,
            machine=Machine.current(),
            rows=rows,
            rounds=rounds,
            start=bench.start(),
            latency=bench.latency(),
            throughput=bench.throughput(tweets, file),
        )


@contextmanager
def _written(tweets: Sequence[str]) -> Iterator[Path]:
    """Yield a file of the tweets, one a line, in a folder that is removed at the end."""
    with temporary_files():
        folder = tempfile.TemporaryDirectory(prefix="lstm-sentiment-")
    with folder:
        file = Path(folder.name, "tweets.txt")
        with writing(file, "or give fewer --rows"):
            file.write_text("".join(f"{tweet}\n" for tweet in tweets), encoding="utf-8")
        yield file


@dataclass(frozen=True, slots=True)
class _Bench:
    """Measures one model."""

    predictor: Predictor
    options: tuple[str, ...]  # of the command predict
    rounds: int
    on_step: OnStep

    @property
    def words(self) -> Sequence[str]:
        return self.predictor.tokenizer.vocabulary[len(RESERVED) :]

    def start(self) -> Start:
        help_, predict = [*OURS, "--help"], [*OURS, "predict", _TEXT, *self.options]
        runs = self._alternating("start", help=partial(run, help_), predict=partial(run, predict))
        return Start(*(Spread.of([each.seconds for each in its]) for its in runs.values()))

    def latency(self) -> Latencies:
        tokens = min(_EXPLAINED_TOKENS, self.predictor.tokenizer.max_tokens)
        tweets = synthetic_tweets(self.words, _WARM_UP + _TWEETS, seed=_OTHER_SEED)
        texts = synthetic_texts(self.words, _WARM_UP + _EXPLANATIONS, tokens, seed=_OTHER_SEED)
        self.on_step("latency", 0, 2)
        of_a_tweet = _milliseconds(lambda text: self.predictor.scores([text]), tweets)
        self.on_step("latency", 1, 2)
        of_an_explanation = _milliseconds(lambda text: explain(self.predictor, [text]), texts)
        return Latencies(of_a_tweet, of_an_explanation, tokens)

    def throughput(self, tweets: Sequence[str], file: Path) -> Throughput:
        self.on_step("throughput", 0, self.rounds + 1)
        output = str(file.with_name("scored.tsv"))
        # All options are named, so that settings files, which count here too, change none of them.
        scoring = [
            *(*OURS, "predict", "--input", str(file), "--input-format", "lines"),
            *("--encoding", "utf-8", "--output", output, "--format", "tsv", "--force"),
            *self.options,
        ]
        batches = ready_batches(self.predictor, tweets)

        def network() -> Run:
            # Its memory cannot be measured: this process holds more than the network.
            return Run(seconds_of_network(self.predictor, batches), math.nan)

        runs = self._alternating("throughput", program=partial(run, scoring), network=network)
        program, network_alone = (
            Spread.of([len(tweets) / each.seconds for each in its]) for its in runs.values()
        )
        peak = max(each.peak_mb for each in runs["program"])
        return Throughput(program, network_alone, None if math.isnan(peak) else peak)

    def _alternating(self, step: str, **sides: Callable[[], Run]) -> dict[str, list[Run]]:
        rounds = self.rounds + 1  # one warms up
        return alternating(sides, self.rounds, lambda done: self.on_step(step, done, rounds))


def _milliseconds(ask: Callable[[str], object], texts: Sequence[str]) -> Latency:
    found = []
    for text in texts:
        started = time.perf_counter()
        ask(text)
        found.append(1000 * (time.perf_counter() - started))
    return Latency.of(found[_WARM_UP:])
