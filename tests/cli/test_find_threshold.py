"""find-threshold, from the command line, and what predict makes of it."""

import json
import re
import textwrap
from collections import Counter

import pytest
from counting_model import save_counting_model

LABELS = ("positive", "negative")
# Words whose probabilities of being positive rise from 0.05 to 0.95.
WORDS = {f"word{letter}": (k / 4, -k / 4) for k, letter in enumerate("abcdefghijklm", start=-6)}


@pytest.fixture
def rows(tmp_path):
    """Write 130 labelled texts whose probabilities are more or less right."""
    save_counting_model(tmp_path / "models" / "mine", WORDS, LABELS)
    rows = [
        (LABELS[(number * 7) % 13 > rank], f"{word} number {number}")
        for rank, word in enumerate(WORDS)
        for number in range(10)
    ]
    lines = [f"{label}\t{text}" for label, text in rows]
    (tmp_path / "rows.tsv").write_text("\n".join(["label\ttext", *lines, "neutral\tworda x"]))
    return rows


def predicted(call, rows, *options):
    """Return what predict answers to the same texts, in order."""
    ended = call("predict", "--model", "mine", "--input", "rows.tsv", "--format", "jsonl", *options)
    assert ended.code == 0
    return [json.loads(line)["predicted"] for line in ended.out.splitlines()][: len(rows)]


@pytest.mark.parametrize(
    "wanted",
    [
        [],
        ["--objective", "average-recall"],
        ["--precision", "0.9"],
        ["--precision", "0.8", "--label", "negative"],
        ["--coverage", "0.7"],
    ],
    ids=" ".join,
)
def test_what_is_pasted_gives_the_figures_told(call, rows, tmp_path, wanted):
    shown = call("find-threshold", "rows.tsv", "--model", "mine", *wanted)
    told = json.loads(
        call("find-threshold", "rows.tsv", "--model", "mine", *wanted, "--json", "--quiet").out
    )
    options, settings = re.match(
        r"options for predict:\n  (--.*)\nor in lstm-sentiment\.toml:\n((?:  \S.*\n)+)", shown.out
    ).groups()

    answers = predicted(call, rows, *options.split())
    (tmp_path / "lstm-sentiment.toml").write_text(textwrap.dedent(settings))
    by_settings = predicted(call, rows)

    pairs = [(answer, label) for answer, (label, _) in zip(answers, rows, strict=True)]
    answered = [(answer, label) for answer, label in pairs if answer in LABELS]
    right = sum(answer == label for answer, label in answered)
    assert by_settings == answers
    assert shown.code == 0
    assert told["answered"] == len(answered)
    assert told["coverage"] == len(answered) / len(rows)
    assert told["accuracy"]["value"] == right / len(answered)
    for label in LABELS:
        found = sum(answer == its == label for answer, its in answered)
        its = told["by_label"][label]
        assert its["answers"] == Counter(answers)[label]
        assert its["precision"]["value"] == found / its["answers"]
        assert its["recall"]["value"] == found / sum(label == each for each, _ in rows)
        assert re.search(rf"^ {label} .* {its['answers']} *$", shown.out, re.MULTILINE)


def test_json_tells_what_was_measured_and_what_was_wanted(call, rows):
    ended = call("find-threshold", "rows.tsv", "--model", "mine", "--json")

    told = json.loads(ended.out)
    assert (told["model"], told["files"], told["rows"]) == ("mine", ["rows.tsv"], 130)
    assert (told["left_out"], told["unreadable"]) == ({"neutral": 1}, 0)
    assert told["wanted"] == {}
    assert told["uncertain"] is None
    assert told["gain"]["objective"] == "accuracy"
    assert told["gain"]["after"] == told["accuracy"]["value"] >= told["gain"]["before"]
    assert ended.err.splitlines() == [
        "left out: 1 row with other labels (neutral: 1)",
        "the threshold is not significantly better than 0.5",
        "chosen on 130 rows; expect slightly lower figures on others",
    ]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["missing.tsv"], "missing.tsv"),
        (["rows.tsv", "--precision", "1.5"], "--precision must be above 0 and at most 1"),
        (["rows.tsv", "--precision", "much"], "much"),
        (["rows.tsv", "--precision", "1"], "no answers of"),
        (["rows.tsv", "--coverage", "0.8", "--precision", "0.9"], "not both"),
        (
            ["rows.tsv", "--label", "negative"],
            "--label only says which label --precision applies to",
        ),
        (
            ["rows.tsv", "--precision", "0.9", "--label", "sad"],
            "--label must be positive or negative",
        ),
        (["rows.tsv", "--objective", "recall"], "--objective must be accuracy or"),
        (["rows.tsv", "--model", "three"], "need a model with two labels; this one has 3"),
        (["one.tsv"], "all examples are positive; a threshold needs some"),
    ],
)
def test_what_can_be_mended_is_one_line_and_exit_code_1(call, rows, tmp_path, arguments, complaint):
    (tmp_path / "one.tsv").write_text("label\ttext\npositive\tworda\npositive\twordm\n")
    save_counting_model(tmp_path / "models" / "three", {"worda": (1, 0, 0)}, ("a", "b", "c"))

    ended = call("find-threshold", "--model", "mine", "--quiet", *arguments)

    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("error: ")
    assert ended.err.count("\n") == 1
    assert complaint in ended.err
