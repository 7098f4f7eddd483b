import signal
from dataclasses import replace

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.folder import load_artifact
from lstm_sentiment_cli.training.export import from_graph
from lstm_sentiment_cli.training.listener import Listener
from lstm_sentiment_cli.training.recipe import Output
from lstm_sentiment_cli.training.targets import NamedModel
from lstm_sentiment_cli.training.trainer import train
from tests.training.conftest import SMALL, examples


class Recorder(Listener):
    """Keeps the epochs, and may do something at a step."""

    def __init__(self, at=None, act=None):
        self.epochs, self.interruptions, self._at, self._act = [], 0, at, act

    def step(self, step):
        """Act at the step that was named."""
        if (step.epoch, step.step) == self._at:
            self._act()

    def epoch(self, epoch, *, best):
        """Keep its number, and whether it was the best so far."""
        self.epochs.append((epoch.number, best))

    def interrupted(self):
        """Count."""
        self.interruptions += 1


class Killed(BaseException):
    """Ends a training as abruptly as a test can within its process."""


def kill():
    raise Killed


def ctrl_c():
    signal.raise_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "small"
    return folder, train(data, SMALL, Output(folder))


def test_the_saved_model_has_learnt_and_is_what_was_returned(trained):
    folder, artifact = trained
    predictor = Predictor.load(folder)
    good, bad = predictor.scores(["the song is truly lovely", "the song is truly bad"])[0]

    assert load_artifact(folder) == artifact
    assert good[0] > 0.9
    assert bad[1] > 0.9
    assert not Output(folder).checkpoint.exists()


def test_metrics_and_provenance_are_recorded(trained, data):
    _, artifact = trained
    provenance = artifact.manifest.provenance

    assert artifact.metrics["accuracy"]["value"] > 0.9
    assert artifact.metrics["rows"] == 48
    assert [epoch["number"] for epoch in artifact.history] == [1, 2, 3]
    assert artifact.manifest.hyperparameters == SMALL.to_dict()
    assert provenance["split"]["training_rows"] == len(data.training) - 48
    assert provenance["seed"] == SMALL.seed
    assert artifact.manifest.temperature > 0


def test_the_same_seed_and_data_make_the_same_weights(trained, data, tmp_path):
    again = train(data, SMALL, Output(tmp_path / "again"))
    other = train(data, SMALL.replaced({"seed": 2}), Output(tmp_path / "other"))

    assert again.graph == trained[1].graph
    assert other.graph != trained[1].graph


@pytest.mark.parametrize("at", [(2, 1), (2, 9), (3, 5)])
def test_a_killed_training_resumes_to_the_same_weights(trained, data, tmp_path, at):
    output = Output(tmp_path / "killed")
    with pytest.raises(Killed):
        train(data, SMALL, output, listener=Recorder(at, kill))
    assert not output.folder.exists()

    recorder = Recorder()
    resumed = train(data, SMALL, replace(output, resume=True), listener=recorder)

    assert [number for number, _ in recorder.epochs] == list(range(at[0], 4))
    assert resumed.graph == trained[1].graph


def test_an_unfinished_training_is_discarded_only_with_force(data, tmp_path):
    output = Output(tmp_path / "killed")
    with pytest.raises(Killed):
        train(data, SMALL, output, listener=Recorder((2, 1), kill))

    with pytest.raises(SentimentError, match="--resume or start again with --force"):
        train(data, SMALL, output)
    train(data, SMALL, replace(output, force=True))


def test_resuming_with_other_hyperparameters_is_refused(data, tmp_path):
    output = Output(tmp_path / "killed")
    with pytest.raises(Killed):
        train(data, SMALL, output, listener=Recorder((2, 1), kill))

    other = SMALL.replaced({"learning_rate": 0.01})
    with pytest.raises(SentimentError, match="cannot resume: learning_rate changed"):
        train(data, other, replace(output, resume=True))


def test_ctrl_c_once_finishes_with_the_best_so_far(data, tmp_path):
    recorder = Recorder((2, 3), ctrl_c)
    artifact = train(data, SMALL, Output(tmp_path / "mine"), listener=recorder)

    assert recorder.interruptions == 1
    assert len(artifact.history) == 1
    assert load_artifact(tmp_path / "mine") == artifact


