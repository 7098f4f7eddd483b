"""label, from the command line to the file it writes and the advice it gives."""

import csv
import json
import re
import shlex
from itertools import product

import pytest
from counting_model import save_counting_model

TEXTS = [f"{tone} {word}" for tone in ("good", "bad", "odd") for word in "abcdefghij"]


@pytest.fixture
def label(piped, tmp_path):
    """Give what labels texts.csv, with these answers as lines of stdin, by a model of two words."""
    words = {"good": (2, 0), "bad": (0, 2)}
    save_counting_model(tmp_path / "counting", words, ("positive", "negative"))
    (tmp_path / "texts.csv").write_text("\n".join(["text", *TEXTS]) + "\n")

    def label(typed, *options, file="texts.csv", output="labels.csv"):
        lines = "".join(f"{each}\n" for each in typed).encode()
        known = ("--model", "./counting", "--output", output)
        return piped(lines, "label", file, *known, *options)

    return label


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_answers_come_from_a_pipe_and_go_into_the_file(label, tmp_path):
    code, out, err = label("pnsxp")

    found = rows(tmp_path / "labels.csv")
    assert (code, err) == (0, "")
    assert [each["label"] for each in found] == ["positive", "negative", "skipped", "positive"]
    assert [each["picked"] for each in found] == ["random", "uncertain"] * 2
    assert {each["text"] for each in found} < set(TEXTS)
    assert "'x' is no answer" in out
    assert "labels.csv: 3 texts labelled (positive 2, negative 1), 1 skipped\n" in out


def test_an_uncertain_text_is_one_that_the_model_does_not_know(label, tmp_path):
    label("p" * 12)

    picked = [each["text"] for each in rows(tmp_path / "labels.csv") if each["picked"] != "random"]
    assert all(each.startswith("odd") for each in picked[:4])


@pytest.mark.parametrize("pick", ["random", "uncertain"])
def test_picks_of_one_kind(label, tmp_path, pick):
    label("ppp", "--pick", pick)

    assert [each["picked"] for each in rows(tmp_path / "labels.csv")] == [pick] * 3


def test_texts_of_other_files_are_not_asked(label, tmp_path):
    label("p" * 10)
    code, _, _ = label("n" * 40, "--except", "labels.csv", output="check.csv")

    first, second = (rows(tmp_path / name) for name in ("labels.csv", "check.csv"))
    assert code == 0
    assert sorted(each["text"] for each in first + second) == sorted(TEXTS)


@pytest.mark.parametrize(
    ("typed", "options", "advice"),
    [
        ("", (), "to go on:"),
        ("p", (), "to go on, to 5 labels or more:"),
        ("pppnn", (), "to go on, until 3 texts are negative:"),
    ],
)
def test_too_few_labels_are_to_be_gone_on_with_by_the_same_command(
    label, monkeypatch, typed, options, advice
):
    from lstm_sentiment_cli.labelling import advice as module

    monkeypatch.setattr(module, "ENOUGH", 5)
    monkeypatch.setattr(module, "FEWEST_EXAMPLES", 3)
    _, out, _ = label(typed, "--seed", "1", "--show", *options)

    *_, what, command = out.splitlines()
    assert what == advice
    expected = "texts.csv --output labels.csv --seed 1 --model ./counting --show"
    assert command == f"  lstm-sentiment label {expected}"
    _, _, *words = shlex.split(command)
    again = label("n", *words[3:])
    assert again.code == 0


def test_enough_labels_are_to_be_trained_on_and_then_measured(label, monkeypatch, tmp_path):
    from lstm_sentiment_cli.labelling import advice as module

    monkeypatch.setattr(module, "ENOUGH", 4)
    monkeypatch.setattr(module, "FEWEST_EXAMPLES", 2)
    (tmp_path / "models" / "mine").mkdir(parents=True)
    _, out, _ = label("ppnn")
    assert out.splitlines()[-2:] == [
        "to train a model on them:",
        "  lstm-sentiment train labels.csv --from ./counting --output models/mine-2",
    ]

    _, out, _ = label("ppnn", "--except", "labels.csv", output="check.csv")
    assert out.splitlines()[-2:] == [
        "to measure the model on them:",
        "  lstm-sentiment evaluate check.csv --only-random --model ./counting --against default",
    ]


