"""What is asked next, what an answer does, and what the answers say."""

import random

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.metrics import wilson
from lstm_sentiment_cli.labelling import labeller as module
from lstm_sentiment_cli.labelling.candidates import SeededOrder
from lstm_sentiment_cli.labelling.label_file import SKIPPED
from lstm_sentiment_cli.labelling.labeller import label_keys
from tests.labelling.conftest import rows

WORDS = ["red", "green", "blue", "old", "new", "big", "small", "far", "near", "high", "low", "wide"]
TEXTS = [
    f"{' '.join(random.Random(number).sample(WORDS, number % 9 + 1))} {number}"
    for number in range(120)
]


def answer(labeller, times, label="positive"):
    """Answer so many questions; return their texts and how they were picked."""
    asked = []
    for _ in range(times):
        asked.append((labeller.question.text, labeller.question.picked))
        labeller.answer(label)
    return asked


@pytest.mark.parametrize(
    ("labels", "keys"),
    [
        (("positive", "negative"), "pn"),
        (("negative", "neutral", "positive"), "nup"),
        (("joy", "jealousy", "sadness", "anger"), "jean"),
        (("Spam", "ham", "skip", "zz", "quite"), "phkau"),
        (("новости", "спорт"), "ab"),
        (("0", "1", "10"), "01a"),
        (("positive", "pensive", "neutral", "unsure"), "peun"),
    ],
)
def test_each_label_has_a_key_of_its_own(labels, keys):
    found = label_keys(labels)

    assert ("".join(found), tuple(found.values())) == (keys, labels)


def test_more_labels_than_keys_are_one_line():
    with pytest.raises(SentimentError, match="the model has 40 labels, more than there are keys"):
        label_keys([f"label {number}" for number in range(40)])


def test_half_are_drawn_at_random_and_half_are_what_the_model_is_unsure_of(begin, folder):
    asked = answer(begin(TEXTS), 20)
    of_pool = SeededOrder(1).in_pool

    assert [picked for _, picked in asked] == ["random", "uncertain"] * 10
    assert [of_pool(text) for text, _ in asked] == [False, True] * 10
    assert [(each["text"], each["picked"]) for each in rows(folder / "labels.csv")] == asked
    uncertain, drawn = ([len(text.split()) for text, _ in asked[start::2]] for start in (1, 0))
    assert sum(uncertain) < sum(drawn)  # this model is unsure of short texts


def test_what_is_drawn_at_random_comes_in_the_order_of_the_seed(begin):
    order = SeededOrder(1)
    first = sorted((each for each in TEXTS if not order.in_pool(each)), key=order.place)

    drawn = [text for text, picked in answer(begin(TEXTS), 60) if picked == "random"]

    assert drawn == first[:30]


@pytest.mark.parametrize("picks", ["mixed", "random", "uncertain"])
def test_every_text_is_asked_once_and_then_none_is_left(begin, picks):
    labeller = begin(TEXTS, picks=picks)
    asked = answer(labeller, len(TEXTS))

    assert sorted(text for text, _ in asked) == sorted(TEXTS)
    assert (labeller.question, labeller.waiting) == (None, False)
    if picks == "random":
        assert {picked for _, picked in asked} == {"random"}
    else:  # whatever is asked last, the half to draw from stays a sample
        of_pool = SeededOrder(1).in_pool
        assert all(of_pool(text) == (picked == "uncertain") for text, picked in asked)


def test_what_was_not_picked_before_is_no_sample(begin):
    answer(begin(TEXTS), 2)
    labeller = begin(picks="random")
    asked = answer(labeller, len(TEXTS) - 2)

    of_pool = SeededOrder(1).in_pool
    assert all((picked == "uncertain") == of_pool(text) for text, picked in asked)


def test_the_same_answers_lead_to_the_same_texts_however_often_one_begins_again(begin, folder):
    whole = answer(begin(TEXTS), 30)
    (folder / "labels.csv").unlink()
    parts = answer(begin(TEXTS), 7) + answer(begin(), 8) + answer(begin(), 15)

    assert parts == whole


