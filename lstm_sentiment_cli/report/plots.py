"""Plots as SVG, each made of plain numbers, and the colours of plots and page.

Labels have the colours they have in the terminal; everything else has the colour of text.
"""

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from io import StringIO
from itertools import cycle
from typing import Any, Concatenate, NamedTuple, ParamSpec
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from lstm_sentiment_cli.evaluation.metrics import Interval
from lstm_sentiment_cli.evaluation.slices import SliceMetrics
from lstm_sentiment_cli.rendering.cells import fitted
from lstm_sentiment_cli.rendering.style import label_colours
from lstm_sentiment_cli.report.curves import Curve, Histogram, ReliabilityBin

Parameters = ParamSpec("Parameters")


class Colour(NamedTuple):
    """A colour on a light and on a dark background."""

    name: str
    light: str
    dark: str


GROUND = Colour("ground", "#ffffff", "#0d1117")
PANEL = Colour("panel", "#f6f8fa", "#161b22")
LINE = Colour("line", "#d8dee4", "#30363d")
MUTED = Colour("muted", "#59636e", "#9198a1")
INK = Colour("ink", "#1f2328", "#f0f6fc")

COLOURS = (
    GROUND,
    PANEL,
    LINE,
    MUTED,
    INK,
    # Those of the labels (rendering/style.py), lighter on a dark background.
    Colour("blue", "#0072b2", "#4aa8e0"),
    Colour("orange", "#d55e00", "#f0883e"),
    Colour("green", "#009e73", "#3fb890"),
    Colour("pink", "#cc79a7", "#dd9cc2"),
    Colour("sky", "#56b4e9", "#7cc7f2"),
    Colour("grey", "#888888", "#a5a5a5"),
)


_NAMES = {colour.light: colour.name for colour in COLOURS}
_SHADE = re.compile("|".join(_NAMES))
# Text of users is between tags; anything in it that looks like a tag is escaped.
_TAG = re.compile("<[^>]+>")


def themed(svg: str) -> str:
    """Return a plot that takes its colours from the page around it.

    By itself a plot has the light shades, which programs without CSS show too.
    """
    return _TAG.sub(lambda tag: _SHADE.sub(lambda shade: variable(shade[0]), tag[0]), svg)


def variable(shade: str) -> str:
    """Return the page's name for a light shade: "#0072b2" → "var(--blue)"."""
    return f"var(--{_NAMES[shade]})"


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
    # Matplotlib brings this font; it is wider than whatever a reader without it has.
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
    # Text of users is text, dollar signs included.
    "text.parse_math": False,
    "xtick.color": LINE.light,
    "xtick.labelcolor": MUTED.light,
    "ytick.color": LINE.light,
    "ytick.labelcolor": MUTED.light,
}
# Without these Matplotlib would write the date and its own name.
_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"


def plot(
    width: float = 4.6, height: float = 3.4
) -> Callable[[Callable[Concatenate[Axes, Parameters], None]], Callable[Parameters, str]]:
    """Turn a function that draws on axes into one that returns SVG; sizes are in inches.

    The ids in the SVG begin with the function's name, so that plots of one page share none.
    """

    def plotted(
        draw: Callable[Concatenate[Axes, Parameters], None],
    ) -> Callable[Parameters, str]:
        @wraps(draw)
        def drawn(*arguments: Parameters.args, **named: Parameters.kwargs) -> str:
            # The same whatever the user's Matplotlib settings are.
            with style.context(["default", _STYLE]), warnings.catch_warnings():
                # The reader's fonts matter, not the one that text is measured with here.
                warnings.filterwarnings("ignore", "Glyph")
                figure = Figure(figsize=(width, height), layout="constrained")
                draw(figure.add_subplot(), *arguments, **named)
                written = StringIO()
                figure.savefig(written, format="svg", metadata=_METADATA)
            return _cleaned(written.getvalue(), draw.__name__)

        return drawn

    return plotted


