"""How fast the program is with a model on this machine: start, latency, throughput, memory."""

import math
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lstm_sentiment_cli.benchmarking.figures import (
    Benchmark,
    Latencies,
    Latency,
    Spread,
    Start,
    Throughput,
)
from lstm_sentiment_cli.benchmarking.machine import Machine
from lstm_sentiment_cli.benchmarking.network import ready_batches, seconds_of_network
from lstm_sentiment_cli.benchmarking.processes import OURS, Run, alternating, run
from lstm_sentiment_cli.benchmarking.tweets import synthetic_texts, synthetic_tweets
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.explanation import explain
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.text.tokenizer import RESERVED

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
