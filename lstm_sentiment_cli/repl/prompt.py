"""The prompt: how a line is shown, completed and suggested while it is typed, and the toolbar."""

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from prompt_toolkit.layout.controls import BufferControl
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import get_cwidth

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.rendering.style import Display, unstacked, visible
from lstm_sentiment_cli.repl.arguments import Call, Candidate, parse_call
from lstm_sentiment_cli.repl.commands import COMMANDS, complete
from lstm_sentiment_cli.repl.keys import keep_type_ahead, key_bindings

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.repl.history import PrivateHistory
    from lstm_sentiment_cli.repl.session import Session

PROMPT = "> "
# After Esc, users of vi go on at once: how long it may still be the beginning of another key, of
# Alt-Enter or of "gg".
_SECONDS_OF_A_KEY, _SECONDS_BETWEEN_KEYS = 0.05, 0.3
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


class Prompt:
    """Reads what is typed; the model is loaded in the background of the first prompt."""

    def __init__(
        self, session: "Session", history: "PrivateHistory", *, no_color: bool = False
    ) -> None:
        self._session = session
        self._prompt = prompt_session(session, history, no_color=no_color)
        self._prompt.app.before_render += self._toggle_toolbar
        self._prepare_terminal: Callable[[], None] = lambda: None

    def __call__(self) -> str:
        """Return one entry: a line, or the lines of a paste.

        KeyboardInterrupt for Ctrl-C on an empty line, EOFError for Ctrl-D there; SentimentError
        if the model cannot be loaded, as soon as that is known.
        """
        self._prepare_terminal()
        return self._prompt.prompt(pre_run=self._load_in_background)

    @contextmanager
    def keeping_type_ahead(self) -> Iterator[None]:
        """Keep what is typed and pasted between prompts for the next one."""
        with keep_type_ahead(self._prompt.app) as self._prepare_terminal:
            yield

    def _toggle_toolbar(self, app: Application[Any]) -> None:
        """Show the toolbar only while the window, whose size can change, has room for it."""
        size = app.output.get_size()
        shown = has_room_for_toolbar(size.columns, size.rows)
        self._prompt.bottom_toolbar = self._toolbar if shown else None

    def _toolbar(self) -> str:
        output = self._prompt.app.output
        display = Display.of(output.get_size().columns, output.encoding())
        return toolbar(self._session, display, _vi_mode())

    def _load_in_background(self) -> None:
        # A background task of the prompt starts once the prompt has been drawn.
        app = get_app()
        app.create_background_task(self._watch_loading(app))

    async def _watch_loading(self, app: Application[Any]) -> None:
        loading: asyncio.Future[Predictor] = asyncio.wrap_future(self._session.begin_loading())
        # Unlike awaiting it, waiting does not cancel the loading if the prompt ends first.
        await asyncio.wait([loading])
        if app.is_done:
            return
        if error := loading.exception():
            app.exit(exception=error)
        else:
            app.invalidate()  # the toolbar shows more once the model is loaded


def prompt_session(
    session: "Session", history: "PrivateHistory", *, no_color: bool = False
) -> PromptSession[str]:
    """Return a prompt with our keys, completion and history."""
    prompt: PromptSession[str] = PromptSession(
        [("class:prompt", PROMPT)],
        prompt_continuation=" " * len(PROMPT),
        history=history,
        auto_suggest=SuggestNewestLine(),
        completer=CommandCompleter(session),
        # A folder on a slow disk must not hold up the typing.
        complete_in_thread=True,
        complete_while_typing=_begins_with_slash,
        key_bindings=key_bindings(),
        input_processors=[VisibleProcessor()],
        editing_mode=EditingMode.VI if session.vi else EditingMode.EMACS,
        enable_suspend=True,
        # prompt_toolkit itself reads NO_COLOR.
        color_depth=ColorDepth.DEPTH_1_BIT if no_color else None,
        style=STYLE,
    )
    # Up and down find lines that begin like this one. As the prompt's own option this would
    # switch off completion, because both want the arrows; our menu opens after a slash only.
    prompt.default_buffer.enable_history_search = to_filter(True)
    typing = prompt.layout.current_control
    if isinstance(typing, BufferControl) and (search := typing.search_buffer_control):
        search.input_processors = [VisibleProcessor(), *(search.input_processors or [])]
    if session.vi:
        prompt.app.ttimeoutlen = _SECONDS_OF_A_KEY
        prompt.app.timeoutlen = _SECONDS_BETWEEN_KEYS
    return prompt


