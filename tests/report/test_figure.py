"""What each figure has in common, whoever draws it and with whatever settings."""

import warnings
from xml.etree import ElementTree

import pytest

matplotlib = pytest.importorskip("matplotlib")

from lstm_sentiment_cli.report.plots import plot  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"


@plot()
def line(axes, text="x"):
    axes.plot([0, 1], [2, 3], marker="o")
    axes.set_xlabel(text)


def texts(svg):
    return ["".join(each.itertext()) for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_two_runs_draw_the_same():
    assert line() == line()


def test_ids_begin_with_the_name_and_are_there_for_what_refers_to_them():
    root = ElementTree.fromstring(line())

    ids = {each.get("id") for each in root.iter() if each.get("id")}
    links = {each.get("{http://www.w3.org/1999/xlink}href") for each in root.iter(f"{SVG}use")}
    clips = {each.get("clip-path") for each in root.iter() if each.get("clip-path")}

    assert links
    assert clips
    assert {f"#{each}" for each in ids} == links | {each[4:-1] for each in clips}
    assert all(each.startswith("line-") for each in ids)


def test_nothing_of_it_holds_for_the_page_around_it():
    assert "<style" not in line()


def test_the_users_own_settings_of_matplotlib_change_nothing():
    expected = line()
    ours = {"text.usetex": True, "lines.linewidth": 40, "svg.fonttype": "path", "font.size": 30}

    with matplotlib.rc_context(ours):
        drawn = line()
        assert matplotlib.rcParams["font.size"] == 30

    assert drawn == expected


@pytest.mark.parametrize("text", ["$\\frac{1}{$", "a & b <c>", "100% \\sum", "🎸", "日本語", "_x"])
def test_text_stays_text(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert text in texts(line(text))