def _cleaned(svg: str, name: str) -> str:
    """Return the SVG without its invisible parts, and with ids of its own."""
    root = ElementTree.fromstring(svg)  # noqa: S314  Matplotlib wrote it
    # A style sheet inside an SVG would apply to the whole page.
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


_UNIT = (-0.01, 1.01)  # an axis from 0 to 1
_NAME_CELLS = 18
# Characters that XML cannot contain, besides those that are unsafe in a terminal.
_NO_XML = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
_DASHES = ("solid", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))
# With more labels the numbers would not fit into their squares.
_MOST_NUMBERED = 8


@plot()
def roc(axes: Axes, curves: Mapping[str, Curve | None]) -> None:
    """Draw the true against the false positive rate; the diagonal is chance."""
    axes.plot([0, 1], [0, 1], color=MUTED.light, linewidth=1, linestyle="dotted")
    _label_curves(axes, curves)
    axes.set(xlim=_UNIT, ylim=_UNIT)
    _percent(axes, "false positive rate", "true positive rate")


@plot()
def precision_recall(axes: Axes, curves: Mapping[str, Curve | None]) -> None:
    """Draw precision against recall."""
    _label_curves(axes, curves, drawstyle="steps-pre")
    axes.set(xlim=_UNIT, ylim=_UNIT)
    _percent(axes, "recall", "precision")


@plot()
def reliability(axes: Axes, bins: Sequence[ReliabilityBin]) -> None:
    """Draw accuracy by confidence: on the diagonal they are equal."""
    axes.plot([0, 1], [0, 1], color=MUTED.light, linewidth=1, linestyle="dotted")
    shares = [each.accuracy for each in bins]
    confidences = [each.confidence for each in bins]
    values = [share.value for share in shares]
    axes.errorbar(
        confidences, values, _whiskers(shares), fmt="o", ms=4, color=INK.light, elinewidth=1.2
    )
    left = min([0.5, *confidences])
    bottom = min([left, *(share.low for share in shares)])
    axes.set(xlim=(left - 0.02, 1.02), ylim=(bottom - 0.02, 1.02))
    _percent(axes, "confidence", "accuracy")


@plot()
def risk_coverage(axes: Axes, curve: Curve) -> None:
    """Draw the share of errors if only the surest predictions count."""
    axes.plot(curve.x, curve.y, color=INK.light)
    highest = max(1.05 * float(curve.y.max()), 0.01)
    axes.set(xlim=_UNIT, ylim=(-0.01 * highest, highest))
    _percent(axes, "share of predictions, the surest first", "errors among them")


@plot()
def probabilities(axes: Axes, histogram: Histogram, labels: Sequence[str], of: str) -> None:
    """Draw the distribution of probabilities for each true label; `of` labels the axis."""
    colours = label_colours(labels)
    lines = {}
    for label, counts, dash in zip(labels, histogram.counts, cycle(_DASHES), strict=False):
        colour, edges = colours[label], histogram.edges
        if len(labels) <= 2:  # with more, the colours would mix
            axes.stairs(counts, edges, fill=True, color=colour, alpha=0.18)
        lines[label] = axes.stairs(counts, edges, color=colour, linestyle=dash, linewidth=1.5)
    _legend(axes, lines)
    axes.set(xlim=_UNIT)
    _percent(axes, of)
    _count_examples(axes)


@plot()
def lengths(axes: Axes, histogram: Histogram) -> None:
    """Draw the number of texts of each length."""
    (counts,), edges = histogram.counts, histogram.edges
    axes.stairs(counts, edges, fill=True, color=INK.light, alpha=0.18)
    axes.stairs(counts, edges, color=INK.light, linewidth=1.2)
    axes.set(xlim=(edges[0], edges[-1]), xlabel="tokens")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _count_examples(axes)


