"""A report as its readers see it."""

from pathlib import Path

import pytest
from report_samples import HISTORY, HOSTILE, answers, hostile, predictor

from lstm_sentiment_cli.report.writing import Places

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")

COMPLAINTS = {"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"}
PLOTS = "[...document.querySelectorAll('figure svg')].map(svg => svg.getBoundingClientRect())"
SIZES = f"{PLOTS}.map(box => [box.width, box.height])"
GROUND = "getComputedStyle(document.documentElement).backgroundColor"
# Those that stand out of the page to the right; what scrolls by itself may.
OUTSIDE = """[...document.querySelectorAll('body *')]
    .filter(each => !each.closest('.scroll, svg'))
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
    .map(each => each.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("report") / "a report.html"
    Places(path).write(answers(200), predictor(), HISTORY)
    return path


@pytest.fixture(scope="module")
def attack(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("attack") / "report.html"
    Places(path).write(hostile(), predictor(HOSTILE), HISTORY)
    return path


@pytest.mark.parametrize("page", ["report", "attack"])
@pytest.mark.parametrize("width", [1200, 400])
def test_every_plot_is_seen_and_nothing_stands_out_of_the_page(chromium, request, page, width):
    chromium.open(request.getfixturevalue(page).as_uri(), width=width)

    sizes = chromium.evaluate(SIZES)

    assert len(sizes) == 10
    assert all(min(size) > 100 for size in sizes)
    assert chromium.evaluate("document.documentElement.scrollWidth") == width
    assert chromium.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("page", ["report", "attack"])
def test_nothing_is_asked_of_the_net_and_nothing_goes_wrong(chromium, request, page):
    address = request.getfixturevalue(page).as_uri()

    chromium.open(address)
    chromium.evaluate("new Promise(done => setTimeout(done, 200))")

    asked = [
        event["params"]["request"]["url"]
        for event in chromium.events
        if event["method"] == "Network.requestWillBeSent"
    ]
    assert asked == [address]
    assert [event for event in chromium.events if event["method"] in COMPLAINTS] == []


def test_what_a_page_is_asked_and_complains_of_would_be_seen(chromium, tmp_path):
    """Without this, the test above would pass if nothing were looked at."""
    bad = tmp_path / "bad.html"
    bad.write_text("<img src='missing.png'><script>console.error('no')</script>")

    chromium.open(bad.as_uri())

    told = {event["method"] for event in chromium.events}
    asked = [event for event in chromium.events if event["method"] == "Network.requestWillBeSent"]
    assert len(asked) == 2
    assert told & COMPLAINTS == {"Log.entryAdded", "Runtime.consoleAPICalled"}


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_and_its_plots_follow_the_readers_light_or_dark(chromium, report, dark):
    chromium.open(report.as_uri(), dark=dark)

    ground = chromium.evaluate(GROUND)
    plot = chromium.evaluate("getComputedStyle(document.querySelector('figure svg path')).fill")
    names = chromium.evaluate("getComputedStyle(document.querySelector('figure svg text')).fill")

    assert ground == plot == ("rgb(13, 17, 23)" if dark else "rgb(255, 255, 255)")
    assert names == ("rgb(145, 152, 161)" if dark else "rgb(89, 99, 110)")


def test_printed_it_is_light_and_its_tables_stay_on_the_paper(chromium, report):
    chromium.open(report.as_uri(), width=720, dark=True)
    chromium.call("Emulation.setEmulatedMedia", media="print")

    ground = chromium.evaluate(GROUND)
    too_wide = chromium.evaluate(
        "[...document.querySelectorAll('table')].filter(each => "
        "each.getBoundingClientRect().width > each.parentElement.clientWidth + 1).length"
    )
    chromium.call("Emulation.setEmulatedMedia", media="")

    assert ground == "rgb(255, 255, 255)"
    assert too_wide == 0
