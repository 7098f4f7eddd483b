"""The line that is typed: its history, completion and toolbar."""

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
from lstm_sentiment_cli.repl.command import Call, Offer, call_in
from lstm_sentiment_cli.repl.commands import COMMANDS, offers
from lstm_sentiment_cli.repl.keys import keeping_keys, key_bindings

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.repl.history import PrivateHistory
    from lstm_sentiment_cli.repl.session import Session


class Harmless(Processor):
    """Shows what is being typed through `visible`; what is scored stays as it was typed."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Replace what a terminal would act on, and leave out what stands in heaps."""
        fragments = transformation_input.fragments
        text = fragment_list_to_text(fragments)
        # Every key is followed by this: most lines need no more than a look.
        if text.isascii() and text.isprintable():
            return Transformation(fragments)
        kept = unstacked(text)
        if len(kept) == len(text) and text.isprintable():
            return Transformation(fragments)
        return Transformation(
            _harmless(fragments, visible(text), kept),
            source_to_display=lambda source: bisect_left(kept, source),
            display_to_source=lambda shown: kept[shown] if shown < len(kept) else len(text),
        )


def _harmless(fragments: StyleAndTextTuples, shown: str, kept: list[int]) -> StyleAndTextTuples:
    """Return the fragments with what is shown of each; shown[i] stands for character kept[i]."""
    end = 0
    found: StyleAndTextTuples = []
    for style, text, *_ in fragments:
        begin, end = end, end + len(text)
        found.append((style, shown[bisect_left(kept, begin) : bisect_left(kept, end)]))
    return found


class NewestLine(AutoSuggest):
    """Suggests the rest of the newest line that begins like the one being typed."""

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """Return that rest, None where nothing was typed or no line begins so."""
        typed = document.current_line
        if not typed.strip("/ "):  # a slash alone opens the menu of commands
            return None
        for entry in reversed(buffer.history.get_strings()):
            # Most entries are passed over without being split: this follows every key.
            if typed in entry:
                for line in reversed(entry.split("\n")):
                    if line.startswith(typed):
                        return Suggestion(line[len(typed) :])
        return None


_LEAST_COLUMNS, _LEAST_ROWS = 60, 10


def has_room(columns: int, rows: int) -> bool:
    """Return whether a terminal is large enough to give a line away."""
    return columns >= _LEAST_COLUMNS and rows >= _LEAST_ROWS


def toolbar(session: "Session", display: Display, mode: str | None) -> str:
    """Return one line: "default · threshold 0.5 · explain off · 0.8 ms"."""
    parts = [
        *([f"[{mode}]"] if mode else []),
        _name(session.model),
        *_rule(session),
        f"explain {'on' if session.explain else 'off'}",
        *([f"compared with {_name(session.compared)}"] if session.compared else []),
        *([_duration(session.milliseconds)] if session.milliseconds is not None else []),
    ]
    return cut(display.sign(" · ", " - ").join(parts), display)


def cut(text: str, display: Display) -> str:
    """Return text that fits the width, measured as prompt_toolkit draws it."""
    if get_cwidth(text) <= display.width:
        return text
    while text and get_cwidth(text + display.ellipsis) > display.width:
        text = text[:-1]
    return text + display.ellipsis


def _name(model: str) -> str:
    return visible(Path(model).name or model)


def _rule(session: "Session") -> list[str]:
    """Return how labels are decided: "threshold 0.6", "uncertain 0.4 to 0.6"."""
    rule = session.decision
    shown = []
    if rule and rule.threshold is not None:
        shown.append(f"threshold {rule.threshold:g}")
    elif _two_labels(session):
        shown.append("threshold 0.5")  # which is what the more probable label comes to
    if rule and rule.uncertain:
        low, high = rule.uncertain
        shown.append(f"uncertain {low:g} to {high:g}")
    return shown


def _two_labels(session: "Session") -> bool:
    # While the model is loaded nothing waits for it, and when it cannot be, the prompt ends.
    if not session.loaded:
        return False
    try:
        return len(session.predictor.labels) == 2
    except SentimentError:
        return False


def _duration(milliseconds: float) -> str:
    return f"{milliseconds:.1f} ms" if milliseconds < 100 else f"{milliseconds:,.0f} ms"


class CommandCompleter(Completer):
    """Offers the commands after a slash, and after a command what its argument can be."""

    def __init__(self, session: "Session") -> None:
        self._session = session

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterator[Completion]:
        """Yield what can stand in the place of the word, or the argument, before the cursor."""
        del complete_event
        if call_in(document.text) is None:
            return
        typed, offered = _offered(self._session, document.text_before_cursor)
        folder = typed[: typed.rfind("/", 1) + 1]
        for offer in offered:
            # The name of a file can hold the end of a line, which would make texts of a command.
            if "\n" not in offer.value:
                yield Completion(
                    offer.value,
                    start_position=-len(typed),
                    display=visible(offer.value.removeprefix(folder)),
                    display_meta=visible(offer.description),
                )


