from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.text.normalizer import words
from lstm_sentiment_cli.training.training_data import metrics_name, split, split_from

EXAMPLES = [
    Example(f"text number {name}", label, 1.0)
    for label, count in (("positive", 60), ("negative", 40))
    for name in (f"{label} {chr(97 + number % 26)}{number}" for number in range(count))
]  # fmt: skip


def keys(examples):
    return {" ".join(words(example.text)) for example in examples}


def test_the_split_is_stratified():
    parts = split(EXAMPLES, 0.25, seed=1)

    assert Counter(example.label for example in parts.validation) == {
        "positive": 15,
        "negative": 10,
    }
    assert len(parts.training) == 75


def test_the_split_depends_on_the_seed():
    assert split(EXAMPLES, 0.25, seed=1) == split(EXAMPLES, 0.25, seed=1)
    assert split(EXAMPLES, 0.25, seed=1) != split(EXAMPLES, 0.25, seed=2)


@given(
    st.lists(st.sampled_from("abcdefgh"), min_size=30, max_size=60),
    st.floats(0.05, 0.5),
    st.integers(0, 9),
)
def test_no_text_is_on_both_sides_and_none_is_lost(names, fraction, seed):
    # The same text with other users, case and elongations is the same to a network.
    examples = [
        Example(f"@{name}{number} {name} {'SOOO' if number % 2 else 'sooooo'}", label, 1.0)
        for number, name in enumerate(names)
        for label in [("negative", "positive")[ord(name) % 2]]
    ]
    try:
        parts = split(examples, fraction, seed)
    except SentimentError:
        return
    assert not keys(parts.training) & keys(parts.validation)
    assert Counter(parts.training) + Counter(parts.validation) == Counter(examples)


def test_a_split_that_leaves_one_label_is_refused():
    examples = [Example("only one", "negative", 1.0), *EXAMPLES[:10]]

    with pytest.raises(SentimentError, match="one label only"):
        split(examples, 0.1, seed=1)


def test_a_validation_file_that_has_all_texts_leaves_none_to_train_on():
    with pytest.raises(SentimentError, match="no training rows are left: all are in the"):
        split_from(EXAMPLES[:10], EXAMPLES)


def test_texts_of_a_validation_file_are_left_out_of_training():
    validation = [Example("@Other TEXT number one", "positive", 1.0), EXAMPLES[-1]]
    training = [Example("@you text number one", "positive", 1.0), *EXAMPLES]

    parts = split_from(training, validation)

    assert parts.validation == validation
    assert parts.training == EXAMPLES[:-1]


TAUGHT = [each._replace(probabilities=bytes(8), labelled=False) for each in EXAMPLES]


def test_only_rows_with_a_label_are_held_out_if_there_is_one():
    others = [each._replace(text=f"more {each.text}") for each in TAUGHT]
    parts = split([*others, *EXAMPLES], 0.25, seed=1)

    assert parts.validation == split(EXAMPLES, 0.25, seed=1).validation
    assert len(parts.validation) == 25
    assert [each for each in parts.training if not each.labelled] == others


def test_rows_of_probabilities_whose_text_is_held_out_are_in_neither_part():
    parts = split([*TAUGHT, *EXAMPLES], 0.25, seed=1)

    assert all(each.labelled for each in parts.validation)
    assert not keys(parts.training) & keys(parts.validation)
    assert len(parts.training) == 2 * (len(EXAMPLES) - len(parts.validation))


def test_the_label_of_a_group_is_one_that_was_given():
    """Its first text has none, and another label is more probable."""
    wrong = [each._replace(label="negative") for each in TAUGHT]
    parts = split([*wrong, *EXAMPLES], 0.25, seed=1)

    assert Counter(each.label for each in parts.validation) == {"positive": 15, "negative": 10}


def test_rows_of_probabilities_are_held_out_where_none_has_a_label():
    parts = split(TAUGHT, 0.25, seed=1)
    labelled = split(EXAMPLES, 0.25, seed=1)

    assert [[each.text for each in part] for part in parts] == [
        [each.text for each in part] for part in labelled
    ]


def test_of_a_validation_file_rows_with_a_label_count_if_there_is_one():
    labelled, others = EXAMPLES[40:80], TAUGHT[:40]

    assert split_from(EXAMPLES, [*others, *labelled]).validation == labelled
    assert split_from(EXAMPLES[:90], TAUGHT[30:80]).validation == TAUGHT[30:80]


@pytest.mark.parametrize(
    ("examples", "said"),
    [
        ([], "validation"),
        (EXAMPLES, "validation"),
        ([*TAUGHT, EXAMPLES[0]], "validation"),
        (TAUGHT, "validation (against the most probable labels of its teacher)"),
    ],
)
def test_metrics_say_what_they_were_measured_against(examples, said):
    assert metrics_name("validation", examples) == said
