"""One figure in the style of the house: drawn by Matplotlib, written as a small, clean SVG."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from io import StringIO
from typing import Concatenate, ParamSpec
from xml.etree import ElementTree

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lstm_sentiment_cli.report.theme import GROUND, INK, LINE, MUTED

Parameters = ParamSpec("Parameters")

_STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": LINE.light,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": MUTED.light,
    "axes.labelpad": 6.0,
    "axes.linewidth": 1.0,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": GROUND.light,
    # Matplotlib brings this one; where a reader has it not, it is the widest there is.
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "grid.color": LINE.light,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.handlelength": 1.8,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
    "svg.fonttype": "none",
    "svg.hashsalt": "lstm-sentiment",
    "text.color": INK.light,
    # What users wrote is text, dollars too.
    "text.parse_math": False,
    "xtick.color": LINE.light,
    "xtick.labelcolor": MUTED.light,
    "ytick.color": LINE.light,
    "ytick.labelcolor": MUTED.light,
}
# Without these Matplotlib would write when and by whom.
_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"


def plot(
    width: float = 4.6, height: float = 3.4
) -> Callable[[Callable[Concatenate[Axes, Parameters], None]], Callable[Parameters, str]]:
    """Make a function that draws on axes one that returns SVG; width and height are inches.

    The ids in the SVG begin with the function's name: plots of one page do not share any.
    """

    def plotted(
        draw: Callable[Concatenate[Axes, Parameters], None],
    ) -> Callable[Parameters, str]:
        @wraps(draw)
        def drawn(*arguments: Parameters.args, **named: Parameters.kwargs) -> str:
            with _house_style():
                figure = Figure(figsize=(width, height), layout="constrained")
                draw(figure.add_subplot(), *arguments, **named)
                written = StringIO()
                figure.savefig(written, format="svg", metadata=_METADATA)
            return _cleaned(written.getvalue(), draw.__name__)

        return drawn

    return plotted


@contextmanager
def _house_style() -> Iterator[None]:
    """Draw the same whatever the user's own settings of Matplotlib are."""
    with style.context(["default", _STYLE]), warnings.catch_warnings():
        # The reader's fonts matter, not those that the text is measured with here.
        warnings.filterwarnings("ignore", "Glyph")
        yield


def _cleaned(svg: str, name: str) -> str:
    """Return the SVG without what no reader sees, and with ids of its own."""
    root = ElementTree.fromstring(svg)  # noqa: S314  Matplotlib wrote it
    # A style sheet inside of an SVG holds for the whole page.
    for sheet in root.findall(f"{_SVG}defs/{_SVG}style/.."):
        root.remove(sheet)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        id_ = element.attrib.pop("id", None)
        if id_ and element.tag != "g":  # nothing refers to a group
            element.set("id", f"{name}-{id_}")
        if clip := element.get("clip-path"):
            element.set("clip-path", clip.replace("#", f"#{name}-"))
        if link := element.attrib.pop(_LINK, None):
            element.set("xlink:href", link.replace("#", f"#{name}-"))
    root.set("xmlns", "http://www.w3.org/2000/svg")
    root.set("xmlns:xlink", "http://www.w3.org/1999/xlink")
    root.set("stroke-linejoin", "round")
    return ElementTree.tostring(root, encoding="unicode")
