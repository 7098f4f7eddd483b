"""Plots as SVG with any settings, and colours that eyes and pages can tell apart."""

import re
import warnings
from importlib.resources import files
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from lstm_sentiment_cli.rendering.style import label_colours

matplotlib = pytest.importorskip("matplotlib")

from lstm_sentiment_cli.report.plots import (  # noqa: E402
    COLOURS,
    GROUND,
    INK,
    LINE,
    MUTED,
    PANEL,
    plot,
    themed,
)

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


LABELS = ["positive", "negative", "neutral", *"abcdef"]
OF_LABELS = [each for each in COLOURS if each not in {GROUND, INK, LINE, MUTED, PANEL}]


def luminance(shade):
    """As the Web Content Accessibility Guidelines define it, 0 to 1."""
    parts = [int(shade[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(first, second):
    darker, lighter = sorted([luminance(first), luminance(second)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("ground", [GROUND, PANEL], ids=lambda colour: colour.name)
@pytest.mark.parametrize("text", [INK, MUTED], ids=lambda colour: colour.name)
def test_text_can_be_read(mode, ground, text):
    assert contrast(getattr(text, mode), getattr(ground, mode)) >= 4.5


def mixed(colour, ground, share):
    """As `color-mix(in srgb, …)` does it with a colour over the ground."""
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(ground[1:]), strict=True)
    return "#" + bytes(round(share * one + (1 - share) * other) for one, other in pairs).hex()


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("colour", OF_LABELS, ids=lambda colour: colour.name)
def test_words_can_be_read_on_every_shade_of_a_label(mode, colour):
    style = files("lstm_sentiment_cli.report").joinpath("page.css").read_text("utf-8")
    shares = [int(each) / 100 for each in re.findall(r"--share: (\d+)%", style)]
    shades = [mixed(getattr(colour, mode), getattr(GROUND, mode), share) for share in shares]

    assert len(shades) == 3
    assert min(contrast(getattr(INK, mode), shade) for shade in shades) >= 4.5


@pytest.mark.parametrize("colour", OF_LABELS, ids=lambda colour: colour.name)
def test_the_dark_shade_of_a_label_is_seen_on_the_dark_ground(colour):
    assert contrast(colour.dark, GROUND.dark) >= 4.5


def test_every_colour_of_a_label_has_a_dark_shade():
    assert set(label_colours(LABELS).values()) == {colour.light for colour in OF_LABELS}


def test_no_shade_stands_for_two_names():
    assert all(
        first != second for first, second in pairwise(sorted(each.light for each in COLOURS))
    )


def test_colours_are_replaced_in_tags_and_not_in_what_users_wrote():
    plot = '<svg><path style="fill: #0072b2; stroke: #ffffff"/><text>style="#0072b2"</text></svg>'

    assert themed(plot) == (
        '<svg><path style="fill: var(--blue); stroke: var(--ground)"/>'
        '<text>style="#0072b2"</text></svg>'
    )
