"""The table of capabilities, and the failures below it."""

import io
import re

import numpy as np
import pytest
from rich.console import Console

from lstm_sentiment_cli.evaluation.behaviour import (
    DIRECTION,
    INVARIANCE,
    MINIMUM,
    BehaviourResult,
    Case,
    Failure,
    Rates,
    read_suite,
)
from lstm_sentiment_cli.evaluation.comparison import Comparison, PairedComparison
from lstm_sentiment_cli.rendering.evaluations import (
    behaviour_table,
    beside_line,
    failure_lines,
    some_failures,
)
from lstm_sentiment_cli.rendering.style import Display

GOOD, BAD = {"positive": 0.9, "negative": 0.1}, {"positive": 0.2, "negative": 0.8}
WORD = Failure(Case("words", MINIMUM, "fine day", "", "negative"), GOOD, None)
PAIR = Failure(Case("names", INVARIANCE, "hello anna", "hello emre", "same"), GOOD, BAD)
MOVED = Failure(Case("more", DIRECTION, "it is good", "it is very good", "up"), GOOD, BAD)


def behaviour(cases, right, of_peer=None, failures=()):
    passed = np.array(right, np.bool_)
    beside = None
    if of_peer is not None:
        theirs = np.array(of_peer, np.bool_)
        beside = Comparison("vader", Rates.of(cases, theirs), PairedComparison.of(passed, theirs))
    return BehaviourResult("mine", "cafe", Rates.of(cases, passed), 0, list(failures), beside)


def shown(table, width=80):
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False)
    console.print(table)
    return console.file.getvalue()


def cells_of(name, text):
    (found,) = (line for line in text.splitlines() if line.strip().startswith(name))
    return re.split(r"\s{2,}", found.strip())


CASES = [
    *[Case("words", MINIMUM, f"a{number}", "", "positive") for number in range(4)],
    *[Case("names", INVARIANCE, f"b{number}", "c", "same") for number in range(2)],
]


def test_capabilities_stand_worst_first_then_kinds_then_the_total():
    text = shown(behaviour_table(behaviour(CASES, [1, 1, 1, 0, 1, 0])))

    order = ["names", "words", MINIMUM, INVARIANCE, "total"]
    assert [text.index(f"\n {each} ") for each in order] == sorted(
        text.index(f"\n {each} ") for each in order
    )
    assert cells_of("words", text) == ["words", "3/4", "75.0% (30.1-95.4)"]
    assert cells_of("total", text)[1] == "4/6"


def test_a_peer_has_a_column_of_its_own():
    text = shown(behaviour_table(behaviour(CASES, [1] * 6, [1, 0, 0, 0, 1, 1])))

    assert cells_of("capability", text) == ["capability", "passed", "mine", "vader"]
    assert cells_of("words", text)[-1] == "25.0% (4.6-69.9)"


@pytest.mark.parametrize("width", [40, 80])
def test_no_line_is_wider_than_the_terminal(width):
    cases = list(read_suite().cases)
    everything = behaviour(cases, [1] * len(cases), [0] * len(cases))

    assert max(map(len, shown(behaviour_table(everything), width).splitlines())) <= width


def test_at_eighty_columns_each_capability_is_one_line():
    cases = list(read_suite().cases)
    text = shown(behaviour_table(behaviour(cases, [1] * len(cases), [1] * len(cases))))

    assert all(len(cells_of(each.capability + "  ", text)) == 4 for each in cases)


def test_the_difference_is_said_in_a_sentence():
    cases = [CASES[0]] * 20
    line = beside_line("mine", behaviour(cases, [1] * 20, [0] * 10 + [1] * 10).comparison)

    assert line.startswith("mine passes more than vader: +50.0 points (+")
    assert line.endswith("p = 0.0020 (McNemar; only mine passes 10 cases, only vader 0)")


def test_each_failure_says_what_was_expected_and_what_was_answered():
    assert failure_lines([WORD, PAIR, MOVED], Display(80)).plain.splitlines() == [
        "expected       answered             text",
        "negative       positive 90.0%       fine day",
        "the same       positive → negative  hello anna",
        "                                    → hello emre",
        "more positive  +0.800 → -0.600      it is good",
        "                                    → it is very good",
    ]


def test_without_unicode_arrows_are_ascii():
    assert failure_lines([PAIR, MOVED], Display(80, unicode=False)).plain.isascii()


@pytest.mark.parametrize("width", [20, 40, 60])
def test_failures_fit_the_terminal_and_cannot_act_on_it(width):
    hostile = Failure(Case("words", MINIMUM, "\x1b[31mred\n" * 9, "", "negative"), GOOD, None)

    text = failure_lines([hostile, PAIR], Display(width)).plain

    assert "\x1b" not in text
    assert len(text.splitlines()) == 4
    assert max(map(len, text.splitlines())) <= width


def test_of_the_failures_one_of_each_capability_comes_first_the_worst_before_the_others():
    cases = [each.case for each in (WORD, WORD, WORD, PAIR)]
    all_of_them = behaviour([*cases, PAIR.case], [0, 0, 0, 0, 1], failures=[WORD, WORD, WORD, PAIR])

    assert some_failures(all_of_them, 3) == [WORD, PAIR, WORD]
    assert some_failures(behaviour(cases, [1] * 4), 3) == []
