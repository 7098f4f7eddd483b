"""The line that is typed: keys, pastes, history, suggestions."""

import asyncio
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application, get_app
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.formatted_text.utils import fragment_list_to_text
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.layout.utils import explode_text_fragments
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from lstm_sentiment_cli.rendering.visible import unstacked, visible
from lstm_sentiment_cli.repl.commands import as_text

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.repl.history import PrivateHistory
    from lstm_sentiment_cli.repl.session import Session

PROMPT = "> "


class Prompt:
    """Reads what is typed; the model is loaded behind the first prompt."""

    def __init__(
        self, session: "Session", history: "PrivateHistory", *, no_color: bool = False
    ) -> None:
        self._session = session
        self._prompt = prompt_session(history, no_color=no_color)

    def __call__(self) -> str:
        """Return one entry: a line, or the lines of a paste.

        KeyboardInterrupt for Ctrl-C on an empty line, EOFError for Ctrl-D there; SentimentError,
        as soon as it is known, when the model cannot be loaded.
        """
        return self._prompt.prompt(pre_run=self._load_behind)

    def _load_behind(self) -> None:
        # A task of the prompt's own starts once the prompt has been drawn.
        app = get_app()
        app.create_background_task(self._watch_loading(app))

    async def _watch_loading(self, app: Application[Any]) -> None:
        loading: asyncio.Future[Predictor] = asyncio.wrap_future(self._session.begin_loading())
        # Unlike awaiting it, waiting leaves the loading alone when the prompt ends first.
        await asyncio.wait([loading])
        if (error := loading.exception()) and not app.is_done:
            app.exit(exception=error)


def prompt_session(history: "PrivateHistory", *, no_color: bool = False) -> PromptSession[str]:
    """Return a prompt with our keys: Ctrl-R, suggestions and editing are prompt_toolkit's own."""
    return PromptSession(
        [("class:prompt", PROMPT)],
        prompt_continuation=" " * len(PROMPT),
        history=history,
        auto_suggest=AutoSuggestFromHistory(),
        key_bindings=key_bindings(),
        input_processors=[Harmless()],
        enable_suspend=True,
        # NO_COLOR is read by prompt_toolkit itself.
        color_depth=ColorDepth.DEPTH_1_BIT if no_color else None,
        # Dim as well as grey: without colours, a suggestion must not look like what was typed.
        style=Style.from_dict({"prompt": "bold", "auto-suggestion": "#888888 dim"}),
    )


def key_bindings() -> KeyBindings:
    """Return the keys that differ from prompt_toolkit's own."""
    keys = KeyBindings()
    typing = has_focus(DEFAULT_BUFFER)

    @keys.add("c-c", filter=typing)
    @keys.add("<sigint>", filter=typing)
    def _clear(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt)

    @keys.add(Keys.BracketedPaste, filter=typing)
    def _paste(event: KeyPressEvent) -> None:
        """Insert a paste; one that holds the end of a line is answered at once."""
        buffer = event.current_buffer
        pasted = event.data.replace("\r\n", "\n").replace("\r", "\n")
        text = pasted.strip("\n")
        starts_line = buffer.cursor_position == 0
        buffer.insert_text(as_text(text) if starts_line and "\n" not in text else text)
        if "\n" in pasted:
            buffer.validate_and_handle()

    return keys


class Harmless(Processor):
    """Shows what is being typed through `visible`; what is scored stays as it was typed."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Replace what a terminal would act on, and leave out what stands in heaps."""
        fragments = transformation_input.fragments
        text = fragment_list_to_text(fragments)
        kept = unstacked(text)
        if len(kept) == len(text) and text.isprintable():
            return Transformation(fragments)
        exploded = explode_text_fragments(fragments)
        return Transformation(
            [(exploded[index][0], visible(exploded[index][1])) for index in kept],
            source_to_display=lambda source: bisect_left(kept, source),
            display_to_source=lambda shown: kept[shown] if shown < len(kept) else len(text),
        )
