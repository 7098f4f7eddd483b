"""Errors: the option at fault, and the word that was probably meant."""

import pickle

import pytest

from lstm_sentiment_cli.errors import SentimentError, blaming, suggestion


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("dropuot", ["loss", "dropout", "embedding_dropout"], "dropout"),
        ("treshold", ["threshold", "uncertain"], "threshold"),
        ("modle", ["model", "modules"], "model"),
        ("sed", ["default", "seed"], "seed"),
        ("of", ["on", "off"], "off"),
        ("jsno", ["csv", "jsonl"], "jsonl"),
        ("TXT", ["id", "text"], "text"),
        ("tekst", ["label", "text"], "text"),
        ("three", ["default", "three-class"], "three-class"),
        ("binary_crosentropy", ["binary_crossentropy"], "binary_crossentropy"),
        ("tune", ["train", "tune"], "tune"),
        ("/nope", ["/compare", "/model", "/help"], None),
        ("nope", ["compare", "model", "none-such"], None),
        ("behaviour.neutral", ["behaviour", "behaviour.names"], None),
        ("hyperband", ["bayesian", "random", "grid"], None),
        ("f1", ["macro_f1", "accuracy"], None),
        ("a", ["b", "on"], None),
        ("x", ["text"], None),
        ("", ["text", "id"], None),
        ("words", [], None),
    ],
)
def test_only_a_near_word_is_suggested(word, known, meant):
    assert suggestion(word, known) == (f" (did you mean '{meant}'?)" if meant else "")


def test_a_word_of_a_million_letters_is_not_measured():
    assert suggestion("manifest" * 10**5, ["manifest"]) == ""


def test_an_error_names_the_options_at_fault():
    assert SentimentError("bad").options == ()
    assert SentimentError("bad", "model").options == ("model",)
    assert SentimentError("bad", ("threshold", "uncertain")).options == ("threshold", "uncertain")


def test_an_error_keeps_its_options_between_processes():
    error = pickle.loads(pickle.dumps(SentimentError("bad", "model")))

    assert (str(error), error.options) == ("bad", ("model",))


@pytest.mark.parametrize(
    ("raised", "instead_of", "options"),
    [
        ("model", "model", ("from",)),
        ("encoding", "model", ("encoding",)),
        ((), "model", ()),
        ((), None, ("from",)),
        ("encoding", None, ("from",)),
    ],
)
def test_the_option_to_blame_can_be_another(raised, instead_of, options):
    with (
        pytest.raises(SentimentError, match="bad") as error,
        blaming("from", instead_of=instead_of),
    ):
        raise SentimentError("bad", raised)

    assert error.value.options == options
