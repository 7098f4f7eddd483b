"""Trainings that begin from words learnt of texts alone."""

import json
from dataclasses import replace

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.export import from_graph
from lstm_sentiment_cli.training.listener import Listener
from lstm_sentiment_cli.training.preflight import start
from lstm_sentiment_cli.training.recipe import Output, Recipe
from lstm_sentiment_cli.training.targets import Encoded, NamedModel
from lstm_sentiment_cli.training.trainer import fitted_tokenizer, train
from lstm_sentiment_cli.training.training_loop import TrainingLoop
from tests.training.conftest import SMALL

pytest.importorskip("gensim")
from lstm_sentiment_cli.training.word2vec import WordVectors

HYPERPARAMETERS = SMALL.replaced({"embedding_epochs": 4})
# Nothing is learnt of labels: what the model has is what it began from.
STILL = HYPERPARAMETERS.replaced({"learning_rate": 1e-8, "epochs": 1})
LABELS = ("positive", "negative")


class Recorder(Listener):
    """Keeps the stages, and may be killed at a step."""

    def __init__(self, kill_at=None):
        self.stages, self._kill_at = [], kill_at

    def stage(self, text):
        """Keep it."""
        self.stages.append(text)

    def step(self, step):
        """Do what a kill does, as far as a test can."""
        if (step.epoch, step.step) == self._kill_at:
            raise GeneratorExit


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    return train(data, HYPERPARAMETERS, Output(tmp_path_factory.mktemp("models") / "words"))


def test_learnt_words_start_from_their_vectors_and_others_at_random(data):
    tokenizer = fitted_tokenizer(data.training, SMALL)
    size = len(tokenizer.vocabulary)
    learnt = WordVectors(np.array([5, 3]), np.full((2, SMALL.embedding_units), 9, np.float32))

    def embedding(vectors):
        loop = TrainingLoop(SMALL, Encoded.of(data.training, tokenizer, data.labels, 0.0))
        loop.set_embedding(vectors)
        return loop.model.get_layer("embedding").get_weights()[0]

    began, by_chance = embedding(learnt), embedding(None)
    others = np.setdiff1d(np.arange(size), [3, 5])
    assert (began[[3, 5]] == 9).all()
    assert (began[others] == by_chance[others]).all()


def test_the_same_data_and_seed_make_the_same_weights(trained, data, tmp_path):
    recorder = Recorder()
    again = train(data, HYPERPARAMETERS, Output(tmp_path / "again"), listener=recorder)
    without = train(data, SMALL, Output(tmp_path / "without"))

    assert again.graph == trained.graph != without.graph
    assert [text for text in recorder.stages if "words, pass" in text] == [
        f"words, pass {number} of 4" for number in range(1, 5)
    ]


def test_a_killed_training_resumes_to_the_same_weights_without_learning_words_again(
    trained, data, tmp_path
):
    output = Output(tmp_path / "killed")
    with pytest.raises(GeneratorExit):
        train(data, HYPERPARAMETERS, output, listener=Recorder((2, 3)))

    recorder = Recorder()
    resumed = train(data, HYPERPARAMETERS, replace(output, resume=True), listener=recorder)

    assert resumed.graph == trained.graph
    assert not [text for text in recorder.stages if "words, pass" in text]


def test_an_unfinished_training_is_refused_before_words_are_learnt(data, tmp_path):
    output = Output(tmp_path / "killed")
    with pytest.raises(GeneratorExit):
        train(data, HYPERPARAMETERS, output, listener=Recorder((2, 1)))

    recorder = Recorder()
    with pytest.raises(SentimentError, match="--resume or start again"):
        train(data, HYPERPARAMETERS, output, listener=recorder)
    assert not [text for text in recorder.stages if "words, pass" in text]


def test_training_continues_with_the_words_of_the_parent(trained, data, tmp_path):
    recorder = Recorder()
    still = SMALL.replaced({"learning_rate": 1e-8, "epochs": 1})
    child = train(
        data,
        still,
        Output(tmp_path / "child"),
        parent=NamedModel("words", trained),
        listener=recorder,
    )

    assert child.manifest.hyperparameters["embedding_epochs"] == 4
    assert not [text for text in recorder.stages if "words, pass" in text]
    assert from_graph(child.graph).embedding == pytest.approx(
        from_graph(trained.graph).embedding, abs=1e-5
    )


def test_words_are_not_learnt_anew_from_a_parent(tmp_path):
    recipe = Recipe(HYPERPARAMETERS, None, (), frozenset(["embedding_epochs"]))

    def read(_labels):
        raise AssertionError

    said = "^--from keeps the model's --embedding-epochs, [0-9]+; leave --embedding-epochs out$"
    with pytest.raises(SentimentError, match=said):
        start(read, recipe, Output(tmp_path / "mine"), parent="default", listener=Listener())


def test_treatment_of_files_is_recorded(command, tmp_path):
    rows = [f"{tone},so {tone} {number}" for number in range(30) for tone in LABELS]
    (tmp_path / "a.csv").write_text("\n".join(["label,text", *rows]), encoding="utf-8")
    (tmp_path / "my.toml").write_text(
        "embedding_epochs = 2\nlstm_units = [4]\nembedding_units = 4\nepochs = 1\n"
        "[[data]]\npath = 'a.csv'\nshare = 0.9\nbalanced = true\n",
        encoding="utf-8",
    )

    result = command("train", "--config", "my.toml", "--output", "mine")

    assert result.code == 0, result.err
    assert "words, pass 2 of 2" in result.err
    manifest = json.loads((tmp_path / "mine" / "manifest.json").read_text(encoding="utf-8"))
    [source] = manifest["provenance"]["data"]
    assert (source["share"], source["balanced"], source["strip_emoticons"]) == (0.9, True, False)
    assert (source["with_probabilities"], source["with_both"]) == (0, 0)
    assert not Output(tmp_path / "mine").checkpoint.exists()
