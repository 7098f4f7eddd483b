"""What a terminal shows, as a picture."""

import sys
from xml.etree import ElementTree

import pytest

if sys.platform == "win32":
    pytest.skip("pictures are taken in pseudo-terminals", allow_module_level=True)

from docs.svg import FRAME, GROUND, HIGH, INK, MARGIN, WIDE, svg
from tests.terminal_emulator import Emulator

PARTS = "{http://www.w3.org/2000/svg}"


def drawn(printed, tag):
    """Return the parts of a picture of what a program printed, but for its ground."""
    with Emulator(["printf", "%b", printed], columns=20, rows=5) as terminal:
        assert terminal.wait_for_exit() == 0
        picture = ElementTree.fromstring(svg(terminal.screen, title="<a & b>"))
    assert picture.find(f"{PARTS}title").text == "<a & b>"
    assert picture.get("height") == str(HIGH + 2 * MARGIN)
    return [part.attrib for part in picture.iter(PARTS + tag) if part.get("class") != "ground"]


@pytest.mark.parametrize(
    ("code", "looks"),
    [
        ("0", {}),
        ("1", {"font-weight": "bold"}),
        ("2", {"opacity": "0.65"}),
        ("3;4", {"font-style": "italic", "text-decoration": "underline"}),
        ("38;2;0;114;178", {"fill": "#0072b2"}),
        ("1;38;5;2;2", {"fill": "#00cd00", "font-weight": "bold", "opacity": "0.65"}),
        ("2;22", {}),
        ("7", {"class": "on-ink", "fill": GROUND}),
    ],
)
def test_text_looks_as_in_the_terminal(code, looks):
    (text,) = drawn(f"\\033[{code}mgood\\033[0m", "text")

    assert {key: text[key] for key in text.keys() - {"x", "y", "textLength"}} == looks


def test_a_ground_lies_behind_its_characters_and_their_spaces():
    (ground,) = drawn("so \\033[48;2;213;94;0m bad \\033[0m day", "rect")

    assert ground["fill"] == "#d55e00"
    assert float(ground["x"]) == pytest.approx(MARGIN + 3 * WIDE)
    assert float(ground["width"]) == pytest.approx(5 * WIDE)


def test_what_is_reversed_has_a_ground_of_ink():
    (ground,) = drawn("\\033[7mgood\\033[0m", "rect")

    assert (ground["class"], ground["fill"]) == ("ink", INK)


def test_without_style_sheets_a_picture_is_that_of_a_light_page():
    with Emulator(["printf", "good"], columns=20, rows=5) as terminal:
        assert terminal.wait_for_exit() == 0
        root = ElementTree.fromstring(svg(terminal.screen, title="good"))
    ground = root.find(f"{PARTS}rect")

    assert root.get("fill") == INK
    assert (ground.get("fill"), ground.get("stroke")) == (GROUND, FRAME)
    attributes = [value for each in root.iter() for value in each.attrib.values()]
    assert not [value for value in attributes if "var(" in value]


def test_a_bar_is_as_long_as_its_blocks():
    (bar,) = drawn("\\033[38;2;0;114;178m██▌\\033[0m", "rect")

    assert float(bar["width"]) == pytest.approx(2.5 * WIDE)
    assert bar["fill"] == "#0072b2"
