"""The page as HTML: whole, closed, and of nothing that users wrote but text."""

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from report_samples import (
    HISTORY,
    HOSTILE,
    LABELS,
    MANIFEST,
    answers,
    explanations,
    hostile,
    measured,
)

from lstm_sentiment_cli.evaluation.comparison import Comparison, PairedComparison
from lstm_sentiment_cli.evaluation.measurement import Mistake
from lstm_sentiment_cli.figures import METRICS
from lstm_sentiment_cli.rendering.cells import fitted

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")

from lstm_sentiment_cli.report.page import page, pieces
from lstm_sentiment_cli.report.pictures import pictures

EMPTY = {"meta", "br", "img", "link"}
# What may be named in an address of this page: parts of itself, and the names of XML's kinds.
INSIDE = re.compile(r"#|http://www\.w3\.org/(2000/svg|1999/xlink)$")


class Read(HTMLParser):
    """A page as its reader gets it; tags that are not closed in their order are errors."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        """Note a tag and wait for its end."""
        self.handle_startendtag(tag, attrs)
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Note a tag that has no end of its own."""
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        """Close the tag that was opened last."""
        assert self._open.pop() == tag

    def handle_data(self, data):
        """Keep what is shown."""
        if self._open and self._open[-1] != "style":
            self.texts.append(" ".join(data.split()))

    def values(self, name):
        """Return the values of an attribute, wherever it stands."""
        return [value for _, each, value in self.attributes if each == name]

    @property
    def text(self):
        """All that is shown, with a space between any two pieces."""
        return " ".join(filter(None, self.texts))


def written(what, manifest=MANIFEST, history=HISTORY):
    return page(what, manifest, pictures(what, history), explanations(what))


@pytest.fixture(scope="module")
def usual():
    """The page of an ordinary model."""
    return Read(written(answers(200)))


@pytest.fixture(scope="module")
def attacked():
    """The page of a stranger's model on a stranger's data."""
    manifest = replace(
        MANIFEST,
        labels=HOSTILE,
        hyperparameters=dict.fromkeys(HOSTILE, HOSTILE[0]),
        precision=HOSTILE[2],
        provenance={
            **dict.fromkeys(HOSTILE, HOSTILE),
            "command": HOSTILE,
            "data": [
                dict.fromkeys(("name", "sha256", "rows", "by_label", "weight"), HOSTILE[2]),
                7,
            ],
            "versions": dict.fromkeys(HOSTILE, HOSTILE[2]),
        },
    )
    return Read(written(hostile(), manifest))


@pytest.mark.parametrize("name", ["usual", "attacked"])
def test_the_page_asks_for_nothing_and_runs_nothing(name, request):
    read = request.getfixturevalue(name)

    assert not read.tags.keys() & {"script", "img", "link", "iframe", "object", "form", "base"}
    assert not [each for _, each, _ in read.attributes if each.startswith("on") or each == "src"]
    addresses = {
        value
        for _, each, value in read.attributes
        if each in {"href", "xlink:href"} or each.startswith("xmlns")
    }
    assert addresses
    assert all(map(INSIDE.match, addresses))
    assert all("url(" not in style for style in read.values("style"))


@pytest.mark.parametrize("name", ["usual", "attacked"])
def test_ids_are_unique_and_everything_that_is_referred_to_is_there(name, request):
    read = request.getfixturevalue(name)
    ids = read.values("id")
    referred = [*read.values("aria-labelledby"), *read.values("aria-describedby")]
    referred += [value[1:] for value in read.values("href") + read.values("xlink:href")]

    assert max(Counter(ids).values()) == 1
    assert set(referred) <= set(ids)


def test_the_policy_forbids_everything_but_the_style_in_the_page(usual):
    (policy,) = (value for value in usual.values("content") if "src" in value)

    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_every_plot_has_a_name_and_words_for_those_who_do_not_see_it(usual):
    assert usual.tags["svg"] == usual.values("role").count("img") == 10
    assert usual.tags["figure"] == usual.tags["figcaption"] == 10


def test_tables_have_headers_for_rows_and_columns(usual):
    scopes = Counter(usual.values("scope"))

    assert usual.tags["th"] == scopes["row"] + scopes["col"]
    assert scopes["row"] >= usual.tags["tr"] - usual.tags["table"]