def test_ctrl_c_in_the_first_epoch_still_gives_a_model(data, tmp_path):
    artifact = train(data, SMALL, Output(tmp_path / "mine"), listener=Recorder((1, 3), ctrl_c))

    assert len(artifact.history) == 1


def test_ctrl_c_twice_stops_and_can_be_resumed(trained, data, tmp_path):
    def twice():
        ctrl_c()
        ctrl_c()

    output = Output(tmp_path / "mine")
    with pytest.raises(KeyboardInterrupt):
        train(data, SMALL, output, listener=Recorder((3, 2), twice))
    resumed = train(data, SMALL, replace(output, resume=True))

    assert resumed.graph == trained[1].graph
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_training_stops_early_and_keeps_the_best_epoch(data, tmp_path):
    recorder = Recorder()
    # Steps so large that the network gets worse at once.
    hasty = SMALL.replaced({"learning_rate": 1.0, "epochs": 20, "patience": 2})
    artifact = train(data, hasty, Output(tmp_path / "mine"), listener=recorder)

    best = [number for number, best in recorder.epochs if best][-1]
    assert len(recorder.epochs) == min(best + 2, 20)
    assert artifact.manifest.provenance["best_epoch"] == best


def test_a_loss_that_is_not_finite_says_what_to_try(data, tmp_path):
    heavy = replace(data, training=[each._replace(weight=1e38) for each in data.training])

    with pytest.raises(SentimentError, match="try a smaller --learning-rate"):
        train(heavy, SMALL, Output(tmp_path / "mine"))
    assert not (tmp_path / "mine").exists()


def test_three_labels_work_like_two(three, tmp_path):
    artifact = train(three, SMALL, Output(tmp_path / "three"))
    predictor = Predictor.load(tmp_path / "three")
    rows = predictor.scores(["very good", "very usual", "very bad"]).probabilities

    assert artifact.manifest.labels == predictor.labels == ("glad", "calm", "sad")
    assert rows.argmax(axis=1).tolist() == [0, 1, 2]


def test_a_weight_makes_examples_count(data, tmp_path):
    contradicting = [each._replace(label="negative", weight=0.01) for each in data.training[:96]]
    light = replace(data, training=[*data.training, *contradicting])
    train(light, SMALL, Output(tmp_path / "light"))

    [good] = Predictor.load(tmp_path / "light").scores(["the song is truly lovely"])[0]
    assert good[0] > 0.5


def test_training_from_a_model_starts_with_its_weights_words_and_labels(trained, data, tmp_path):
    _, artifact = trained
    still = SMALL.replaced({"learning_rate": 1e-8, "epochs": 1, "vocabulary_size": 10})
    child = train(data, still, Output(tmp_path / "child"), parent=NamedModel("small", artifact))

    assert child.tokenizer == artifact.tokenizer
    assert child.manifest.hyperparameters["vocabulary_size"] == SMALL.vocabulary_size
    assert child.manifest.hyperparameters["learning_rate"] == 1e-8
    assert from_graph(child.graph).dense_kernel == pytest.approx(
        from_graph(artifact.graph).dense_kernel, abs=1e-5
    )
    assert child.manifest.provenance["parent"] == {
        "name": "small",
        "labels": ["positive", "negative"],
        "fingerprint": artifact.manifest.provenance["fingerprint"],
    }


def test_rehearsal_keeps_a_model_from_forgetting(trained, data, tmp_path):
    _, artifact = trained
    good = [each for each in data.training if each.label == "positive"]
    wrong = [each._replace(label="negative") for each in good[:-9]]
    contrary = replace(data, training=[*wrong, *good[-9:]])

    def after(rehearsal):
        asked = SMALL.replaced({"epochs": 2, "rehearsal": rehearsal})
        place = Output(tmp_path / f"after-{rehearsal}")
        train(contrary, asked, place, parent=NamedModel("small", artifact))
        return Predictor.load(place.folder).scores([each.text for each in good])[0][:, 0].mean()

    assert after(0) < after(1000) - 0.1