@Condition
def _begins_with_slash() -> bool:
    return get_app().current_buffer.text.startswith("/")


class VisibleProcessor(Processor):
    """Shows what is typed through `visible`; what is scored stays as it was typed."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Replace what a terminal would act on, and leave out piles of accents."""
        fragments = transformation_input.fragments
        text = fragment_list_to_text(fragments)
        # This follows every key, and most lines need no more than a look.
        if text.isascii() and text.isprintable():
            return Transformation(fragments)
        kept = unstacked(text)
        if len(kept) == len(text) and text.isprintable():
            return Transformation(fragments)
        return Transformation(
            _visible_fragments(fragments, visible(text), kept),
            source_to_display=lambda source: bisect_left(kept, source),
            display_to_source=lambda shown: kept[shown] if shown < len(kept) else len(text),
        )


def _visible_fragments(
    fragments: StyleAndTextTuples, shown: str, kept: list[int]
) -> StyleAndTextTuples:
    """Return the fragments with what is shown of each; shown[i] stands for character kept[i]."""
    end = 0
    found: StyleAndTextTuples = []
    for style, text, *_ in fragments:
        begin, end = end, end + len(text)
        found.append((style, shown[bisect_left(kept, begin) : bisect_left(kept, end)]))
    return found


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

    def __init__(self, session: "Session") -> None:
        self._session = session

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterator[Completion]:
        """Yield what can replace the word, or the argument, before the cursor."""
        del complete_event
        if parse_call(document.text) is None:
            return
        typed, candidates = self._candidates(document.text_before_cursor)
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

    def _candidates(self, before_cursor: str) -> tuple[str, list[Candidate]]:
        """Return what a candidate replaces, and the candidates: "/mo" → ("/mo", [/model])."""
        command, space, argument = before_cursor.partition(" ")
        if not space:
            names = [Candidate(f"/{name}", each.summary) for name, each in COMMANDS.items()]
            return command, [each for each in names if each.value.startswith(command)]
        argument = argument.lstrip()
        return argument, complete(self._session, Call(command[1:], argument))


_FEWEST_COLUMNS, _FEWEST_ROWS = 60, 10


def has_room_for_toolbar(columns: int, rows: int) -> bool:
    """Return whether a terminal is large enough to give up a line."""
    return columns >= _FEWEST_COLUMNS and rows >= _FEWEST_ROWS


def toolbar(session: "Session", display: Display, mode: str | None) -> str:
    """Return one line: "default · threshold 0.5 · explain off · 0.8 ms"."""
    parts = [
        *([f"[{mode}]"] if mode else []),
        _model_name(session.model),
        *_rule(session),
        f"explain {'on' if session.explain else 'off'}",
        *([f"compared with {_model_name(session.compared)}"] if session.compared else []),
        *([_duration(session.milliseconds)] if session.milliseconds is not None else []),
    ]
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


def _rule(session: "Session") -> list[str]:
    """Return how the label is chosen: "threshold 0.6", "uncertain 0.4 to 0.6"."""
    rule = session.decision
    shown = []
    if rule and rule.threshold is not None:
        shown.append(f"threshold {rule.threshold:g}")
    elif _has_two_labels(session):
        shown.append("threshold 0.5")  # the more probable of two labels
    if rule and rule.uncertain:
        low, high = rule.uncertain
        shown.append(f"uncertain {low:g} to {high:g}")
    return shown


def _has_two_labels(session: "Session") -> bool:
    # Nothing waits for a model that is still loading; if it cannot be loaded, the prompt ends.
    if not session.loaded:
        return False
    try:
        return len(session.predictor.labels) == 2
    except SentimentError:
        return False


def _duration(milliseconds: float) -> str:
    return f"{milliseconds:.1f} ms" if milliseconds < 100 else f"{milliseconds:,.0f} ms"


def _vi_mode() -> str | None:
    """Return the mode of vi, None for Emacs."""
    if get_app().editing_mode is not EditingMode.VI:
        return None
    if vi_insert_mode():
        return "insert"
    return "replace" if vi_replace_mode() else "normal"
