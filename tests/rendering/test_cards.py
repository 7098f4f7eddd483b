"""Models shown: what can be compared is, and what a card holds does nothing to the terminal."""

import io

import pytest
from rich.console import Console

from lstm_sentiment_cli.model.overview import MeasuredAccuracy, Overview
from lstm_sentiment_cli.rendering.cards import model_card, model_summary, models_table
from lstm_sentiment_cli.rendering.style import Display
from tests.rendering.printed import printed

VALIDATION = MeasuredAccuracy("validation", "v", 9000, 0.9, after_training=False)
TWEETS = MeasuredAccuracy("tweets", "t", 500, 0.75, after_training=True)
REVIEWS = MeasuredAccuracy("my\x1b[31m reviews", "r", 800, 0.8, after_training=True)


def overview(name, *accuracies, **more):
    facts = {"labels": ("positive", "negative"), "created": "2026-01-02T03:04", "shadowed": False}
    return Overview(name, f"models/{name}", "./models", accuracies=accuracies, **facts | more)


def shown(*overviews, width=80):
    lines = printed(models_table(overviews), width).splitlines()
    return [" ".join(line.split()) for line in lines if line.strip(" ─")]


def test_models_are_compared_on_the_rows_that_most_were_measured_on():
    assert shown(
        overview("one", VALIDATION, TWEETS),
        overview("other", TWEETS._replace(accuracy=0.5), REVIEWS),
        overview("third", REVIEWS._replace(data="r2")),
    ) == [
        "name labels accuracy trained from",
        "one positive, negative 75.0% [1] 2026-01-02 ./models",
        "other positive, negative 50.0% [1] 2026-01-02 ./models",
        "third positive, negative 80.0% [2] 2026-01-02 ./models",
        "[1] 500 rows of tweets",
        "[2] 800 rows of my\ufffd[31m reviews",
        "Only accuracies on the same rows can be compared.",
    ]


def test_what_was_measured_after_the_training_comes_before_what_it_was_validated_on():
    assert shown(overview("one", VALIDATION, TWEETS, REVIEWS))[-1].startswith("[1] 800 rows of my")
    assert shown(overview("one", VALIDATION))[-1] == "[1] 9,000 rows of validation"


def test_a_model_without_figures_and_a_damaged_one_have_a_line():
    assert shown(overview("one"), overview("two", labels=None, created=None, shadowed=True)) == [
        "name labels accuracy trained from",
        "one positive, negative 2026-01-02 ./models",
        "two damaged ./models (shadowed)",
    ]


@pytest.mark.parametrize("width", [40, 80])
def test_a_summary_has_every_figure_and_how_the_model_is_used(width):
    measured = [
        {"name": "tweets", "rows": 1200, "accuracy": {"value": 0.8, "low": 0.77, "high": 0.82}},
        {"accuracy": 0.5},
        {"name": "suite\x1b[2J", "asked": 412, "rate": {"value": 0.7, "low": 0.6, "high": 0.8}},
    ]
    text = printed(model_summary("An LSTM.", measured, "my model"), width)

    assert max(map(len, text.splitlines())) <= width
    told = " ".join(text.split())
    assert "tweets 1,200 80.0% (77.0-82.0)" in told
    assert {"suite\ufffd[2J:", "412", "70.0%", "(60.0-80.0)"} <= set(told.split())
    assert "lstm-sentiment predict --model 'my model' 'i love this'" in told
    assert "lstm-sentiment models show 'my model' --full" in told


HOSTILE = "# [red]\x1b[31m\n\n[here](http://x\x07) ![p](q) <b>\n\n"
HOSTILE += "| `a\x1b]0;x` |\n|---|\n| " + "w" * 90


def test_a_card_is_rendered_harmlessly_and_no_cell_is_cut():
    console = Console(file=io.StringIO(), width=60, force_terminal=True, color_system="truecolor")
    console.print(model_card(HOSTILE, Display(60)))
    text = console.file.getvalue()

    assert "\x1b]" not in text
    assert "\x1b[31m" not in text
    assert "[red]" in text
    assert text.count("w") == 90


def test_where_only_ascii_can_be_drawn_a_card_is_as_it_is_written():
    card = printed(model_card("# a\n\n- b\n", Display(80, unicode=False)))

    assert card.split() == ["#", "a", "-", "b"]