def test_training_continues_from_a_bidirectional_model(three, tmp_path):
    wide = SMALL.replaced({"directions": 2, "pooling": "max+attention", "epochs": 1})
    parent = train(three, wide, Output(tmp_path / "wide"))
    # The hyperparameters of the child say nothing of the network: it is the parent's.
    child = train(
        three,
        SMALL.replaced({"learning_rate": 1e-8, "epochs": 1}),
        Output(tmp_path / "child"),
        parent=NamedModel("wide", parent),
    )
    texts = ["so good", "very usual", ""]
    logits = [Predictor.load(tmp_path / name).scores(texts).logits for name in ("wide", "child")]

    assert child.manifest.hyperparameters["directions"] == 2
    assert child.manifest.hyperparameters["pooling"] == "max+attention"
    assert logits[1] == pytest.approx(logits[0], abs=1e-4)


def test_training_continues_from_a_model_older_than_directions_and_pooling(
    data, golden_model, tmp_path
):
    parent = load_artifact(golden_model)
    still = SMALL.replaced({"learning_rate": 1e-8, "epochs": 1})
    child = train(data, still, Output(tmp_path / "child"), parent=NamedModel("old", parent))

    assert "directions" not in parent.manifest.hyperparameters
    assert child.manifest.hyperparameters["directions"] == 1
    assert child.manifest.hyperparameters["pooling"] == "last"
    assert from_graph(child.graph).embedding == pytest.approx(
        from_graph(parent.graph).embedding, abs=1e-5
    )


@pytest.mark.parametrize(
    "described", [{"lstm_units": [9]}, {"lstm_units": [8, 6, 4]}, {"embedding_units": 3}]
)
def test_a_parent_whose_hyperparameters_are_not_its_own_is_one_line(
    data, golden_model, tmp_path, described
):
    parent = load_artifact(golden_model)
    manifest = parent.manifest
    wrong = replace(manifest, hyperparameters=manifest.hyperparameters | described)
    named = NamedModel("old", replace(parent, manifest=wrong))

    with pytest.raises(SentimentError, match="of model old do not fit its weights") as error:
        train(data, SMALL, Output(tmp_path / "child"), parent=named)
    assert "\n" not in str(error.value)


def test_a_second_training_learns_corrections_and_keeps_what_the_first_learnt(
    trained, data, tmp_path
):
    _, artifact = trained
    corrections = examples("negative", ["lovely"]) + examples("positive", ["good"])
    child = train(
        replace(data, training=corrections),
        SMALL.replaced({"epochs": 10, "patience": 10}),
        Output(tmp_path / "child"),
        parent=NamedModel("small", artifact),
    )
    rows = Predictor.load(tmp_path / "child").scores(["so lovely", "so good"]).probabilities

    assert rows.argmax(axis=1).tolist() == [1, 0]
    assert child.manifest.labels == artifact.manifest.labels


def test_few_validation_rows_leave_the_temperature_unchanged(trained, data, tmp_path):
    _, artifact = trained
    warm = replace(artifact, manifest=replace(artifact.manifest, temperature=1.5))
    child = train(data, SMALL, Output(tmp_path / "child"), parent=NamedModel("warm", warm))

    assert artifact.manifest.temperature == 1.0
    assert child.manifest.temperature == 1.5


def test_many_validation_rows_fit_the_temperature(data, tmp_path):
    enough = [each._replace(text=f"{each.text} {n}") for n in range(3) for each in data.training]
    artifact = train(
        replace(data, validation=enough), SMALL.replaced({"epochs": 1}), Output(tmp_path / "mine")
    )

    assert len(enough) >= 200
    assert artifact.manifest.temperature != 1.0


def test_the_temperature_changes_no_answer(trained):
    folder, _ = trained
    scores = Predictor.load(folder).scores(["so good", "so bad", "so"])

    assert (scores.probabilities.argmax(axis=1) == scores.logits.argmax(axis=1)).all()
    assert np.isfinite(scores.logits).all()
