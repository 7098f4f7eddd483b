import pytest

from lstm_sentiment_cli.inference.explanation import Doubts, doubts
from lstm_sentiment_cli.inference.predictor import Predictor


@pytest.fixture(scope="module")
def predictor(default_model):
    return Predictor.load(default_model)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i don't love this 😂😂", Doubts(5, 5, truncated=False, english=True)),
        ("i love xyzzyplugh", Doubts(3, 2, truncated=False, english=True)),
        ("", Doubts(0, 0, truncated=False, english=True)),
        ("(,)", Doubts(0, 0, truncated=False, english=True)),
        ("so " * 65, Doubts(64, 64, truncated=True, english=True)),
        ("сегодня отличный день", Doubts(3, 0, truncated=False, english=False)),
    ],
)
def test_words_are_counted_as_people_see_them(predictor, text, expected):
    assert doubts(predictor, text) == expected


def test_a_text_without_end_is_doubted_in_no_time(predictor):
    assert doubts(predictor, "e\u0301" * 10_000_000).truncated