def test_texts_that_are_alike_to_the_model_are_asked_once(begin):
    labeller = begin(["see http://a.b @ann sooo good", "see http://c.d @bob soooo good", "bad"])

    answer(labeller, 2)

    assert labeller.question is None


def test_undo_goes_back_to_the_first_answer_and_asks_the_same_again(begin, folder):
    asked = answer(begin(TEXTS), 4)
    labeller = begin()
    asked += answer(labeller, 3, "negative")
    after = labeller.question

    for text, picked in reversed(asked):
        assert labeller.undo()
        assert (labeller.question.text, labeller.question.picked) == (text, picked)
    assert not labeller.undo()
    assert rows(folder / "labels.csv") == []
    assert answer(labeller, 7, "negative") == asked
    assert labeller.question == after


def test_an_answer_is_taken_back_although_the_input_has_its_text_no_more(begin, folder):
    answer(begin(["so good", "so bad"]), 2)
    labeller = begin(["something else"])

    assert labeller.undo()
    text = labeller.question.text
    labeller.answer("negative")

    assert rows(folder / "labels.csv")[-1]["text"] == text in {"so good", "so bad"}


def test_a_skipped_text_is_not_asked_again(begin):
    labeller = begin(TEXTS)
    skipped = answer(labeller, 1, SKIPPED)
    answer(labeller, 1, "negative")

    assert labeller.by_label() == {"negative": 1, SKIPPED: 1}
    assert labeller.labelled == 1
    assert skipped[0] not in answer(begin(), 50)


def test_the_model_is_judged_on_what_was_drawn_at_random_alone(begin):
    labeller = begin(TEXTS)
    assert labeller.accuracy() is None
    for label in ("positive", "negative", "positive", "negative", SKIPPED, "negative", "negative"):
        labeller.answer(label)

    drawn = [each for each in labeller.file.asked if each.picked == "random"]
    assert [each.label for each in drawn] == ["positive", "positive", SKIPPED, "negative"]
    assert labeller.accuracy() == (3, wilson(2, 3))  # this model says positive to everything
    assert begin().accuracy() == (3, wilson(2, 3))


def test_a_label_of_another_model_is_kept_and_not_judged(begin, folder):
    answer(begin(TEXTS), 1, "neutral")
    labeller = begin()
    labeller.answer("positive")
    labeller.answer("positive")

    assert labeller.accuracy() == (1, wilson(1, 1))
    assert list(labeller.by_label()) == ["positive", "neutral"]


def test_a_file_of_another_seed_is_refused(begin):
    answer(begin(TEXTS), 20)

    with pytest.raises(SentimentError, match="was begun with another --seed"):
        begin(seed=2)


def test_an_error_of_the_model_ends_the_session(begin):
    def fail():
        raise SentimentError("damaged")

    with pytest.raises(SentimentError, match="damaged"):
        begin(TEXTS, load=fail)


def test_what_the_model_has_not_read_yet_is_waited_for(begin, monkeypatch):
    labeller = begin(TEXTS)
    monkeypatch.setattr(module, "STEP", 10)
    answer(labeller, 1)
    labeller.scorer.scored = 9
    labeller.advance()
    assert (labeller.question, labeller.waiting) == (None, True)
    labeller.scorer.scored = 10
    labeller.advance()
    assert labeller.question.picked == "uncertain"
    order = SeededOrder(1)
    pool = sorted((each for each in TEXTS if order.in_pool(each)), key=order.place)
    assert labeller.question.text in pool[:10]


def test_a_model_that_learnt_from_the_file_says_so(begin):
    from dataclasses import replace

    from tests.labelling.conftest import load

    def trained():
        predictor = load()
        provenance = {"data": [{"name": "labels.csv"}]}
        return replace(predictor, manifest=replace(predictor.manifest, provenance=provenance))

    assert not begin(TEXTS).was_learnt()
    assert begin(TEXTS, load=trained).was_learnt()
