"""quantize, from the command line to a smaller model folder, or to a refusal."""

import json
import re

import pytest
from counting_model import save_counting_model

from tests.conftest import NO_TEMPORARY_FILES

pytest.importorskip("onnx")

LABELS = ("positive", "negative")


@pytest.fixture
def folder(tmp_path):
    """A model of two clear words, and 1,000 texts of them."""
    save_counting_model(tmp_path / "models" / "mine", {"good": (2, -2), "bad": (-1.9, 2)}, LABELS)
    write_rows(tmp_path, 1_000)
    return tmp_path / "models" / "mine"


def write_rows(tmp_path, count):
    rows = [
        f"{LABELS[number % 2]}\t{('good', 'bad')[number % 2]} number {number}"
        for number in range(count)
    ]
    (tmp_path / "rows.tsv").write_text("\n".join(["label\ttext", *rows]) + "\n")


def test_the_smaller_model_gives_the_same_answers(call, folder, tmp_path):
    ended = call("quantize", "rows.tsv", "--model", "mine", "--output", "models/small")
    answers = call("predict", "good", "bad", "--model", "small").out.splitlines()
    manifest = json.loads((tmp_path / "models" / "small" / "manifest.json").read_text())

    assert (ended.code, ended.out) == (0, "models/small\n")
    assert ended.err.splitlines() == [
        "accuracy: 1.0000 before, 1.0000 after",
        "0.00% of 1,000 answers changed, no probability by more than 0.0002",
    ]
    assert [line.split("\t")[0] for line in answers] == list(LABELS)
    assert manifest["precision"] == "int8"
    assert manifest["provenance"]["quantisation"]["rows"] == 1_000
    assert manifest["provenance"]["quantisation"]["parent"] == "mine"
    assert call("models", "verify", "small").code == 0
    card = (tmp_path / "models" / "small" / "README.md").read_text()
    assert "## Quantisation" in card
    assert "- precision of the weights: int8" in card


def test_a_model_whose_answers_change_is_not_written(call, tmp_path):
    """Beside a word of great weight the difference of the others is lost in 8 bits."""
    words = {"good": (0.01, 0.0), "bad": (0.0, 0.01), "great": (90.0, -90.0)}
    save_counting_model(tmp_path / "models" / "mine", words, LABELS)
    write_rows(tmp_path, 1_000)
    ended = call("quantize", "rows.tsv", "--model", "mine", "--output", "small")

    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert "of the answers change" in ended.err
    assert "keep the fp32 model" in ended.err
    assert not (tmp_path / "small").exists()


def test_the_original_model_is_never_replaced(call, folder):
    before = (folder / "model.onnx").read_bytes()
    ended = call("quantize", "rows.tsv", "--model", "mine", "-o", "models/mine", "--force")

    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert "choose another --output" in ended.err
    assert (folder / "model.onnx").read_bytes() == before


def test_too_few_rows_to_check_a_quantisation_are_refused(call, folder, tmp_path):
    write_rows(tmp_path, 999)
    ended = call("quantize", "rows.tsv", "--model", "mine", "--output", "small")

    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert "too few rows to check a quantisation: 999; give at least 1,000" in ended.err
    assert not (tmp_path / "small").exists()


def test_an_int8_model_cannot_be_quantised_again(call, folder, tmp_path):
    call("quantize", "rows.tsv", "--model", "mine", "--output", "models/small", "--quiet")
    again = call("quantize", "rows.tsv", "--model", "small", "--output", "smaller")

    assert (again.code, again.err.count("\n")) == (1, 1)
    assert "the model is already in int8" in again.err
    assert not (tmp_path / "smaller").exists()


def test_no_room_for_temporary_files_is_one_line(call, folder, no_temporary_files):
    with no_temporary_files():
        ended = call("quantize", "rows.tsv", "--model", "mine", "--output", "models/small")

    assert (ended.code, ended.out) == (1, "")
    assert re.fullmatch(f"error: {NO_TEMPORARY_FILES}\n", ended.err)
