"""What the program costs: start, throughput, memory, training; ratios from one run.

    python benchmarks/run.py --data FILE... [--parts start,throughput,memory,training]

FILE are labelled tweets as `train` reads them; their texts are scored and trained on here, and
only figures leave this script. Needs the extra `train`.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import OURS, alternating, machine, run, summary

from lstm_sentiment_cli.model.folder import load_artifact
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.records.data_file import DataFile
from lstm_sentiment_cli.records.examples import Example, read_examples

HERE = Path(__file__).parent
TEXT = "what a lovely day, i love it"


def start(folder: Path, workspace: Path, rounds: int) -> list[str]:
    """Measure whole processes: help, one text, and the same text in Keras."""
    saved = workspace / "model.keras"
    subprocess.run(
        [sys.executable, str(HERE / "keras_save.py"), str(folder), str(saved)],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    ids = load_artifact(folder).tokenizer.encode(TEXT).ids
    runs = alternating(
        {
            "--help": [*OURS, "--help"],
            "predict TEXT": [*OURS, "predict", TEXT],
            "Keras, the same network": [
                sys.executable, str(HERE / "keras_predict.py"), str(saved), *map(str, ids)
            ],
        },
        rounds,
    )  # fmt: skip
    seconds = {name: [each.seconds for each in its] for name, its in runs.items()}
    middle = {name: statistics.median(values) for name, values in seconds.items()}
    lines = [f"{name}: {summary(values)} s" for name, values in seconds.items()]
    ratio = middle["Keras, the same network"] / middle["predict TEXT"]
    return [*lines, f"Keras / predict TEXT: {ratio:.1f}"]


def throughput(texts: list[str], workspace: Path, rounds: int) -> list[str]:
    """Measure 100,000 different tweets from stdin to tsv."""
    given = _written(workspace, texts, 100_000)
    runs = [run([*OURS, "predict"], given) for _ in range(rounds + 1)][1:]
    rates = [100_000 / each.seconds for each in runs]
    memory = [each.peak_mb for each in runs]
    return [f"tweets/s: {summary(rates)}", f"peak MB: {summary(memory)}"]


def memory(texts: list[str], workspace: Path) -> list[str]:
    """Measure the memory of 100,000 and of 2 million different tweets."""
    small = run([*OURS, "predict"], _written(workspace, texts, 100_000))
    large = run([*OURS, "predict"], _written(workspace, texts, 2_000_000))
    return [
        f"peak MB: {small.peak_mb:.0f} for 100,000, {large.peak_mb:.0f} for 2,000,000",
        f"tweets/s over 2,000,000: {2_000_000 / large.seconds:,.0f}",
    ]


def training(examples: list[Example], rounds: int) -> list[str]:
    """Measure the sequences learnt a second by the reference network, batches of 2,048."""
    from lstm_sentiment_cli.training.gate import require_tensorflow

    require_tensorflow()
    from lstm_sentiment_cli.text.tokenizer import Tokenizer
    from lstm_sentiment_cli.training.encoded import Encoded, training_batches
    from lstm_sentiment_cli.training.hyperparameters import preset
    from lstm_sentiment_cli.training.network import build, compile_for_training

    knobs = preset("seed").replaced({"vocabulary_size": 30_000, "batch_size": 2048})
    tokenizer = Tokenizer.fit((each.text for each in examples), vocabulary_size=30_000)
    labels = sorted({each.label for each in examples})
    encoded = Encoded.of(examples, tokenizer, labels)
    model = build(knobs, len(tokenizer.vocabulary), len(labels))
    compile_for_training(model, knobs)
    rates = []
    for epoch in range(rounds + 1):
        started = time.perf_counter()
        for batch in training_batches(encoded, len(labels), knobs.batch_size, (1, epoch)):
            model.train_on_batch(batch.tokens, batch.targets, batch.weights)
        rates.append(len(encoded) / (time.perf_counter() - started))
    return [f"sequences/s: {summary(rates[1:])}", f"of which the first epoch: {rates[0]:.0f}"]


def _written(workspace: Path, texts: list[str], count: int) -> Path:
    """Write so many different texts, one a line; a text met again gets a word of its own."""
    path = workspace / f"{count}.txt"
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            text = texts[number % len(texts)]
            again = number // len(texts)
            file.write(f"{text} again{again}\n" if again else f"{text}\n")
    return path


def main() -> None:
    """Run the parts asked for and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--parts", default="start,throughput,memory,training")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    parts = options.parts.split(",")
    folder = find_model("default")
    labels = load_artifact(folder).manifest.labels
    found = read_examples([DataFile(path) for path in options.data], labels)
    examples = found.examples[:100_000]
    texts = list(dict.fromkeys(each.text for each in found.examples))
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        workspace = Path(name)
        if "start" in parts:
            print("\nstart:", *start(folder, workspace, options.rounds), sep="\n  ")
        if "throughput" in parts:
            print("\nthroughput:", *throughput(texts, workspace, options.rounds), sep="\n  ")
        if "memory" in parts:
            print("\nmemory:", *memory(texts, workspace), sep="\n  ")
    if "training" in parts:
        print("\ntraining:", *training(examples, min(options.rounds, 3)), sep="\n  ")


if __name__ == "__main__":
    main()