@plot(height=3.0)
def slices(axes: Axes, figures: Sequence[SliceMetrics], whole: Interval) -> None:
    """Draw the accuracy of each slice, the first on top; those worse than the rest are filled."""
    axes.axvline(whole.value, color=MUTED.light, linewidth=1, linestyle="dotted")
    axes.axvspan(whole.low, whole.high, color=LINE.light, alpha=0.5, linewidth=0)
    places = range(len(figures), 0, -1)
    shares = [each.accuracy for each in figures]
    values = [share.value for share in shares]
    axes.errorbar(values, places, xerr=_whiskers(shares), fmt="none", ecolor=INK.light)
    fills = [INK.light if each.worse else GROUND.light for each in figures]
    axes.scatter(values, places, s=28, c=fills, edgecolors=INK.light, zorder=3)
    axes.set_yticks(places, [each.name for each in figures])
    axes.set_ylim(0.4, len(figures) + 0.6)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    _percent(axes, "accuracy")


@plot()
def confusion(axes: Axes, counts: npt.NDArray[np.int64], labels: Sequence[str]) -> None:
    """Draw the confusion matrix, a row for each true label, shaded by the share of the row."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = len(labels)
    for (row, column), share in np.ndenumerate(shares):
        # The lightest can be seen, and a number on the darkest can be read.
        shade = {"facecolor": INK.light, "alpha": 0.03 + 0.27 * share, "linewidth": 0}
        axes.add_patch(Rectangle((column - 0.48, row - 0.47), 0.96, 0.94, **shade))
        if size <= _MOST_NUMBERED:
            number = f"{counts[row, column]:,}\n{share:.0%}"
            weight = "bold" if row == column else "normal"
            axes.text(column, row, number, ha="center", va="center", weight=weight)
    if size > _MOST_NUMBERED:
        assert isinstance(axes.figure, Figure)
        axes.figure.set_size_inches(2.6 + 0.2 * size, 2.2 + 0.2 * size)
    names = [name(label) for label in labels]
    axes.set_xticks(range(size), names, rotation=0 if size <= 3 else 90)
    axes.set_yticks(range(size), names)
    axes.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5))
    axes.set(xlabel="predicted", ylabel="true label")
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


@plot(height=2.8)
def loss(axes: Axes, training: Curve, validation: Curve) -> None:
    """Draw the loss by epoch."""
    _by_epoch(axes, training, validation)
    axes.set_ylabel("loss")


@plot(height=2.8)
def accuracy(axes: Axes, training: Curve, validation: Curve) -> None:
    """Draw the accuracy by epoch."""
    _by_epoch(axes, training, validation)
    _percent(axes, y="accuracy")


@plot(width=9.4, height=2.8)
def shares_over_time(
    axes: Axes,
    starts: Sequence[str],
    shares: Mapping[str, Sequence[Interval]],
    few: Sequence[bool],
) -> None:
    """Draw each label's share in each period as a line with a band; NaN leaves a gap.

    Dots are hollow where there are few texts.
    """
    colours, lines = label_colours(list(shares)), {}
    for (label, intervals), dash in zip(shares.items(), cycle(_DASHES), strict=False):
        values, low, high = np.array(intervals).reshape(-1, 3).T
        places, colour = np.arange(len(values)), colours[label]
        axes.fill_between(places, low, high, color=colour, alpha=0.18, linewidth=0)
        # A period between two without texts has no line.
        dot = 4 if len(values) <= _MOST_DOTS else 0
        (lines[label],) = axes.plot(
            places, values, color=colour, linestyle=dash, marker="o", markersize=dot
        )
        hollow = places[np.array(few, np.bool_)]
        axes.plot(hollow, values[hollow], "o", color=colour, markersize=dot, mfc=GROUND.light)
    _legend(axes, lines)
    axes.set(ylim=_UNIT)
    _percent(axes, y="share")
    _periods(axes, starts)


@plot(width=9.4, height=1.5)
def volume(axes: Axes, starts: Sequence[str], texts: Sequence[int]) -> None:
    """Draw the number of texts in each period."""
    axes.bar(range(len(texts)), texts, width=1.0, color=INK.light, alpha=0.3)
    _periods(axes, starts)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    axes.yaxis.set_major_formatter(lambda rows, _: f"{rows:,.0f}")
    axes.set_ylabel("texts")


@plot(width=9.4)
def shares_of_groups(
    axes: Axes, names: Sequence[str], shares: Mapping[str, Sequence[Interval]]
) -> None:
    """Draw the shares of each group as dots with intervals, the first group on top."""
    assert isinstance(axes.figure, Figure)
    axes.figure.set_size_inches(9.4, 1.2 + 0.26 * len(names))
    colours, drawn = label_colours(list(shares)), {}
    for number, (label, intervals) in enumerate(shares.items()):
        # Labels of one group stand a little above each other.
        shift = (number - (len(shares) - 1) / 2) * 0.5 / len(shares)
        places = np.arange(len(names), 0, -1) - shift
        values = [each.value for each in intervals]
        drawn[label] = axes.errorbar(
            values, places, xerr=_whiskers(intervals), fmt="o", ms=4.5, color=colours[label]
        )
    _legend(axes, drawn)
    axes.set_yticks(range(len(names), 0, -1), [name(each) for each in names])
    axes.set(xlim=_UNIT, ylim=(0.4, len(names) + 0.6))
    axes.tick_params(axis="y", length=0)
    _percent(axes, "share")


_MOST_DOTS, _MOST_TICKS = 60, 6


def _periods(axes: Axes, starts: Sequence[str]) -> None:
    """Name some periods, spread evenly."""
    step = -(-len(starts) // _MOST_TICKS)
    axes.set_xticks(range(0, len(starts), step), starts[::step])
    axes.set_xlim(-0.6, len(starts) - 0.4)


def _by_epoch(axes: Axes, training: Curve, validation: Curve) -> None:
    # A single epoch has no line, and with many epochs dots would hide it.
    dot = 4 if len(training.x) <= 30 else 0
    lines = {}
    for label, curve, colour, dash in (
        ("training", training, MUTED.light, _DASHES[1]),
        ("validation", validation, INK.light, _DASHES[0]),
    ):
        if len(curve.x):
            (lines[label],) = axes.plot(
                curve.x, curve.y, color=colour, linestyle=dash, marker="o", markersize=dot
            )
    _legend(axes, lines)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _label_curves(
    axes: Axes, curves: Mapping[str, Curve | None], drawstyle: str = "default"
) -> None:
    """Draw the curves; labels without one still keep their colours."""
    colours, lines = label_colours(list(curves)), {}
    for (label, curve), dash in zip(curves.items(), cycle(_DASHES), strict=False):
        if curve:
            (lines[label],) = axes.plot(
                curve.x, curve.y, color=colours[label], linestyle=dash, drawstyle=drawstyle
            )
    _legend(axes, lines)


def _whiskers(shares: Sequence[Interval]) -> npt.NDArray[np.float64]:
    """Return (2, n): how far each interval reaches below its value and above it."""
    values = np.array(shares).reshape(-1, 3)
    return np.stack([values[:, 0] - values[:, 1], values[:, 2] - values[:, 0]])


def _legend(axes: Axes, drawn: Mapping[str, Any]) -> None:
    # Above the axes, where no line runs behind the names. Left to find them itself, Matplotlib
    # would omit those that begin with an underscore.
    names = [name(label) for label in drawn]
    columns = 3 if max(map(len, names)) <= _NAME_CELLS / 2 + 2 else 2
    axes.figure.legend(drawn.values(), names, loc="outside upper left", ncols=columns, borderpad=0)


def _percent(axes: Axes, x: str = "", y: str = "") -> None:
    """Label an axis, or both, and write its ticks in percent."""
    for axis, label in ((axes.xaxis, x), (axes.yaxis, y)):
        if label:
            axis.set_label_text(label)
            # Rounded, for ticks are sums: 0.30000000000000004 and -1e-17 are among them.
            axis.set_major_formatter(lambda share, _: f"{round(100 * share, 6) + 0:g}%")


def _count_examples(axes: Axes) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10], integer=True))
    axes.yaxis.set_major_formatter(lambda rows, _: f"{rows:,.0f}")
    axes.set_ylabel("examples")


def name(label: str) -> str:
    """Return a label's name, made safe and short enough for a plot."""
    return fitted(label, _NAME_CELLS).translate(_NO_XML)
