import csv
import json
from collections import deque
from pathlib import Path

import pytest

from lstm_sentiment_cli.repl.arguments import Call
from lstm_sentiment_cli.repl.commands import complete
from lstm_sentiment_cli.repl.session import MOST_ANSWERS

pytestmark = pytest.mark.usefixtures("folder")


def test_last_lists_answers_with_the_numbers_of_the_conversation(say):
    for number in range(12):
        say(f"good {number}")
    say("bad")

    assert say("/last 2") == ["12 positive  98.2% good 11", "13 negative  88.1% bad", ""]
    assert [line.split()[0] for line in say("/last")[:-1]] == [str(each) for each in range(4, 14)]
    assert len(say("/last 99")) == 14


def test_last_names_the_models_where_there_are_several(say):
    say("good")
    say("/model other")
    say("bad \x1b[2J")

    assert say("/last") == [
        "1 default positive  98.2% good",
        "2 other   negative  88.1% bad \ufffd[2J",
        "",
    ]


def test_why_tells_of_every_word_of_the_last_or_the_chosen_answer(say, session):
    say("good day")
    say("bad")

    assert say("/why 1")[0] == "1 positive  98.2% good day"
    first, *table = say("/why")
    assert first == "2 negative  88.1% bad"
    assert any(line.startswith("bad") for line in table)


def test_why_asks_the_model_that_gave_the_answer(say, session):
    say("good day")
    session.answers[-1].predictor.runtime.praise = -1  # from now on it praises nothing
    praised_nothing = say("/why")
    say("/model other")

    assert say("/why 1") == praised_nothing


def test_numbers_go_on_where_answers_are_not_kept_any_more(say, session):
    session.answer(["bad"] * MOST_ANSWERS)
    session.answer(["good"])

    assert say("/why 1") == [
        "error: there is no answer 1; /last shows answers 2 to 10001",
        "",
    ]
    assert say("/why 10001")[0] == "10001 positive  98.2% good"


def test_of_one_answer_it_is_said_that_there_is_one(say):
    say("good")

    assert say("/why 2") == ["error: there is no answer 2; /last shows only answer 1", ""]


def test_why_shows_as_many_words_as_the_screen_has_lines(say, monkeypatch):
    monkeypatch.setenv("LINES", "12")
    say("good a b c d e")
    assert len(say("/why")) == 9
    say("good a b c d e f")
    answer, _heading, *words, others, _empty = say("/why")

    assert answer.startswith("2 ")
    assert words[0].startswith("good")
    assert len(words) == 5
    assert others.startswith("… and 2 words of at most 0.")
    monkeypatch.setenv("LINES", "60")
    assert len(say("/why")) == 10


def test_a_label_is_taken_in_any_case(say, session):
    say("good")
    say("/label NEGATIVE 1")

    assert session.corrections.read_text() == "text,label\ngood,negative\n"


def test_label_keeps_the_right_label_of_an_answer(say, session):
    say("good grief")
    say("so, so")

    assert say("/label negative 1") == ["corrections.csv: 1 row (1 negative)", ""]
    assert say("/label positive") == [
        "corrections.csv: 2 rows (1 negative, 1",
        "positive)",
        "",
    ] or (say("/label positive") == ["corrections.csv: 2 rows (1 negative, 1 positive)", ""])
    assert session.corrections.read_text() == 'text,label\ngood grief,negative\n"so, so",positive\n'


def test_labels_of_several_words_are_those_of_the_model_that_answered(say, session):
    session.switch("three")
    session.answer(["good", "bad"])
    session.switch("default")

    assert say("/label very neutral 1")[0] == "corrections.csv: 1 row (1 very neutral)"
    assert say("/label very neutral")[0] == "corrections.csv: 2 rows (2 very neutral)"
    assert say("/label neutral 2")[0].startswith(
        "error: /label takes positive, negative or very neutral, got 'neutral'"
    )


def test_ten_of_each_label_are_enough_to_learn_from(say, session):
    session.answer([f"text {number}" for number in range(20)])
    told = [say(f"/label {'positive' if n % 2 else 'negative'} {n}") for n in range(1, 21)]

    assert [len(lines) for lines in told[:19]] == [2] * 19
    assert told[19][1:] == [
        "to train on them: lstm-sentiment train corrections.csv --from default "
        "--learning-rate 0.0002 --output models/corrected",
        "",
    ]


def test_save_writes_every_answer(say, session, tmp_path):
    session.answer(["good", "bad"])

    assert say("/save ' my answers.csv'") == [" my answers.csv: 2 answers", ""]
    with (tmp_path / " my answers.csv").open(newline="") as file:
        assert [row["predicted"] for row in csv.DictReader(file)] == ["positive", "negative"]
    assert say("/save ' my answers.csv'") == [
        "error:  my answers.csv already exists; choose another name, or remove it",
        "",
    ]
    session.explain = True
    session.answer(["good"])
    assert say("/save answers.jsonl") == ["answers.jsonl: 3 answers", ""]
    last = json.loads((tmp_path / "answers.jsonl").read_text().splitlines()[-1])
    assert last["explanation"][0]["text"] == "good"


def test_where_answers_were_compared_saving_tells_answers_and_rows(say, session):
    session.answer(["good"])
    session.compare("other")
    session.answer(["good", "bad"])

    assert say("/save a.csv") == ["a.csv: 3 answers, 5 rows", ""]
    with Path("a.csv").open(newline="") as file:
        rows = [(row["answer"], row["model"]) for row in csv.DictReader(file)]
    assert rows == [
        ("1", "default"),
        *(("2", "default"), ("2", "other")),
        *(("3", "default"), ("3", "other")),
    ]


def test_saved_numbers_are_those_of_the_conversation(say, session):
    session.answers = deque(maxlen=2)
    session.answer(["good", "bad", "day"])
    say("/save a.jsonl")

    lines = Path("a.jsonl").read_text().splitlines()
    assert [json.loads(line)["answer"] for line in lines] == [2, 3]


def test_arguments_are_completed_by_labels_and_numbers(session):
    session.answer(["good", "bad"])

    def offered(name, typed):
        return [tuple(offer) for offer in complete(session, Call(name, typed))]

    assert offered("why", "") == [("2", "bad"), ("1", "good")]
    assert offered("why", "1") == [("1", "good")]
    assert offered("label", "p") == [("positive", "")]
    assert offered("label", "negative ") == [("negative 2", "bad"), ("negative 1", "good")]
    assert offered("label", "nope ") == []
