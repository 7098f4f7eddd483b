"""The screen on which texts are labelled: drawn anew at each key, and whenever its size changes."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import FormattedTextControl, Layout, Window
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import get_cwidth

from lstm_sentiment_cli.figures import counted
from lstm_sentiment_cli.labelling.conversation import POLL_SECONDS, Conversation, drawable
from lstm_sentiment_cli.labelling.labeller import Question
from lstm_sentiment_cli.rendering.cells import cells, fitted, line_spans
from lstm_sentiment_cli.rendering.style import Display, label_colours, shades, visible

Line = list[tuple[str, str]]
"""Parts of a line, each with its style."""

_WIDEST_LINE = 100  # cells; longer lines are hard to read
_FEWEST_LINES = 3  # of the text, whatever else there is no room for
_GAP = "  "
_STYLE = Style.from_dict({"faint": "dim", "differs": "bold"})


def converse_on_screen(talk: Conversation, *, no_color: bool) -> None:
    """Show texts and take keys, until the person ends the session.

    An error of writing, or of the model, ends it too, and is raised when the screen is as it was.
    """
    _Screen(talk, no_color=no_color).run()


def page(talk: Conversation, display: Display, rows: int, scrolled: int = 0) -> list[Line]:
    """Return what is shown in `rows` lines: the text, the keys, what was said, the figures.

    Where there is no room for everything, what stands lowest is left out.
    """
    width = min(display.width, _WIDEST_LINE)
    if talk.helping:
        paragraphs = [_lines(drawable(each, display), width) for each in talk.help()]
        lines = [line for each in paragraphs for line in (*each, "")]
        return [[("", line)] for line in _window(lines, rows, scrolled, display)]
    remark, differs = talk.remark()
    said = [
        ("", talk.model_answer()),
        ("class:differs" if differs else "class:faint", remark),
        *(("class:faint", each) for each in talk.figures()),
    ]
    below = [[], *_legend(talk, display, width)]
    for style, line in said:
        below += [[(style, part)] for part in _lines(drawable(line, display), width)]
    below = below[: max(rows - 2 - _FEWEST_LINES, 0)]
    above: list[Line] = [[("class:faint", _lines(drawable(talk.title(), display), width)[0])], []]
    room = max(rows - len(above) - len(below), 1)
    text = _window(_lines(visible(talk.text()), width), room, scrolled, display)
    return [*above, *([("", line)] for line in text), *below][-rows:]


def _lines(text: str, width: int) -> list[str]:
    """Wrap a text into lines that fit by prompt_toolkit's measure too: it joins no emoji."""
    lines: list[str] = []
    for room in range(width, 1, -1):
        lines = [text[start:end] for start, end in line_spans(text, room)]
        if all(get_cwidth(line) <= width for line in lines):
            break
    return lines


def _window(lines: list[str], room: int, scrolled: int, display: Display) -> list[str]:
    """Return the lines that there is room for; the last says how many are below it."""
    scrolled = min(scrolled, max(len(lines) - room, 0))
    below = len(lines) - scrolled - room
    if below <= 0 or room < 2:
        return lines[scrolled : scrolled + room]
    arrow = display.sign("\u2193 ", "")
    return [*lines[scrolled : scrolled + room - 1], f"{arrow}{counted(below + 1, 'more line')}"]


def _legend(talk: Conversation, display: Display, width: int) -> list[Line]:
    """Return the keys and what they do, as many on a line as fit."""
    colours = label_colours(talk.labeller.labels)
    lines: list[Line] = [[]]
    room = width
    for key, what in talk.legend():
        part = fitted(f"{key} {what}", width, display.ellipsis)
        if cells(part) > room and lines[-1]:
            lines.append([])
            room = width
        colour = shades(colours[what], 256)[1] if key in talk.keys else "bold"
        lines[-1] += [(colour, part[:1]), ("", part[1:] + _GAP)]
        room -= cells(part) + len(_GAP)
    return lines


class _Screen:
    """The application: its keys, and the task that waits for the model."""

    def __init__(self, talk: Conversation, *, no_color: bool) -> None:
        self._talk = talk
        self._scrolled = 0
        self._drawn: Question | None = None  # what can be read now
        control = FormattedTextControl(self._fragments, focusable=True, show_cursor=False)
        self.app: Application[None] = Application(
            layout=Layout(Window(control, always_hide_cursor=True)),
            key_bindings=self._bindings(),
            style=_STYLE,
            full_screen=True,
            # prompt_toolkit itself reads NO_COLOR.
            color_depth=ColorDepth.DEPTH_1_BIT if no_color else None,
        )

    def run(self) -> None:
        """Show the screen until the session ends."""

        def begin() -> None:
            self.app.create_background_task(self._follow_model())

        self.app.run(pre_run=begin)

    def _fragments(self) -> StyleAndTextTuples:
        size = self.app.output.get_size()
        display = Display.of(size.columns, self.app.output.encoding())
        lines = page(self._talk, display, size.rows, self._scrolled)
        self._drawn = self._talk.labeller.question
        parts: StyleAndTextTuples = []
        for line in lines:
            parts += [*line, ("", "\n")]
        return parts[:-1]

    def _bindings(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("c-c")
        @keys.add("c-d")
        @keys.add("<sigint>")
        def _end(event: KeyPressEvent) -> None:
            event.app.exit()

        @keys.add("<bracketed-paste>")
        def _nothing(_event: KeyPressEvent) -> None:
            """Whatever was pasted is no answer."""

        @keys.add("c-z")
        def _suspend(event: KeyPressEvent) -> None:
            event.app.suspend_to_background()

        for key, lines in {"up": -1, "down": 1, "pageup": -10, "pagedown": 10}.items():
            keys.add(key)(partial(self._scroll, lines))
        keys.add("<any>")(self._press)
        return keys

    def _scroll(self, lines: int, _event: KeyPressEvent) -> None:
        self._scrolled = max(self._scrolled + lines, 0)

    def _press(self, event: KeyPressEvent) -> None:
        question = self._talk.labeller.question
        if question != self._drawn and self._talk.label(event.data):
            return  # keys came faster than a screen: nobody has read this text
        self._scrolled = 0
        # Where terminals differ on how wide joined emoji are, parts of the text before would stay.
        self.app.renderer.erase(leave_alternate_screen=False)
        with self._ending():
            if not self._talk.press(event.data):
                event.app.exit()
            self._talk.consult()

    async def _follow_model(self) -> None:
        """Show what the model has to say as soon as it can; it is loaded meanwhile."""
        labeller, scorer = self._talk.labeller, self._talk.labeller.scorer
        loaded = finished = False
        while not (finished or self.app.is_done):
            finished = scorer.finished
            if labeller.waiting or finished or (scorer.predictor and not loaded):
                loaded = scorer.predictor is not None
                with self._ending():
                    labeller.advance()
                    self._talk.consult()
                self.app.invalidate()
            await asyncio.sleep(POLL_SECONDS)

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """End the session with the error of the block."""
        try:
            yield
        except Exception as error:
            if not self.app.is_done:
                self.app.exit(exception=error)
