"""The prompt: how a line is shown, completed and suggested while it is typed, and the toolbar."""

import asyncio
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application, get_app
from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition, to_filter, vi_insert_mode, vi_replace_mode
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.formatted_text.utils import fragment_list_to_text
from prompt_toolkit.history import History
from prompt_toolkit.layout.controls import BufferControl
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import get_cwidth

from lstm_sentiment_cli.rendering.style import Display, unstacked, visible
from lstm_sentiment_cli.repl.arguments import Call, Candidate, parse_call
from lstm_sentiment_cli.repl.commands import COMMANDS, complete
from lstm_sentiment_cli.repl.keys import KEYS, stop_echo
from lstm_sentiment_cli.repl.session import Session

PROMPT = "> "
# The menu has its own background, to be readable on every terminal's. Without colours, the
# selected entry is reversed. A suggestion is dim as well as grey: it must not look typed.
STYLE = Style.from_dict(
    {
        "prompt": "bold",
        "auto-suggestion": "#888888 dim",
        "bottom-toolbar": "noreverse dim",
        "completion-menu": "bg:#444444 #ffffff",
        "completion-menu.completion.current": "fg:#ffffff bg:#000000 reverse",
        "completion-menu.meta.completion": "bg:#444444 #cccccc",
        "completion-menu.meta.completion.current": "fg:#ffffff bg:#000000 reverse",
        "scrollbar.background": "bg:#444444",
        "scrollbar.button": "bg:#666666",
    }
)


class Prompt(PromptSession[str]):
    """Reads what is typed; the model is loaded in the background of the first prompt."""

    def __init__(self, session: Session, history: History, *, no_color: bool = False) -> None:
        super().__init__(
            [("class:prompt", PROMPT)],
            prompt_continuation=" " * len(PROMPT),
            history=history,
            auto_suggest=SuggestNewestLine(),
            completer=CommandCompleter(session),
            # A folder on a slow disk must not hold up the typing.
            complete_in_thread=True,
            complete_while_typing=_begins_with_slash,
            key_bindings=KEYS,
            input_processors=[VisibleProcessor()],
            editing_mode=EditingMode.VI if session.vi else EditingMode.EMACS,
            enable_suspend=True,
            # prompt_toolkit itself reads NO_COLOR.
            color_depth=ColorDepth.DEPTH_1_BIT if no_color else None,
            style=STYLE,
        )
        self._session = session
        # Up and down find lines that begin like this one. As the prompt's own option this would
        # switch off completion, because both want the arrows; our menu opens after a slash only.
        self.default_buffer.enable_history_search = to_filter(True)
        typing = self.layout.current_control
        if isinstance(typing, BufferControl) and (search := typing.search_buffer_control):
            search.input_processors = [VisibleProcessor(), *(search.input_processors or [])]
        if session.vi:
            # Users of vi type on at once after Esc: how many seconds it may still be the beginning
            # of an arrow key, and how many that of Alt-Enter (or "g" that of "gg").
            self.app.ttimeoutlen, self.app.timeoutlen = 0.05, 0.3
        self.app.before_render += self._toggle_toolbar

    def __call__(self) -> str:
        """Return one entry: a line, or the lines of a paste.

        KeyboardInterrupt for Ctrl-C on an empty line, EOFError for Ctrl-D there; SentimentError
        if the model cannot be loaded, as soon as that is known.
        """
        stop_echo(self.app.input.fileno())
        return self.prompt(pre_run=self._load_in_background)

    def _toggle_toolbar(self, app: Application[Any]) -> None:
        """Show the toolbar only while the window, whose size can change, has room for it."""
        size = app.output.get_size()
        self.bottom_toolbar = self._toolbar if size.columns >= 60 and size.rows >= 10 else None

    def _toolbar(self) -> str:
        output = self.app.output
        mode = None
        if self.editing_mode is EditingMode.VI:
            mode = "insert" if vi_insert_mode() else "replace" if vi_replace_mode() else "normal"
        display = Display.of(output.get_size().columns, output.encoding())
        return toolbar(self._session, display, mode)

    def _load_in_background(self) -> None:
        # A background task of the prompt starts once the prompt has been drawn.
        self.app.create_background_task(self._watch_loading())

    async def _watch_loading(self) -> None:
        loading = asyncio.wrap_future(self._session.begin_loading())
        # Unlike awaiting it, waiting does not cancel the loading if the prompt ends first.
        await asyncio.wait([loading])
        if self.app.is_done:
            return
        if error := loading.exception():
            self.app.exit(exception=error)
        else:
            self.app.invalidate()  # the toolbar shows more once the model is loaded