def _offered(session: "Session", before_cursor: str) -> tuple[str, list[Offer]]:
    """Return what of the text an offer replaces, and the offers: "/mo" → "/mo", [/model]."""
    command, space, argument = before_cursor.partition(" ")
    if not space:
        names = [Offer(f"/{name}", each.description) for name, each in COMMANDS.items()]
        return command, [offer for offer in names if offer.value.startswith(command)]
    argument = argument.lstrip()
    return argument, list(offers(session, Call(command[1:], argument)))


PROMPT = "> "
# After Esc, vi's users go on at once: how long it can still be the beginning of another key, of
# Alt-Enter or of "gg".
_SECONDS_OF_A_KEY, _SECONDS_BETWEEN_KEYS = 0.05, 0.3
# The menu has its own ground, so that it is read on every other. Without colours, what is chosen
# is reversed. Dim as well as grey: a suggestion must not look like what was typed.
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
    """Reads what is typed; the model is loaded behind the first prompt."""

    def __init__(
        self,
        session: "Session",
        history: "PrivateHistory",
        *,
        no_color: bool = False,
        vi: bool = False,
    ) -> None:
        self._session = session
        self._prompt = prompt_session(session, history, no_color=no_color, vi=vi)
        self._prompt.app.before_render += self._find_room
        self._keep_keys: Callable[[], None] = lambda: None

    def __call__(self) -> str:
        """Return one entry: a line, or the lines of a paste.

        KeyboardInterrupt for Ctrl-C on an empty line, EOFError for Ctrl-D there; SentimentError,
        as soon as it is known, when the model cannot be loaded.
        """
        self._keep_keys()
        return self._prompt.prompt(pre_run=self._load_behind)

    @contextmanager
    def keeping_keys(self) -> Iterator[None]:
        """Keep, while a conversation lasts, what is typed and pasted between its prompts."""
        with keeping_keys(self._prompt.app) as self._keep_keys:
            yield

    def _find_room(self, app: Application[Any]) -> None:
        """Show the toolbar, or hide it: the window's size is another than before, perhaps."""
        size = app.output.get_size()
        self._prompt.bottom_toolbar = self._toolbar if has_room(size.columns, size.rows) else None

    def _toolbar(self) -> str:
        output = self._prompt.app.output
        display = Display.of(output.get_size().columns, output.encoding())
        return toolbar(self._session, display, _mode())

    def _load_behind(self) -> None:
        # A task of the prompt's own starts once the prompt has been drawn.
        app = get_app()
        app.create_background_task(self._watch_loading(app))

    async def _watch_loading(self, app: Application[Any]) -> None:
        loading: asyncio.Future[Predictor] = asyncio.wrap_future(self._session.begin_loading())
        # Unlike awaiting it, waiting leaves the loading alone when the prompt ends first.
        await asyncio.wait([loading])
        if app.is_done:
            return
        if error := loading.exception():
            app.exit(exception=error)
        else:
            app.invalidate()  # the toolbar says more of a model that is there


def prompt_session(
    session: "Session", history: "PrivateHistory", *, no_color: bool = False, vi: bool = False
) -> PromptSession[str]:
    """Return a prompt with our keys, completion and history."""
    prompt: PromptSession[str] = PromptSession(
        [("class:prompt", PROMPT)],
        prompt_continuation=" " * len(PROMPT),
        history=history,
        auto_suggest=NewestLine(),
        completer=CommandCompleter(session),
        # A folder on a slow disk is looked through behind the typing.
        complete_in_thread=True,
        complete_while_typing=_begins_with_slash,
        key_bindings=key_bindings(),
        input_processors=[Harmless()],
        editing_mode=EditingMode.VI if vi else EditingMode.EMACS,
        enable_suspend=True,
        # NO_COLOR is read by prompt_toolkit itself.
        color_depth=ColorDepth.DEPTH_1_BIT if no_color else None,
        style=STYLE,
    )
    # Up and down find what begins as the line does. As the prompt's own option this would switch
    # completion off, lest both want the arrows: here a menu is open after a slash only.
    prompt.default_buffer.enable_history_search = to_filter(True)
    _search_harmlessly(prompt)
    if vi:
        prompt.app.ttimeoutlen = _SECONDS_OF_A_KEY
        prompt.app.timeoutlen = _SECONDS_BETWEEN_KEYS
    return prompt


@Condition
def _begins_with_slash() -> bool:
    return get_app().current_buffer.text.startswith("/")


def _search_harmlessly(prompt: PromptSession[str]) -> None:
    typing = prompt.layout.current_control
    if isinstance(typing, BufferControl) and (search := typing.search_buffer_control):
        search.input_processors = [Harmless(), *(search.input_processors or [])]


def _mode() -> str | None:
    """Return vi's mode, None for Emacs."""
    if get_app().editing_mode is not EditingMode.VI:
        return None
    if vi_insert_mode():
        return "insert"
    return "replace" if vi_replace_mode() else "normal"
