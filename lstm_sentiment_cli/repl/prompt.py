"""The line that is typed: its history, completion and toolbar."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application, get_app
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition, to_filter, vi_insert_mode, vi_replace_mode
from prompt_toolkit.layout.controls import BufferControl
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from lstm_sentiment_cli.rendering.blocks import draws_blocks
from lstm_sentiment_cli.repl.busy import keeping_keys
from lstm_sentiment_cli.repl.completion import CommandCompleter
from lstm_sentiment_cli.repl.harmless import Harmless
from lstm_sentiment_cli.repl.keys import key_bindings
from lstm_sentiment_cli.repl.suggestion import NewestLine
from lstm_sentiment_cli.repl.toolbar import has_room, toolbar

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.repl.history import PrivateHistory
    from lstm_sentiment_cli.repl.session import Session

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
        app = self._prompt.app
        unicode = draws_blocks(app.output.encoding(), os.environ.get("TERM"))
        return toolbar(self._session, app.output.get_size().columns, mode=_mode(), unicode=unicode)

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
