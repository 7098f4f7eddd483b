"""Trainings that learn from probabilities, from the page that explains them to the card."""

import json
import re
import sys
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.training.listener import Listener
from lstm_sentiment_cli.training.recipe import Output
from lstm_sentiment_cli.training.trainer import train
from tests.conftest import ROOT
from tests.training.conftest import SMALL

NETWORK = [
    "--embedding-units", "6", "--lstm-units", "5", "--batch-size", "32", "--epochs", "4",
    "--learning-rate", "0.05", "--patience", "4", "--min-count", "1",
]  # fmt: skip
AGAINST = "(against the most probable labels of its teacher)"
GOOD = "the day is so lovely"
BAD = "the day is so awful"


class Killer(Listener):
    """Ends a training as abruptly as a test can within its process."""

    def step(self, step):
        """End it in the second epoch."""
        if (step.epoch, step.step) == (2, 2):
            raise GeneratorExit


def taught(examples, sure, *, labelled):
    """Return examples whose label has this probability."""
    answers = {"positive": [sure, 1 - sure], "negative": [1 - sure, sure]}
    return [
        each._replace(
            probabilities=np.array(answers[each.label], "<f4").tobytes(), labelled=labelled
        )
        for each in examples
    ]


def facts(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def positive(folder, *texts):
    return Predictor.load(folder).scores(texts).probabilities[:, 0].tolist()


@pytest.fixture(scope="module")
def alone(data):
    """Rows of probabilities, none of which has a label."""
    return replace(data, training=taught(data.training, 0.8, labelled=False))


@pytest.fixture(scope="module")
def followed(alone, tmp_path_factory):
    """A network that learnt from probabilities alone."""
    folder = tmp_path_factory.mktemp("taught") / "mine"
    learnt = SMALL.replaced({"epochs": 12, "patience": 12})
    return folder, train(alone, learnt, Output(folder))


def test_a_network_learns_how_sure_its_teacher_is(followed):
    folder, artifact = followed

    assert positive(folder, GOOD, BAD) == pytest.approx([0.8, 0.2], abs=0.06)
    best = min(artifact.history, key=lambda epoch: epoch["validation_loss"])
    # The cross-entropy of a teacher that is sure to 0.8 is at least its entropy.
    assert 0.5 < best["validation_loss"] < 0.56


def test_without_a_label_metrics_and_provenance_say_what_they_are(followed):
    folder, artifact = followed
    split = artifact.manifest.provenance["split"]

    assert artifact.metrics["name"] == split["validation"] == f"validation {AGAINST}"
    assert (artifact.metrics["rows"], artifact.metrics["accuracy"]["value"]) == (48, 1.0)
    assert f"| `validation {AGAINST}` | 48 |" in (folder / "README.md").read_text(encoding="utf-8")


def test_without_a_label_the_temperature_stays(alone, tmp_path):
    """Fitted to the most probable labels, it would make the network surer than its teacher."""
    rows = [each._replace(text=f"{each.text} {n}") for n in "ab" for each in alone.training]
    quick = SMALL.replaced({"epochs": 1})
    more = replace(alone, validation=rows)

    assert len(rows) > 200
    assert train(more, quick, Output(tmp_path / "mine")).manifest.temperature == 1.0


def test_beside_labels_rows_of_probabilities_are_learnt_and_not_measured(data, tmp_path):
    others = [
        each._replace(text=f"{each.text} today")
        for each in taught(data.training[::2], 0.8, labelled=False)
    ]
    mixed = replace(data, training=[*data.training, *others])
    artifact = train(mixed, SMALL.replaced({"epochs": 1}), Output(tmp_path / "mine"))

    assert artifact.metrics["name"] == "validation"
    assert artifact.manifest.provenance["split"]["training_rows"] == len(mixed.training) - 48
    assert "today" in artifact.tokenizer.vocabulary


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_teacher_share_decides_between_label_and_probabilities(data, tmp_path, share):
    """The probabilities turn the labels over."""
    both = replace(data, training=taught(data.training, 0.05, labelled=True))
    train(both, SMALL.replaced({"teacher_share": share}), Output(tmp_path / "mine"))

    good, bad = positive(tmp_path / "mine", GOOD, BAD)
    assert (good > bad) == (share == 0.0)


def test_a_killed_training_resumes_with_the_same_probabilities_only(alone, tmp_path):
    output = Output(tmp_path / "killed")
    whole = train(alone, SMALL, Output(tmp_path / "whole"))
    with pytest.raises(GeneratorExit):
        train(alone, SMALL, output, listener=Killer())
    surer = taught(alone.training, 0.81, labelled=False)
    labelled = taught(alone.training, 0.8, labelled=True)

    for changed in (surer, labelled):
        with pytest.raises(SentimentError, match="cannot resume: data changed"):
            train(replace(alone, training=changed), SMALL, replace(output, resume=True))
    assert train(alone, SMALL, replace(output, resume=True)).graph == whole.graph


def made_up_pipeline(task, **options):
    """Stand for `transformers.pipeline`: a sentence's labels in the order of their scores."""
    assert (task, options["top_k"]) == ("text-classification", None)

    def answer(text):
        sure, less = ("Positive", "Negative") if "good" in text else ("Negative", "Positive")
        scores = {sure: 0.7, "Neutral": 0.2, less: 0.1}
        return [{"label": label, "score": score} for label, score in scores.items()]

    return lambda texts, batch_size: [answer(text) for text in texts]


def test_the_page_goes_from_a_pipeline_to_a_model(command, tmp_path, monkeypatch, data):
    page = (ROOT / "docs" / "train.md").read_text(encoding="utf-8")
    [script] = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    transformers = ModuleType("transformers")
    transformers.pipeline = made_up_pipeline
    monkeypatch.setitem(sys.modules, "transformers", transformers)
    monkeypatch.chdir(tmp_path)
    texts = [each.text for each in data.training]
    (tmp_path / "texts.txt").write_text("\n".join(texts), encoding="utf-8")

    exec(compile(script, "train.md", "exec"), {})
    checked = command("data", "check", "scored.jsonl", "--json")
    ended = command("train", "scored.jsonl", "--output", "models/mine", *NETWORK)

    assert len(script.splitlines()) <= 13
    assert "lstm-sentiment train scored.jsonl --output models/mine" in page
    found = json.loads(checked.out)
    assert (found["with_probabilities"], found["with_both"]) == (len(texts), 0)
    assert (ended.code, ended.out) == (0, "models/mine\n"), ended.err
    assert f"with probabilities alone: {len(texts)}" in ended.err
    assert re.search(
        rf"^accuracy .* validation rows {re.escape(AGAINST)}, log loss", ended.err, re.MULTILINE
    )
    good, bad = positive(tmp_path / "models" / "mine", "the film is so good", "the film is so bad")
    assert bad < 0.5 < good
    card = (tmp_path / "models" / "mine" / "README.md").read_text(encoding="utf-8")
    assert f"classifier gave: {len(texts)} rows of `scored.jsonl`." in card


@pytest.fixture
def scored(command, tmp_path, default_model):
    """What `predict` writes of rows whose labels are turned over."""
    rows = [
        f"{('positive', 'negative')[number % 2]},{('awful', 'lovely')[number % 2]} {number % 50}"
        for number in range(400)
    ]
    (tmp_path / "rows.csv").write_text("\n".join(["label,text", *rows]), encoding="utf-8")
    files = ("--input", "rows.csv", "--output", "scored.csv")
    assert command("predict", *files, "--model", str(default_model)).code == 0


@pytest.mark.usefixtures("scored")
def test_what_predict_writes_teaches_beside_labels(command, tmp_path):
    """A teacher that is wholly believed is learnt, though the labels say the contrary."""
    ended = command("train", "scored.csv", "--teacher-share", "1", *NETWORK, "-o", "mine")

    assert ended.code == 0, ended.err
    assert positive(tmp_path / "mine", "lovely")[0] > 0.5 > positive(tmp_path / "mine", "awful")[0]
    [source] = facts(tmp_path / "mine", "manifest.json")["provenance"]["data"]
    assert (source["with_probabilities"], source["with_both"]) == (400, 400)
    assert facts(tmp_path / "mine", "metrics.json")["name"] == "validation"


@pytest.mark.usefixtures("scored")
def test_a_wrong_row_has_its_line(command, tmp_path):
    path = tmp_path / "scored.csv"
    [header, first, *rest] = path.read_text(encoding="utf-8").splitlines()
    cells = dict(zip(header.split(","), first.split(","), strict=True)) | {"p_positive": "2"}
    path.write_text("\n".join([header, ",".join(cells.values()), *rest]), encoding="utf-8")
    refused = command("train", "scored.csv", *NETWORK, "-o", "mine")
    quick = ("--epochs", "1", "--skip-unreadable")
    skipped = command("train", "scored.csv", *NETWORK, *quick, "-o", "mine")

    assert refused.code == 1
    assert "scored.csv, line 2: p_positive is 2, not between 0 and 1; " in refused.err
    assert skipped.code == 0, skipped.err
    assert "with a label and probabilities: 399" in skipped.err
