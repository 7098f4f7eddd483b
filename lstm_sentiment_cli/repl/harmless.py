"""What is being typed, shown so that a terminal cannot act on it."""

from bisect import bisect_left

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.formatted_text.utils import fragment_list_to_text
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput

from lstm_sentiment_cli.rendering.visible import unstacked, visible


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
