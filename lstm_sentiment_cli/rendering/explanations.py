"""Explanations of answers: the words in colours, the strongest of them, all of them as a table."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING

from rich.text import Text

from lstm_sentiment_cli.figures import counted
from lstm_sentiment_cli.rendering.cells import bar_lines, cells, fitted, fitted_line, line_spans
from lstm_sentiment_cli.rendering.style import Display, diverging, shades, visible

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.explanation import Contribution, Explanation


# Shades are shares of the strongest contribution, or of this if that is weaker: in a text without
# strong words none is coloured as strong. A contribution of 1 makes the odds 2.7 times larger.
_FULL = 1.0
# The lowest share of each shade; a word below the first stays plain.
_SHADES = (0.15, 0.35, 0.65)
_STRONGEST = 3
_NUMBER_CELLS = 6  # "+12.34"
_LEAST_OF_A_UNIT = 3


def coloured(
    text: str, explanation: "Explanation", labels: Sequence[str], display: Display
) -> Text:
    """Return the text, wrapped to the width, each word in the colour of the label it supports.

    Without colours words have a sign, "+good" and "-bad", twice for the strongest. `labels` are
    those of the model, in its order; they choose the colours, as in bars.
    """
    shown = _marked(text, explanation, labels, display)
    return Text("\n").join(
        shown[start:end] for start, end in line_spans(shown.plain, display.width)
    )


def coloured_line(
    text: str, explanation: "Explanation", labels: Sequence[str], display: Display
) -> Text:
    """Return as much of a text as fits on one line, marked as in `coloured`."""
    shown = _marked(text, explanation, labels, display)
    line = fitted(shown.plain, display.width, display.ellipsis)
    kept = line if line == shown.plain else line.removesuffix(display.ellipsis)
    return shown[: len(kept)].append(line[len(kept) :])


def strongest(explanation: "Explanation", labels: Sequence[str], display: Display) -> Text:
    """Return a line that names the three strongest units; an empty Text if none is strong."""
    width, end, between = display.width, display.ellipsis, display.sign(" · ", ", ")
    named = [each for each in _by_strength(explanation) if shade(each, explanation)]
    for_label = f"for {visible(explanation.label)}: "
    heads = (head for head in (f"strongest {for_label}", for_label) if cells(head) <= width // 2)
    line = Text().append(next(heads, ""), "dim")
    beginning = len(line)
    for each in named[:_STRONGEST]:
        head = between if len(line) > beginning else ""
        number = f" {signed(each.contribution, display)}"
        room = width - cells(line.plain + head + number)
        unit = fitted(each.text, room, end)
        # Enough of a cut word must be left to recognise it: no "…" for "but".
        if unit != visible(each.text) and cells(unit.removesuffix(end)) < _LEAST_OF_A_UNIT:
            break
        _, style = _mark(each, explanation, labels, display)
        line.append(head, "dim").append(unit, style).append(number, "dim")
    return line if len(line) > beginning else Text()


def short_explanation(
    explanation: "Explanation", most: int, display: Display
) -> tuple["Explanation", Text]:
    """Return the strongest units, at most so many, and a line on the others.

    The line takes the place of one unit: "… and 43 words of at most 0.05". It is an empty
    Text if all units are shown.
    """
    if len(explanation.contributions) <= most:
        return explanation, Text()
    units = _by_strength(explanation)
    shown, others = units[: most - 1], units[most - 1 :]
    # Rounded up, so that "at most" is true.
    strength = ceil(abs(others[0].contribution) * 100) / 100
    line = f"{display.ellipsis} and {counted(len(others), 'word')} of at most {strength:.2f}"
    return replace(explanation, contributions=tuple(shown)), fitted_line(line, display, "dim")


def contributions_table(
    explanation: "Explanation", labels: Sequence[str], display: Display
) -> Text:
    """Return a line for each unit, strongest first: "love  +1.22 ████"."""
    units = _by_strength(explanation)
    if not units:
        return fitted_line("no words to go by", display, "dim")
    head = f"what each word adds to the log-odds of {explanation.label}"
    strong = max(_FULL, abs(units[0].contribution))
    rows = []
    for each in units:
        number = signed(each.contribution, display).rjust(_NUMBER_CELLS)
        colour = hue(each, explanation, labels) if display.colours else ""
        rows.append((each.text, number, abs(each.contribution) / strong, colour))
    return Text("\n").join([fitted_line(head, display, "dim"), bar_lines(rows, display)])


def signed(contribution: float, display: Display) -> str:
    """Return a contribution with its sign, "+1.22"; with Unicode, a real minus."""
    written = f"{contribution:+.2f}"
    return written.replace("-", display.sign("−", "-"))  # noqa: RUF001  # a minus


def _marked(text: str, explanation: "Explanation", labels: Sequence[str], display: Display) -> Text:
    """Return a text as one harmless line, its units coloured or preceded by signs."""
    shown = Text()
    end = 0
    for each in explanation.contributions:
        shown.append(visible(text[end : each.start]))
        sign, style = _mark(each, explanation, labels, display)
        shown.append(sign + visible(text[each.start : each.end]), style)
        end = each.end
    # One line is enough of the text that the model did not read.
    return shown.append(fitted(text[end:], display.width, display.ellipsis))


def _by_strength(explanation: "Explanation") -> list["Contribution"]:
    return sorted(explanation.contributions, key=lambda each: -abs(each.contribution))


def shade(each: "Contribution", explanation: "Explanation") -> int:
    """Return how strong a unit is, from 0 (plain) to 3."""
    largest = max(abs(other.contribution) for other in explanation.contributions)
    share = abs(each.contribution) / max(_FULL, largest)
    return sum(share >= least for least in _SHADES)


def hue(each: "Contribution", explanation: "Explanation", labels: Sequence[str]) -> str:
    """Return the colour of what a unit speaks for."""
    speaking_for, against = diverging(labels, explanation.label)
    return speaking_for if each.contribution > 0 else against


def _mark(
    each: "Contribution", explanation: "Explanation", labels: Sequence[str], display: Display
) -> tuple[str, str]:
    """Return the sign before a unit, "+" or "--", and its style; a weak unit has neither."""
    strength = shade(each, explanation)
    if not strength:
        return "", ""
    if display.colours:
        return "", shades(hue(each, explanation, labels), display.colours)[strength - 1]
    return signed(each.contribution, display)[0] * (2 if strength == len(_SHADES) else 1), ""