@Condition
def _begins_with_slash() -> bool:
    return get_app().current_buffer.text.startswith("/")


class VisibleProcessor(Processor):
    """Shows what is typed through `visible`; what is scored stays as it was typed."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Replace what a terminal would act on, and leave out piles of accents."""
        text = fragment_list_to_text(transformation_input.fragments)
        # This follows every key, and most lines need no more than a look.
        if text.isascii() and text.isprintable():
            return Transformation(transformation_input.fragments)
        kept, shown = unstacked(text), visible(text)  # shown[i] stands for text[kept[i]]
        fragments: StyleAndTextTuples = []
        end = 0
        for style, part, *_ in transformation_input.fragments:
            begin, end = end, end + len(part)
            fragments.append((style, shown[bisect_left(kept, begin) : bisect_left(kept, end)]))
        return Transformation(
            fragments,
            source_to_display=lambda source: bisect_left(kept, source),
            display_to_source=lambda place: kept[place] if place < len(kept) else len(text),
        )


class SuggestNewestLine(AutoSuggest):
    """Suggests the rest of the newest line that begins like the one being typed."""

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """Return that rest, None if nothing was typed or no line begins so."""
        typed = document.current_line
        if not typed.strip("/ "):  # a slash alone opens the menu of commands
            return None
        for entry in reversed(buffer.history.get_strings()):
            # This follows every key: most entries are passed over without being split.
            if typed in entry:
                for line in reversed(entry.split("\n")):
                    if line.startswith(typed):
                        return Suggestion(line[len(typed) :])
        return None


class CommandCompleter(Completer):
    """Completes commands after a slash, and the argument after a command; never texts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterator[Completion]:
        """Yield what can replace the word, or the argument, before the cursor."""
        del complete_event
        if parse_call(document.text) is None:
            return
        typed, space, argument = document.text_before_cursor.partition(" ")
        if space:
            name, typed = typed[1:], argument.lstrip()
            candidates = complete(self._session, Call(name, typed))
        else:
            names = [Candidate(f"/{name}", each.summary) for name, each in COMMANDS.items()]
            candidates = [each for each in names if each.value.startswith(typed)]
        folder = typed[: typed.rfind("/", 1) + 1]
        for each in candidates:
            # A file's name can hold the end of a line, which would turn the command into texts.
            if "\n" not in each.value:
                yield Completion(
                    each.value,
                    start_position=-len(typed),
                    display=visible(each.value.removeprefix(folder)),
                    display_meta=visible(each.description),
                )


def toolbar(session: Session, display: Display, mode: str | None) -> str:
    """Return one line: "default · threshold 0.5 · explain off · 0.8 ms"."""
    rule, milliseconds = session.decision, session.milliseconds
    parts = [f"[{mode}]"] if mode else []
    parts.append(_model_name(session.model))
    if rule.threshold is not None:
        parts.append(f"threshold {rule.threshold:g}")
    elif len(session.labels) == 2:
        parts.append("threshold 0.5")  # the more probable of two labels
    if rule.uncertain:
        parts.append("uncertain {:g} to {:g}".format(*rule.uncertain))
    parts.append(f"explain {'on' if session.explain else 'off'}")
    if session.compared:
        parts.append(f"compared with {_model_name(session.compared)}")
    if milliseconds is not None:
        parts.append(f"{milliseconds:,.{1 if milliseconds < 100 else 0}f} ms")
    return shortened(display.sign(" · ", " - ").join(parts), display)


def shortened(text: str, display: Display) -> str:
    """Return text that fits the width, measured as prompt_toolkit draws it."""
    if get_cwidth(text) <= display.width:
        return text
    while text and get_cwidth(text + display.ellipsis) > display.width:
        text = text[:-1]
    return text + display.ellipsis


def _model_name(name_or_path: str) -> str:
    return visible(Path(name_or_path).name or name_or_path)
