import json
import pickle

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.listener import Epoch
from lstm_sentiment_cli.training.recipe import Output
from lstm_sentiment_cli.training.training_loop import Checkpoint, load_checkpoint, save_checkpoint

IDENTITY: dict[str, object] = {"data": ["a", "b"], "hyperparameters": {"seed": 1}}


def checkpoint(value=1.0):
    arrays = [np.float32([value, 2.0]), np.int64(3)]
    epochs = [Epoch(1, 0.5, 0.75, 0.6, 0.7, 1.5), Epoch(2, 0.4, 0.8, 0.55, 0.72, 1.4)]
    return Checkpoint(IDENTITY, epochs, arrays, arrays * 6, arrays[:1])


@pytest.fixture
def path(tmp_path):
    return Output(tmp_path / "models" / "mine").checkpoint


def test_load_inverts_save(path):
    save_checkpoint(path, checkpoint())
    loaded = load_checkpoint(path, IDENTITY)

    assert loaded.epochs == checkpoint().epochs
    for group in ("variables", "optimizer", "best"):
        expected, found = getattr(checkpoint(), group), getattr(loaded, group)
        assert [array.tolist() for array in found] == [array.tolist() for array in expected]
        assert [array.dtype for array in found] == [array.dtype for array in expected]


def test_a_later_checkpoint_replaces_the_earlier_one_and_leaves_no_other_file(path):
    save_checkpoint(path, checkpoint(1.0))
    save_checkpoint(path, checkpoint(7.0))

    assert load_checkpoint(path, IDENTITY).variables[0][0] == 7.0
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("change", "named"),
    [({"data": ["other"]}, "data"), ({"hyperparameters": {"seed": 2}, "data": []}, "seed changed")],
)
def test_another_training_is_refused_by_what_differs(path, change, named):
    save_checkpoint(path, checkpoint())

    with pytest.raises(SentimentError, match=f"cannot resume: {named}"):
        load_checkpoint(path, IDENTITY | change)


def test_nothing_to_resume_is_an_error(path):
    with pytest.raises(SentimentError, match="nothing to resume"):
        load_checkpoint(path, IDENTITY)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04broken"])
def test_a_damaged_checkpoint_is_a_one_line_error(path, content):
    path.parent.mkdir()
    path.write_bytes(content)

    with pytest.raises(SentimentError, match="is not a checkpoint"):
        load_checkpoint(path, IDENTITY)


def test_a_checkpoint_cannot_run_code(path, tmp_path):
    class Bomb:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    path.parent.mkdir()
    facts = np.frombuffer(json.dumps({"identity": IDENTITY, "epochs": []}).encode(), np.uint8)
    np.savez(path, facts=facts, variables_0=np.array([Bomb()], dtype=object))
    path.with_name("bomb").write_bytes(pickle.dumps(Bomb()))

    with pytest.raises(SentimentError, match="is not a checkpoint"):
        load_checkpoint(path, IDENTITY)
    assert not (tmp_path / "ran").exists()


def test_an_unwritable_place_is_a_one_line_error(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(SentimentError, match=r"cannot write .*, then continue with --resume"):
        save_checkpoint(Output(tmp_path / "file" / "mine").checkpoint, checkpoint())
