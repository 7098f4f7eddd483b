"""Curves of a training: every epoch, one scale for both plots, inside the terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.rendering.epochs import training_curves
from lstm_sentiment_cli.rendering.style import Display


def history(*epochs):
    """Return epochs of (loss, accuracy, validation loss, validation accuracy)."""
    names = ("loss", "accuracy", "validation_loss", "validation_accuracy")
    return [
        {"number": number, **dict(zip(names, epoch, strict=True)), "seconds": 1.0}
        for number, epoch in enumerate(epochs, start=1)
    ]


FOUR = history(
    (0.9, 0.5, 0.8, 0.6), (0.6, 0.6, 0.5, 0.8), (0.4, 0.8, 0.6, 0.8), (0.1, 0.9, 0.9, 0.7)
)


def test_four_epochs():
    assert str(training_curves(FOUR, Display(80))).split("\n") == [
        "                training           validation",
        "loss     0.9000 ███                ▄▄▄         ███",
        "                ███ ▄▄▄            ███     ▄▄▄ ███",
        "                ███ ███ ▄▄▄        ███ ███ ███ ███",
        "         0.1000 ███ ███ ███ ▁▁▁    ███ ███ ███ ███",
        "",
        "accuracy 0.9000             ███",
        "                        ███ ███        ███ ███",
        "                        ███ ███        ███ ███ ███",
        "         0.5000 ▁▁▁ ███ ███ ███    ███ ███ ███ ███",
        "epoch               *                  *",
        "* best epoch, 2 of 4: validation loss 0.5000, accuracy 0.8000",
    ]


def test_without_blocks():
    lines = str(training_curves(FOUR, Display(40, unicode=False))).split("\n")

    assert lines[1:5] == [
        "loss     0.9000 #          #     #",
        "                #          #     #",
        "                # # #      # # # #",
        "         0.1000 # # # #    # # # #",
    ]
    assert "\n".join(lines).isascii()


@pytest.mark.parametrize("epochs", [1, 2, 8, 30, 100])
@pytest.mark.parametrize("width", [40, 80, 120])
def test_any_number_of_epochs_fits_any_terminal(epochs, width):
    loss = [1 / (1 + epoch) for epoch in range(epochs)]
    shown = str(training_curves(history(*((x, 1 - x, x, 1 - x) for x in loss)), Display(width)))

    *plots, best = shown.split("\n")
    assert max(map(len, plots)) <= width
    assert len(plots) == 11
    assert all("▁" in plots[row] for row in (4, 9))  # the ends of the scales
    assert best.startswith(f"* best epoch, {epochs} of {epochs}: ")


def test_where_there_are_more_epochs_than_room_a_column_is_the_mean_of_some():
    loss = [1.0, 0.0] * 10 + [0.5] * 2

    shown = str(training_curves(history(*((x, x, x, x) for x in loss)), Display(41))).split("\n")

    # Eleven columns of two epochs each: all of them 0.5 on average.
    assert shown[4] == "         0.5000 " + "▁" * 11 + "   " + "▁" * 11


def test_the_star_is_below_the_column_that_holds_the_best_epoch():
    loss = [1.0] * 70
    loss[40] = 0.5

    shown = str(training_curves(history(*((1.0, 0.5, x, 0.5) for x in loss)), Display(60))).split(
        "\n"
    )

    assert shown[4].count("▁") == 1
    assert shown[10].rindex("*") == shown[4].index("▁")


figures = st.floats(0, 50)


@given(
    st.lists(st.tuples(figures, figures, figures, figures), min_size=1, max_size=40),
    st.integers(1, 200),
)
def test_any_history_has_a_column_of_some_height_for_all_epochs(epochs, width):
    lines = str(training_curves(history(*epochs), Display(width))).split("\n")

    assert len(lines) == 12
    lowest = lines[4][16:]
    assert set(lowest) <= set(" ▁▂▃▄▅▆▇█")
    assert lowest.strip()
