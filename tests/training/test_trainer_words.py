"""Trainings that begin from words learnt of texts alone."""

import json
from dataclasses import replace

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import DataFile
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
        loop = TrainingLoop(SMALL, Encoded.of(data.training, tokenizer, data.labels))
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


def test_unlabelled_texts_teach_words_and_change_the_fingerprint(trained, data, tmp_path):
    more = replace(data, texts=["lovely good lovely good"] * 50)
    other = train(more, HYPERPARAMETERS, Output(tmp_path / "more"))
    unread = train(more, SMALL, Output(tmp_path / "unread"))
    plain = train(data, SMALL, Output(tmp_path / "plain"))

    def fingerprint(artifact):
        return artifact.manifest.provenance["fingerprint"]

    assert other.graph != trained.graph
    assert fingerprint(other) != fingerprint(trained) == fingerprint(plain)
    # Without the hyperparameter they teach nothing.
    assert (unread.graph, fingerprint(unread)) == (plain.graph, fingerprint(plain))


def test_other_texts_cannot_resume(data, tmp_path):
    output = Output(tmp_path / "killed")
    with pytest.raises(GeneratorExit):
        train(replace(data, texts=["so good"]), HYPERPARAMETERS, output, listener=Recorder((2, 1)))

    with pytest.raises(SentimentError, match="cannot resume: words changed"):
        train(replace(data, texts=["so bad"]), HYPERPARAMETERS, replace(output, resume=True))


def test_nothing_is_learnt_from_validation_texts(data, tmp_path):
    validation = data.training[::7]
    split = replace(data, validation=validation)
    seen = replace(split, texts=[each.text.upper() for each in validation])

    made = [train(each, STILL, Output(tmp_path / str(id(each)))) for each in (split, seen)]

    assert made[0].graph == made[1].graph


def test_training_continues_with_the_words_of_the_parent(trained, data, tmp_path):
    recorder = Recorder()
    still = SMALL.replaced({"learning_rate": 1e-8, "epochs": 1})
    child = train(
        replace(data, texts=["so good"]),
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


@pytest.mark.parametrize(
    ("config", "parent", "said"),
    [
        (Recipe(SMALL, None, (DataFile("x.txt", unlabelled=True),)), None, "x.txt is unlabelled"),
        (Recipe(HYPERPARAMETERS, None, (), frozenset(["embedding_epochs"])), "default",
         "--from keeps the model's --embedding-epochs, 10; leave --embedding-epochs out"),
        (Recipe(HYPERPARAMETERS, None, (DataFile("x.txt", unlabelled=True),)), "default",
         "x.txt is unlabelled"),
    ],
)  # fmt: skip
def test_options_without_effect_are_refused_before_anything_is_read(config, parent, said, tmp_path):
    def read(_labels):
        raise AssertionError

    with pytest.raises(SentimentError, match=said) as caught:
        start(read, config, Output(tmp_path / "mine"), parent=parent, listener=Listener())
    assert "\n" not in str(caught.value)


def test_treatment_of_files_is_recorded(command, tmp_path):
    rows = [f"{tone},so {tone} {number}" for number in range(30) for tone in LABELS]
    (tmp_path / "a.csv").write_text("\n".join(["label,text", *rows]), encoding="utf-8")
    (tmp_path / "b.txt").write_text("so positive\nso negative\n", encoding="utf-8")
    (tmp_path / "my.toml").write_text(
        "embedding_epochs = 2\nlstm_units = [4]\nembedding_units = 4\nepochs = 1\n"
        "[[data]]\npath = 'a.csv'\nshare = 0.9\nbalanced = true\n"
        "[[data]]\npath = 'b.txt'\nunlabelled = true\n",
        encoding="utf-8",
    )

    result = command("train", "--config", "my.toml", "--output", "mine")

    assert result.code == 0, result.err
    assert "words, pass 2 of 2" in result.err
    manifest = json.loads((tmp_path / "mine" / "manifest.json").read_text(encoding="utf-8"))
    [labelled, texts] = manifest["provenance"]["data"]
    assert (labelled["share"], labelled["balanced"], labelled["unlabelled"]) == (0.9, True, False)
    assert (texts["rows"], texts["unlabelled"]) == (0, True)
    assert texts["sha256"] != labelled["sha256"]
    assert not Output(tmp_path / "mine").checkpoint.exists()