def test_the_page_has_every_metric(usual):
    for metric in METRICS.values():
        assert f"{metric.title} {metric.meaning}" in usual.text


def test_the_page_tells_the_figures_with_their_intervals(usual):
    what = answers(200).evaluation

    for figure in (
        what.metrics["accuracy"],
        what.metrics["macro_f1"],
        what.by_label[LABELS[0]].recall,
    ):
        assert f"{figure.value:.1%} {100 * figure.low:.1f}-{100 * figure.high:.1f}" in usual.text
    for figure in (what.metrics["roc_auc"], what.metrics["log_loss"], what.metrics["ece"]):
        assert f"{figure.value:.4f} {figure.low:.4f}-{figure.high:.4f}" in usual.text
    assert what.interval_method in usual.text


def test_the_page_tells_how_the_model_was_made(usual):
    for fact in (
        "lstm-sentiment train 'my tweets.csv'",
        "temperature 1.25",
        "seed 1234",
        "split training rows 10,800, validation rows 1,200",
        "my tweets.csv sha256 0123456789ab… 12,000",
        "lstm units [8, 4]",
        "feedc0de" * 8,
    ):
        assert fact in usual.text


def test_the_page_tells_the_mistakes(usual):
    assert (
        "98.0% positive so good, not strongest for positive: so +2.50 · not −1.20 "  # noqa: RUF001  # a minus
        "the true label is negative ; my tweets.csv , line 7"
    ) in usual.text


def test_the_words_of_a_mistake_have_the_colour_of_what_they_speak_for(usual):
    marks = {
        name: [value for tag, each, value in usual.attributes if (tag, each) == ("mark", name)]
        for name in ("class", "style")
    }

    assert marks["class"] == ["shade3", "shade2"]
    assert marks["style"] == ["--hue: var(--blue)", "--hue: var(--orange)"]


@pytest.mark.parametrize(
    "text", ["", "<b>so</b> & good", "a\u202e\x1bb good", "good " * 500, "w" * 9000]
)
def test_pieces_are_the_text_made_visible_and_cut(text):
    what = replace(answers(9), mistakes=[Mistake(text, "negative", "positive", 0.9, "a.csv", 1)])
    (why,) = explanations(what)

    shown = "".join(piece.text for piece in pieces(text, why, LABELS))

    assert shown == fitted(text, 600) or (len(text) > 600 and 590 < len(shown) <= 600)


@pytest.mark.parametrize("text", HOSTILE[:6])
def test_what_users_wrote_is_there_as_they_wrote_it(attacked, text):
    assert attacked.text.count(" ".join(fitted(text, 60).split())) > 5


def test_what_users_wrote_is_cut_before_it_fills_the_page(attacked):
    assert max(max(map(len, text.split()), default=0) for text in attacked.texts) < 1000
    assert "w" * 500 in attacked.text


def test_a_comparison_is_a_table_beside_the_model():
    what = answers(200)
    right = what.predictions.right
    other = answers(200, seed=2).evaluation
    compared = replace(
        what, comparison=Comparison("theirs", other, PairedComparison.of(right, right & False))
    )

    text = Read(written(compared)).text

    assert "Compared with theirs" in text
    assert "On the same examples mine is better than theirs" in text
    assert "points (" in text
    assert "p < 0.0001" in text
    assert f"{other.metrics['accuracy'].value:.1%}" in text


def test_rows_that_were_left_out_are_told():
    what = replace(answers(50), left_out={"neutral": 139}, unreadable=3)

    text = Read(written(what)).text

    assert "left out: 139 rows with other labels (neutral: 139)" in text
    assert "unreadable rows 3" in text


def test_what_is_not_defined_is_a_dash():
    text = Read(written(measured([0], [[0.9, 0.1]]), history=[])).text

    assert "ROC AUC - -" in text
    assert "nan" not in text


def test_the_page_of_many_labels_is_small():
    labels = [f"label {number}" for number in range(28)]

    assert len(written(answers(2_000, labels))) < 1_000_000


def test_the_same_page_is_written_twice():
    assert written(answers(50)) == written(answers(50))
