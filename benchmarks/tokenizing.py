"""What scoring a tweet costs, by stage, in microseconds of CPU.

    python benchmarks/tokenizing.py --data FILE... [--rows 100000] [--rounds 3]

FILE are labelled tweets as `train` reads them; their texts are scored here, window by window on
one thread, and only figures leave this script. "tokenising, cold" meets each window for the
first time, "warm" again at once; the network is what all other stages wait for.
"""

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from measure import machine

from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.inference.predictor import BATCH_SIZE, WINDOW, Predictor
from lstm_sentiment_cli.inference.runtime import Ragged, softmax
from lstm_sentiment_cli.model.folder import load_artifact
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.records.encoders import Window
from lstm_sentiment_cli.records.labelled import DataFile, read_examples
from lstm_sentiment_cli.records.reader import InputFile, open_records
from lstm_sentiment_cli.records.record import Record, output_columns
from lstm_sentiment_cli.records.writer import OutputFile, open_writer


class Stages(defaultdict[str, float]):
    """Stage → seconds of CPU so far."""

    def __init__(self) -> None:
        super().__init__(float)

    @contextmanager
    def measured(self, stage: str) -> Iterator[None]:
        """Add what happens inside to a stage."""
        started = time.process_time()
        yield
        self[stage] += time.process_time() - started


def measure(folder: Path, given: Path, workspace: Path) -> Stages:
    """Score a file of lines once, with a tokeniser that remembers nothing yet."""
    stages, predictor = Stages(), Predictor.load(folder)
    windows = open_records(InputFile(given)).windows(WINDOW)
    written = str(workspace / "answers.tsv")
    output = OutputFile(written, force=True)
    with open_writer(output, output_columns(predictor.labels)) as write:
        while True:
            with stages.measured("reading"):
                records = next(windows, None)
            if records is None:
                return stages
            _score(predictor, records, write, stages)


def _score(
    predictor: Predictor, records: list[Record], write: Callable[[Window], None], stages: Stages
) -> None:
    texts = [record.text or "" for record in records]
    for warmth in ("cold", "warm"):
        with stages.measured(f"tokenising, {warmth}"):
            encoded = predictor.tokenizer.encode_all(texts)
    with stages.measured("padding"):
        ragged = Ragged.of_bytes(encoded.flat, encoded.sizes)
        starts = ragged.starts
        batches = [(rows, *ragged.padded(rows, starts)) for rows in ragged.batches(BATCH_SIZE)]
    with stages.measured("network"):
        answers = [predictor.runtime.run(tokens, lengths) for _, tokens, lengths in batches]
    with stages.measured("softmax and decision"):
        logits = np.empty((len(texts), len(predictor.labels)), np.float32)
        for (rows, _, _), answer in zip(batches, answers, strict=True):
            logits[rows] = answer
        probabilities = softmax(logits, predictor.manifest.temperature)
        predicted = Decision().predicted(probabilities, predictor.labels)
    with stages.measured("writing"):
        write(Window(records, predicted, probabilities))


def main() -> None:
    """Measure each round and print the medians of the stages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    folder = find_model("default")
    labels = load_artifact(folder).manifest.labels
    found = read_examples([DataFile(path) for path in options.data], labels)
    texts = list(dict.fromkeys(each.text for each in found.examples))[: options.rows]
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        given = Path(name) / "texts.txt"
        given.write_text("".join(f"{' '.join(text.split())}\n" for text in texts), "utf-8")
        rounds = [measure(folder, given, Path(name)) for _ in range(options.rounds)]
    print(f"\nmicroseconds a tweet, medians of {options.rounds} rounds of {len(texts):,} tweets:")
    for stage in rounds[0]:
        middle = statistics.median(each[stage] for each in rounds) / len(texts) * 1e6
        print(f"  {stage}: {middle:.2f}")


if __name__ == "__main__":
    main()
