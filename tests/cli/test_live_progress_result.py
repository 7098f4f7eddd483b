"""What is said when a training has ended, where no person watches."""

from lstm_sentiment_cli.cli.live_progress import show_result
from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.model.folder import Artifact
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer

EPOCHS = [
    {"number": number, "loss": 1 / number, "accuracy": 1 - 1 / (1 + number),
     "validation_loss": 0.5 + abs(number - 2) / 10, "validation_accuracy": 0.8, "seconds": 1.0}
    for number in range(1, 6)
]  # fmt: skip
METRICS = {
    "name": "validation",
    "rows": 100,
    "accuracy": {"value": 0.8, "low": 0.71, "high": 0.87},
    "log_loss": {"value": 0.5, "low": 0.4, "high": 0.6},
    "confusion": [[45, 5], [15, 1035]],
}
RESULT = "accuracy 80.0% (71.0-87.0) on 100 validation rows, log loss 0.5000"


def trained(labels=("positive", "negative")):
    manifest = Manifest(labels, {}, 1.0, "fp32", {})
    return Artifact(manifest, Tokenizer(["good"], 40), b"", METRICS, EPOCHS)


def test_a_log_gets_lines(capfd):
    show_result(trained(), Terminal())

    out, err = capfd.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "true label positive: 45 as positive, 5 as negative",
        "true label negative: 15 as positive, 1,035 as negative",
        RESULT,
    ]


def test_quiet_says_nothing(capfd):
    show_result(trained(), Terminal(quiet=True))

    assert capfd.readouterr() == ("", "")


def test_labels_of_the_data_are_harmless(capfd):
    show_result(trained(("[b]\x1b[31m", "negative")), Terminal())

    assert "\x1b" not in capfd.readouterr().err