def test_when_no_text_is_left_nothing_is_to_be_gone_on_with(label, monkeypatch):
    from lstm_sentiment_cli.labelling import advice as module

    monkeypatch.setattr(module, "FEWEST_EXAMPLES", 2)
    _, some, _ = label("p" * len(TEXTS), output="some.csv")
    _, both, _ = label("pn" * len(TEXTS), output="both.csv")

    assert some.splitlines()[-1] == "no text is left; to train, 2 texts must be negative"
    assert both.splitlines()[-2] == "to train a model on them:"


def test_labels_that_the_model_does_not_have_are_named(label, tmp_path):
    label("pn")
    path = tmp_path / "labels.csv"
    path.write_text(before := path.read_text().replace(",positive,", ",happy,"))
    code, _, err = label("p")

    assert code == 1
    assert "labels.csv has the label 'happy', which model ./counting does not have (" in err
    assert path.read_text() == before


def test_columns_that_other_commands_would_not_find_are_named(label, monkeypatch, tmp_path):
    from lstm_sentiment_cli.labelling import advice as module

    monkeypatch.setattr(module, "ENOUGH", 2)
    monkeypatch.setattr(module, "FEWEST_EXAMPLES", 1)
    (tmp_path / "own.csv").write_text("id,review\n1,so good\n2,so bad\n")
    options = ("--text-column", "review", "--label-column", "tone")
    _, out, _ = label("pn", *options, file="own.csv")

    assert "train labels.csv --text-column review --label-column tone --from" in out


def test_what_is_left_out_is_said(label, tmp_path):
    (tmp_path / "own.csv").write_text("text,label,p_positive,p_negative\na,,1,0\nb,pos,1,0\n")
    assert label("p", file="own.csv").err == (
        "columns left out, which would be learnt: p_positive, p_negative\n"
        "not asked: 1 text with a label in own.csv already; train on it too\n"
    )
    assert label("", "--quiet", file="own.csv").err == ""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--pick", "uncertian"), r"unknown --pick 'uncertian' \(did you mean 'uncertain'\?\)"),
        (("--output", "texts.csv"), "texts.csv is the file of the texts; name another"),
        (("--output", "labels.tsv"), "labels are written as csv, but labels.tsv is not one"),
        (("--output", "s3://bucket/a.csv"), "s3://bucket/a.csv: labels are written on this"),
        (("--model", "none"), "no model 'none'"),
        (("--except", "none.csv"), "no such file: none.csv"),
        (("--except", "texts.csv"), "texts.csv has no text without a label"),
        (("--text-column", "x"), "texts.csv has no column 'x'"),
    ],
)
def test_what_is_wrong_is_one_line_and_writes_nothing(label, tmp_path, options, said):
    code, out, err = label("p", *options)

    assert (code, out) == (1, "")
    assert re.fullmatch(f"error: {said}.*\n", err)
    assert not (tmp_path / "labels.csv").exists()


def test_stdin_cannot_be_both(label):
    assert label("p", file="-").err.startswith("error: answers come from stdin")


def test_other_commands_take_the_file_as_it_is(label, call, tmp_path):
    tones = ("good", "bad", "odd")
    many = (
        f"{tone} {one}{other}" for tone in tones for one, other in product("abcdefghij", repeat=2)
    )
    (tmp_path / "many.csv").write_text("\n".join(["text", *many]))
    label("p" * 300, file="many.csv", output="order.csv")
    order = [each["text"][0] for each in rows(tmp_path / "order.csv")]
    label(
        [{"g": "p", "b": "n"}.get(tone, "pns"[n % 3]) for n, tone in enumerate(order)],
        file="many.csv",
    )
    found = rows(tmp_path / "labels.csv")
    drawn = [each for each in found if each["picked"] == "random" and each["label"] != "skipped"]
    skipped = sum(each["label"] == "skipped" for each in found)
    model = ("--model", "./counting")

    for arguments in (
        ("evaluate", "labels.csv", *model),
        ("find-threshold", "labels.csv", *model),
        ("calibrate", "labels.csv", *model, "--output", "calibrated"),
    ):
        code, _, err = call(*arguments)
        assert code == 0, err
        assert f"rows with other labels (skipped: {skipped})" in err
    code, out, err = call("evaluate", "labels.csv", "--only-random", *model, "--json")
    assert (code, json.loads(out)["rows"]) == (0, len(drawn))
    assert f"left out: {sum(each['picked'] != 'random' for each in found)} rows not drawn" in err
